//! Stored runs and baselines, from the command line.

use super::Folder;

const FILE: &str = r#"
[project]
name = "example"
[case.parse]
run = ["parse"]
trials = 10
budget."wall median" = ["<= 10s", "<= 1.5x baseline"]
[case.parse.budget."cpu median"]
hard = "<= 1000x baseline"
baseline = "v1"
"#;

fn measured(times: u32) -> Folder {
    let folder = Folder::new(FILE);
    for seed in 0..times {
        folder.run(&["check", "--fake", "--seed", &seed.to_string()]);
    }
    folder
}

#[test]
fn runs_are_listed_newest_first() {
    let folder = measured(3);
    let ended = folder.run(&["history", "list"]).expect(0);
    assert!(ended.stdout.lines().count() >= 3, "{}", ended.stdout);
    folder.run(&["history", "show"]).expect(0);
    folder.run(&["history", "show", "nonsense"]).expect(2);
}

#[test]
fn a_missing_named_baseline_is_not_measured_and_the_hint_sets_it() {
    let folder = measured(1);
    let ended = folder.run(&["check", "--fake", "--seed", "9"]).expect(4);
    assert!(ended.stdout.contains("tollgate history baseline set v1"), "{}", ended.stdout);
    folder.run(&["history", "baseline", "set", "v1", "last"]).expect(0);
    let shown = folder.run(&["history", "baseline", "show"]).expect(0);
    assert!(shown.stdout.contains("v1"), "{}", shown.stdout);
    let ended = folder.run(&["check", "--fake", "--seed", "10"]);
    let line = ended.stdout.lines().find(|line| line.contains("cpu")).unwrap();
    assert!(line.contains("within"), "{}", ended.stdout);
    folder.run(&["history", "baseline", "clear", "v1"]).expect(0);
}

#[test]
fn an_export_is_imported_elsewhere_and_gives_the_same_report() {
    let folder = measured(2);
    folder.run(&["history", "export", "runs.jsonl"]).expect(0);
    let other = Folder::new(FILE);
    std::fs::copy(folder.path().join("runs.jsonl"), other.path().join("runs.jsonl")).unwrap();
    other.run(&["history", "import", "runs.jsonl"]).expect(0);
    let report = |folder: &Folder| folder.run(&["judge", "last"]).stdout;
    assert_eq!(report(&folder), report(&other));
    let again = other.run(&["history", "import", "runs.jsonl"]).expect(0);
    assert!(again.stderr.contains("2 already there"), "{}", again.stderr);
}

#[test]
fn pruning_says_what_it_removes() {
    let folder = measured(4);
    folder.run(&["history", "prune"]).expect(2);
    let dry = folder.run(&["history", "prune", "--keep", "1", "--dry-run"]).expect(0);
    assert!(dry.stderr.contains("3 runs would be removed"), "{}", dry.stderr);
    folder.run(&["history", "prune", "--keep", "1"]).expect(0);
    let left = folder.run(&["history", "export"]).expect(0);
    assert!(left.stderr.contains("1 run written"), "{}", left.stderr);
}

#[test]
fn steps_are_looked_for_in_the_judged_runs_of_a_case() {
    let folder = measured(3);
    let all = folder.run(&["history", "steps"]).expect(0);
    assert!(all.stdout.contains("of 3 judged runs at most"), "{}", all.stdout);
    let two = folder.run(&["history", "steps", "-n", "2"]).expect(0);
    assert!(two.stdout.contains("of 2 judged runs at most"), "{}", two.stdout);
    let none = folder.run(&["history", "steps", "nonsense"]).expect(0);
    assert!(none.stderr.contains("no such runs"), "{}", none.stderr);
}

#[test]
fn two_runs_are_compared_in_every_format() {
    let folder = measured(2);
    let ended = folder.run(&["compare", "last~1", "last"]).expect(0);
    assert!(ended.stdout.contains("wall"), "{}", ended.stdout);
    folder.run(&["compare", "last~1", "--format", "markdown"]).expect(0);
    let json = folder.run(&["compare", "last~1", "--format", "json"]).expect(0).stdout;
    serde_json::from_str::<serde_json::Value>(&json).unwrap();
    folder.run(&["compare", "last~7"]).expect(2);
}

#[test]
fn a_file_elsewhere_does_not_move_the_history() {
    let (folder, elsewhere) = (measured(2), Folder::empty());
    let file = elsewhere.path().join("runs.jsonl");
    let file = file.to_str().unwrap();
    let ended = folder.run(&["history", "export", file]).expect(0);
    assert!(ended.stderr.contains("2 runs written"), "{}", ended.stderr);
    let other = Folder::new(FILE);
    let ended = other.run(&["history", "import", file]).expect(0);
    assert!(ended.stderr.contains("2 runs added"), "{}", ended.stderr);
    other.run(&["history", "show"]).expect(0);
    assert!(!elsewhere.path().join(".tollgate").exists());
}

#[test]
fn reading_creates_no_history() {
    let folder = Folder::empty();
    for arguments in [
        ["history", "export"].as_slice(),
        &["history", "show"],
        &["history", "prune", "--keep", "1"],
        &["report"],
        &["compare", "last~1"],
        &["judge", "last"],
    ] {
        let ended = folder.run(arguments).expect(2);
        assert!(ended.stderr.contains("`tollgate check` begins one"), "{}", ended.stderr);
    }
    folder.run(&["history", "list"]).expect(0);
    assert!(!folder.path().join(".tollgate").exists());
}

#[test]
fn a_run_that_was_never_judged_is_reported_by_the_budgets_stored_with_it() {
    let folder = measured(1);
    let text = folder.run(&["history", "export"]).expect(0).stdout;
    let unjudged: Vec<&str> =
        text.lines().filter(|line| !line.starts_with("{\"judgement\"")).collect();
    folder.write("unjudged.jsonl", &(unjudged.join("\n") + "\n"));
    let elsewhere = Folder::empty();
    let from = folder.path().join("unjudged.jsonl");
    let imported = elsewhere.run(&["history", "import", from.to_str().unwrap()]);
    if imported.code == 0 {
        let ended = elsewhere.run(&["report"]).expect(0);
        assert!(ended.stderr.contains("never judged"), "{}", ended.stderr);
        assert!(ended.stdout.contains("wall median"), "{}", ended.stdout);
    }
}

#[test]
fn runs_that_share_nothing_are_not_compared() {
    let folder = measured(1);
    folder.write("tollgate.toml", "[case.other]\nrun = [\"x\"]\nbudget.wall = \"<= 1h\"\n");
    folder.run(&["check", "--fake", "--seed", "7"]).expect(0);
    folder.run(&["compare", "last~1"]).expect(4);
}

/// Runs git in a folder, without what the machine's user has configured.
fn git(folder: &Folder, words: &[&str]) {
    let mut command = std::process::Command::new("git");
    command.args(["-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false"]);
    command.args(words).current_dir(folder.path()).env("GIT_CONFIG_GLOBAL", "/dev/null");
    assert!(command.output().unwrap().status.success(), "git {words:?}");
}

#[test]
fn the_first_branch_of_git_is_a_baseline_unless_another_is_named() {
    let file = "[case.a]\nrun = [\"true\"]\ntrials = 12\n\
                budget.\"wall median\" = \"<= 900x baseline\"\n";
    let folder = Folder::new(file);
    folder.write(".gitignore", ".tollgate\n");
    git(&folder, &["init", "--quiet", "--initial-branch", "master"]);
    let commit = || {
        git(&folder, &["add", "--all"]);
        git(&folder, &["commit", "--quiet", "--message", "x"]);
    };
    commit();
    let first = folder.run(&["check"]).expect(4);
    assert!(first.stdout.contains("default-branch"), "{}", first.stdout);
    let second = folder.run(&["check"]).expect(0);
    assert!(second.stdout.contains("baseline"), "{}", second.stdout);
    folder.write("tollgate.toml", &format!("[project]\ndefault-branch = \"main\"\n{file}"));
    commit();
    folder.run(&["check"]).expect(4);
}

#[test]
fn a_run_that_is_not_there_is_answered_with_a_command_that_lists_them() {
    let folder = measured(1);
    let ended = folder.run(&["compare", "nonsense"]).expect(2);
    let hint = ended.stderr.split('`').find(|words| words.starts_with("tollgate ")).unwrap();
    let words: Vec<&str> = hint.split_whitespace().skip(1).collect();
    assert!(folder.run(&words).expect(0).stdout.contains("started"), "{hint}");
    folder.run(&["history", "baseline", "list"]).expect(0);
}

#[test]
fn where_no_history_can_be_written_another_place_is_proposed() {
    let folder = Folder::new(FILE);
    folder.write(".tollgate", "a file in its place");
    let ended = folder.run(&["check", "--fake"]).expect(2);
    assert!(ended.stderr.contains("--history PATH"), "{}", ended.stderr);
    folder.run(&["check", "--fake", "--history", "elsewhere.db"]).expect(4);
}
