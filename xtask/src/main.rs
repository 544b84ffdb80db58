//! Every check of this repository, by one command: `cargo xtask ci`.
//!
//! The subcommands are the checks that need more than a call of cargo; what they look for is said
//! in the module of the same name.

mod ci;
mod command;
#[cfg(test)]
mod entrance;
mod finding;
mod policy;
mod room;
mod setup;
mod tally;
mod tidy;

use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

const HELP: &str = "\
Every check of this repository, by one command.

Usage: cargo xtask <COMMAND>

Commands:
  ci [CHECK...]  Install what is missing, then run every check (or the named ones)
  setup          Install the programs that checks and tests need, or say how to
  tidy           Rules over the text of tracked files
  policy         Rules over packages: licences, and who may depend on whom
  help           This page

Exit codes: 0 every check passed; 1 a check failed; 2 the command line is wrong.
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let out = &mut io::stdout();
    let passed = match words.as_slice() {
        [] | ["help" | "--help" | "-h", ..] => write!(out, "{HELP}").map(|()| true),
        ["ci", "--help" | "-h"] => write!(out, "{}", ci::help()).map(|()| true),
        ["ci", names @ ..] => match ci::choose(names) {
            Ok(checks) => ci::run(root(), &checks, out),
            Err(message) => return misuse(&message),
        },
        ["setup"] => ci::show(&setup::run(root()), out),
        ["tidy"] => ci::show(&tidy::run(root()), out),
        ["policy"] => ci::show(&policy::run(root()), out),
        [unknown, ..] => return misuse(&format!("unknown command line: xtask {unknown} ...")),
    };
    match passed {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => misuse(&format!("could not write to standard output: {error}")),
    }
}

fn misuse(message: &str) -> ExitCode {
    // Nothing is left to do if standard error is closed as well.
    let _ = writeln!(io::stderr(), "{message}\n\n{HELP}");
    ExitCode::from(2)
}

/// The folder of the workspace: this package lies directly below it.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("a package lies below its workspace")
}
