//! Who is there, against the level counted another way.

use std::time::Duration;

use proptest::prelude::*;
use tollgate_load::schedule::{Curve, Presence, spread};

use crate::legs;

fn present(of: &[(f64, u64)], user: u32) -> Vec<(u64, u64)> {
    let periods = Presence::of(&Curve::new(&legs(of)), user);
    periods.map(|(from, until)| (from.as_millis() as u64, until.as_millis() as u64)).collect()
}

#[test]
fn users_come_one_by_one_and_the_last_to_come_leaves_first() {
    let of = [(5.0, 1000), (5.0, 2000), (0.0, 500)];
    assert_eq!(present(&of, 0), [(0, 3500)]);
    assert_eq!(present(&of, 1), [(200, 3400)]);
    assert_eq!(present(&of, 4), [(800, 3100)]);
    assert_eq!(present(&of, 5), []);
}

#[test]
fn a_spike_brings_its_users_for_its_time_alone() {
    let of = [(2.0, 0), (2.0, 1000), (6.0, 0), (6.0, 500), (2.0, 0), (2.0, 1000), (4.0, 1000)];
    assert_eq!(present(&of, 1), [(0, 3500)]);
    assert_eq!(present(&of, 2), [(1000, 1500), (2500, 3500)]);
    assert_eq!(present(&of, 3), [(1000, 1500), (3000, 3500)]);
    assert_eq!(present(&of, 5), [(1000, 1500)]);
}

#[test]
fn without_a_level_nobody_is_there() {
    assert_eq!(present(&[], 0), []);
    assert_eq!(present(&[(0.0, 1000)], 0), []);
    assert_eq!(present(&[(3.0, 0)], 0), []);
}

#[test]
fn users_are_spread_in_turn_and_everybody_once() {
    assert_eq!(spread(7, (0, 3)).collect::<Vec<_>>(), [0, 3, 6]);
    assert_eq!(spread(7, (2, 3)).collect::<Vec<_>>(), [2, 5]);
    assert_eq!(spread(2, (2, 3)).collect::<Vec<_>>(), [0; 0]);
    assert_eq!(spread(2, (0, 0)).collect::<Vec<_>>(), [0, 1]);
}

proptest! {
    #[test]
    fn at_any_moment_as_many_are_there_as_the_level_says(
        of in prop::collection::vec((0..30_u32, 0..5000_u64), 1..8), share in 0.0..1.0_f64,
    ) {
        let of: Vec<(f64, u64)> = of.iter().map(|(to, ms)| (f64::from(*to), *ms)).collect();
        let curve = Curve::new(&legs(&of));
        let at = curve.total().mul_f64(share);
        let level = curve.level(at);
        // Not where somebody comes or leaves within rounding.
        prop_assume!((level - level.round()).abs() > 1e-3 || level == level.round());
        let near = |at: Duration| curve.level(at).ceil() as usize;
        let (before, after) = (at.saturating_sub(Duration::from_nanos(9)), at);
        prop_assume!(near(before) == near(after) && near(at + Duration::from_nanos(9)) == near(at));
        let there = (0..curve.users()).filter(|user| {
            Presence::of(&curve, *user).any(|(from, until)| from <= at && at < until)
        });
        prop_assert_eq!(there.count(), near(at));
    }

    #[test]
    fn periods_are_in_order_apart_and_not_empty(
        of in prop::collection::vec((0..6_u32, 0..50_u64), 1..12), user in 0..6_u32,
    ) {
        let of: Vec<(f64, u64)> = of.iter().map(|(to, ms)| (f64::from(*to), *ms)).collect();
        let curve = Curve::new(&legs(&of));
        let mut last = None;
        for (from, until) in Presence::of(&curve, user) {
            prop_assert!(from < until && until <= curve.total());
            prop_assert!(last.is_none_or(|last| last < from));
            last = Some(until);
        }
    }
}
