use super::*;
use crate::failure::{AreaRule, Radius};
use crate::topology::shipped;

fn nsfnet() -> (Topology, FailureManager) {
    let topology = shipped("nsfnet").unwrap();
    let failures = FailureManager::new(&topology);
    (topology, failures)
}

const LINK: Failure = Failure::Link(Link(4));

#[test]
fn a_failure_is_active_from_its_time_on_and_once() {
    let (topology, mut failures) = nsfnet();
    failures.inject(&topology, &LINK, 5.0, Some(7.0)).unwrap();
    assert_eq!(failures.next_due(), Some(5.0));
    assert_eq!(failures.activate_due(&topology, 5.0_f64.next_down()), []);
    assert!(!failures.is_any_down());
    assert_eq!(failures.activate_due(&topology, 5.0), [Link(4)]);
    assert!(failures.is_any_down() && failures.down().contains(Link(4)));
    assert_eq!(failures.activate_due(&topology, 6.0), []);
    assert_eq!(failures.next_due(), Some(7.0));
    assert_eq!(failures.repair_due(&topology, 7.0_f64.next_down()), []);
    assert_eq!(failures.repair_due(&topology, 7.0), [Link(4)]);
    assert!(!failures.is_any_down() && failures.down().is_empty());
    assert_eq!(failures.next_due(), None);
}

#[test]
fn a_link_down_twice_comes_back_with_the_last_failure() {
    let (topology, mut failures) = nsfnet();
    failures.inject(&topology, &LINK, 1.0, Some(10.0)).unwrap();
    let group = Failure::SharedRisk(vec![Link(4), Link(6)]);
    failures.inject(&topology, &group, 2.0, Some(5.0)).unwrap();
    assert_eq!(failures.activate_due(&topology, 1.0), [Link(4)]);
    assert_eq!(failures.activate_due(&topology, 2.0), [Link(6)]);
    assert_eq!(failures.repair_due(&topology, 5.0), [Link(6)]);
    assert!(failures.down().contains(Link(4)));
    assert_eq!(failures.repair_due(&topology, 10.0), [Link(4)]);
}

#[test]
fn a_second_failure_of_the_same_links_is_a_centre_of_its_own() {
    let (topology, mut failures) = nsfnet();
    let [centre, far] = ["8", "0"].map(|name| topology.node(name).unwrap());
    let everything =
        |centre| Failure::Geographic { centre, radius: Radius::Hops(3), rule: AreaRule::Touch };
    failures.inject(&topology, &everything(centre), 1.0, Some(3.0)).unwrap();
    failures.inject(&topology, &everything(far), 2.0, Some(4.0)).unwrap();
    failures.activate_due(&topology, 1.0);
    assert_eq!([centre, far].map(|node| failures.hops_to_centre(&[node])), [0, 2]);
    assert_eq!(failures.activate_due(&topology, 2.0), []);
    assert_eq!([centre, far].map(|node| failures.hops_to_centre(&[node])), [0, 0]);
    failures.repair_due(&topology, 3.0);
    assert_eq!([centre, far].map(|node| failures.hops_to_centre(&[node])), [2, 0]);
    failures.repair_due(&topology, 4.0);
    assert_eq!([centre, far].map(|node| failures.hops_to_centre(&[node])), [0, 0]);
}

#[test]
fn failures_due_at_once_come_at_once_whatever_the_order_of_injection() {
    let (topology, mut failures) = nsfnet();
    for (link, time) in [(7, 3.0), (2, 1.0), (5, 2.0), (3, 1.0)] {
        failures.inject(&topology, &Failure::Link(Link(link)), time, None).unwrap();
    }
    assert_eq!(failures.activate_due(&topology, 1.0), [Link(2), Link(3)]);
    assert_eq!(failures.activate_due(&topology, 9.0), [Link(5), Link(7)]);
}

#[test]
fn a_repair_has_to_come_after_its_failure() {
    let (topology, mut failures) = nsfnet();
    for repair in [4.0, 5.0] {
        let refused = failures.inject(&topology, &LINK, 5.0, Some(repair));
        assert_eq!(refused, Err(FailureError::RepairFirst { fail: 5.0, repair }));
    }
    assert!(failures.inject(&topology, &LINK, 5.0, Some(f64::NAN)).is_err());
    assert!(failures.open().is_empty() && failures.next_due().is_none());
    let id = failures.inject(&topology, &LINK, 5.0, None).unwrap();
    let refused = failures.schedule_repair(id, 5.0);
    assert_eq!(refused, Err(FailureError::RepairFirst { fail: 5.0, repair: 5.0 }));
}

#[test]
fn a_time_before_the_beginning_is_refused() {
    let (topology, mut failures) = nsfnet();
    for time in [-1.0, -0.0, f64::NAN] {
        let refused = failures.inject(&topology, &LINK, time, None);
        assert!(matches!(refused, Err(FailureError::Time(_))), "{time}");
    }
}

#[test]
fn of_two_times_of_repair_the_earlier_counts_and_is_remembered() {
    let (topology, mut failures) = nsfnet();
    let id = failures.inject(&topology, &LINK, 1.0, Some(5.0)).unwrap();
    failures.schedule_repair(id, 9.0).unwrap();
    failures.activate_due(&topology, 1.0);
    assert_eq!(failures.repair_due(&topology, 5.0), [Link(4)]);
    assert_eq!(failures.history().0[0].t_repair, Some(5.0));
    // It ended, so that the later time finds nothing, and another one is not an error.
    assert_eq!(failures.repair_due(&topology, 9.0), []);
    assert_eq!(failures.schedule_repair(id, 12.0), Ok(()));
    assert_eq!(failures.next_due(), None);
}

#[test]
fn history_keeps_the_last_events_and_counts_the_others() {
    let (topology, failures) = nsfnet();
    for (remembered, kept) in [(3, 3), (0, 0), (100, 10)] {
        let mut failures = failures.clone().remembering(remembered);
        for time in 0..10_u8 {
            let time = f64::from(time);
            failures.inject(&topology, &LINK, time, Some(time + 0.5)).unwrap();
            failures.activate_due(&topology, time);
            failures.repair_due(&topology, time + 0.5);
        }
        let (history, forgotten) = failures.history();
        assert_eq!((history.len(), forgotten), (kept, 10 - kept as u64));
        assert_eq!(history.back().map(|event| event.t_fail), (kept > 0).then_some(9.0));
        assert!(failures.open().is_empty());
    }
}

#[test]
fn clearing_forgets_all_but_the_history() {
    let (topology, mut failures) = nsfnet();
    failures.inject(&topology, &LINK, 1.0, Some(2.0)).unwrap();
    failures.inject(&topology, &Failure::Link(Link(5)), 3.0, Some(4.0)).unwrap();
    failures.inject(&topology, &Failure::Link(Link(6)), 9.0, None).unwrap();
    failures.activate_due(&topology, 1.0);
    failures.repair_due(&topology, 2.0);
    failures.activate_due(&topology, 3.0);
    failures.clear();
    assert!(!failures.is_any_down() && failures.down().is_empty() && failures.open().is_empty());
    assert_eq!((failures.next_due(), failures.history().0.len()), (None, 1));
    assert_eq!(failures.activate_due(&topology, 99.0), []);
    // A link held down before it was cleared comes back with the next failure of it.
    failures.inject(&topology, &Failure::Link(Link(5)), 100.0, Some(101.0)).unwrap();
    assert_eq!(failures.activate_due(&topology, 100.0), [Link(5)]);
    assert_eq!(failures.repair_due(&topology, 101.0), [Link(5)]);
}

#[test]
fn memory_counts_what_events_hold_and_stays_small() {
    let (topology, mut failures) = nsfnet();
    let empty = failures.memory_bytes();
    let centre = topology.node("5").unwrap();
    let radius = Radius::Hops(2);
    let area = Failure::Geographic { centre, radius, rule: AreaRule::Touch };
    failures.inject(&topology, &area, 1.0, None).unwrap();
    failures.activate_due(&topology, 1.0);
    let one = failures.memory_bytes();
    assert!(one >= empty + 22 * size_of::<Link>() + size_of::<Event>(), "{empty} {one}");
    assert!(one < 5000, "{one}");
    for time in 2..3000_u32 {
        failures.inject(&topology, &area, f64::from(time), Some(f64::from(time) + 0.5)).unwrap();
        failures.activate_due(&topology, f64::from(time));
        failures.repair_due(&topology, f64::from(time) + 0.5);
    }
    assert!(failures.memory_bytes() < 500_000, "{}", failures.memory_bytes());
}
