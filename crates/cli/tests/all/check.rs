//! `tollgate check`: every way a verdict reaches the exit code.

use super::Folder;

const SLEEP: &str = r#"
[case.nap]
run = ["sleep", "0.02"]
trials = 6
warmups = 0
budget."wall median" = "<= 10s"
"#;

#[test]
fn a_kept_budget_exits_0() {
    let ended = Folder::new(SLEEP).run(&["check"]).expect(0);
    assert!(ended.stdout.contains("within"), "{}", ended.stdout);
    assert!(ended.stdout.contains("<= 10 s"), "{}", ended.stdout);
}

#[test]
fn a_planted_breach_exits_1_and_names_budget_value_interval_and_limit() {
    let folder = Folder::new(&SLEEP.replace("<= 10s", "<= 1ms"));
    let ended = folder.run(&["check"]).expect(1);
    let line = ended.stdout.lines().find(|line| line.contains("exceeded")).unwrap();
    assert!(line.contains("wall median"), "{line}");
    assert!(line.contains("<= 1 ms"), "{line}");
    assert!(line.contains(" ms ["), "{line}");
}

#[test]
fn a_typing_error_exits_2_and_points_at_it() {
    let folder = Folder::new(&SLEEP.replace("trials", "trails"));
    let ended = folder.run(&["check"]).expect(2);
    assert!(ended.stderr.contains("tollgate.toml:4:1"), "{}", ended.stderr);
    assert!(ended.stderr.contains("there is a key `trials`"), "{}", ended.stderr);
    assert!(!folder.path().join(".tollgate").exists());
}

#[test]
fn an_undecided_verdict_exits_3_only_when_it_counts() {
    let limited = |limit: f64| Folder::new(&SLEEP.replace("10s", &format!("{limit}ns")));
    let check = ["check", "--fake", "--seed", "3", "--report", "json=out.json"];
    let folder = limited(1e12);
    folder.run(&check).expect(0);
    let report: serde_json::Value = serde_json::from_str(&folder.read("out.json")).unwrap();
    let estimate = &report["verdicts"][0]["estimate"];
    let number = |name: &str| estimate[name].as_f64().unwrap();
    let (low, value, high) = (number("low"), number("value"), number("high"));
    assert!(low < value && value < high, "{estimate}");

    // Inside the interval, above the estimate: shown, and only strictness makes it fail.
    let kept = limited(f64::midpoint(value, high));
    assert!(kept.run(&check).expect(0).stdout.contains("cannot tell"));
    kept.run(&[&check[..], &["--strict"]].concat()).expect(3);
    // Inside the interval, below the estimate: the estimate itself breaks the limit.
    let broken = limited(f64::midpoint(low, value));
    assert!(broken.run(&check).expect(3).stdout.contains("cannot tell"));
}

#[test]
fn a_program_that_fails_is_not_measured_and_exits_4() {
    let folder = Folder::new(
        &SLEEP.replace("[\"sleep\", \"0.02\"]", "[\"sh\", \"-c\", \"echo went wrong; exit 3\"]"),
    );
    let ended = folder.run(&["check"]).expect(4);
    assert!(ended.stdout.contains("not measured"), "{}", ended.stdout);
    assert!(ended.stdout.contains("went wrong"), "{}", ended.stdout);
}

#[test]
fn a_program_that_is_missing_is_not_measured_and_exits_4() {
    let folder = Folder::new(&SLEEP.replace("\"sleep\"", "\"no-such-program\""));
    let ended = folder.run(&["check"]).expect(4);
    assert!(ended.stdout.contains("no-such-program"), "{}", ended.stdout);
}

#[test]
fn a_service_that_ends_at_once_is_not_measured_and_exits_4() {
    let folder = Folder::new(
        "[case.api]\nserve = [\"sh\", \"-c\", \"echo no port {port} >&2; exit 3\"]\n\
         load = { users = [\"u\"] }\nbudget.\"latency p99\" = \"<= 1s\"\n\
         [user.u]\ntask = [{ get = \"/\" }]\n",
    );
    let ended = folder.run(&["check"]).expect(4);
    for words in ["not measured", "ended before it was ready, with exit code 3", "no port "] {
        assert!(ended.stdout.contains(words), "{}", ended.stdout);
    }
}

#[test]
fn cases_without_budgets_are_not_green() {
    let folder = Folder::new("[case.nap]\nrun = [\"true\"]\ntrials = 1\n");
    folder.run(&["check"]).expect(4);
}

#[test]
fn a_failing_build_measures_nothing() {
    let folder = Folder::new(&format!(
        "[project]\nbuild = [\"sh\", \"-c\", \"echo broken >&2; exit 1\"]\n{SLEEP}"
    ));
    let ended = folder.run(&["check"]).expect(4);
    assert!(ended.stderr.contains("broken"), "{}", ended.stderr);
    assert!(ended.stdout.is_empty(), "{}", ended.stdout);
}

#[test]
fn an_unknown_case_exits_2_with_the_nearest_name() {
    let ended = Folder::new(SLEEP).run(&["check", "nab"]).expect(2);
    assert!(ended.stderr.contains("there is a case `nap`"), "{}", ended.stderr);
}

#[test]
fn every_report_is_written_beside_the_terminal() {
    let folder = Folder::new(SLEEP);
    let mut arguments = vec!["check", "--fake"];
    let files = ["json=out.json", "markdown=out.md", "junit=out.xml", "csv=out.csv"];
    for file in &files {
        arguments.extend(["--report", file]);
    }
    folder.run(&arguments);
    for file in files {
        let (_, name) = file.split_once('=').unwrap();
        assert!(folder.read(name).contains("wall"), "{name}");
    }
    folder.run(&["check", "--fake", "--report", "pdf=x"]).expect(2);
    folder.run(&["check", "--fake", "--report", "json"]).expect(2);
}

#[test]
fn github_gets_its_summary_and_annotations() {
    let folder = Folder::new(&SLEEP.replace("<= 10s", "<= 1ns"));
    let summary = folder.path().join("summary.md");
    let mut command = folder.command(&["check", "--fake"]);
    command.env("GITHUB_STEP_SUMMARY", &summary).env("GITHUB_ACTIONS", "true");
    let ended = super::ended(&command.output().unwrap()).expect(1);
    assert!(folder.read("summary.md").contains("exceeded"));
    assert!(ended.stdout.contains("::error "), "{}", ended.stdout);
    assert!(ended.stdout.contains("tollgate.toml"), "{}", ended.stdout);
}

#[test]
fn a_run_is_judged_again_to_the_same_bytes() {
    let folder = Folder::new(SLEEP);
    folder.run(&["check"]).expect(0);
    let json = || folder.run(&["report", "--format", "json"]).expect(0).stdout;
    assert_eq!(json(), json());
    let judge = || folder.run(&["judge", "last"]).expect(0).stdout;
    assert_eq!(judge(), judge());
}

#[test]
fn an_environment_changes_the_limits() {
    let folder = Folder::new(&format!(
        "{SLEEP}\n[environment.ci]\ncase.nap.budget.\"wall median\" = \"<= 1ns\"\n"
    ));
    folder.run(&["check", "--fake"]).expect(0);
    folder.run(&["check", "--fake", "--env", "ci"]).expect(1);
    let mut command = folder.command(&["check", "--fake"]);
    super::ended(&command.env("TOLLGATE_ENV", "ci").output().unwrap()).expect(1);
}

#[test]
fn the_whole_way_is_the_same_for_the_same_seed() {
    let folder = Folder::new(
        r#"
[project]
name = "example"
[case.parse]
run = ["parse", "{size}"]
params = { size = [1, 10] }
trials = 12
budget."wall median" = { hard = "<= 1s", soft = "<= 1us" }
budget."peak memory" = "<= 1GiB"
budget."wall p99" = "<= 1s"
[case.broken]
run = ["false"]
budget.wall = "<= 1s"
"#,
    );
    let ended = folder.run(&["check", "--fake", "--seed", "7"]).expect(4);
    insta::with_settings!({ filters => vec![(r"run \S+", "run ID"), (r"\d{8}-\d{6}-\w+", "ID")] }, {
        insta::assert_snapshot!(ended.stdout);
    });
    let again = folder.run(&["check", "--fake", "--seed", "7"]);
    let without = |text: &str| {
        text.lines().filter(|l| !l.contains("20")).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(without(&ended.stdout), without(&again.stdout));
}

#[test]
fn a_limit_against_another_case_pulls_that_case_in() {
    let folder = Folder::new(
        r#"
[case.slow]
run = ["sleep", "0.05"]
trials = 6
warmups = 0
budget."wall median" = "<= case fast + 10%"
[case.fast]
run = ["sleep", "0.01"]
trials = 6
warmups = 0
sets = ["other"]
"#,
    );
    let ended = folder.run(&["check", "slow"]).expect(1);
    assert!(ended.stdout.contains("case fast + 10%"), "{}", ended.stdout);
}

#[test]
fn what_is_noted_of_an_imported_file_is_told_once() {
    let sample = super::repository().join("crates/tollgate/testdata/import/ab/flaky.txt");
    let folder = Folder::new(&format!(
        "[case.load]\nrun = [\"cp\", \"{}\", \"out.txt\"]\nimport = \"out.txt\"\ntrials = 3\n\
         budget.requests = \"<= 1_000_000\"\n",
        sample.display()
    ));
    let ended = folder.run(&["check"]);
    assert_eq!(ended.stderr.matches("answers differed in length").count(), 1, "{}", ended.stderr);
}

#[test]
fn trials_too_few_for_a_median_are_told_before_they_are_measured() {
    let folder =
        Folder::new("[case.a]\nrun = [\"true\"]\ntrials = 5\nbudget.\"wall median\" = \"<= 1h\"\n");
    let ended = folder.run(&["check"]).expect(4);
    assert!(ended.stderr.contains("by 5 trials: median needs 6"), "{}", ended.stderr);
}

#[test]
fn an_empty_environment_variable_names_no_environment() {
    let folder = Folder::new("[case.a]\nrun = [\"x\"]\nbudget.\"wall median\" = \"<= 1h\"\n");
    let mut command = folder.command(&["check", "--fake"]);
    super::ended(&command.env("TOLLGATE_ENV", "").output().unwrap()).expect(0);
}

#[test]
fn one_failure_is_told_once_however_often_it_happens() {
    let folder =
        Folder::new("[case.a]\nrun = [\"false\"]\ntrials = 9\nbudget.\"wall\" = \"<= 1h\"\n");
    let ended = folder.run(&["check"]).expect(4);
    assert_eq!(ended.stderr.matches("exit code 1").count(), 1, "{}", ended.stderr);
}

#[test]
fn the_examples_are_kept() {
    for example in ["records-from-python", "records-from-shell"] {
        let source = super::repository().join("examples").join(example);
        let folder = Folder::empty();
        for entry in std::fs::read_dir(source).unwrap() {
            let from = entry.unwrap().path();
            if from.is_file() {
                std::fs::copy(&from, folder.path().join(from.file_name().unwrap())).unwrap();
            }
        }
        folder.run(&["check"]).expect(0);
    }
}

#[test]
fn an_empty_step_summary_is_none() {
    let folder = Folder::new("[case.a]\nrun = [\"x\"]\nbudget.\"wall median\" = \"<= 1h\"\n");
    let mut command = folder.command(&["check", "--fake"]);
    super::ended(&command.env("GITHUB_STEP_SUMMARY", "").output().unwrap()).expect(0);
}

#[test]
fn a_case_that_nothing_judges_is_told() {
    let folder = Folder::new(
        "[case.a]\nrun = [\"x\"]\nbudget.wall = [\"<= 1h\", \"<= case b + 900%\"]\n\
         [case.b]\nrun = [\"x\"]\n[case.c]\nrun = [\"x\"]\n",
    );
    let ended = folder.run(&["check", "--fake"]);
    assert!(ended.stderr.contains("c: measured and not judged"), "{}", ended.stderr);
    assert!(!ended.stderr.contains("b: measured"), "{}", ended.stderr);
}

#[test]
fn two_that_measure_at_once_are_told() {
    let (one, other) = (Folder::new(&SLEEP.replace("0.02", "2")), Folder::new(SLEEP));
    let mut first = one.command(&["check", "nap"]).spawn().unwrap();
    while !one.path().join(".tollgate/history.db").exists() {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    let told = other.run(&["check"]).expect(0).stderr;
    let expected = format!("tollgate check nap (process {}) measures on this machine", first.id());
    assert!(told.contains(&expected), "{told}");
    first.kill().unwrap();
    first.wait().unwrap();
}
