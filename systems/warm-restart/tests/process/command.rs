//! What people type.

use std::process::{Command, Output};

use crate::server::Server;

fn run(arguments: &[&str]) -> (Option<i32>, String, String) {
    let output: Output =
        Command::new(env!("CARGO_BIN_EXE_warm-restart")).args(arguments).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

#[test]
fn an_event_is_recorded_or_said_not_to_be() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path());
    let to = format!("http://{}", server.address);
    let record = |more: &[&str]| run(&[&["record", "--device", "a", "--to", &to], more].concat());
    assert_eq!(record(&["sync_ended", "--seconds", "4.5"]).0, Some(0));
    assert_eq!(server.count("a", "eoiu_detected_count"), 1);
    let (code, _, error) = record(&["sync_ended"]);
    assert!(code == Some(2) && error.contains("needs `seconds`"), "{error}");
    assert_eq!(record(&["nonsense"]).0, Some(2));
    // Where nobody listens; the port of a service that is gone may be another test's by now.
    let nobody = ["record", "--device", "a", "--to", "http://127.0.0.1:1", "warm_start"];
    let (code, _, error) = run(&nobody);
    assert!(code == Some(1) && error.contains("failed to reach"), "{error}");
}

#[test]
fn the_default_rules_are_a_file_that_is_good_and_mistakes_have_lines() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rules.toml");
    let (code, defaults, _) = run(&["rules", "defaults"]);
    assert_eq!(code, Some(0));
    std::fs::write(&path, &defaults).unwrap();
    let check = || run(&["rules", "check", path.to_str().unwrap()]);
    assert_eq!(check().1, "10 rules, 9 of them on\n");
    std::fs::write(&path, defaults.replace("health_score\"", "healthscore\"")).unwrap();
    let (code, _, error) = check();
    assert!(code == Some(2) && error.contains("rules.toml:") && error.contains("meant"), "{error}");
}

#[test]
fn alerts_of_prometheus_become_rules_and_what_cannot_be_said_is_listed() {
    let (code, shown, listed) = run(&["rules", "import", "prometheus/alerting.yml"]);
    assert_eq!(code, Some(0));
    assert!(listed.starts_with("prometheus/alerting.yml: line "), "{listed}");
    assert!(
        listed.contains("`WarmRestartUntold` of the group `warm-restart-service`: "),
        "{listed}"
    );
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rules.toml");
    let (_, own) = shown.split_once("[[rule]]\nname = \"WarmRestartUnrecovered\"").unwrap();
    std::fs::write(&path, format!("[[rule]]\nname = \"a\"{own}")).unwrap();
    let checked = run(&["rules", "check", path.to_str().unwrap()]);
    assert_eq!((checked.0, &*checked.1), (Some(0), "1 rules, 1 of them on\n"), "{}", checked.2);
    std::fs::write(&path, "groups: 5").unwrap();
    let (code, _, error) = run(&["rules", "import", path.to_str().unwrap()]);
    assert!(code == Some(2) && error.contains("rules.toml: the file has no list"), "{error}");
}

#[test]
fn a_scenario_is_replayed_by_name() {
    let (code, shown, _) = run(&["simulate", "flapping"]);
    assert_eq!(code, Some(0));
    assert!(shown.contains("restart_rate_high pending > firing"), "{shown}");
    assert!(shown.contains("evaluations    86400 (0 missed)"), "{shown}");
    assert!(run(&["simulate"]).1.contains("healthy-week"));
}

#[test]
fn bad_input_is_told_with_its_place_and_is_no_failure() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let config = file("config.toml", "queue = 1\ninterval_ms = 9");
    let rules = file("rules.toml", "[action.a]\nurl = \"ftp://a/b\"");
    let ruled = file("ruled.toml", &format!("\nrules = '{rules}'"));
    let lost = file("lost.toml", "rules = 'nope.toml'");
    let scenario = file("scenario.toml", "title = \"a\"\nlasts = \"1x\"\ndevices = []");
    let series = file("series.csv", "1 2\n2 x");
    let table: &[(&[&str], &str)] = &[
        (&["simulate", "degradd"], "degradd: No such file or directory"),
        (&["simulate", "degradd"], "degraded, restarts, outage-1m, outage-1h"),
        (&["simulate", &scenario], "scenario.toml:2: `1x` is no time"),
        (&["simulate", "flapping", "--rules", "nope.toml"], "failed to read nope.toml: No such"),
        (&["simulate", "flapping", "--rules", &rules], "rules.toml:2: "),
        (&["serve", "--config", "nope.toml"], "failed to read nope.toml: No such file"),
        (&["serve", "--config", &config], "config.toml:2: `interval_ms` is 9, and has to be from"),
        (&["serve", "--config", &ruled], "rules.toml:2: "),
        (&["serve", "--config", &lost], "failed to read nope.toml: No such file"),
        (&["rules", "check", "nope.toml"], "failed to read nope.toml: No such file"),
        (&["trend", "nope.csv"], "failed to read nope.csv: No such file"),
        (&["trend", &series], "series.csv:2: `2 x` is no time in seconds with a value"),
        (&["state", "inspect", "nope"], "failed to list nope: No such file"),
        (&["rules", "check", &rules], "rules.toml:2: "),
        (&["record", "recovery", "--device", "a", "--to", "ftp://b"], "ftp://b is no address"),
    ];
    for (arguments, said) in table {
        let (code, _, error) = run(arguments);
        assert!(code == Some(2) && error.contains(said), "{arguments:?}: {code:?} {error}");
    }
}

#[test]
fn recorded_values_and_state_files_are_looked_at() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("values.csv");
    let lines: String = (0..100).map(|at| format!("{},{}\n", at * 3600, at / 24)).collect();
    std::fs::write(&path, lines).unwrap();
    let (code, shown, error) = run(&["trend", path.to_str().unwrap()]);
    assert!(
        code == Some(0) && shown.contains("a day") && shown.contains("rises"),
        "{error}{shown}"
    );
    std::fs::write(folder.path().join("port_state.json"), "{").unwrap();
    let (code, shown, error) = run(&["state", "inspect", folder.path().to_str().unwrap()]);
    assert!(
        code == Some(0) && shown.contains("counts as corruption, cold_start"),
        "{error}{shown}"
    );
}
