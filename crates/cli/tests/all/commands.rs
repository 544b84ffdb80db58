//! The smaller commands: help, plan, explain, init, doctor, completions.

use super::{Folder, repository};

#[test]
fn help_documents_the_exit_codes() {
    let help = Folder::empty().run(&["--help"]).expect(0).stdout;
    for words in ["Exit codes", "1  a budget is exceeded", "4  something was not measured"] {
        assert!(help.contains(words), "{help}");
    }
}

#[test]
fn usage_errors_exit_2() {
    Folder::empty().run(&["chekc"]).expect(2);
    Folder::empty().run(&["check", "--trials", "0"]).expect(2);
    Folder::empty().run(&["check"]).expect(2);
}

#[test]
fn a_plan_shows_cases_trials_and_budgets_and_writes_nothing() {
    let folder =
        Folder::new("[case.a]\nabout = \"why\"\nrun = [\"x\"]\nbudget.\"wall p99\" = \"<= 1s\"\n");
    let shown = folder.run(&["plan", "--order", "--seed", "1"]).expect(0).stdout;
    for words in ["why", "10 trials after 1 warm-up\n", "<= 1s", "p99 needs 368"] {
        assert!(shown.contains(words), "{shown}");
    }
    assert!(!folder.path().join(".tollgate").exists());
}

#[test]
fn a_plan_shows_who_loads_a_service_and_for_how_long() {
    let folder = Folder::new(
        "[case.a]\nrun = [\"x\"]\n\
         [case.api]\nsets = [\"nightly\"]\nserve = [\"x\", \"{port}\"]\nurl = \"${TARGET_HOST:-}\"\n\
         load = { users = [\"u\"], set = { users = \"${TEST_USERS:-}\" } }\n\
         budget.latency = \"<= 1s\"\n\
         [user.u]\ntask = [{ get = \"/\" }]\n",
    );
    let shown = folder.run(&["plan", "--scenario", "smoke"]).expect(0).stdout;
    for words in ["1 case, 1 trial", "32 s, by the scenarios", "serves x", "users u", "10 users"] {
        assert!(shown.contains(words), "{words}: {shown}");
    }
    let mut command = folder.command(&["plan", "api"]);
    command.env("TARGET_HOST", "http://localhost:8000").env("TEST_USERS", "3");
    let shown = super::ended(&command.output().unwrap()).expect(0).stdout;
    for words in ["loads http://localhost:8000", "scenario smoke: 3 users"] {
        assert!(shown.contains(words), "{words}: {shown}");
    }
    let ended = folder.run(&["check", "--scenario", "smok"]).expect(2);
    assert!(ended.stderr.contains("there is a scenario `smoke`"), "{}", ended.stderr);
}

#[test]
fn a_plan_after_a_run_tells_its_length_and_the_smallest_change_to_be_seen() {
    let folder = Folder::new("[case.a]\nrun = [\"x\"]\nbudget.\"wall median\" = \"<= 1h\"\n");
    folder.run(&["check", "--fake"]).expect(0);
    let shown = folder.run(&["plan"]).expect(0).stdout;
    assert!(shown.contains("by the trials of the last run"), "{shown}");
    assert!(shown.contains("smallest change to be seen"), "{shown}");
}

#[test]
fn words_are_explained() {
    let folder = Folder::empty();
    for topic in ["all", "latency", "peak memory", "trials", "p99", "case.timeout"] {
        folder.run(&["explain", topic]).expect(0);
    }
    let ended = folder.run(&["explain", "peek memory"]).expect(2);
    assert!(ended.stderr.contains("peak memory"), "{}", ended.stderr);
}

#[test]
fn init_writes_a_file_that_parses_and_never_overwrites() {
    let folder = Folder::empty();
    folder.write("Cargo.toml", "[package]\nname = \"thing\"\n[[bench]]\nname = \"speed\"\n");
    folder.write("src/main.rs", "fn main() {}");
    folder.write("package.json", r#"{ "scripts": { "bench:all": "x" } }"#);
    folder.write("pyproject.toml", "");
    folder.write("go.mod", "");
    folder.run(&["init"]).expect(0);
    let text = folder.read("tollgate.toml");
    for case in
        ["[case.start]", "[case.bench-speed]", "[case.npm-bench-all]", "[case.pytest]", "[case.go]"]
    {
        assert!(text.contains(case), "{text}");
    }
    folder.run(&["plan", "--set", "full"]).expect(0);
    folder.run(&["init"]).expect(2);
    assert_eq!(folder.read("tollgate.toml"), text);
}

#[test]
fn init_in_an_empty_folder_gives_a_budget_that_holds() {
    let folder = Folder::empty();
    folder.run(&["init"]).expect(0);
    folder.run(&["check"]).expect(0);
}

#[test]
fn completions_and_the_manual_are_printed() {
    let folder = Folder::empty();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        assert!(folder.run(&["completions", shell]).expect(0).stdout.contains("tollgate"));
    }
    assert!(folder.run(&["man"]).expect(0).stdout.contains(".TH"));
}

#[test]
fn the_doctor_examines_the_machine() {
    let shown = Folder::empty().run(&["doctor"]).expect(0).stdout;
    for words in ["timer", "stolen time", "descriptors"] {
        assert!(shown.to_lowercase().contains(words), "{shown}");
    }
}

#[test]
fn the_budget_file_of_this_repository_parses() {
    let file = repository().join("tollgate.toml");
    let folder = Folder::empty();
    folder.run(&["plan", "--set", "full", "--file", file.to_str().unwrap()]).expect(0);
}

#[test]
fn init_finds_programs_and_benchmarks_of_a_workspaces_members() {
    let folder = Folder::empty();
    folder.write("Cargo.toml", "[workspace]\nmembers = [\"crates/*\"]\n");
    folder.write("crates/a/Cargo.toml", "[package]\nname = \"a\"\n");
    folder.write("crates/a/src/main.rs", "fn main() {}");
    folder.write("crates/b/Cargo.toml", "[package]\nname = \"b\"\n[[bin]]\nname = \"tool\"\n");
    folder.write("crates/b/benches/speed.rs", "");
    folder.write("crates/b/benches/more.rs", "");
    folder.run(&["init"]).expect(0);
    let text = folder.read("tollgate.toml");
    for words in [
        "target/release/a\"",
        "target/release/tool\"",
        "\"--bench\", \"more\", \"--bench\", \"speed\"",
    ] {
        assert!(text.contains(words), "{text}");
    }
    folder.run(&["plan", "--set", "full"]).expect(0);
}

#[test]
fn init_reads_the_folder_of_criterion_only_where_criterion_is_used() {
    for (dependencies, read) in [("criterion = \"0.5\"\n", true), ("divan = \"0.1\"\n", false)] {
        let folder = Folder::empty();
        let manifest = "[package]\nname = \"a\"\n[[bench]]\nname = \"speed\"\n";
        folder.write("Cargo.toml", &format!("{manifest}[dev-dependencies]\n{dependencies}"));
        let text = folder.run(&["init", "--print"]).expect(0).stdout;
        assert_eq!(text.contains("import = \"target/criterion\""), read, "{text}");
        folder.run(&["init"]).expect(0);
        folder.run(&["plan", "--set", "full"]).expect(0);
    }
}

#[test]
fn init_writes_a_file_that_parses_whatever_scripts_are_called() {
    let folder = Folder::empty();
    let scripts =
        r#"{ "scripts": { "bench/é": "x", "bench:a": "x", "bench a": "x", "perf\"\n'": "x" } }"#;
    folder.write("package.json", scripts);
    folder.run(&["init"]).expect(0);
    let shown = folder.run(&["plan"]).expect(0).stdout;
    assert!(shown.contains("3 cases"), "{shown}");
}

#[test]
fn what_may_be_explained_is_listed() {
    let shown = Folder::empty().run(&["explain"]).expect(0).stdout;
    assert!(shown.contains("metrics") && shown.contains("exit-codes"), "{shown}");
}
