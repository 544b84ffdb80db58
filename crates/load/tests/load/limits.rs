//! What the machine allows: open files, and many users at the same time.

use std::fs::File;
use std::net::SocketAddr;
use std::process::Command;

use tollgate_load::LoadError;
use tollgate_load::workload::Think;

use crate::loads::{assert_good, closed, failures, get, ms, open, run, try_run};
use crate::server::{Reply, Server, target};

const INSIDE: &str = "TOLLGATE_LOAD_TEST_SERVER";

/// Runs a test of this binary again in a process that may have that many files open, and gives it
/// the address of a server in this one; none outside of that process.
fn with_few_files(test: &str, files: u32) -> Option<SocketAddr> {
    if let Ok(address) = std::env::var(INSIDE) {
        return Some(address.parse().unwrap());
    }
    let server = Server::start(|_| Reply::new(200, "").after(ms(100)));
    let again = format!("ulimit -n {files} && exec \"$0\" --exact limits::{test} --nocapture");
    let child = Command::new("sh")
        .args(["-c", &again])
        .arg(std::env::current_exe().unwrap())
        .env(INSIDE, server.address.to_string())
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&[child.stdout, child.stderr].concat()).into_owned();
    assert!(child.status.success() && told.contains("1 passed"), "{told}");
    None
}

#[test]
fn users_who_cannot_all_connect_are_refused_with_the_number_needed() {
    let test = "users_who_cannot_all_connect_are_refused_with_the_number_needed";
    let Some(address) = with_few_files(test, 150) else { return };
    let error = try_run(&closed(100.0, ms(100), vec![get("/")]), &target(address)).unwrap_err();
    let LoadError::Descriptors { needed, limit } = error else { panic!("{error}") };
    assert_eq!((needed, limit), (164, 150));
    assert!(error.to_string().contains("ulimit -n 164"), "{error}");
}

#[test]
fn an_open_loop_makes_do_with_the_connections_it_may_have() {
    let test = "an_open_loop_makes_do_with_the_connections_it_may_have";
    let Some(address) = with_few_files(test, 90) else { return };
    let report = run(&open(400.0, ms(250), vec![get("/")]), &target(address));
    assert_good(&report, 100);
    assert_eq!(report.generator.users, 26);
}

#[test]
fn users_who_find_no_descriptor_say_so_and_take_breaks() {
    let test = "users_who_find_no_descriptor_say_so_and_take_breaks";
    let Some(address) = with_few_files(test, 80) else { return };
    // All but 13: three for the load itself, and ten for its sixteen users.
    let mut hoard: Vec<File> = std::iter::from_fn(|| File::open("/dev/null").ok()).collect();
    hoard.truncate(hoard.len() - 13);
    let report = run(&closed(16.0, ms(400), vec![get("/")]), &target(address));
    drop(hoard);
    let none = "no file descriptor left for a connection";
    let [(reason, failed)] = failures(&report)[..] else { panic!("{:?}", report.failures) };
    assert_eq!(reason, none);
    // Breaks of 10, 20, 40, ... ms: the sixth ends after 630 ms.
    assert!((6..=6 * 10).contains(&failed) && report.total().succeeded >= 6, "{failed}");
}

#[test]
fn two_thousand_users_who_mostly_think_all_get_their_turn() {
    let server = Server::ok();
    let mut load = closed(2000.0, ms(2000), vec![get("/{{user}}")]);
    load.users[0].think = Think { shortest: ms(1000), longest: ms(2000) };
    load.protocol.timeout = ms(20_000);
    let report = run(&load, &server.target());
    assert_eq!(failures(&report), []);
    let mut users = server.paths();
    assert_eq!(report.total().succeeded, users.len() as u64);
    users.sort_unstable();
    users.dedup();
    assert_eq!((users.len(), report.generator.users), (2000, 2000));
}
