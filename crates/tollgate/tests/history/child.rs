//! The other process of these tests: this executable again, told by its environment what to do.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

const ROLE: &str = "TOLLGATE_HISTORY_TEST_ROLE";
const FILE: &str = "TOLLGATE_HISTORY_TEST_FILE";
const SEED: &str = "TOLLGATE_HISTORY_TEST_SEED";

/// A process that plays `role` on the file `path`.
pub(crate) fn playing(role: &str, path: &Path, seed: u64) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["child::another_process_plays_the_role_it_is_given", "--exact", "--nocapture"])
        .env(ROLE, role)
        .env(FILE, path)
        .env(SEED, seed.to_string());
    command
}

/// A process that plays `role` after `setup`, a line of shell, has been run in a mount namespace
/// of its own. None where the kernel grants no such namespace.
pub(crate) fn behind(setup: &str, role: &str, path: &Path) -> Option<Command> {
    let allowed = Command::new("unshare").args(["-rm", "true"]).output();
    if !allowed.is_ok_and(|output| output.status.success()) {
        println!("not shown: the kernel grants this user no mount namespace");
        return None;
    }
    let inner = playing(role, path, 0);
    let mut command = Command::new("unshare");
    command
        .args(["-rm", "sh", "-c", &format!("set -e; {setup}; exec \"$0\" \"$@\"")])
        .arg(inner.get_program())
        .args(inner.get_args())
        .envs(inner.get_envs().filter_map(|(key, value)| Some((key, value?))));
    Some(command)
}

/// What a process said, once it has ended well.
pub(crate) fn said(command: &mut Command) -> Vec<String> {
    let output = command.output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{text}\n{errors}");
    text.lines().filter_map(|line| line.strip_prefix("> ")).map(str::to_owned).collect()
}

/// Heard by the parent before this returns, even if the process is killed right after.
pub(crate) fn say(words: &str) {
    let mut out = std::io::stdout().lock();
    out.write_all(format!("> {words}\n").as_bytes()).unwrap();
    out.flush().unwrap();
}

#[test]
fn another_process_plays_the_role_it_is_given() {
    let Ok(role) = std::env::var(ROLE) else { return };
    let path = PathBuf::from(std::env::var_os(FILE).unwrap());
    let seed: u64 = std::env::var(SEED).unwrap().parse().unwrap();
    println!();
    match &*role {
        "write until killed" => crate::crash::write_until_killed(&path, seed),
        "share the file" => crate::crash::share_the_file(&path),
        "fill the disk" => crate::disk::fill_the_disk(&path),
        "open on a full disk" => crate::disk::open_on_a_full_disk(&path),
        "reach the size limit" => crate::disk::reach_the_size_limit(&path),
        "read what cannot be written" => crate::disk::read_what_cannot_be_written(&path),
        "store a run" => crate::kept::store_a_run(&path, seed),
        _ => panic!("unknown role {role}"),
    }
}
