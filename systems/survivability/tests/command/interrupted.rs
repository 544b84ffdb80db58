//! What an interrupt leaves behind.

use std::path::Path;
use std::process::{Child, Command, Stdio};

use super::{Told, command, done, told};

/// So many that no machine is done before it is told to stop.
const ENDLESS: [&str; 2] = ["-s", "traffic.requests=4000000000"];

fn begin(folder: &Path, args: &[&str]) -> Child {
    let mut command = command(folder, &[args, &ENDLESS].concat());
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

fn signal(child: &Child, name: &str) {
    let pid = child.id().to_string();
    assert!(Command::new("kill").args([name, &pid]).status().unwrap().success());
}

/// Waits until a file has that many bytes, then sends the signal.
fn interrupt(folder: &Path, child: Child, file: &str, name: &str) -> Told {
    let size = || std::fs::metadata(folder.join(file)).map_or(0, |file| file.len());
    while size() < 2_000_000 {
        std::thread::yield_now();
    }
    signal(&child, name);
    told(child.wait_with_output().unwrap())
}

#[test]
fn an_interrupted_simulation_tells_what_it_has_and_leaves_a_whole_dataset() {
    let folder = tempfile::tempdir().unwrap();
    let args = ["simulate", "--log-dataset", "a.jsonl", "--json", "a.json"];
    let child = begin(folder.path(), &args);
    let told = interrupt(folder.path(), child, "a.jsonl", "-INT");
    assert_eq!(told.code, Some(130), "{}", told.err);
    assert!(told.out.contains("STOPPED after"), "{}", told.out);
    let json = std::fs::read_to_string(folder.path().join("a.json")).unwrap();
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["outcome"]["is_complete"], false);
    let text = std::fs::read_to_string(folder.path().join("a.jsonl")).unwrap();
    assert_eq!(json["outcome"]["arrivals"], text.lines().count());
    let described = done(folder.path(), &["dataset", "describe", "a.jsonl"]);
    assert!(!described.contains("ends within"), "{described}");
}

#[test]
fn termination_is_an_interrupt_too() {
    let folder = tempfile::tempdir().unwrap();
    let child = begin(folder.path(), &["dataset", "log", "-o", "a.jsonl"]);
    let told = interrupt(folder.path(), child, "a.jsonl", "-TERM");
    assert_eq!(told.code, Some(130), "{}", told.err);
    assert!(told.out.contains("STOPPED after"), "{}", told.out);
    done(folder.path(), &["dataset", "describe", "a.jsonl"]);
}
