//! The command line: what each command takes, and which exit code it ends with.

mod bench;
mod dataset;
mod described;
mod features;
mod inspect;
mod nernst;
mod output;
mod progress;
mod serve;
mod simulate;
mod stop;
mod table;
mod validate;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use thiserror::Error;

use crate::dataset::DatasetError;

/// Simulate electric potentials in a mycelium, describe them, learn from them and serve them.
#[derive(Debug, Parser)]
#[command(name = "mycelium", version, after_help = EXAMPLES)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "\
Examples:
  mycelium simulate --preset demo --png field.png
  mycelium simulate --pattern spots --animate spots.png
  mycelium features --preset default --threshold percentile
  mycelium dataset --preset small --output small.parquet
  mycelium serve --port 8000

Exit codes:
  0    done
  1    a check failed, or something could not be done, such as writing a file
  2    bad input or usage
  130  interrupted; what was done so far is told or kept";

#[derive(Debug, Subcommand)]
enum Command {
    /// Run one simulation; tell, draw or save what it comes to
    Simulate(Box<simulate::Simulate>),
    /// Describe a simulation, or a field in a file, by eighteen numbers
    Features(Box<features::Features>),
    /// Simulate many times and write a table of what was asked for and what came out
    Dataset(dataset::Dataset),
    /// Tell what a table holds: ranges, what goes together, and what cannot be
    Inspect(inspect::Inspect),
    /// Hold what is computed here against what is known from elsewhere
    Validate(validate::Validate),
    /// Serve simulations, features and a live page over HTTP
    Serve(Box<serve::Serve>),
    /// The potential at which an ion is in balance
    Nernst(nernst::Nernst),
    /// Measure what all this costs, by the program mycelium-bench beside this one
    Bench(bench::Bench),
}

/// What a script learns without reading the output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    Done = 0,
    Failed = 1,
    BadInput = 2,
    Interrupted = 130,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit as u8)
    }
}

/// What the caller can put right, where no library's error says it.
#[derive(Debug, Error)]
#[error("{0}")]
pub struct BadInput(String);

/// Runs a command; its errors are told here and nowhere else.
#[must_use]
pub fn run(cli: Cli) -> ExitCode {
    // A service and the program that measures have signals of their own.
    if !matches!(cli.command, Command::Serve(_) | Command::Bench(_)) {
        stop::listen();
    }
    let done = match cli.command {
        Command::Simulate(simulate) => simulate.run(),
        Command::Features(features) => features.run(),
        Command::Dataset(dataset) => dataset.run(),
        Command::Inspect(inspect) => inspect.run(),
        Command::Validate(validate) => validate.run(),
        Command::Serve(serve) => serve.run(),
        Command::Nernst(nernst) => nernst.run(),
        Command::Bench(bench) => bench.run(),
    };
    done.unwrap_or_else(|error| {
        output::note(&format!("error: {}", output::chain(&error)));
        exit(&error)
    })
    .into()
}

fn exit(error: &anyhow::Error) -> Exit {
    let core_is_bad = error.downcast_ref().is_some_and(crate::error::Error::is_bad_input);
    let dataset_is_bad = error.downcast_ref().is_some_and(|error| match error {
        DatasetError::Plan(error) => error.is_bad_input(),
        DatasetError::Format { .. }
        | DatasetError::NoParquet { .. }
        | DatasetError::Content { .. }
        | DatasetError::OtherPlan { .. } => true,
        DatasetError::File { .. } | DatasetError::InUse { .. } | DatasetError::NoRow { .. } => {
            false
        }
    });
    let is_bad = core_is_bad || dataset_is_bad || error.is::<BadInput>();
    if is_bad { Exit::BadInput } else { Exit::Failed }
}
