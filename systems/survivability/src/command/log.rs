//! Runs a simulation to its end or until somebody asks to stop, and logs its decisions.

use std::path::Path;

use survivability::dataset::{DatasetError, DatasetLogger};
use survivability::experiment::{DatasetSection, Experiment};
use survivability::setup::Setup;
use survivability::simulation::Simulation;
use survivability::transition::Transition;

use super::progress::{self, Progress};
use super::{BadInput, stop};

/// Between two looks at what else there is to do.
const STRIDE: u64 = 256;

/// Steps until the last arrival; false if it was stopped before.
pub fn run(
    simulation: &mut Simulation,
    progress: &Progress,
    before: u64,
    mut logger: Option<&mut DatasetLogger>,
) -> Result<bool, DatasetError> {
    loop {
        let arrivals = simulation.arrivals();
        if arrivals.is_multiple_of(STRIDE) {
            progress.reached(before + arrivals);
            if stop::is_asked() {
                return Ok(false);
            }
        }
        if simulation.step().is_none() {
            return Ok(true);
        }
        if let Some(logger) = &mut logger {
            log(logger, simulation.transition())?;
        }
    }
}

/// A file of several simulations numbers its transitions through.
fn log(logger: &mut DatasetLogger, transition: &Transition) -> Result<(), DatasetError> {
    let t = logger.count();
    if transition.t == t {
        return logger.log(transition);
    }
    logger.log(&Transition { t, ..transition.clone() })
}

/// Refuses a name that promises a table, where lines would be written.
pub fn check_name(path: &Path) -> Result<(), BadInput> {
    if path.extension().is_some_and(|extension| extension == "parquet") {
        let path = path.display();
        let what = format!("{path} would hold lines of JSON, and its name says Parquet");
        let hint = "log to a .jsonl or .jsonl.zst and let `dataset convert` make the table";
        return Err(BadInput(format!("{what}\n  = hint: {hint}")));
    }
    Ok(())
}

/// Makes the setup one whose decisions are logged. Refuses it where nothing is decided.
pub fn explore(experiment: &Experiment, setup: &mut Setup) -> Result<(), BadInput> {
    if setup.protection.is_some() {
        let what =
            "there is nothing to log: with [protection] no policy decides between candidates";
        return Err(BadInput(what.to_owned()));
    }
    setup.epsilon = experiment.dataset.epsilon;
    Ok(())
}

/// Records, with the time of decisions if that is wanted.
pub fn recording<'a>(simulation: Simulation<'a>, section: &DatasetSection) -> Simulation<'a> {
    simulation.recording(section.decision_time.then_some(progress::clock))
}
