//! One link whose requests take one slot each is a queue of as many servers, whose blocking Erlang
//! B gives.

use std::ops::Range;

use serde::Deserialize;
use survivability::network::Network;
use survivability::outcome::{Bin, Outcome};
use survivability::setup::Setup;
use survivability::simulation::Simulation;

use crate::build::{one_link, setup};
use crate::interval::{Interval, most_misses};

/// What `tests/oracle/queues.py` computed.
#[derive(Deserialize)]
struct Oracle {
    erlang: Vec<(f64, u16, f64)>,
}

fn oracle() -> Oracle {
    serde_json::from_str(include_str!("../oracle/queues.json")).unwrap()
}

/// The recursion, which shares nothing with the sum of fractions of the oracle.
fn erlang_b(load: f64, servers: u16) -> f64 {
    let step = |blocking: f64, k: u16| load * blocking / (f64::from(k) + load * blocking);
    (1..=servers).fold(1.0, step)
}

/// Blocking of each seed, without the time in which the link fills.
fn blocking(network: &Network, setup: &Setup, seeds: Range<u64>) -> Vec<f64> {
    let run = |seed| Simulation::new(network, setup, seed).unwrap().run().blocking();
    seeds.map(run).collect()
}

/// So many counted requests, after twenty mean holding times.
fn loaded(network: &Network, load: f64, slots: u16, requests: u64) -> Setup {
    let mut setup = setup(network, load, &[(100, 1.0)], slots);
    setup.warmup = (20.0 * load) as u64;
    setup.traffic.requests = setup.warmup + requests;
    setup
}

#[test]
fn the_recursion_gives_the_exact_values() {
    for (load, servers, exact) in oracle().erlang {
        let relative = erlang_b(load, servers) / exact - 1.0;
        assert!(relative.abs() < 1e-12, "B({load}, {servers}) is {exact}");
    }
}

/// Twenty seeds each; the rarer blocking is, the more requests they need.
fn blocking_is_that_of_erlang_b(meant: impl Fn(u16, f64) -> bool) {
    let network = one_link(&[(100, 1)]);
    let requests = |blocking: f64| match blocking {
        0.1.. => 40_000,
        0.03.. => 150_000,
        0.01.. => 500_000,
        _ => 1_000_000,
    };
    for (load, slots, exact) in oracle().erlang {
        if meant(slots, exact) {
            let setup = loaded(&network, load, slots, requests(exact));
            let interval = Interval::of(&blocking(&network, &setup, 100..120));
            interval.agrees(exact, 0.03, &format!("B({load}, {slots})"));
        }
    }
}

#[test]
fn blocking_on_one_link_is_that_of_erlang_b() {
    blocking_is_that_of_erlang_b(|slots, exact| slots <= 200 && exact > 0.01);
}

#[test]
fn blocking_on_a_large_link_is_that_of_erlang_b() {
    blocking_is_that_of_erlang_b(|slots, exact| slots > 200 && exact > 0.01);
}

/// At 250 Erlang on 320 slots three requests in a million are blocked: too few to count.
#[test]
fn rare_blocking_is_that_of_erlang_b() {
    blocking_is_that_of_erlang_b(|_, exact| (1e-3..0.01).contains(&exact));
}

#[test]
fn a_load_that_hardly_blocks_hardly_blocks() {
    let network = one_link(&[(100, 1)]);
    let setup = loaded(&network, 250.0, 320, 1_000_000);
    let blocked = Simulation::new(&network, &setup, 1).unwrap().run().totals.blocked();
    // 2.8 are expected, and they come in bursts.
    assert!(blocked < 40, "{blocked}");
}

#[test]
fn cores_add_up_to_one_larger_link() {
    let network = one_link(&[(100, 1)]);
    for (load, slots, cores) in [(10.0, 5, 2), (50.0, 10, 5), (100.0, 25, 4), (30.0, 1, 30)] {
        let mut setup = loaded(&network, load, slots, 100_000);
        setup.grid.cores = cores;
        let interval = Interval::of(&blocking(&network, &setup, 200..220));
        let what = format!("{load} Erlang on {cores} cores of {slots} slots");
        interval.agrees(erlang_b(load, slots * cores), 0.03, &what);
    }
}

#[test]
fn a_guard_slot_halves_the_servers() {
    let network = one_link(&[(100, 1)]);
    let mut setup = loaded(&network, 10.0, 21, 100_000);
    setup.grid.guard = 1;
    // The slot at the top is of no use to anybody.
    let interval = Interval::of(&blocking(&network, &setup, 300..320));
    interval.agrees(erlang_b(10.0, 10), 0.03, "10 Erlang on 21 slots with guards");
}

#[test]
fn requests_held_and_slots_taken_are_the_carried_load() {
    let network = one_link(&[(100, 2)]);
    let setup = loaded(&network, 40.0, 100, 200_000);
    let runs: Vec<_> =
        (400..420).map(|seed| Simulation::new(&network, &setup, seed).unwrap().run()).collect();
    let over =
        |figure: fn(&Outcome) -> f64| Interval::of(&runs.iter().map(figure).collect::<Vec<_>>());
    let carried = 40.0 * (1.0 - erlang_b(40.0, 50));
    over(|outcome| outcome.mean_live).agrees(carried, 0.01, "requests held");
    over(|outcome| outcome.utilisation).agrees(carried * 2.0 / 100.0, 0.01, "share of slots");
    // What the bins say of the whole course is what the whole says.
    for outcome in &runs {
        let sum = |part: fn(&Bin) -> f64| -> f64 { outcome.series.iter().map(part).sum() };
        let busy = sum(|bin| bin.busy_time) / sum(|bin| bin.time);
        assert!((busy / outcome.capacity as f64 / outcome.utilisation - 1.0).abs() < 1e-9);
        let blocked: u64 = outcome.series.iter().map(|bin| bin.blocked).sum();
        assert_eq!(blocked, outcome.totals.blocked());
    }
}

#[test]
fn intervals_miss_the_exact_value_as_rarely_as_they_claim() {
    let network = one_link(&[(100, 1)]);
    let of = 40;
    let at_most = most_misses(of);
    for (load, slots, first) in [(10.0, 10, 10_000), (90.0, 100, 20_000)] {
        let setup = loaded(&network, load, slots, 20_000);
        let exact = erlang_b(load, slots);
        let misses = (0..of).filter(|group| {
            let seeds = first + group * 10..first + (group + 1) * 10;
            !Interval::of(&blocking(&network, &setup, seeds)).contains(exact)
        });
        let misses = misses.count() as u64;
        assert!(misses <= at_most, "B({load}, {slots}): {misses} of {of} intervals miss");
    }
}
