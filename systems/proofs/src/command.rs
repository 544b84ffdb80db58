//! The command line: what each command takes, and which exit code it ends with.

mod audit;
mod generate;
mod input;
mod key_file;
mod keygen;
mod serve;
mod sign;
mod verify;

use std::io::{self, Write};
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use thiserror::Error;

/// Verify signed proofs: that somebody approved something, lately, once, and has not taken it
/// back.
#[derive(Debug, Parser)]
#[command(name = "proofs", version, after_help = EXIT_CODES)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

const EXIT_CODES: &str = "\
Exit codes:
  0  done; by `verify`: the proof is valid
  1  something could not be done, such as opening the database; by `verify`: refused
  2  bad input or usage";

#[derive(Debug, Subcommand)]
enum Command {
    /// Verify proofs over HTTP
    Serve(Box<serve::Serve>),
    /// Walk the chain of an audit log, and name the first row that breaks it
    Audit(audit::Audit),
    /// Make a key to sign with
    Keygen(keygen::Keygen),
    /// Sign a proof
    Sign(sign::Sign),
    /// Judge one proof. Whether it was used before or revoked only a service knows
    Verify(verify::Verify),
    /// Print proofs for load tests, for as long as somebody reads them
    Generate(Box<generate::Generate>),
}

/// What the caller can put right.
#[derive(Debug, Error)]
#[error("{0}")]
struct BadInput(String);

/// Runs a command; its errors are told here and nowhere else.
#[must_use]
pub fn run(cli: Cli) -> ExitCode {
    let done = match cli.command {
        Command::Serve(serve) => serve.run().map(|()| ExitCode::SUCCESS),
        Command::Audit(audit) => audit.run().map(|()| ExitCode::SUCCESS),
        Command::Keygen(keygen) => keygen.run().map(|()| ExitCode::SUCCESS),
        Command::Sign(sign) => sign.run().map(|()| ExitCode::SUCCESS),
        Command::Verify(verify) => verify.run(),
        Command::Generate(generate) => generate.run().map(|()| ExitCode::SUCCESS),
    };
    match done {
        Ok(code) => code,
        Err(error) => {
            // Where standard error is closed nobody listens.
            let _ = writeln!(io::stderr(), "error: {}", chain(&error));
            ExitCode::from(if error.is::<BadInput>() { 2 } else { 1 })
        }
    }
}

/// Tells a line on standard output.
fn tell(line: &str) -> anyhow::Result<()> {
    let mut stdout = io::stdout().lock();
    writeln!(stdout, "{line}")?;
    Ok(stdout.flush()?)
}

/// An error with its causes. One that an error says itself is not said twice.
fn chain(error: &anyhow::Error) -> String {
    let mut text = error.to_string();
    for cause in error.chain().skip(1).map(ToString::to_string) {
        if !text.contains(&cause) {
            text = format!("{text}: {cause}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Error)]
    #[error("failed to lock x: {source}")]
    struct Lock {
        source: io::Error,
    }

    #[test]
    fn a_cause_is_told_once_whether_or_not_an_error_names_it_itself() {
        let error = anyhow::Error::new(Lock { source: io::Error::other("no such folder") });
        assert_eq!(chain(&error), "failed to lock x: no such folder");
        let hidden = anyhow::Error::new(io::Error::other("no such folder")).context("failed");
        assert_eq!(chain(&hidden), "failed: no such folder");
    }
}
