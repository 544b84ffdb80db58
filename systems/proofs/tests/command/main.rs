//! The `proofs` command as people and scripts meet it: the binary itself.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod generate;
mod keys;

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// What a command printed and how it ended.
struct Told {
    out: String,
    err: String,
    code: Option<i32>,
}

fn command(folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_proofs"));
    command.current_dir(folder).args(args).stdin(Stdio::null());
    command
}

fn run(folder: &Path, args: &[&str]) -> Told {
    told(command(folder, args).output().unwrap())
}

/// Runs a command that reads standard input.
fn fed(folder: &Path, args: &[&str], input: &str) -> Told {
    let mut command = command(folder, args);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    told(child.wait_with_output().unwrap())
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

#[test]
fn help_tells_every_command_and_exit_code() {
    let folder = tempfile::tempdir().unwrap();
    let text = done(folder.path(), &["--help"]);
    for word in ["serve", "audit", "keygen", "sign", "verify", "generate", "Exit codes"] {
        assert!(text.contains(word), "{word}");
    }
    for command in ["keygen", "sign", "verify", "generate"] {
        let text = done(folder.path(), &[command, "--help"]);
        assert!(text.lines().all(|line| line.chars().count() <= 100), "{text}");
    }
}
