//! The command line: what each command takes, and which exit code it ends with.

mod connect;
mod migrate;
mod publish;
mod query;
mod serve;
mod table;
mod watch;

use std::io::{self, Write};
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use thiserror::Error;

/// Events over NATS: store them, publish them, watch them, and ask what is stored.
#[derive(Debug, Parser)]
#[command(name = "event-bus", version, after_help = EXIT_CODES)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  something could not be done, such as reaching the broker or opening the database
  2  bad input or usage
  3  the service answered with a failure, whose code is shown";

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the service that stores events and answers requests
    Serve(Box<serve::Serve>),
    /// Publish one event, or those of a file
    Publish(Box<publish::Publish>),
    /// Show what is published, until Ctrl-C
    Watch(Box<watch::Watch>),
    /// Ask the service what is stored
    Query(Box<query::Query>),
    /// Show or bring up to date the tables of a database, without a service
    Migrate(migrate::Migrate),
}

/// What the caller can put right.
#[derive(Debug, Error)]
#[error("{0}")]
struct BadInput(String);

/// The service was reached, and refused.
#[derive(Debug, Error)]
#[error("{0}")]
struct Refused(String);

/// Runs a command; its errors are told here and nowhere else.
#[must_use]
pub fn run(cli: Cli) -> ExitCode {
    let done = match cli.command {
        Command::Serve(serve) => serve.run(),
        Command::Publish(publish) => publish.run(),
        Command::Watch(watch) => watch.run(),
        Command::Query(query) => query.run(),
        Command::Migrate(migrate) => migrate.run(),
    };
    let Err(error) = done else { return ExitCode::SUCCESS };
    if is_closed(&error) {
        // Whoever read our output has enough, as `head` has.
        return ExitCode::SUCCESS;
    }
    // Where standard error is closed nobody listens.
    let _ = writeln!(io::stderr(), "error: {error:#}");
    ExitCode::from(match () {
        () if error.is::<BadInput>() => 2,
        () if error.is::<Refused>() => 3,
        () => 1,
    })
}

fn is_closed(error: &anyhow::Error) -> bool {
    let io = error.downcast_ref::<io::Error>();
    io.is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}

/// Tells a line on standard output.
fn tell(line: &str) -> anyhow::Result<()> {
    let mut stdout = io::stdout().lock();
    writeln!(stdout, "{line}")?;
    Ok(stdout.flush()?)
}

/// A runtime for a command that waits for a broker.
fn block_on<T>(work: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(work)
}

/// The address of a database as it may be shown.
fn without_password(url: &str) -> String {
    match (url.split_once("://"), url.rsplit_once('@')) {
        (Some((scheme, _)), Some((_, rest))) => format!("{scheme}://{rest}"),
        _ => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_commands_are_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_password_is_not_shown() {
        let shown = |url| without_password(url);
        assert_eq!(shown("postgres://ann:s3c@ret@host/db"), "postgres://host/db");
        assert_eq!(shown("postgres://host/db"), "postgres://host/db");
        assert_eq!(shown("sqlite:a@b.db"), "sqlite:a@b.db");
    }
}
