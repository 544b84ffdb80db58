//! `simulate`: one simulation, told as a table, as JSON or as a line of CSV.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;
use survivability::dataset::{DatasetLogger, LoggerOptions};
use survivability::simulation::Simulation;

use super::described::Described;
use super::output::{check_place, grouped, note, result, write};
use super::progress::Progress;
use super::report::{self, Run};
use super::{BadInput, Exit, log};

#[derive(Debug, Args)]
pub struct Simulate {
    #[command(flatten)]
    described: Described,
    /// The offered load in Erlang; by default the first of the experiment
    #[arg(long, value_name = "ERLANG")]
    load: Option<f64>,
    /// The seed; by default the first of the experiment
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Write everything that was counted as JSON; `-` prints it instead of the table
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Write the figures as CSV with one line; `-` prints it instead of the table
    #[arg(long, value_name = "FILE")]
    csv: Option<PathBuf>,
    /// Draw blocking over time as SVG
    #[arg(long, value_name = "FILE")]
    plot: Option<PathBuf>,
    /// Log every decision, a line of JSON each; compressed if the name ends in .zst
    #[arg(long, value_name = "FILE")]
    log_dataset: Option<PathBuf>,
}

pub fn simulate(args: &Simulate) -> anyhow::Result<Exit> {
    let mut experiment = args.described.experiment()?;
    let load = args.load.unwrap_or(experiment.loads[0]);
    let seed = args.seed.unwrap_or(experiment.seeds[0]);
    if !(load > 0.0 && load.is_finite()) {
        return Err(BadInput(format!("a load of {load} Erlang is not above 0")).into());
    }
    [&args.json, &args.csv, &args.plot]
        .into_iter()
        .flatten()
        .try_for_each(|path| check_place(path))?;
    (experiment.loads, experiment.seeds) = (vec![load], vec![seed]);
    let network = experiment.network()?;
    let mut setup = experiment.setup(&network, load)?;
    if let Some(path) = &args.log_dataset {
        log::check_name(path)?;
        log::explore(&experiment, &mut setup)?;
    }
    let mut simulation = Simulation::new(&network, &setup, seed).context("could not begin")?;
    let mut logger = None;
    if let Some(path) = &args.log_dataset {
        logger = Some(DatasetLogger::create(path, LoggerOptions::of(path))?);
        simulation = log::recording(simulation, &experiment.dataset);
    }
    let progress = Progress::new(setup.traffic.requests, "requests");
    let is_complete = log::run(&mut simulation, &progress, 0, logger.as_mut())?;
    let took = progress.finish();
    if let Some(logger) = logger {
        logger.finish()?;
    }
    let outcome = simulation.outcome();
    let speed = outcome.arrivals as f64 / took.as_secs_f64().max(1e-9);
    let run = Run { experiment: &experiment, network: &network, setup: &setup, outcome: &outcome };
    if let Some(path) = &args.json {
        write(path, &report::json(&run)?)?;
    }
    if let Some(path) = &args.csv {
        write(path, &report::csv(&run))?;
    }
    if let Some(path) = &args.plot {
        let svg = report::svg(&run);
        write(path, &svg.with_context(|| format!("could not draw {}", path.display()))?)?;
    }
    let prints = |path: &Option<PathBuf>| path.as_ref().is_some_and(|path| path.as_os_str() == "-");
    if !prints(&args.json) && !prints(&args.csv) {
        result(&report::text(&run));
    }
    let (arrivals, ms) = (grouped(outcome.arrivals), took.as_secs_f64() * 1000.0);
    note(&format!("{arrivals} requests in {ms:.0} ms, {} a second", grouped(speed as u64)));
    Ok(if is_complete { Exit::Done } else { Exit::Interrupted })
}
