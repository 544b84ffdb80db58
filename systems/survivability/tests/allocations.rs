//! Once a network is as full as it gets, deciding on requests asks for no memory.
//!
//! Without the default test harness: its threads allocate whenever they like.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::process::Command;

use survivability::modulation::ReachTable;
use survivability::network::Network;
use survivability::paths::{KPathCache, PathOrder};
use survivability::policy::Policy;
use survivability::setup::{MaskRule, Setup};
use survivability::simulation::Simulation;
use survivability::spectrum::{Assignment, Grid};
use survivability::topology::shipped;
use survivability::traffic::{Mix, MixDraw, Traffic};
use tollgate_harness::{CountingAllocator, Record, Values};

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

/// Set for the process that measures.
const MEASURES: &str = "MEASURES_ALLOCATIONS";

const OPERATIONS: [&str; 4] = ["first fit", "random fit, cut", "recorded", "load balancing"];

fn main() {
    if std::env::var_os(MEASURES).is_some() {
        return tollgate_harness::program(operations);
    }
    let program = std::env::current_exe().unwrap();
    let ended =
        Command::new(program).args(["--quick", "--records"]).env(MEASURES, "1").output().unwrap();
    assert!(ended.status.success(), "{ended:?}");
    let text = String::from_utf8(ended.stdout).unwrap();
    let records: Vec<Record> =
        text.lines().filter_map(|line| Record::parse_line(line).unwrap()).collect();
    // What counts allocations does count them.
    assert!((allocations(&records, "a block for each arrival") - 10_000.0).abs() < 0.5);
    for operation in OPERATIONS {
        let found = allocations(&records, operation);
        assert!(found < 0.5, "{operation}: {found} allocations over 10,000 arrivals");
    }
}

fn allocations(records: &[Record], operation: &str) -> f64 {
    let mut meant = records.iter().filter(|record| {
        record.operation.as_deref() == Some(operation) && record.metric == "allocations per op"
    });
    match meant.next().map(|record| &record.values) {
        Some(Values::Samples(samples)) => samples.iter().copied().fold(0.0, f64::max),
        Some(Values::Value(value)) => *value,
        other => panic!("allocations of `{operation}` are {other:?}"),
    }
}

/// Each runs 10,000 arrivals, after 30,000 that nobody counts.
fn operations(bench: &mut tollgate_harness::Bench) {
    let topology = shipped("nsfnet").unwrap();
    let paths = KPathCache::new(&topology, 4, PathOrder::Length).unwrap();
    let network = Network::new(topology, paths, ReachTable::icc_2020());
    let plain = setup(&network);
    let cut = Setup { assignment: Assignment::Random, max_segments: 4, ..plain.clone() };
    let recorded = Setup { mask: MaskRule::Assignable, epsilon: 0.1, ..plain.clone() };
    let balancing = Setup { policy: Policy::LoadBalancing { alpha: 0.5 }, ..recorded.clone() };
    for (operation, setup) in OPERATIONS.iter().zip([plain, cut, recorded, balancing]) {
        let records = setup.epsilon > 0.0;
        let warm = || {
            let mut simulation = Simulation::new(&network, &setup, 1).unwrap();
            if records {
                simulation = simulation.recording(None);
            }
            run(&mut simulation, 30_000);
            simulation
        };
        bench.operation(operation).with_inputs(warm).run(|mut simulation| {
            run(&mut simulation, 10_000);
            simulation
        });
    }
    bench.run("a block for each arrival", || {
        (0..10_000).for_each(|size| drop(std::hint::black_box(vec![0_u8; size + 1])));
    });
}

fn run(simulation: &mut Simulation, arrivals: u32) {
    for _ in 0..arrivals {
        simulation.step();
    }
}

fn setup(network: &Network) -> Setup {
    let shares = [(25, 0.1), (50, 0.1), (100, 0.5), (200, 0.2), (400, 0.1)];
    let mix = Mix::new(network.reach(), &shares, MixDraw::Independent).unwrap();
    let traffic = Traffic::uniform(350.0, 50_000, mix);
    Setup::plain(Grid { slots: 320, cores: 1, guard: 1 }, traffic)
}
