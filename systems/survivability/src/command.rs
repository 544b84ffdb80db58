//! The command line: what each command takes, and which exit code it ends with.

mod dataset;
mod described;
mod log;
mod output;
mod paths;
mod plot;
mod progress;
mod report;
mod simulate;
mod stop;
mod sweep;
mod table;
mod topology;
mod train;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use survivability::dataset::DatasetError;
use survivability::experiment::{ExperimentError, Mistakes};
use survivability::policy::weights::WeightsError;
use survivability::sweep::SweepError;
use survivability::topology::ReadError;
use thiserror::Error;

/// Simulate elastic optical networks under failures.
///
/// An experiment is a TOML file. Each of its keys has a default, so that none is
/// needed to begin: try `survivability simulate`. The experiment, the load and the
/// seed decide everything: the same three give the same bytes.
#[derive(Debug, Parser)]
#[command(name = "survivability", version, after_help = EXIT_CODES, verbatim_doc_comment)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

const EXIT_CODES: &str = "\
Exit codes:
  0    done
  1    something could not be done, such as writing a file
  2    bad input or usage
  130  interrupted; what was done so far is told";

#[derive(Debug, Subcommand)]
enum Command {
    /// Run one simulation and tell what became of the requests
    Simulate(simulate::Simulate),
    /// Run every load with every seed, and draw what they come to
    Sweep(sweep::Sweep),
    /// Draw sweeps into one figure
    Plot(plot::Plot),
    /// Show the candidate paths of a pair, or of all in sum; save them
    Paths(paths::Paths),
    /// Show, check and convert topologies, and see what a failure takes down
    #[command(subcommand)]
    Topology(topology::Action),
    /// Log the decisions of simulations, and look at logged ones
    #[command(subcommand)]
    Dataset(dataset::Action),
    /// Train a policy from logged decisions
    Train(train::Train),
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
struct BadInput(String);

/// Runs a command; its errors are told here and nowhere else.
pub fn run(cli: Cli) -> ExitCode {
    stop::listen();
    let done = match cli.command {
        Command::Simulate(args) => simulate::simulate(&args).map(ExitCode::from),
        Command::Sweep(args) => sweep::sweep(&args),
        Command::Plot(args) => plot::plot(&args),
        Command::Paths(args) => paths::paths(&args).map(ExitCode::from),
        Command::Topology(action) => topology::topology(&action).map(ExitCode::from),
        Command::Dataset(action) => dataset::dataset(&action).map(ExitCode::from),
        Command::Train(args) => train::train(&args).map(ExitCode::from),
    };
    done.unwrap_or_else(|error| {
        let is_told_whole = error.is::<Mistakes>()
            || matches!(error.downcast_ref(), Some(ExperimentError::Mistakes(_)));
        output::note(&match is_told_whole {
            true => error.to_string(),
            false => format!("error: {}", output::chain(&error)),
        });
        exit(&error).into()
    })
}

fn exit(error: &anyhow::Error) -> Exit {
    let dataset_is_bad = matches!(
        error.downcast_ref(),
        Some(
            DatasetError::Open { .. }
                | DatasetError::Read { .. }
                | DatasetError::Line { .. }
                | DatasetError::WithoutZstd { .. }
        )
    );
    let sweep_is_bad = error.downcast_ref().is_some_and(SweepError::is_bad_input);
    let is_bad = dataset_is_bad
        || sweep_is_bad
        || error.is::<BadInput>()
        || error.is::<Mistakes>()
        || error.is::<ExperimentError>()
        || error.is::<ReadError>()
        || error.is::<WeightsError>();
    if is_bad { Exit::BadInput } else { Exit::Failed }
}
