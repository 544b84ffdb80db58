//! The `survivability` command as people and scripts meet it: the binary itself.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod dataset;
mod interrupted;
mod networks;
mod simulate;

use std::path::Path;
use std::process::{Command, Output, Stdio};

/// What a command printed and how it ended.
struct Told {
    out: String,
    err: String,
    code: Option<i32>,
}

fn command(folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_survivability"));
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

fn shipped(name: &str) -> String {
    format!("{}/experiments/{name}.toml", env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn help_tells_every_command_and_exit_code() {
    let folder = tempfile::tempdir().unwrap();
    let text = done(folder.path(), &["--help"]);
    for word in ["simulate", "paths", "topology", "dataset", "train", "130"] {
        assert!(text.contains(word), "{word}");
    }
    assert!(text.lines().all(|line| line.chars().count() <= 100), "{text}");
}

#[test]
fn a_misspelt_command_is_bad_usage() {
    let folder = tempfile::tempdir().unwrap();
    assert!(refused(folder.path(), &["simulat"]).contains("simulate"));
    refused(folder.path(), &["simulate", "--sed", "3"]);
    refused(folder.path(), &["simulate", "--seed", "-3"]);
}
