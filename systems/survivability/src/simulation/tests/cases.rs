//! Random networks and setups.

use proptest::prelude::*;

use super::build::{SHARES, network, setup};
use crate::failure::Failure;
use crate::network::Network;
use crate::policy::Policy;
use crate::setup::{After, At, MaskRule, PlannedFailure, RandomFailures, Restoration, Setup};
use crate::spectrum::{Assignment, Grid};
use crate::topology::{Link, Node};
use crate::traffic::{Mix, MixDraw};

/// A ring with a few chords.
pub fn networks() -> impl Strategy<Value = Network> {
    let chords = prop::collection::vec((0_u16..7, 0_u16..7, 50_u32..1500), 0..5);
    let ring = prop::collection::vec(50_u32..1500, 3..7);
    (ring, chords, 1_usize..5).prop_map(|(ring, chords, k)| {
        let nodes = ring.len() as u16;
        let mut links: Vec<(u16, u16, u32)> =
            (0..).zip(&ring).map(|(from, km)| (from, (from + 1) % nodes, *km)).collect();
        for (from, to, km) in chords {
            let (from, to) = (from % nodes, to % nodes);
            let is_known = |link: &(u16, u16, u32)| {
                (link.0, link.1) == (from, to) || (link.0, link.1) == (to, from)
            };
            if from != to && !links.iter().any(is_known) {
                links.push((from, to, km));
            }
        }
        network(&links, k)
    })
}

#[derive(Clone, Debug)]
pub struct Choices {
    grid: Grid,
    erlang: f64,
    assignment: Assignment,
    max_segments: u16,
    policy: Policy,
    mask: MaskRule,
    restores: bool,
    failures: Vec<(u16, u8, u64, u64)>,
    pub random: bool,
    pub records: bool,
    pub seed: u64,
}

pub fn choices() -> impl Strategy<Value = Choices> {
    let grid = (4_u16..140, 1_u16..4, 0_u16..3);
    let assignment = prop::sample::select(vec![
        Assignment::FirstFit,
        Assignment::LastFit,
        Assignment::BestFit,
        Assignment::Random,
    ]);
    let policy = prop::sample::select(vec![
        Policy::KspFirstFit,
        Policy::OnePlusOne,
        Policy::LoadBalancing { alpha: 0.3 },
    ]);
    let mask = prop::sample::select(vec![MaskRule::Residual, MaskRule::Assignable]);
    let failures = prop::collection::vec((0_u16..20, 0_u8..3, 0_u64..250, 1_u64..100), 0..4);
    let flags = (any::<bool>(), any::<bool>(), any::<bool>());
    let load = (1.0..60.0_f64, 1_u16..5, any::<u64>());
    (grid, assignment, policy, mask, failures, flags, load).prop_map(
        |(grid, assignment, policy, mask, failures, flags, load)| {
            let (slots, cores, guard) = grid;
            let (restores, random, records) = flags;
            let (erlang, max_segments, seed) = load;
            let grid = Grid { slots, cores, guard };
            Choices {
                grid,
                erlang,
                assignment,
                max_segments,
                policy,
                mask,
                restores,
                failures,
                random,
                records,
                seed,
            }
        },
    )
}

impl Choices {
    pub fn setup(&self, network: &Network) -> Setup {
        let mut setup = setup(network, self.erlang, 300);
        setup.traffic.mix = Mix::new(network.reach(), &SHARES, MixDraw::Independent).unwrap();
        (setup.grid, setup.assignment) = (self.grid, self.assignment);
        (setup.max_segments, setup.mask) = (self.max_segments, self.mask);
        setup.policy = self.policy.clone();
        setup.restoration = self.restores.then_some(Restoration {
            latency_ms: 100.0,
            per_hop_ms: 0.0,
            per_request_ms: 0.0,
        });
        let links = network.topology().links().len() as u16;
        let nodes = network.topology().nodes().len() as u16;
        let failure = |(which, kind, arrival, repair): &(u16, u8, u64, u64)| PlannedFailure {
            failure: match kind {
                0 => Failure::Link(Link(which % links)),
                1 => Failure::Node(Node(which % nodes)),
                _ => Failure::SharedRisk(vec![Link(which % links), Link((which + 1) % links)]),
            },
            at: At::Arrival(*arrival),
            repair: Some(After::Arrivals(*repair)),
        };
        setup.failures = self.failures.iter().map(failure).collect();
        setup.random_failures = self.random.then(|| RandomFailures {
            among: (0..links).map(|link| Failure::Link(Link(link))).collect(),
            mean_time_between: 0.3,
            mean_time_to_repair: 0.5,
        });
        setup
    }
}
