//! The checks in rising order of cost: one line each with its time, what it printed only if it
//! failed. All of them run, so that one look shows everything that is wrong.

use std::fmt::Write as _;
use std::io::{self, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use crate::tally::Tally;
use crate::{command, policy, setup, tidy};

pub struct Check {
    pub name: &'static str,
    pub about: &'static str,
    pub run: fn(&Path) -> Outcome,
}

/// What a check came to.
pub struct Outcome {
    pub passed: bool,
    /// Shown in any case, such as what is skipped.
    pub notes: Vec<String>,
    /// Shown if the check failed.
    pub output: String,
    pub tests: Tally,
}

impl Outcome {
    pub fn passed() -> Outcome {
        Outcome { passed: true, notes: Vec::new(), output: String::new(), tests: Tally::default() }
    }

    fn of(ended: command::Ended) -> Outcome {
        Outcome { passed: ended.success, output: ended.output, ..Outcome::passed() }
    }
}

/// In rising order of cost. A new check is one more entry. One that measures, as the budgets of
/// this repository do, comes last: what it starts is built by then, and nothing runs beside it.
const CHECKS: &[Check] = &[
    Check { name: "setup", about: "the programs that checks and tests need", run: setup::run },
    Check {
        name: "format",
        about: "cargo fmt --check",
        run: |root| {
            Outcome::of(command::cargo(root, &["fmt", "--all", "--check", "--", "--color=never"]))
        },
    },
    Check { name: "tidy", about: "rules over the text of tracked files", run: tidy::run },
    Check { name: "policy", about: "licences, and who may depend on whom", run: policy::run },
    Check { name: "clippy", about: "lints, warnings are errors", run: clippy },
    Check { name: "fuzz", about: "what is fuzzed still compiles", run: fuzz },
    Check { name: "test", about: "every test of the workspace", run: test },
    Check { name: "doc-test", about: "every example in the documentation", run: doc_test },
];

fn clippy(root: &Path) -> Outcome {
    let arguments = ["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"];
    Outcome::of(command::cargo(root, &arguments))
}

/// Fuzzing itself needs another compiler; that the targets compile does not.
fn fuzz(root: &Path) -> Outcome {
    let place = ["--manifest-path", "fuzz/Cargo.toml", "--target-dir", "target/fuzz"];
    let arguments = [&["check", "--bins", "--locked"], &place[..]].concat();
    Outcome::of(command::cargo(root, &arguments))
}

fn test(root: &Path) -> Outcome {
    // Not nextest: a test binary with its own main speaks only the plain protocol.
    let arguments = ["test", "--workspace", "--all-targets", "--locked", "--no-fail-fast"];
    let outcome = tested(command::cargo(root, &arguments));
    if outcome.passed && outcome.tests.passed == 0 {
        let output = format!("{}\nno test ran\n", outcome.output);
        return Outcome { passed: false, output, ..outcome };
    }
    outcome
}

fn doc_test(root: &Path) -> Outcome {
    let arguments = ["test", "--workspace", "--doc", "--locked", "--no-fail-fast"];
    tested(command::cargo(root, &arguments))
}

/// A test command with its tests counted. One that failed without a failed test (it did not
/// compile, or a test binary died) counts as one failed test: the count must never look green.
fn tested(command::Ended { success, output }: command::Ended) -> Outcome {
    let mut tests = Tally::read(&output);
    if !success && tests.failed == 0 {
        tests.failed = 1;
    }
    // What went well would hide what did not.
    let told = output.lines().filter(|line| !is_progress(line));
    let output = told.map(|line| format!("{line}\n")).collect();
    Outcome { tests, ..Outcome::of(command::Ended { success, output }) }
}

/// Whether a line of `cargo test` only says that something is built, runs or has passed.
fn is_progress(line: &str) -> bool {
    let word = line.trim_start().split(' ').next().unwrap_or_default();
    let is_cargo = line.starts_with("  ")
        && matches!(
            word,
            "Blocking" | "Compiling" | "Doc-tests" | "Downloaded" | "Downloading" | "Running"
        );
    let is_passed = line.starts_with("test ") && line.ends_with(" ... ok");
    let is_count =
        line.starts_with("running ") && (line.ends_with(" test") || line.ends_with(" tests"));
    is_cargo || is_passed || is_count || line.is_empty() || line.starts_with("test result: ok.")
}

pub fn help() -> String {
    let mut help = String::from("Usage: cargo xtask ci [CHECK...]\n\nChecks, in this order:\n");
    for Check { name, about, .. } in CHECKS {
        writeln!(help, "  {name:<10} {about}").expect("a string takes every line");
    }
    help
}

/// The checks of those names, or all of them, in rising order of cost.
pub fn choose(names: &[&str]) -> Result<Vec<&'static Check>, String> {
    if let Some(unknown) = names.iter().find(|name| !CHECKS.iter().any(|c| c.name == **name)) {
        let known: Vec<&str> = CHECKS.iter().map(|check| check.name).collect();
        return Err(format!("unknown check `{unknown}`; the checks are {}", known.join(", ")));
    }
    Ok(CHECKS.iter().filter(|c| names.is_empty() || names.contains(&c.name)).collect())
}

/// Runs the checks and writes the report; true if every one passed.
pub fn run(root: &Path, checks: &[&Check], out: &mut dyn Write) -> io::Result<bool> {
    let mut failed = Vec::new();
    let mut tests = Tally::default();
    for check in checks {
        write!(out, "{:<10}", check.name)?;
        out.flush()?;
        let (outcome, elapsed) = timed(|| (check.run)(root));
        let word = if outcome.passed { "ok" } else { "FAILED" };
        writeln!(out, "{word:<7}{:>7.1} s", elapsed.as_secs_f64())?;
        show(&outcome, out)?;
        if !outcome.passed {
            failed.push(check.name);
        }
        tests.add(&outcome.tests);
    }
    let (all, bad) = (checks.len(), failed.len());
    match bad {
        0 => writeln!(out, "\nchecks: {all} ok")?,
        _ => writeln!(out, "\nchecks: {} ok, {bad} failed ({})", all - bad, failed.join(", "))?,
    }
    writeln!(out, "{} passed, {} failed", tests.passed, tests.failed)?;
    Ok(failed.is_empty())
}

/// The notes, the closing lines of tests, and the output if the check failed.
pub fn show(outcome: &Outcome, out: &mut dyn Write) -> io::Result<bool> {
    for note in &outcome.notes {
        writeln!(out, "  {note}")?;
    }
    if !outcome.passed {
        writeln!(out, "{}", outcome.output.trim_end())?;
    } else {
        for line in &outcome.tests.lines {
            writeln!(out, "{line}")?;
        }
    }
    Ok(outcome.passed)
}

#[expect(clippy::disallowed_methods, reason = "a check is timed for the person who waits for it")]
fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let start = Instant::now();
    let done = work();
    (done, start.elapsed())
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: Check = Check {
        name: "good",
        about: "passes",
        run: |_| Outcome {
            notes: vec!["hyperfine is missing".to_owned()],
            output: "long and dull".to_owned(),
            tests: Tally::read("test result: ok. 4 passed; 0 failed;"),
            ..Outcome::passed()
        },
    };
    const BAD: Check = Check {
        name: "bad",
        about: "fails",
        run: |_| Outcome {
            passed: false,
            output: "what went wrong".to_owned(),
            tests: Tally::read("test result: FAILED. 2 passed; 1 failed;"),
            ..Outcome::passed()
        },
    };

    fn report(checks: &[&Check]) -> (bool, String) {
        let mut out = Vec::new();
        let passed = run(Path::new("."), checks, &mut out).unwrap();
        (passed, String::from_utf8(out).unwrap())
    }

    #[test]
    fn every_check_runs_after_one_failed_and_the_last_line_counts_the_tests() {
        let (passed, text) = report(&[&BAD, &GOOD]);
        assert!(!passed);
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines[0].starts_with("bad       FAILED"), "{text}");
        assert_eq!(lines[1], "what went wrong");
        assert!(lines[2].starts_with("good      ok"), "{text}");
        assert_eq!(lines[3], "  hyperfine is missing");
        assert_eq!(lines[4], "test result: ok. 4 passed; 0 failed;");
        assert_eq!(lines[6], "checks: 1 ok, 1 failed (bad)");
        assert_eq!(lines.last(), Some(&"6 passed, 1 failed"));
    }

    #[test]
    fn the_output_of_a_check_that_passed_is_not_shown() {
        let (passed, text) = report(&[&GOOD]);
        assert!(passed);
        assert!(!text.contains("long and dull"), "{text}");
        assert!(text.ends_with("\nchecks: 1 ok\n4 passed, 0 failed\n"), "{text}");
    }

    #[test]
    fn a_test_command_that_dies_counts_as_a_failed_test() {
        let output = "test result: ok. 9 passed; 0 failed;\nerror: test failed\n".to_owned();
        let outcome = tested(command::Ended { success: false, output });
        assert_eq!((outcome.passed, outcome.tests.passed, outcome.tests.failed), (false, 9, 1));
    }

    #[test]
    fn tests_that_passed_do_not_hide_the_one_that_failed() {
        let output =
            "   Compiling a v1.0.0\n     Running unittests src/lib.rs\n\nrunning 2 tests\n\
                      test a ... ok\ntest b ... FAILED\nwhy\n  and where\n\n\
                      test result: ok. 9 passed; 0 failed;\nerror: could not compile\n"
                .to_owned();
        let outcome = tested(command::Ended { success: false, output });
        let told = "test b ... FAILED\nwhy\n  and where\nerror: could not compile\n";
        assert_eq!(outcome.output, told);
        assert_eq!(outcome.tests.passed, 9);
    }

    #[test]
    fn checks_are_chosen_by_name_and_keep_their_order() {
        let names = |checks: Vec<&Check>| -> Vec<&str> { checks.iter().map(|c| c.name).collect() };
        assert_eq!(names(choose(&["tidy", "format"]).unwrap()), ["format", "tidy"]);
        assert_eq!(choose(&[]).unwrap().len(), CHECKS.len());
        let message = choose(&["tidi"]).err().unwrap();
        assert!(message.starts_with("unknown check `tidi`; the checks are setup, format"));
    }
}
