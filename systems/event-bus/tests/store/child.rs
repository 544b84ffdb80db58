//! The other process of these tests: this executable again, told by its environment what to do.

use std::io::Write;
use std::process::Command;

const URL: &str = "EVENT_BUS_TEST_URL";
const SEED: &str = "EVENT_BUS_TEST_SEED";

/// A process that writes to the database until it is killed.
pub(crate) fn writing(url: &str, seed: u64) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["child::another_process_writes_until_it_is_killed", "--exact", "--nocapture"])
        .env(URL, url)
        .env(SEED, seed.to_string());
    command
}

/// Heard by the parent before this returns, even if the process is killed right after.
pub(crate) fn say(words: &str) {
    let mut out = std::io::stdout().lock();
    out.write_all(format!("> {words}\n").as_bytes()).unwrap();
    out.flush().unwrap();
}

#[test]
fn another_process_writes_until_it_is_killed() {
    let Ok(url) = std::env::var(URL) else { return };
    println!();
    crate::crash::write_until_killed(&url, std::env::var(SEED).unwrap().parse().unwrap());
}
