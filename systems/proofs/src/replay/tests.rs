//! The set, held against a list that forgets nothing.

use proptest::prelude::*;

use super::*;

fn id(number: u8) -> SignatureId {
    [number; 32]
}

#[test]
fn a_proof_is_used_once_until_it_expires_and_never_after() {
    let mut used = ReplaySet::new(10);
    assert!(used.insert(id(1), 5000, 1000));
    assert_eq!(used.reserve(id(1), 5000, 1000), Err(Refusal::Replayed));
    assert_eq!(used.reserve(id(1), 5000, 4999), Err(Refusal::Replayed));
    assert_eq!(used.reserve(id(1), 5000, 5000), Err(Refusal::Expired { ago_ms: 0 }));
    assert!(used.insert(id(2), 5001, 5000));
}

#[test]
fn a_clock_set_back_does_not_revive_what_was_forgotten() {
    let mut used = ReplaySet::new(10);
    assert!(used.insert(id(1), 5000, 1000));
    used.purge(9000);
    assert_eq!(used.len(), 0);
    assert!(matches!(used.reserve(id(1), 5000, 1000), Err(Refusal::Expired { .. })));
}

#[test]
fn what_was_given_back_can_be_used_again() {
    let mut used = ReplaySet::new(10);
    assert!(used.insert(id(1), 5000, 0));
    assert!(used.remove(&id(1), 5000));
    assert!(!used.remove(&id(1), 5000));
    assert!(used.is_empty());
    assert!(used.insert(id(1), 5000, 0));
}

#[test]
fn a_full_set_accepts_nothing_until_something_expires() {
    let mut used = ReplaySet::new(2);
    assert!(used.insert(id(1), 1999, 0) && used.insert(id(2), 8000, 0));
    assert_eq!(used.reserve(id(3), 8000, 0), Err(Refusal::Busy));
    assert_eq!(used.reserve(id(2), 8000, 0), Err(Refusal::Replayed));
    assert_eq!(used.reserve(id(3), 8000, 2000), Ok(()));
}

#[test]
fn a_start_keeps_all_that_was_stored_and_has_not_expired() {
    let stored = [(id(1), 100), (id(2), 101), (id(3), 9000), (id(3), 9000)];
    let mut used = ReplaySet::load(1, stored, 100);
    assert_eq!(used.len(), 2);
    assert_eq!(used.reserve(id(2), 101, 100), Err(Refusal::Replayed));
    assert_eq!(used.reserve(id(4), 9000, 100), Err(Refusal::Busy));
}

proptest! {
    #[test]
    fn the_set_gives_each_proof_one_use_as_a_list_does(
        steps in proptest::collection::vec((0..12_u8, 0..4000_u64, any::<bool>()), 1..200),
    ) {
        let mut used = ReplaySet::new(usize::MAX);
        let mut list: Vec<(u8, u64)> = Vec::new();
        let mut now_ms = 0;
        for (number, ahead, back) in steps {
            now_ms += ahead / 8;
            // A proof's expiry belongs to it; here every number has its own.
            let expires_at_ms = u64::from(number) * 1777;
            let known = list.contains(&(number, expires_at_ms));
            let new = !known && expires_at_ms > now_ms;
            prop_assert_eq!(used.insert(id(number), expires_at_ms, now_ms), new);
            if new {
                list.push((number, expires_at_ms));
            }
            if back && used.remove(&id(number), expires_at_ms) {
                list.retain(|entry| entry.0 != number);
            }
            let kept = list.iter().filter(|entry| entry.1 / 1000 >= now_ms / 1000).count();
            prop_assert_eq!(used.len(), kept);
        }
    }
}
