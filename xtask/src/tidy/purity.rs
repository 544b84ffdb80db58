//! The pure modules name nothing that measures, waits, reads or writes: a verdict must be the same
//! on any machine, next year.

use super::File;
use super::imports::{Named, named};
use super::source::Source;
use crate::finding::Finding;

/// Modules of the library that may only compute. A module that is not here is an edge.
const PURE: &[&str] = &[
    "calendar", "metric", "quantity", "budget", "plan", "run", "judge", "course", "report",
    "explain",
];

/// The same of the dashboard, whose modules lie deeper.
const PURE_OF_DASHBOARD: &[&[&str]] = &[&["chart"], &["watch", "board"], &["watch", "view"]];

/// Paths, with everything below them, and what a pure module does instead.
const FORBIDDEN: &[(&str, &str)] = &[
    ("std::env", "take the value as a parameter"),
    ("std::fs", "take the text or the bytes as a parameter"),
    ("std::io::stderr", "write to a parameter of type `Write`"),
    ("std::io::stdin", "read from a parameter"),
    ("std::io::stdout", "write to a parameter of type `Write`"),
    ("std::net", "leave sockets to `measure`"),
    ("std::os", "leave the system to `measure` and `machine`"),
    ("std::process", "leave processes to `measure`"),
    ("std::thread::sleep", "leave waiting to `measure`"),
    ("std::time::Instant", "take the time as a parameter"),
    ("std::time::SystemTime", "take the time as a parameter"),
    ("std::time::UNIX_EPOCH", "take the time as a parameter"),
    ("libc", "leave the system to `measure` and `machine`"),
    ("rand::rng", "seed the generator from the run"),
    ("rand::random", "seed the generator from the run"),
    ("rusqlite", "leave the database to `history`"),
    ("tokio", "leave waiting to `measure`"),
    ("crate::measure", "take what was measured as a value"),
    ("crate::history", "take the earlier runs as a value"),
    ("crate::machine", "take the machine as a value"),
];

pub fn check(file: &File, source: &Source) -> Vec<Finding> {
    let Some(module) = pure_module(&file.path) else { return Vec::new() };
    let mut findings = Vec::new();
    for Named { path, at } in named(source, &module) {
        if let Some((_, remedy)) = FORBIDDEN.iter().find(|(forbidden, _)| reaches(&path, forbidden))
        {
            let line = source.line(at);
            findings.push(file.finding(line, "impure", format!("`{path}`"), remedy));
        }
    }
    findings
}

/// The path of the module that a file holds, if it has to be pure.
fn pure_module(path: &str) -> Option<Vec<&str>> {
    let (package, path) = path.strip_prefix("crates/")?.split_once("/src/")?;
    let parts = path.strip_suffix(".rs")?.split('/').filter(|part| *part != "lib");
    let module: Vec<&str> = std::iter::once("crate").chain(parts).collect();
    match package {
        "stats" => Some(module),
        "alerts" if module.get(1) != Some(&"deliver") => Some(module),
        "tollgate" if module.get(1).is_some_and(|name| PURE.contains(name)) => Some(module),
        "dashboard" if PURE_OF_DASHBOARD.iter().any(|pure| module[1..].starts_with(pure)) => {
            Some(module)
        }
        _ => None,
    }
}

/// Whether a path is the forbidden one, lies below it, or brings it in with everything beside it.
fn reaches(path: &str, forbidden: &str) -> bool {
    let below = |long: &str, short: &str| {
        long.strip_prefix(short).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
    };
    match path.strip_suffix("::*") {
        Some(parent) => below(forbidden, parent) || below(parent, forbidden),
        None => below(path, forbidden),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> Vec<String> {
        let file = File { path: path.to_owned(), text: text.to_owned() };
        check(&file, &Source::new(text)).iter().map(|f| format!("{} {}", f.line, f.text)).collect()
    }

    #[test]
    fn a_pure_module_names_no_clock_file_process_or_edge() {
        let judge = "crates/tollgate/src/judge.rs";
        for (text, expected) in [
            ("use std::time::{Duration, Instant};", "1 `std::time::Instant`"),
            ("\nuse std::{fmt, fs};", "2 `std::fs`"),
            ("fn f() { std::process::exit(1) }", "1 `std::process::exit`"),
            ("use crate::measure::Event;", "1 `crate::measure::Event`"),
            ("use super::history;", "1 `crate::history`"),
            ("use std::*;", "1 `std::*`"),
            ("use rusqlite::Connection;", "1 `rusqlite::Connection`"),
            (
                "use std::time;\nfn f() { time::SystemTime::now() }",
                "2 `std::time::SystemTime::now`",
            ),
        ] {
            assert_eq!(found(judge, text), [expected], "{text}");
        }
    }

    #[test]
    fn durations_writers_and_values_are_pure() {
        let text = "use std::time::Duration;\nuse std::io::{self, Write};\nuse crate::run::Run;\n\
                    use crate::measured::X;\nstruct History { machine: u8, process: u8 }";
        assert_eq!(found("crates/tollgate/src/report/json.rs", text), [""; 0]);
    }

    #[test]
    fn alerts_are_pure_but_for_their_delivery() {
        let text = "use std::net::TcpStream;";
        assert_eq!(found("crates/alerts/src/engine/look.rs", text).len(), 1);
        assert_eq!(found("crates/alerts/src/lib.rs", text).len(), 1);
        assert_eq!(found("crates/alerts/src/deliver.rs", text).len(), 0);
        assert_eq!(found("crates/alerts/src/deliver/post.rs", text).len(), 0);
    }

    #[test]
    fn of_the_dashboard_what_computes_is_pure_and_what_watches_and_answers_is_not() {
        let text = "use std::fs;";
        assert_eq!(found("crates/dashboard/src/watch/board.rs", text).len(), 1);
        assert_eq!(found("crates/dashboard/src/chart/line/step.rs", text).len(), 1);
        assert_eq!(found("crates/dashboard/src/watch.rs", text).len(), 0);
        assert_eq!(found("crates/dashboard/src/watch/reading.rs", text).len(), 0);
        assert_eq!(found("crates/dashboard/src/pages/alerts.rs", text).len(), 0);
    }

    #[test]
    fn all_of_the_statistics_are_pure_and_the_edges_are_not() {
        let text = "use std::time::Instant;";
        assert_eq!(found("crates/stats/src/lib.rs", text).len(), 1);
        assert_eq!(found("crates/stats/src/deep/er.rs", text).len(), 1);
        assert_eq!(found("crates/tollgate/src/budget/parse.rs", text).len(), 1);
        assert_eq!(found("crates/tollgate/src/measure/process.rs", text).len(), 0);
        assert_eq!(found("crates/harness/src/timer.rs", text).len(), 0);
        assert_eq!(found("crates/stats/tests/oracle.rs", text).len(), 0);
    }

    #[test]
    fn tests_of_a_pure_module_may_read_files() {
        let text = "#[cfg(test)]\nmod tests {\n    use std::fs;\n}\n";
        assert_eq!(found("crates/tollgate/src/judge.rs", text), [""; 0]);
    }
}
