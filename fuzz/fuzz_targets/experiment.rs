//! Any text, read as an experiment: one whose network and setup can be made or refused, or mistakes
//! that can be shown.
#![no_main]

use libfuzzer_sys::fuzz_target;
use survivability::experiment::{Between, Experiment, ExperimentError, NetworkSection};

fuzz_target!(|text: &str| {
    let experiment = match Experiment::parse(text, "experiment.toml") {
        Ok(experiment) => experiment,
        Err(mistakes) => {
            assert!(!mistakes.list.is_empty());
            assert!(mistakes.to_string().starts_with("error: "));
            return;
        }
    };
    assert!(!experiment.loads.is_empty() && !experiment.seeds.is_empty());
    // Files that a text names are not read, and paths are not searched for by the thousand.
    let usual = Experiment::default();
    let mut plain = experiment.clone();
    plain.network = NetworkSection { reach: experiment.network.reach.clone(), ..usual.network };
    plain.routing = usual.routing;
    if matches!(plain.traffic.between, Between::Matrix(_)) {
        plain.traffic.between = Between::Any;
    }
    let network = plain.network().expect("a shipped topology has paths");
    match plain.setup(&network, experiment.loads[0]) {
        Ok(setup) => assert_eq!(setup.failures.len(), experiment.failures.len()),
        Err(ExperimentError::Mistakes(mistakes)) => assert!(!mistakes.to_string().is_empty()),
        Err(error) => panic!("{error}"),
    }
});
