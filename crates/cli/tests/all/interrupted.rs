//! What a person or the system ends early is kept as far as it came, and never green.

use std::io::Read as _;
use std::process::{Child, Stdio};
use std::time::Duration;

use super::Folder;

const SLOW: &str = r#"
[case.nap]
run = ["sleep", "0.2"]
trials = 100
warmups = 0
budget."wall median" = "<= 10s"
"#;

fn begun(folder: &Folder) -> Child {
    let mut command = folder.command(&["check"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // Wait until some trials are stored.
    for _ in 0..200 {
        std::thread::sleep(Duration::from_millis(50));
        let listed = folder.run(&["history", "show"]);
        let exported = folder.run(&["history", "export", "--run", "last"]).stdout;
        if listed.code == 0 && exported.matches("\"wall\"").count() >= 2 {
            return child;
        }
    }
    child.kill().unwrap();
    child.wait().unwrap();
    panic!("no trial was stored in ten seconds");
}

fn signal(child: &Child, name: &str) {
    let status = std::process::Command::new("kill")
        .args([&format!("-{name}"), &child.id().to_string()])
        .status()
        .unwrap();
    assert!(status.success());
}

#[test]
fn ctrl_c_keeps_the_trials_and_says_the_run_did_not_end() {
    let folder = Folder::new(SLOW);
    let mut child = begun(&folder);
    signal(&child, "INT");
    let mut stdout = String::new();
    child.stdout.take().unwrap().read_to_string(&mut stdout).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(4), "{stdout}");
    assert!(stdout.contains("not measured"), "{stdout}");
    assert!(!stdout.lines().any(|line| line.trim_start().starts_with("within")), "{stdout}");
    let shown = folder.run(&["history", "show"]).expect(0);
    assert!(shown.stdout.contains("interrupted"), "{}", shown.stdout);
}

#[test]
fn a_killed_run_stays_and_is_never_within() {
    let folder = Folder::new(SLOW);
    let mut child = begun(&folder);
    signal(&child, "KILL");
    child.wait().unwrap();
    let judged = folder.run(&["judge", "last"]).expect(4);
    assert!(judged.stdout.contains("not measured"), "{}", judged.stdout);
}
