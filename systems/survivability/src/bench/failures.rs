//! Taking down an area, and asking whether paths work.

use tollgate_harness::{Bench, Form};

use super::scene::{self, K};
use crate::failure::{AreaRule, Failure, FailureManager, Radius};
use crate::paths::PathId;
use crate::topology::Link;

/// The area with the most links, by topology: within two hops of the centre.
const AREAS: [(&str, &str); 2] = [("nsfnet", "5"), ("usbackbone60", "31")];

pub(super) fn measure(bench: &mut Bench) {
    for (name, centre) in AREAS {
        let topology = scene::topology(name);
        let centre = topology.node(centre).expect("the topology has the node");
        let failure =
            Failure::Geographic { centre, radius: Radius::Hops(2), rule: AreaRule::Touch };
        let fail = |mut manager: FailureManager| {
            manager.inject(&topology, &failure, 1.0, Some(2.0)).expect("the area has links");
            manager.activate_due(&topology, 1.0);
            manager
        };
        let operation = format!("inject area / {name}");
        if bench.chooses(&operation) {
            let bytes = fail(FailureManager::new(&topology)).memory_bytes();
            bench.group(&operation).value("failure manager memory", (bytes as f64, "B"));
        }
        let idle = FailureManager::new(&topology);
        let operation = bench.operation(operation).form(Form::Batches);
        operation.with_inputs(|| idle.clone()).run(fail);
    }
    feasibility(bench);
}

/// Every candidate of every pair while one link is down.
fn feasibility(bench: &mut Bench) {
    for (name, _) in scene::NETWORKS {
        let operation = format!("feasibility / {name}");
        if !bench.chooses(&operation) {
            continue;
        }
        let network = scene::network(scene::topology(name), K);
        let topology = network.topology();
        let mut failures = FailureManager::new(topology);
        let link = Failure::Link(Link(0));
        failures.inject(topology, &link, 1.0, None).expect("there is a first link");
        failures.activate_due(topology, 1.0);
        let paths = network.paths().store().len() as u32;
        bench.operation(operation).per_part("time per path", u64::from(paths)).run(|| {
            let works = |id: &u32| failures.is_feasible(network.path(PathId(*id)).link_words);
            (0..paths).filter(works).count()
        });
    }
}
