//! A test harness of one thread.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::exit;
use std::thread::sleep;
use std::time::Duration;

use tollgate::measure::launcher::Launcher;

/// A test and its name.
pub type Test = (&'static str, fn(&mut Launcher));

/// Lists functions as tests under their own names.
macro_rules! tests {
    ($($name:ident),* $(,)?) => {
        pub const TESTS: &[$crate::harness::Test] =
            &[$((concat!(module_path!(), "::", stringify!($name)), $name)),*];
    };
}
pub(crate) use tests;

pub fn main(groups: &[&[Test]]) {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let has = |flag: &str| arguments.iter().any(|argument| argument == flag);
    let filters: Vec<&String> =
        arguments.iter().filter(|argument| !argument.starts_with('-')).collect();
    let wanted = |name: &str| {
        filters.is_empty()
            || filters.iter().any(|filter| {
                if has("--exact") { name == *filter } else { name.contains(filter.as_str()) }
            })
    };
    let chosen: Vec<&Test> = groups
        .iter()
        .flat_map(|tests| tests.iter())
        .filter(|(name, _)| wanted(short(name)) && !has("--ignored"))
        .collect();
    if has("--list") {
        chosen.iter().for_each(|(name, _)| println!("{}: test", short(name)));
        return;
    }
    println!("\nrunning {} tests", chosen.len());
    let mut failed = Vec::new();
    for &&(name, test) in &chosen {
        let mut launcher = fork();
        let passed = catch_unwind(AssertUnwindSafe(|| test(&mut launcher))).is_ok();
        println!("test {} ... {}", short(name), if passed { "ok" } else { "FAILED" });
        if !passed {
            failed.push(short(name));
        }
    }
    let verdict = if failed.is_empty() { "ok" } else { "FAILED" };
    let passed = chosen.len() - failed.len();
    println!(
        "\ntest result: {verdict}. {passed} passed; {} failed; 0 ignored; 0 measured; {} filtered \
         out",
        failed.len(),
        groups.iter().map(|tests| tests.len()).sum::<usize>() - chosen.len(),
    );
    exit(if failed.is_empty() { 0 } else { 101 });
}

/// A thread that a test joined may still be seen for a moment.
fn fork() -> Launcher {
    for _ in 0..100 {
        match Launcher::fork() {
            Ok(launcher) => return launcher,
            Err(_) => sleep(Duration::from_millis(10)),
        }
    }
    Launcher::fork().expect("this process has one thread")
}

/// The name without the crate's.
fn short(name: &str) -> &str {
    name.split_once("::").map_or(name, |(_, rest)| rest)
}
