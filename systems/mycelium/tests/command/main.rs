//! The `mycelium` command as people and scripts meet it: the binary itself.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod dataset;
mod features;
mod inspect;
mod nernst;
mod serve;
mod simulate;
mod validate;

use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use rustix::process::{Pid, Signal, kill_process};

/// What a command printed and how it ended.
struct Told {
    out: String,
    err: String,
    code: Option<i32>,
}

/// Without the variables of whoever runs the tests.
fn command(folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mycelium"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("MFN_") {
            command.env_remove(name);
        }
    }
    command.current_dir(folder).args(args).stdin(Stdio::null());
    command
}

fn run(folder: &Path, args: &[&str]) -> Told {
    told(command(folder, args).output().unwrap())
}

/// Runs what has to succeed, and tells what it printed.
fn done(folder: &Path, args: &[&str]) -> String {
    let told = run(folder, args);
    assert_eq!(told.code, Some(0), "{args:?}: {}{}", told.out, told.err);
    told.out
}

/// Runs what has to be refused as bad input, and tells what it said.
fn refused(folder: &Path, args: &[&str]) -> String {
    let told = run(folder, args);
    assert_eq!(told.code, Some(2), "{args:?}: {}{}", told.out, told.err);
    assert_eq!(told.out, "", "{args:?}");
    told.err
}

fn told(output: Output) -> Told {
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Told { out: text(output.stdout), err: text(output.stderr), code: output.status.code() }
}

fn json(text: &str) -> serde_json::Value {
    serde_json::from_str(text).unwrap()
}

/// Begins what will be interrupted.
fn begin(folder: &Path, args: &[&str]) -> Child {
    let mut command = command(folder, args);
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

/// At once: a program that sends it would have to be started, while the child goes on.
fn signal(child: &Child, signal: Signal) {
    let pid = Pid::from_raw(i32::try_from(child.id()).unwrap()).unwrap();
    kill_process(pid, signal).unwrap();
}

/// A process that catches SIGINT has its bit, the second, set in this mask.
fn until_it_listens(child: &Child) {
    let path = format!("/proc/{}/status", child.id());
    let catches = || {
        let status = std::fs::read_to_string(&path).unwrap();
        assert!(!status.contains("\nState:\tZ"), "it ended before it could be interrupted");
        let mask = status.lines().find_map(|line| line.strip_prefix("SigCgt:")).unwrap();
        u64::from_str_radix(mask.trim(), 16).unwrap() & 0b10 != 0
    };
    while !catches() {
        std::thread::yield_now();
    }
}

const COMMANDS: [&str; 8] =
    ["simulate", "features", "dataset", "inspect", "validate", "serve", "nernst", "bench"];

#[test]
fn help_tells_every_command_and_exit_code() {
    let folder = tempfile::tempdir().unwrap();
    let text = done(folder.path(), &["--help"]);
    for word in COMMANDS.into_iter().chain(["Examples:", "Exit codes:", "130"]) {
        assert!(text.contains(word), "{word}");
    }
    assert!(text.lines().all(|line| line.chars().count() <= 100), "{text}");
}

#[test]
fn every_command_but_bench_has_help_with_examples() {
    let folder = tempfile::tempdir().unwrap();
    for command in &COMMANDS[..7] {
        let text = done(folder.path(), &[command, "--help"]);
        assert!(text.contains("Examples:"), "{command}");
        assert!(text.contains(&format!("mycelium {command}")), "{command}");
    }
}

#[test]
fn a_misspelt_command_or_flag_is_bad_usage_with_a_suggestion() {
    let folder = tempfile::tempdir().unwrap();
    assert!(refused(folder.path(), &["simulat"]).contains("simulate"));
    assert!(refused(folder.path(), &["simulate", "--sed", "3"]).contains("--seed"));
    refused(folder.path(), &["simulate", "--seed", "-3"]);
    refused(folder.path(), &["simulate", "--grid-size", "12.5"]);
}

/// The program in a folder of its own.
fn alone(folder: &Path, args: &[&str]) -> Told {
    let program = folder.join("mycelium");
    std::fs::copy(env!("CARGO_BIN_EXE_mycelium"), &program).unwrap();
    loop {
        match Command::new(&program).args(args).output() {
            // A process that another test begins has the copy open for a moment.
            Err(error) if error.kind() == std::io::ErrorKind::ExecutableFileBusy => {
                std::thread::yield_now();
            }
            output => return told(output.unwrap()),
        }
    }
}

#[test]
fn without_the_program_that_measures_bench_says_how_to_build_it() {
    let folder = tempfile::tempdir().unwrap();
    let told = alone(folder.path(), &["bench"]);
    assert_eq!(told.code, Some(1), "{}", told.err);
    assert!(told.err.contains("mycelium-bench is not there"), "{}", told.err);
    assert!(told.err.contains("cargo build"), "{}", told.err);
}

#[cfg(unix)]
#[test]
fn bench_passes_its_arguments_on_and_ends_as_the_program_does() {
    use std::os::unix::fs::symlink;
    let folder = tempfile::tempdir().unwrap();
    let beside = folder.path().join("mycelium-bench");
    symlink("/bin/echo", &beside).unwrap();
    let told = alone(folder.path(), &["bench", "--list", "field", "-x"]);
    assert_eq!((told.code, told.out.as_str()), (Some(0), "--list field -x\n"));
    std::fs::remove_file(&beside).unwrap();
    symlink("/bin/false", &beside).unwrap();
    assert_eq!(alone(folder.path(), &["bench"]).code, Some(1));
}
