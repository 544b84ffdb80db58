//! A long load that is killed is taken up again, and never within until it has ended.

use std::process::{Child, Stdio};
use std::sync::Once;
use std::time::Duration;

use super::{Folder, repository};

const EVERY: &str = "--checkpoint-every=1s";

/// The example service, which leaks nothing, under a load of so many seconds.
fn folder(seconds: u32) -> Folder {
    static BUILT: Once = Once::new();
    BUILT.call_once(|| {
        let mut cargo = std::process::Command::new("cargo");
        cargo.args(["build", "--quiet", "--release", "--package", "example-http-service"]);
        assert!(cargo.current_dir(repository()).status().unwrap().success());
    });
    let service = repository().join(target()).join("release/example-http-service");
    Folder::new(&format!(
        r#"
[case.soak]
serve = ["{}", "--port", "{{port}}"]
ready = "/health"
load = {{ users = ["u"], scenario = "long" }}
trials = 1
budget."latency median" = "<= 10s"
budget."server memory growth" = "<= 10GB/h"
budget.errors = "<= 100%"
[user.u]
think = "20ms"
task = [{{ get = "/health" }}]
[scenario.long]
users = 2
for = "{seconds}s"
"#,
        service.display()
    ))
}

fn target() -> String {
    std::env::var("CARGO_TARGET_DIR").unwrap_or_else(|_| "target".to_owned())
}

fn begun(folder: &Folder) -> Child {
    let mut command = folder.command(&["check", EVERY]);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    // Notes come with the checkpoints, once a second of load.
    for _ in 0..600 {
        std::thread::sleep(Duration::from_millis(50));
        let shown = folder.run(&["history", "show"]);
        if shown.stdout.matches("note ").count() >= 4 {
            return child;
        }
    }
    child.kill().unwrap();
    child.wait().unwrap();
    panic!("no checkpoint was stored in half a minute");
}

fn kill(mut child: Child) {
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn a_killed_soak_is_taken_up_again_for_the_time_that_is_left() {
    let folder = folder(12);
    kill(begun(&folder));
    let judged = folder.run(&["judge", "last"]).expect(4);
    assert!(judged.stdout.contains("not measured"), "{}", judged.stdout);
    let again = folder.run(&["check", EVERY]).expect(0);
    assert!(again.stderr.contains("taking up run"), "{}", again.stderr);
    assert!(again.stdout.contains("within"), "{}", again.stdout);
    let listed = folder.run(&["history", "list"]).expect(0);
    assert_eq!(listed.stdout.lines().count(), 2, "{}", listed.stdout);
    // One trial of two pieces, which together are as long as was asked for.
    let exported = folder.run(&["history", "export", "--run", "last"]).expect(0).stdout;
    let pieces = exported.matches("\"metric\":\"server memory\",\"dimension\"").count();
    assert_eq!(pieces, 2, "{exported}");
    let shown = folder.run(&["history", "show"]).expect(0).stdout;
    let hours = shown.matches("note ").count();
    assert!((8..=13).contains(&hours), "{shown}");
    assert!(shown.contains("p99") && shown.contains("memory from"), "{shown}");
}

#[test]
fn a_killed_soak_is_started_over_when_asked_or_when_the_plan_is_another() {
    let folder = folder(8);
    kill(begun(&folder));
    let text = folder.read("tollgate.toml");
    folder.write("tollgate.toml", &text.replace("20ms", "30ms"));
    let other = folder.run(&["check", EVERY]).expect(0);
    assert!(!other.stderr.contains("taking up"), "{}", other.stderr);
    folder.write("tollgate.toml", &text);
    let fresh = folder.run(&["check", EVERY, "--fresh"]).expect(0);
    assert!(!fresh.stderr.contains("taking up"), "{}", fresh.stderr);
}

#[test]
fn a_soak_that_is_being_measured_is_not_taken_up_by_another() {
    let folder = folder(30);
    let child = begun(&folder);
    let mut second = folder.command(&["check", EVERY]);
    let mut second = second.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let mut told = String::new();
    let stderr = std::io::BufReader::new(second.stderr.take().unwrap());
    for line in std::io::BufRead::lines(stderr).map_while(Result::ok) {
        told.push_str(&line);
        if line.contains("note: run") || line.contains("taking up") {
            break;
        }
    }
    kill(second);
    kill(child);
    assert!(told.contains("measures the same at this moment"), "{told}");
}

#[test]
fn a_command_that_leaks_is_found_as_a_service_is() {
    let folder = Folder::new(
        r#"
[case.leaky]
run = ["sh", "-c", '''
piece=$(head -c 500000 /dev/zero | tr '\0' x)
for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16; do all=$all$piece; sleep 0.25; done
''']
trials = 1
warmups = 0
budget."peak memory growth" = "<= 1MB/h"
budget."resident memory" = "<= 1GB"
budget."descriptors" = "<= 1000"
"#,
    );
    let found = folder.run(&["check"]).expect(1);
    let line = |word: &str| found.stdout.lines().find(|line| line.contains(word)).unwrap();
    assert!(line("peak memory growth").trim_start().starts_with("exceeded"), "{}", found.stdout);
    assert!(line("resident memory").trim_start().starts_with("within"), "{}", found.stdout);
    assert!(line("descriptors").trim_start().starts_with("within"), "{}", found.stdout);
}
