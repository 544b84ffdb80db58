use serde::Deserialize;

use super::*;

#[derive(Deserialize)]
struct Oracle {
    mixed: Vec<Mixed>,
    folded: Vec<Folded>,
}

#[derive(Deserialize)]
struct Mixed {
    seed: String,
    draws: Vec<(String, String)>,
}

#[derive(Deserialize)]
struct Folded {
    seed: String,
    count: usize,
    fold: String,
    tail: usize,
    next: String,
}

fn oracle() -> Oracle {
    serde_json::from_str(include_str!("../../testdata/random/streams.json")).unwrap()
}

fn numpy(seed: u64) -> Random {
    Random::new(Streams::Numpy, seed)
}

/// Draws of both streams with a seed that is the test's own.
fn both(seed: u64) -> [Random; 2] {
    [Random::new(Streams::Fast, seed), Random::new(Streams::Numpy, seed)]
}

#[test]
fn the_first_numbers_of_a_seed_are_those_numpy_is_known_for() {
    let mut random = numpy(42);
    let units = [0.7739560485559633, 0.4388784397520523, 0.8585979199113825];
    assert_eq!(units.map(f64::to_bits), units.map(|_| random.unit().to_bits()));
    let mut random = numpy(42);
    let normals = [0.30471707975443135, -1.0399841062404955, 0.7504511958064572];
    assert_eq!(normals.map(f64::to_bits), normals.map(|_| random.normal().to_bits()));
    let mut random = numpy(42);
    assert_eq!([5, 49, 41, 28, 27, 54], [(); 6].map(|()| random.below(64)));
}

#[test]
fn numbers_of_all_kinds_in_any_order_are_those_of_numpy_to_the_bit() {
    for mixed in oracle().mixed {
        let mut random = numpy(mixed.seed.parse().unwrap());
        for (index, (what, expected)) in mixed.draws.iter().enumerate() {
            let drawn = match what.as_str() {
                "unit" => random.unit().to_bits(),
                "normal" => random.normal().to_bits(),
                n => random.below(n.parse().unwrap()),
            };
            assert_eq!(format!("{drawn:x}"), *expected, "draw {index} of {}: {what}", mixed.seed);
        }
    }
}

#[test]
fn many_normal_numbers_with_their_tails_are_those_of_numpy_to_the_bit() {
    for folded in oracle().folded {
        let mut random = numpy(folded.seed.parse().unwrap());
        let (mut fold, mut tail) = (0_u64, 0);
        for _ in 0..folded.count {
            let normal = random.normal();
            fold = fold.wrapping_mul(3).wrapping_add(normal.to_bits());
            tail += usize::from(normal.abs() > 3.654152885361009);
        }
        assert_eq!(format!("{fold:x}"), folded.fold, "seed {}", folded.seed);
        assert_eq!(tail, folded.tail);
        assert!(tail > 20, "{tail} in the tail");
        assert_eq!(format!("{:x}", random.unit().to_bits()), folded.next);
    }
}

/// The distance of Kolmogorov and Smirnov times the root of the count; above 1.95 one time in a
/// thousand if the distribution is the one that is claimed.
fn distance(mut drawn: Vec<f64>, distribution: impl Fn(f64) -> f64) -> f64 {
    drawn.sort_by(f64::total_cmp);
    let count = drawn.len() as f64;
    let gap = |(index, value): (usize, &f64)| {
        let below = distribution(*value);
        (below - index as f64 / count).max((index + 1) as f64 / count - below)
    };
    drawn.iter().enumerate().map(gap).fold(0.0, f64::max) * count.sqrt()
}

/// Below x, by the series of Marsaglia (2004).
fn normal_below(x: f64) -> f64 {
    let (mut term, mut sum, mut odd) = (x, x, 1.0);
    while (sum + term).to_bits() != sum.to_bits() {
        odd += 2.0;
        term *= x * x / odd;
        sum += term;
    }
    0.5 + sum * (-0.5 * x * x).exp() / std::f64::consts::TAU.sqrt()
}

#[test]
fn units_are_distributed_evenly() {
    for mut random in both(5) {
        let drawn: Vec<f64> = (0..200_000).map(|_| random.unit()).collect();
        assert!(drawn.iter().all(|unit| (0.0..1.0).contains(unit)));
        let distance = distance(drawn, |unit| unit);
        assert!(distance < 1.95, "{distance}");
    }
}

#[test]
fn normal_numbers_are_distributed_as_the_bell_says() {
    for mut random in both(6) {
        let drawn: Vec<f64> = (0..200_000).map(|_| random.normal()).collect();
        let distance = distance(drawn, normal_below);
        assert!(distance < 1.95, "{distance}");
    }
}

#[test]
fn the_four_moments_of_normal_numbers_are_those_of_the_bell() {
    let count = 1_000_000;
    for mut random in both(7) {
        let mut sums = [0.0; 4];
        let mut beyond = 0.0;
        for _ in 0..count {
            let x = random.normal();
            let square = x * x;
            for (sum, power) in sums.iter_mut().zip([x, square, square * x, square * square]) {
                *sum += power;
            }
            beyond += f64::from(u8::from(x.abs() > ziggurat::TAIL));
        }
        // Four deviations of each mean: those of x^n are the roots of E x^2n - (E x^n)^2.
        let expected = [(0.0, 1.0), (1.0, 2.0_f64), (0.0, 15.0), (3.0, 96.0)];
        for (sum, (mean, variance)) in sums.iter().zip(expected) {
            let error = sum / f64::from(count) - mean;
            assert!(error.abs() < 4.0 * (variance / f64::from(count)).sqrt(), "{mean}: {error}");
        }
        let share = 2.0 * normal_below(-ziggurat::TAIL) * f64::from(count);
        assert!((beyond - share).abs() < 4.0 * share.sqrt(), "{beyond} against {share}");
    }
}

#[test]
fn integers_below_a_bound_are_equally_frequent() {
    for mut random in both(8) {
        let mut counts = [0.0_f64; 10];
        for _ in 0..100_000 {
            counts[random.below(10) as usize] += 1.0;
        }
        let misfit: f64 = counts.map(|n| (n - 10_000.0) * (n - 10_000.0) / 10_000.0).iter().sum();
        // Chi square with nine degrees of freedom, one time in a thousand above 27.9.
        assert!(misfit < 27.9, "{counts:?}");
    }
}

#[test]
fn the_largest_bounds_are_kept() {
    for mut random in both(9) {
        for n in [1, 2, 3, u64::from(u32::MAX), 1 << 32, (1 << 32) + 1, 3 << 62, u64::MAX] {
            assert!((0..1000).all(|_| random.below(n) < n), "{n}");
        }
    }
}

#[test]
#[should_panic(expected = "one of no integers")]
fn there_is_no_integer_below_zero() {
    Random::new(Streams::Fast, 1).below(0);
}

#[test]
fn a_uniform_number_lies_between_its_ends() {
    for mut random in both(10) {
        assert!((0..1000).all(|_| (-3.0..-1.0).contains(&random.uniform(-3.0, -1.0))));
    }
}

#[test]
fn every_order_of_three_comes_out_of_a_shuffle_equally_often() {
    for mut random in both(11) {
        let mut counts = std::collections::BTreeMap::new();
        for _ in 0..60_000 {
            let mut items = [1, 2, 3];
            random.shuffle(&mut items);
            *counts.entry(items).or_insert(0_i32) += 1;
        }
        assert_eq!(counts.len(), 6);
        assert!(counts.values().all(|count| (count - 10_000).abs() < 400), "{counts:?}");
    }
}

#[test]
fn a_seed_stands_for_one_stream_and_another_seed_for_another() {
    for streams in [Streams::Fast, Streams::Numpy] {
        let drawn = |seed| {
            let mut random = Random::new(streams, seed);
            [(); 4].map(|()| random.unit().to_bits())
        };
        assert_eq!(drawn(3), drawn(3));
        assert_ne!(drawn(3), drawn(4));
    }
    let first = |streams| Random::new(streams, 3).unit().to_bits();
    assert_ne!(first(Streams::Fast), first(Streams::Numpy));
}
