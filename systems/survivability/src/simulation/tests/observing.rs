//! What is recorded of decisions, and that recording changes nothing.

use super::build::{SHARES, failing, network, setup, triangle};
use crate::network::Network;
use crate::policy::Policy;
use crate::setup::{MaskRule, Setup};
use crate::simulation::Simulation;
use crate::traffic::{Mix, MixDraw};
use crate::transition::WindowTag;

/// Long ways, so that high rates do not reach, and few slots.
fn crowded() -> (Network, Setup) {
    let network = network(&[(0, 1, 900), (1, 2, 700), (2, 3, 1300), (0, 3, 1100), (1, 3, 600)], 3);
    let mut setup = setup(&network, 25.0, 4000);
    setup.traffic.mix = Mix::new(network.reach(), &SHARES, MixDraw::Independent).unwrap();
    setup.grid.guard = 1;
    setup.max_segments = 4;
    setup.failures = vec![failing(2, 1000, Some(500)), failing(0, 1200, Some(1000))];
    (network, setup)
}

#[test]
fn recording_does_not_change_what_is_decided() {
    let (network, mut setup) = crowded();
    for mask in [MaskRule::Residual, MaskRule::Assignable] {
        setup.mask = mask;
        let plain = Simulation::new(&network, &setup, 5).unwrap().run();
        let recorded = Simulation::new(&network, &setup, 5).unwrap().recording(None).run();
        assert!(plain.totals.blocked() > 100 && plain.served.lightpaths > plain.served.requests);
        assert_eq!(plain, recorded);
    }
}

#[test]
fn a_transition_tells_what_became_of_the_request() {
    let (network, mut setup) = crowded();
    setup.max_segments = 1;
    let mut simulation = Simulation::new(&network, &setup, 5).unwrap().recording(None);
    while let Some(arrival) = simulation.step() {
        let seen = simulation.transition();
        let pair = network.topology().pair(arrival.request.src, arrival.request.dst);
        assert_eq!(seen.t, arrival.request.id);
        assert_eq!(seen.state.paths.len(), network.candidates(pair).len());
        assert_eq!(seen.action_mask.len(), seen.state.paths.len());
        assert_eq!(seen.action < 0, arrival.blocked.is_some());
        assert!((seen.reward - if seen.action < 0 { -1.0 } else { 1.0 }).abs() < f64::EPSILON);
        let tag = match arrival.request.id {
            0..1000 => WindowTag::Pre,
            1000..2200 => WindowTag::Fail,
            _ => WindowTag::Post,
        };
        assert_eq!(seen.meta.window, tag);
        assert_eq!(seen.state.is_disaster, tag == WindowTag::Fail);
        for (path, may) in seen.state.paths.iter().zip(&seen.action_mask) {
            let is_long_enough = path.min_residual_slots >= seen.state.slots_needed;
            assert_eq!(*may, !path.is_failed && is_long_enough && seen.state.slots_needed > 0);
        }
        if let Ok(action) = usize::try_from(seen.action) {
            // The features are those before the decision, so the choice was open then.
            assert!(seen.action_mask[action] && !seen.state.paths[action].is_failed);
        }
    }
}

#[test]
fn a_mask_of_what_can_be_assigned_never_leads_to_a_blocked_choice() {
    let (network, mut setup) = crowded();
    (setup.max_segments, setup.mask) = (1, MaskRule::Assignable);
    for policy in [Policy::OnePlusOne, Policy::LoadBalancing { alpha: 0.5 }, Policy::KspFirstFit] {
        setup.policy = policy;
        let mut simulation = Simulation::new(&network, &setup, 5).unwrap().recording(None);
        while let Some(arrival) = simulation.step() {
            let seen = simulation.transition();
            let open = match simulation.policy {
                Policy::OnePlusOne => seen.action_mask.iter().take(2).any(|may| *may),
                _ => seen.action_mask.iter().any(|may| *may),
            };
            assert!(!(open && arrival.blocked.is_some()), "{:?}", simulation.policy);
        }
    }
}

#[test]
fn a_fallback_that_weighs_load_sees_the_load() {
    let (network, mut setup) = crowded();
    setup.policy = Policy::OnePlusOne;
    setup.fallback = Policy::LoadBalancing { alpha: 0.5 };
    let outcome = Simulation::new(&network, &setup, 5).unwrap().run();
    assert!(outcome.totals.blocked() > 0 && outcome.served.lightpaths > outcome.served.requests);
}

#[test]
fn exploring_always_takes_the_second_open_candidate() {
    let network = triangle();
    let mut setup = setup(&network, 20.0, 2000);
    setup.epsilon = 1.0;
    let mut simulation = Simulation::new(&network, &setup, 5).unwrap().recording(None);
    while simulation.step().is_some() {
        let seen = simulation.transition();
        let open: Vec<i32> =
            (0..).zip(&seen.action_mask).filter(|(_, may)| **may).map(|(at, _)| at).collect();
        assert_eq!(seen.action, open.get(1).or(open.first()).copied().unwrap_or(-1));
    }
}

#[test]
fn exploring_takes_the_second_candidate_as_often_as_said() {
    let network = triangle();
    let mut setup = setup(&network, 5.0, 20_000);
    setup.epsilon = 0.1;
    let mut simulation = Simulation::new(&network, &setup, 5).unwrap().recording(None);
    let mut second = 0;
    while simulation.step().is_some() {
        second += u32::from(simulation.transition().action == 1);
    }
    // Five standard deviations.
    assert!((f64::from(second) / 20_000.0 - 0.1).abs() < 0.011, "{second}");
}
