//! What tells two experiments apart that give different results.

use std::path::{Path, PathBuf};

use super::{Between, Experiment};
use crate::fingerprint::Fingerprint;

impl Experiment {
    /// A number that an experiment hardly shares with another one whose results differ: over
    /// everything but its name, its loads and its seeds, and over the files that it names. A file
    /// that cannot be read counts as empty. Another version of the program may number anew.
    #[must_use]
    pub fn fingerprint(&self) -> u64 {
        let Experiment {
            name: _,
            seeds: _,
            loads: _,
            network,
            traffic,
            routing,
            failures,
            random_failures,
            protection,
            restoration,
            measure,
            dataset,
            sources: _,
        } = self;
        let mut fingerprint = Fingerprint::default();
        let mut network = network.clone();
        let mut traffic = traffic.clone();
        let mut routing = routing.clone();
        let mut files = vec![network.topology.path.clone(), beside(&network.topology.path)];
        // Where the files lie does not count.
        network.topology.path = PathBuf::new();
        for file in [network.paths.as_mut(), routing.model.as_mut()].into_iter().flatten() {
            files.push(std::mem::take(&mut file.path));
        }
        if let Between::Matrix(file) = &mut traffic.between {
            files.push(std::mem::take(&mut file.path));
        }
        let settings = (network, traffic, routing, failures, random_failures);
        let others = (protection, restoration, measure, dataset);
        fingerprint.add(format!("{settings:?}{others:?}").as_bytes());
        for file in files {
            let bytes = std::fs::read(file).unwrap_or_default();
            fingerprint.add(&(bytes.len() as u64).to_le_bytes());
            fingerprint.add(&bytes);
        }
        fingerprint.value()
    }
}

/// The positions that are read with a topology.
fn beside(topology: &Path) -> PathBuf {
    let stem = topology.file_stem().unwrap_or_default().to_string_lossy();
    topology.with_file_name(format!("{stem}_nodes.csv"))
}
