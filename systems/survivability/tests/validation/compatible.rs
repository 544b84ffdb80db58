//! FUSION's own numbers, with its lists of paths, its generator and its quotas. Blocked requests
//! come out to the last one.

use survivability::modulation::ReachTable;
use survivability::network::Network;
use survivability::outcome::Outcome;
use survivability::paths::{KPathCache, PathId};
use survivability::setup::Setup;
use survivability::simulation::Simulation;
use survivability::topology::shipped;
use survivability::traffic::{Generator, Mix, MixDraw, Stream};

use crate::build::{SHARES, setup};

/// NSFNET with the four paths of each pair that networkx finds first; it breaks ties otherwise.
fn network() -> Network {
    let topology = shipped("nsfnet").unwrap();
    let lists = include_str!("../golden/ksp_NSFNet_length_k4.json");
    let paths = KPathCache::read_lists_json(&topology, lists).unwrap();
    Network::new(topology, paths, ReachTable::icc_2020())
}

fn compatible(network: &Network, erlang: f64, cores: u16, requests: u64, segments: u16) -> Setup {
    let mut setup = setup(network, erlang, &SHARES, 320);
    (setup.grid.cores, setup.grid.guard) = (cores, 1);
    setup.traffic.mix = Mix::new(network.reach(), &SHARES, MixDraw::Quota).unwrap();
    setup.traffic.generator = Generator::Mersenne;
    (setup.traffic.requests, setup.traffic.mean_holding) = (requests, 0.2);
    setup.max_segments = segments;
    setup
}

fn run(network: &Network, setup: &Setup, seed: u64) -> Outcome {
    Simulation::new(network, setup, seed).unwrap().run()
}

#[test]
fn blocked_requests_over_load_are_those_of_fusion() {
    let network = network();
    for (erlang, segments, golden) in [
        (200.0, 1, [1133, 1143, 1138, 1137, 1155]),
        (300.0, 1, [1295, 1311, 1302, 1313, 1295]),
        (200.0, 4, [58, 84, 52, 86, 78]),
        (300.0, 4, [298, 309, 263, 316, 312]),
    ] {
        let setup = compatible(&network, erlang, 1, 10_000, segments);
        let blocked = [1, 2, 3, 4, 5].map(|seed| run(&network, &setup, seed).totals.blocked());
        assert_eq!(blocked, golden, "{erlang} Erlang, {segments} segments");
    }
}

/// Bit rates are told only where nothing is cut: FUSION counts them wrongly where something is.
#[test]
fn blocked_requests_over_cores_and_seeds_are_those_of_fusion() {
    let network = network();
    for (erlang, cores, seed, requests, segments, blocked, bit_rate) in [
        (300.0, 3, 1, 1000, 1, 105, Some(0.247_273)),
        (300.0, 1, 1, 1000, 1, 121, Some(0.269_818)),
        (600.0, 1, 1, 2000, 1, 449, Some(0.400_727)),
        (800.0, 1, 3, 1000, 1, 209, Some(0.361_455)),
        (600.0, 1, 2, 1000, 4, 119, None),
        (300.0, 1, 1, 10_000, 4, 298, None),
        (300.0, 3, 1, 10_000, 4, 0, None),
    ] {
        let setup = compatible(&network, erlang, cores, requests, segments);
        let outcome = run(&network, &setup, seed);
        assert_eq!(outcome.totals.blocked(), blocked, "{erlang} Erlang, seed {seed}");
        if let Some(expected) = bit_rate {
            let found = outcome.bit_rate_blocking();
            assert!((found - expected).abs() < 5e-7, "{found} {expected}");
        }
    }
}

/// Three cores, and three times the load on each. FUSION takes the mean hops and kilometres over
/// requests, however many lightpaths each is cut into.
#[test]
fn the_baseline_of_fusion_comes_out() {
    let network = network();
    let means =
        [(2.39, 1901.6, 1.154), (2.41, 1964.2, 1.17), (2.44, 1914.0, 1.14), (2.41, 1974.6, 1.13)];
    let by_core = [
        (300.0, [[468, 109, 0], [481, 106, 0], [453, 118, 0], [456, 107, 0]]),
        (600.0, [[440, 115, 22], [444, 143, 0], [416, 142, 13], [426, 129, 8]]),
        (900.0, [[412, 131, 34], [429, 155, 3], [395, 145, 31], [407, 142, 14]]),
    ];
    for (erlang, golden) in by_core {
        let setup = compatible(&network, 3.0 * erlang, 3, 500, 4);
        for (seed, (golden, (hops, km, lightpaths))) in (1..).zip(golden.into_iter().zip(means)) {
            let outcome = run(&network, &setup, seed);
            assert_eq!(outcome.served.by_core, golden, "{erlang} Erlang, seed {seed}");
            // All take their first candidate, so that the means are those of the stream.
            assert_eq!(outcome.served.by_candidate, [500, 0, 0, 0]);
            let (mean_hops, mean_km) = means_of_first(&network, &setup, seed);
            let cut = outcome.served.lightpaths as f64 / 500.0;
            // The file has kilometres to one decimal, the others to two, and one 1.154 of three.
            assert!((mean_hops - hops).abs() <= 0.005, "{mean_hops} {hops}");
            assert!((mean_km - km).abs() < 0.05, "{mean_km} {km}");
            assert!((cut - lightpaths).abs() <= 0.005, "{cut} {lightpaths}");
        }
    }
}

/// Mean hops and kilometres over requests on their first candidate.
fn means_of_first(network: &Network, setup: &Setup, seed: u64) -> (f64, f64) {
    let topology = network.topology();
    let (mut hops, mut metres, mut requests) = (0, 0, 0);
    for request in Stream::new(&setup.traffic, topology, seed) {
        let first = network.candidates(topology.pair(request.src, request.dst)).start;
        let path = network.path(PathId(first));
        (hops, metres, requests) =
            (hops + path.hops(), metres + path.metres as usize, requests + 1);
    }
    (hops as f64 / f64::from(requests), metres as f64 / 1000.0 / f64::from(requests))
}
