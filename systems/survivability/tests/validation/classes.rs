//! Requests of several sizes on one link. Slots have to lie side by side, so blocking depends on
//! where first fit leaves its gaps: a chain over all patterns of blocks tells how much exactly.

use serde::Deserialize;
use survivability::network::Network;
use survivability::setup::Setup;
use survivability::simulation::Simulation;
use survivability::spectrum::Assignment;

use crate::build::{one_link, setup};
use crate::interval::{Interval, most_misses};

/// What `tests/oracle/queues.py` computed.
#[derive(Deserialize)]
struct Oracle {
    classes: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    cores: u16,
    slots: u16,
    guard: u16,
    rule: String,
    /// Slots and Erlang of each class.
    classes: Vec<(u16, f64)>,
    blocking: Vec<f64>,
    kaufman_roberts: Vec<f64>,
}

fn cases() -> Vec<Case> {
    let text = include_str!("../oracle/queues.json");
    serde_json::from_str::<Oracle>(text).unwrap().classes
}

impl Case {
    /// Class `i` asks for a bit rate of its own.
    fn network(&self) -> Network {
        let rates = self.classes.iter().zip(1..).map(|((slots, _), gbps)| (gbps, *slots));
        one_link(&rates.collect::<Vec<_>>())
    }

    fn setup(&self, network: &Network) -> Setup {
        let erlang: f64 = self.classes.iter().map(|(_, load)| load).sum();
        let shares = self.classes.iter().zip(1..).map(|((_, load), gbps)| (gbps, load / erlang));
        let mut setup = setup(network, erlang, &shares.collect::<Vec<_>>(), self.slots);
        (setup.grid.cores, setup.grid.guard) = (self.cores, self.guard);
        setup.traffic.requests = 100_000;
        setup.assignment = match self.rule.as_str() {
            "first" => Assignment::FirstFit,
            "last" => Assignment::LastFit,
            "best" => Assignment::BestFit,
            "random" => Assignment::Random,
            other => panic!("no rule {other}"),
        };
        setup
    }
}

/// The share of each class that was blocked, after the first requests.
fn blocking_by_rate(network: &Network, setup: &Setup, seed: u64) -> Vec<f64> {
    let mut counts = vec![(0_u32, 0_u32); network.reach().rates().len()];
    let mut simulation = Simulation::new(network, setup, seed).unwrap();
    while let Some(arrival) = simulation.step() {
        if arrival.request.id >= 500 {
            let (blocked, offered) = &mut counts[arrival.request.rate];
            *offered += 1;
            *blocked += u32::from(arrival.blocked.is_some());
        }
    }
    counts.iter().map(|(blocked, offered)| f64::from(*blocked) / f64::from(*offered)).collect()
}

/// Of all intervals together, so that none needs a seed chosen for it. No seed serves twice: the
/// cases would be wrong together.
#[test]
fn every_rule_blocks_each_class_as_often_as_its_chain_says() {
    let (mut intervals, mut misses) = (0, Vec::new());
    for (case, number) in cases().into_iter().zip(1..) {
        let network = case.network();
        let setup = case.setup(&network);
        let seeds = number * 100..number * 100 + 20;
        let runs: Vec<Vec<f64>> =
            seeds.map(|seed| blocking_by_rate(&network, &setup, seed)).collect();
        for (class, exact) in case.blocking.iter().enumerate() {
            let interval = Interval::of(&runs.iter().map(|run| run[class]).collect::<Vec<_>>());
            let Interval { mean, half } = interval;
            let Case { rule, cores, slots, guard, .. } = &case;
            let size = case.classes[class].0;
            let told = format!(
                "{rule} fit, {cores} x {slots} slots, guard {guard}, size {size}: {mean:.6} ± \
                 {half:.6}, exactly {exact:.6}"
            );
            // Beyond twice the half-width lies one of two thousand.
            assert!((mean - exact).abs() < 2.0 * half && interval.relative() < 0.02, "{told}");
            intervals += 1;
            if !interval.contains(*exact) {
                misses.push(told);
            }
        }
    }
    assert!(misses.len() as u64 <= most_misses(intervals), "{misses:#?}");
}

/// The formula bounds the widest class and the blocked slots. It does not bound each class: what
/// gaps keep from wide requests is left to narrow ones, which are then blocked less.
#[test]
fn slots_side_by_side_cost_the_widest_class_and_spare_the_narrowest() {
    for case in cases().into_iter().filter(|case| case.classes[0].0 < case.classes[1].0) {
        let sum = |blocking: &[f64]| -> f64 {
            let classes = case.classes.iter().zip(blocking);
            classes.map(|((slots, load), b)| f64::from(*slots + case.guard) * load * b).sum()
        };
        let bound = &case.kaufman_roberts;
        assert!(case.blocking.last() > bound.last());
        assert!(case.blocking[0] < bound[0]);
        assert!(sum(&case.blocking) > sum(bound));
    }
}

#[test]
fn classes_of_one_size_are_blocked_as_if_gaps_did_not_matter() {
    let equal = cases().into_iter().filter(|case| case.classes[0].0 == case.classes[1].0);
    let differences = equal.flat_map(|case| {
        let pairs = case.blocking.into_iter().zip(case.kaufman_roberts);
        pairs.map(|(exact, formula)| (exact - formula).abs())
    });
    let differences: Vec<f64> = differences.collect();
    assert!(differences.len() == 2 && differences.iter().all(|difference| *difference < 1e-12));
}

/// The recursion over the number of taken slots.
fn kaufman_roberts(slots: usize, classes: &[(usize, f64)]) -> Vec<f64> {
    let mut weights = vec![1.0];
    for taken in 1..=slots {
        let fitting = classes.iter().filter(|(size, _)| *size <= taken);
        let sum: f64 =
            fitting.map(|(size, load)| *size as f64 * load * weights[taken - size]).sum();
        weights.push(sum / taken as f64);
    }
    let total: f64 = weights.iter().sum();
    let blocked = |size: usize| weights[slots + 1 - size..].iter().sum::<f64>() / total;
    classes.iter().map(|(size, _)| blocked(*size)).collect()
}

#[test]
fn the_recursion_gives_the_exact_values() {
    for case in cases() {
        let classes: Vec<(usize, f64)> = case
            .classes
            .iter()
            .map(|(slots, load)| (usize::from(slots + case.guard), *load))
            .collect();
        let found = kaufman_roberts(usize::from(case.slots * case.cores), &classes);
        let same = found.iter().zip(&case.kaufman_roberts).all(|(a, b)| (a - b).abs() < 1e-12);
        assert!(same, "{found:?} {:?}", case.kaufman_roberts);
    }
}

/// Whatever the gaps, wide requests are blocked at least as often as the formula says.
#[test]
fn on_a_link_of_320_slots_the_widest_class_is_blocked_more_often_than_the_formula_says() {
    let slots = [(25, 2), (100, 3), (200, 5), (400, 9)];
    let loads = [(25, 20.0), (100, 40.0), (200, 15.0), (400, 7.0)];
    let network = one_link(&slots);
    let erlang: f64 = loads.iter().map(|(_, load)| load).sum();
    let shares = loads.map(|(gbps, load)| (gbps, load / erlang));
    let mut setup = setup(&network, erlang, &shares, 320);
    setup.traffic.requests = 100_000;
    let runs: Vec<Vec<f64>> = (1..21).map(|s| blocking_by_rate(&network, &setup, s)).collect();
    let classes: Vec<(usize, f64)> = slots
        .iter()
        .zip(loads)
        .map(|((_, slots), (_, load))| (usize::from(*slots), load))
        .collect();
    let formula = kaufman_roberts(320, &classes);
    let widest = Interval::of(&runs.iter().map(|run| run[3]).collect::<Vec<_>>());
    assert!(widest.mean - widest.half > formula[3], "{} {formula:?}", widest.mean);
}
