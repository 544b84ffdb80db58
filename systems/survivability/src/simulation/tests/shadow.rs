//! Random networks, setups and failures against a plain model of who holds which slot.

use std::collections::HashMap;

use proptest::prelude::*;

use super::cases::{choices, networks};
use crate::disjoint::{Disjoint, DisjointPairs};
use crate::link_set;
use crate::paths::PathOrder;
use crate::setup::Protection;
use crate::simulation::live::{Hold, Kind, Live};
use crate::simulation::{Arrival, Simulation};
use crate::topology::Link;

/// Every lightpath of every request, by its number.
fn held(simulation: &Simulation) -> HashMap<u64, (Live, Vec<Hold>)> {
    let holds = |live: Live| simulation.live.holds_of(live).collect();
    simulation.live.iter().map(|(_, live)| (live.id, (live, holds(live)))).collect()
}

/// Each slot has at most one holder, and is free if and only if it has none.
fn check_slots(simulation: &Simulation) -> Result<(), TestCaseError> {
    let grid = simulation.spectrum.grid();
    let mut holders: HashMap<(Link, u16, u16), u64> = HashMap::new();
    for (id, (_, holds)) in held(simulation) {
        for hold in holds {
            prop_assert!(hold.block.core < grid.cores);
            prop_assert!(hold.block.start + hold.block.slots <= grid.slots);
            for link in simulation.network.path(hold.path).links {
                for slot in hold.block.start..hold.block.start + hold.block.slots {
                    let before = holders.insert((*link, hold.block.core, slot), id);
                    prop_assert_eq!(before, None);
                }
            }
        }
    }
    prop_assert_eq!(simulation.spectrum.busy(), holders.len() as u64);
    for link in (0..simulation.network.topology().links().len() as u16).map(Link) {
        for (core, slot) in (0..grid.cores).flat_map(|c| (0..grid.slots).map(move |s| (c, s))) {
            let is_free = !holders.contains_key(&(link, core, slot));
            prop_assert_eq!(simulation.spectrum.is_free(link, core, slot), is_free);
        }
    }
    Ok(())
}

/// The lightpaths lead from one end of the request to the other, over links that work, and carry
/// its bit rate with a guard for each.
fn check_request(simulation: &Simulation, live: Live, holds: &[Hold]) -> Result<(), TestCaseError> {
    let Simulation { network, failures, setup, .. } = simulation;
    let path = holds[0].path;
    let pair = live.pair as usize;
    prop_assert!(network.candidates(pair).contains(&path.0));
    let nodes = network.path(path).nodes;
    prop_assert_eq!(network.topology().pair(nodes[0], nodes[nodes.len() - 1]), pair);
    prop_assert_eq!(live.kind, Kind::Plain);
    prop_assert!(holds.iter().all(|hold| hold.path == path));
    prop_assert!(!link_set::intersect(network.path(path).link_words, failures.down().words()));
    let rates = network.reach().rates();
    let wanted = rates[usize::from(live.rate)].gbps;
    let carries = |rate: usize| {
        let slots = network.need(path, rate);
        let fits = holds.iter().all(|hold| hold.block.slots == slots + setup.grid.guard);
        slots > 0 && fits && rates[rate].gbps * holds.len() as u32 == wanted
    };
    let whole = holds.len() == 1 && carries(usize::from(live.rate));
    let cut = holds.len() > 1 && holds.len() <= usize::from(setup.max_segments);
    prop_assert!(whole || cut && (0..usize::from(live.rate)).any(carries));
    Ok(())
}

/// Two paths, of which the one in use works, and the first is the one in use unless it failed.
fn check_protected(
    simulation: &Simulation,
    live: Live,
    holds: &[Hold],
) -> Result<(), TestCaseError> {
    let Simulation { network, failures, setup, .. } = simulation;
    let [primary, backup] = holds else { return Err(TestCaseError::fail("not two paths")) };
    prop_assert_eq!(primary.block, backup.block);
    prop_assert_eq!(network.disjoint(live.pair as usize), Some([primary.path, backup.path]));
    let [primary, backup] = [primary, backup].map(|hold| network.path(hold.path));
    prop_assert!(!link_set::intersect(primary.link_words, backup.link_words));
    let slots = [holds[0].path, holds[1].path].map(|path| network.need(path, live.rate.into()));
    prop_assert!(slots[0] > 0 && slots[1] > 0);
    prop_assert_eq!(holds[0].block.slots, slots[0].max(slots[1]) + setup.grid.guard);
    let [first, second] = [primary, backup].map(|path| failures.is_feasible(path.link_words));
    match live.kind {
        Kind::Plain => prop_assert!(false, "not protected"),
        Kind::OnPrimary => prop_assert!(first),
        Kind::OnBackup => {
            prop_assert!(second);
            let may_go_back = setup.protection.is_some_and(|protection| protection.revert);
            prop_assert!(!(may_go_back && first));
        }
    }
    Ok(())
}

/// Exactly the requests that ended, and those over links that failed, are gone or moved.
fn check_change(
    before: &HashMap<u64, (Live, Vec<Hold>)>,
    simulation: &Simulation,
    ends: &HashMap<u64, f64>,
    arrival: &Arrival,
    failed: &[Link],
) -> Result<(), TestCaseError> {
    let now = held(simulation);
    let same = |left: &[Hold], right: &[Hold]| {
        let place = |hold: &Hold| (hold.path, hold.block);
        left.iter().map(place).eq(right.iter().map(place))
    };
    for (id, (_, holds)) in before {
        let ended = ends[id] <= arrival.request.arrive;
        let was_hit = holds.iter().any(|hold| {
            let links = simulation.network.path(hold.path).links;
            links.iter().any(|link| failed.contains(link))
        });
        match now.get(id) {
            // A request that ends at the very moment of the failure is hit before it ends.
            Some(_) if ended => prop_assert!(false, "request {id} outlived its end"),
            Some((_, kept)) if !was_hit => prop_assert!(same(holds, kept)),
            Some((_, moved)) => {
                prop_assert!(simulation.setup.restoration.is_some() && !same(holds, moved));
            }
            None => prop_assert!(ended || was_hit, "request {id} is gone"),
        }
    }
    let served = arrival.blocked.is_none();
    prop_assert_eq!(now.contains_key(&arrival.request.id), served);
    Ok(())
}

fn check_drained(simulation: &mut Simulation) -> Result<(), TestCaseError> {
    simulation.drain();
    prop_assert_eq!((simulation.live(), simulation.spectrum.busy()), (0, 0));
    prop_assert_eq!(simulation.live.next_end(), None);
    check_slots(simulation)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn lightpaths_never_share_a_slot_nor_cross_a_failed_link(
        network in networks(),
        choices in choices(),
    ) {
        let setup = choices.setup(&network);
        let mut simulation = Simulation::new(&network, &setup, choices.seed).unwrap();
        if choices.records {
            simulation = simulation.recording(None);
        }
        let mut ends = HashMap::new();
        loop {
            let before = held(&simulation);
            let was_down = simulation.failures.down().clone();
            let Some(arrival) = simulation.step() else { break };
            ends.insert(arrival.request.id, arrival.request.depart);
            check_slots(&simulation)?;
            for (live, holds) in held(&simulation).values() {
                check_request(&simulation, *live, holds)?;
            }
            // Random failures may come and go between two arrivals.
            if !choices.random {
                let down = simulation.failures.down().iter();
                let failed: Vec<Link> = down.filter(|link| !was_down.contains(*link)).collect();
                check_change(&before, &simulation, &ends, &arrival, &failed)?;
            }
        }
        check_drained(&mut simulation)?;
    }

    #[test]
    fn protected_requests_hold_the_same_slots_on_two_disjoint_paths(
        network in networks(),
        choices in choices(),
        revert: bool,
        disjoint in prop::sample::select(vec![Disjoint::Link, Disjoint::Node]),
    ) {
        let disjoint = DisjointPairs::new(network.topology(), PathOrder::Length, disjoint).unwrap();
        let network = network.with_disjoint(disjoint);
        let mut setup = choices.setup(&network);
        setup.protection = Some(Protection { switchover_ms: 50.0, revert });
        let mut simulation = Simulation::new(&network, &setup, choices.seed).unwrap();
        while simulation.step().is_some() {
            check_slots(&simulation)?;
            for (live, holds) in held(&simulation).values() {
                check_protected(&simulation, *live, holds)?;
            }
        }
        check_drained(&mut simulation)?;
    }
}
