//! Draws by weight against their expected counts, and apportionment against exact arithmetic.

use std::time::Duration;

use proptest::prelude::*;
use tollgate_load::schedule::{Choice, deal, pause, share, stream};
use tollgate_load::workload::Think;

use crate::distance;

#[test]
fn each_is_drawn_as_often_as_its_weight_says() {
    let weights = [1, 0, 50, 9, 40];
    let choice = Choice::new(&weights).unwrap();
    let mut rng = stream(1, "choice", 0);
    let mut counts = [0_u32; 5];
    for _ in 0..100_000 {
        counts[choice.draw(&mut rng)] += 1;
    }
    assert_eq!(counts[1], 0);
    let squares = weights.iter().zip(counts).filter(|(weight, _)| **weight > 0);
    let chi_square: f64 = squares
        .map(|(weight, count)| {
            let expected = f64::from(*weight) * 1000.0;
            (f64::from(count) - expected) * (f64::from(count) - expected) / expected
        })
        .sum();
    // Exceeded once in a thousand times with three degrees of freedom.
    assert!(chi_square < 16.27, "{counts:?}");
}

#[test]
fn without_weights_there_is_no_choice() {
    assert_eq!(Choice::new(&[]), None);
    assert_eq!(Choice::new(&[0, 0]), None);
    let mut rng = stream(1, "choice", 0);
    assert_eq!(Choice::new(&[0, 7, 0]).unwrap().draw(&mut rng), 1);
    let heavy = Choice::new(&[u32::MAX; 3]).unwrap();
    assert!((0..100).all(|_| heavy.draw(&mut rng) < 3));
}

#[test]
fn what_is_left_over_goes_to_the_largest_fractions() {
    assert_eq!(share(&[50, 30, 20], 10), [5, 3, 2]);
    assert_eq!(share(&[1, 1, 1], 10), [4, 3, 3]);
    // Dues of 1.9, 4.5 and 3.6.
    assert_eq!(share(&[19, 45, 36], 10), [2, 4, 4]);
    assert_eq!(share(&[99, 1], 10), [10, 0]);
    assert_eq!(share(&[0, 0], 10), [0, 0]);
    assert_eq!(share(&[], 10), [0; 0]);
    assert_eq!(share(&[u32::MAX, u32::MAX], u32::MAX), [1 << 31, (1 << 31) - 1]);
}

#[test]
fn classes_are_dealt_mixed() {
    assert_eq!(deal(&[2, 1], 6), [0, 1, 0, 0, 1, 0]);
    assert_eq!(deal(&[1, 0, 1], 4), [0, 2, 0, 2]);
    assert_eq!(deal(&[0], 4), [0; 0]);
}

#[test]
fn pauses_fill_their_range_evenly() {
    let ms = Duration::from_millis;
    let think = Think { shortest: ms(500), longest: ms(2500) };
    let mut rng = stream(1, "think", 0);
    let pauses: Vec<f64> = (0..50_000).map(|_| pause(think, &mut rng).as_secs_f64()).collect();
    assert!(pauses.iter().all(|pause| (0.5..=2.5).contains(pause)));
    assert!(distance(pauses, |x| (x - 0.5) / 2.0) < 1.95);
    let always = Think { shortest: ms(7), longest: ms(7) };
    assert_eq!(pause(always, &mut rng), ms(7));
    let reversed = Think { shortest: ms(7), longest: ms(3) };
    assert_eq!(pause(reversed, &mut rng), ms(7));
    assert_eq!(pause(Think::default(), &mut rng), Duration::ZERO);
}

#[test]
fn streams_differ_by_seed_kind_and_number() {
    let first = |seed, kind, number| {
        pause(Think { longest: Duration::MAX, ..Think::default() }, &mut stream(seed, kind, number))
    };
    assert_eq!(first(1, "user", 1), first(1, "user", 1));
    assert_ne!(first(1, "user", 1), first(2, "user", 1));
    assert_ne!(first(1, "user", 1), first(1, "user", 2));
    assert_ne!(first(1, "user", 1), first(1, "think", 1));
}

proptest! {
    #[test]
    fn everybody_gets_the_due_rounded_up_or_down(
        weights in prop::collection::vec(0..1000_u32, 1..9), total in 0..5000_u32,
    ) {
        let all: u64 = weights.iter().map(|weight| u64::from(*weight)).sum();
        prop_assume!(all > 0);
        let shares = share(&weights, total);
        prop_assert_eq!(shares.iter().sum::<u32>(), total);
        for (weight, share) in weights.iter().zip(&shares) {
            let due = u64::from(*weight) * u64::from(total);
            let share = u64::from(*share) * all;
            prop_assert!(share + all > due && due + all > share);
            prop_assert!(*weight > 0 || share == 0);
        }
    }

    #[test]
    fn the_first_of_those_dealt_are_a_fair_sample(
        weights in prop::collection::vec(0..100_u32, 1..6), total in 1..300_u32,
    ) {
        let (dealt, shares) = (deal(&weights, total), share(&weights, total));
        prop_assume!(!dealt.is_empty());
        let mut counts = vec![0_u32; weights.len()];
        for (index, class) in dealt.iter().enumerate() {
            counts[*class] += 1;
            for (count, share) in counts.iter().zip(&shares) {
                let due = f64::from(*share) * (index + 1) as f64 / f64::from(total);
                let off = (f64::from(*count) - due).abs();
                prop_assert!(off < weights.len() as f64, "{off} at {index}");
            }
        }
        prop_assert_eq!(counts, shares);
    }
}
