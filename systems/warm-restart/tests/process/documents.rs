//! What the documents say is so: names are those of the code, and examples are read.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use warm_restart::daemon::Config;
use warm_restart::rules;

use crate::watchers::{families, folder, named, shown};

const DEPLOYMENT: &str = include_str!("../../docs/deployment.md");
const MONITORING: &str = include_str!("../../docs/monitoring.md");
const OBJECTIVES: &str = include_str!("../../docs/objectives.md");
const RUNBOOK: &str = include_str!("../../docs/runbook.md");
const TUNING: &str = include_str!("../../docs/tuning.md");
const UNIT: &str = include_str!("../../systemd/warm-restart.service");
const RECORDING: &str = include_str!("../../prometheus/recording.yml");
const ALERTING: &str = include_str!("../../prometheus/alerting.yml");
const BUDGETS: &str = include_str!("../../prometheus/objectives.yml");

/// What stands between fences of a language.
fn examples<'p>(page: &'p str, language: &str) -> Vec<&'p str> {
    let parts = page.split("```").skip(1).step_by(2);
    parts.filter_map(|part| part.strip_prefix(language)?.strip_prefix('\n')).collect()
}

/// The first cells of the rows of tables that begin with a code span.
fn rows(page: &str) -> impl Iterator<Item = Vec<&str>> {
    let rows = page.lines().filter(|line| line.starts_with("| `"));
    rows.map(|row| row.split('|').skip(1).map(str::trim).collect())
}

/// The values of a key in a file of rules for Prometheus.
fn values<'p>(text: &'p str, key: &str) -> BTreeSet<&'p str> {
    text.lines().filter_map(|line| line.trim_start_matches([' ', '-']).strip_prefix(key)).collect()
}

#[test]
fn every_exported_metric_is_explained_once_with_its_kind() {
    let (_, tables) = MONITORING.split_once("## The service itself").unwrap();
    let explained: Vec<String> = rows(tables)
        .filter(|row| row[0].starts_with("`warm_restart_"))
        .map(|row| format!("{} {}", row[0].trim_matches('`'), row[1]))
        .collect();
    let names: BTreeSet<String> = explained.iter().cloned().collect();
    assert_eq!(names.len(), explained.len(), "{explained:?}");
    assert_eq!(names, families());
}

#[test]
fn no_document_names_a_metric_that_is_not_exported() {
    let mut known = shown();
    known.insert("warm_restart_initial_sync_duration_seconds".to_owned());
    for page in [DEPLOYMENT, MONITORING, OBJECTIVES, RUNBOOK, TUNING] {
        let unknown: Vec<&str> = named(page).filter(|name| !known.contains(*name)).collect();
        assert_eq!(unknown, [""; 0]);
    }
}

#[test]
fn every_key_of_the_configuration_is_explained_and_the_example_says_the_defaults() {
    let error = Config::read("nonsense = 1", Path::new("a.toml")).unwrap_err().to_string();
    let (_, expected) = error.split_once("expected one of ").unwrap();
    let keys: BTreeSet<&str> = expected.trim().split(", ").collect();
    let (_, table) = DEPLOYMENT.split_once("## Configuration").unwrap();
    let (table, _) = table.split_once("\n## ").unwrap();
    assert_eq!(rows(table).map(|row| row[0]).collect::<BTreeSet<&str>>(), keys);
    let [example] = examples(DEPLOYMENT, "toml")[..] else { panic!("there is one example") };
    let mut read = Config::read(example, Path::new("a.toml")).unwrap();
    assert!(read.rules.take().is_some() && read.nats.take().is_some());
    assert_eq!(read, Config::default());
    assert_eq!(example.lines().count(), keys.len());
}

#[test]
fn every_rule_and_every_alert_has_its_place_in_the_runbook() {
    for rule in rules::defaults().rules {
        let heading = format!("### {}\n", rule.name);
        assert_eq!(RUNBOOK.matches(&heading).count(), 1, "{heading}");
    }
    let alerts = [ALERTING, BUDGETS].map(|text| values(text, "alert: "));
    for alert in alerts.iter().flatten() {
        assert!(RUNBOOK.contains(&format!("| `{alert}`")), "{alert}");
    }
    for alert in &alerts[1] {
        assert!(OBJECTIVES.contains(&format!("| `{alert}`")), "{alert}");
    }
}

#[test]
fn every_target_of_speed_names_a_case_of_the_budget_file() {
    let text = std::fs::read_to_string(folder("../../tollgate.toml")).unwrap();
    let file: toml::Table = text.parse().unwrap();
    let (_, table) = OBJECTIVES.split_once("| objective | target | case |").unwrap();
    let (table, _) = table.split_once("\n\n").unwrap();
    let cases: Vec<&str> = table.split('`').skip(1).step_by(2).collect();
    assert_eq!(cases.len(), table.lines().skip(2).count(), "a row names one case");
    for case in cases {
        assert!(file["case"].get(case).is_some(), "{case}");
    }
}

#[test]
fn rules_on_the_pages_are_read() {
    let mut count = 0;
    for text in [RUNBOOK, TUNING].iter().flat_map(|page| examples(page, "toml")) {
        let read = rules::read(text, "page", Duration::from_secs(1));
        assert!(read.is_ok(), "{text}\n{read:?}");
        count += 1;
    }
    assert!(count >= 2, "{count}");
}

#[test]
fn prometheus_can_read_the_queries_on_the_pages_and_the_budgets_fire_as_they_say() {
    let place = tempfile::tempdir().unwrap();
    let mut text = "groups:\n  - name: page\n    rules:\n".to_owned();
    let queries = [MONITORING, OBJECTIVES, RUNBOOK, TUNING].map(|page| examples(page, "promql"));
    for (number, query) in queries.iter().flatten().enumerate() {
        let query = query.split_whitespace().collect::<Vec<_>>().join(" ");
        text += &format!("      - record: page:query{number}\n        expr: {query}\n");
    }
    assert!(queries.iter().flatten().count() >= 5);
    let path = place.path().join("page.yml");
    std::fs::write(&path, text).unwrap();
    let path = path.display().to_string();
    for arguments in [["check", "rules", &path], ["test", "rules", "testdata/objectives.yml"]] {
        let output = Command::new("promtool").args(arguments).current_dir(folder("")).output();
        let output = output.expect("promtool is installed; `cargo xtask ci setup` does that");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {said}");
    }
}

#[test]
fn the_unit_fits_the_program_and_its_page() {
    let line = |key: &str| {
        let mut lines = UNIT.lines().filter_map(|line| line.strip_prefix(key)?.strip_prefix('='));
        lines.next().unwrap_or_else(|| panic!("{key}"))
    };
    assert_eq!(line("Type"), "notify");
    // The default folder is the one that systemd makes.
    let folder = Path::new("/var/lib").join(line("StateDirectory"));
    assert_eq!(folder, Config::default().folder);
    // An errand that is on its way at the end has ten seconds, and answers have five.
    let stop: u64 = line("TimeoutStopSec").parse().unwrap();
    let watchdog: u64 = line("WatchdogSec").parse().unwrap();
    assert!(stop > 15 && watchdog > 1);
    let mut words = line("ExecStart").split(' ').skip(1);
    assert_eq!((words.next(), words.next()), (Some("serve"), Some("--config")));
    for said in [&format!("`WatchdogSec={watchdog}`"), words.next().unwrap()] {
        assert!(DEPLOYMENT.contains(said), "{said}");
    }
}

#[test]
fn what_is_recorded_for_prometheus_is_explained() {
    for name in values(RECORDING, "record: ").union(&values(BUDGETS, "record: ")) {
        // The last part is a window or a percentile.
        let (stem, _) = name.rsplit_once(':').unwrap();
        assert!([MONITORING, OBJECTIVES].iter().any(|page| page.contains(stem)), "{name}");
    }
}
