//! The command line: what each command takes, and which exit code it ends with.

mod record;
mod rules;
mod serve;
mod simulate;
mod state;
mod trend;

use std::io::{self, Write};
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use thiserror::Error;

/// Counts how switches restart, and alerts on what it counts.
#[derive(Debug, Parser)]
#[command(name = "warm-restart", version, after_help = EXIT_CODES)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  something could not be done, such as reaching the service or saving
  2  bad input or usage";

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the service
    Serve(serve::Serve),
    /// Report one event to a service
    Record(record::Record),
    /// Replay a scenario, and show what would be told
    Simulate(simulate::Simulate),
    /// Say of recorded values where they go, what stands out, and what comes round again
    Trend(trend::Trend),
    /// Look at the state files of a device
    #[command(subcommand)]
    State(state::State),
    /// Check a file of rules, show those that hold without one, or take others over
    #[command(subcommand)]
    Rules(rules::Rules),
}

/// What the caller can put right.
#[derive(Debug, Error)]
#[error("{0}")]
struct BadInput(String);

impl BadInput {
    /// With all causes.
    fn of(error: impl Into<anyhow::Error>) -> BadInput {
        BadInput(format!("{:#}", error.into()))
    }
}

/// Runs a command; its errors are told here and nowhere else.
#[must_use]
pub fn run(cli: Cli) -> ExitCode {
    let done = match cli.command {
        Command::Serve(serve) => serve.run(),
        Command::Record(record) => record.run(),
        Command::Simulate(simulate) => simulate.run(),
        Command::Trend(trend) => trend.run(),
        Command::State(state) => state.run(),
        Command::Rules(rules) => rules.run(),
    };
    let Err(error) = done else { return ExitCode::SUCCESS };
    let io = error.downcast_ref::<io::Error>();
    if io.is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe) {
        // Whoever read our output has enough, as `head` has.
        return ExitCode::SUCCESS;
    }
    // Where standard error is closed nobody listens.
    let _ = writeln!(io::stderr(), "error: {error:#}");
    ExitCode::from(if error.is::<BadInput>() { 2 } else { 1 })
}

/// Tells something on standard output.
fn tell(text: &str) -> anyhow::Result<()> {
    let mut stdout = io::stdout().lock();
    writeln!(stdout, "{}", text.trim_end())?;
    Ok(stdout.flush()?)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_commands_are_consistent() {
        Cli::command().debug_assert();
    }
}
