use std::f64::consts::LN_2;

use super::*;
use crate::features::boxes::{self, Boxes};

/// Three maps, each to a corner of a triangle, by half.
fn sierpinski() -> Vec<Similarity> {
    [(0.0, 0.0), (0.5, 0.0), (0.0, 0.5)]
        .map(|shift| Similarity { scale: 0.5, angle: 0.0, shift })
        .to_vec()
}

fn numpy(seed: u64) -> Ifs {
    generate(Streams::Numpy, seed, 4, 10_000).unwrap()
}

#[test]
fn exponents_of_numpys_streams_are_those_of_the_first_version() {
    let golden = [(42, -2.342536694280626), (0, -1.7737305676233253), (1, -2.241982053819243)];
    for (seed, expected) in golden {
        let exponent = numpy(seed).area_exponent;
        assert!((exponent - expected).abs() < 4.5e-16, "{seed}: {exponent}");
    }
}

#[test]
fn the_exponent_over_many_seeds_is_twice_the_mean_logarithm_of_a_scale() {
    // E[ln s] for s evenly between a and b is (b ln b - a ln a)/(b - a) - 1.
    let (a, b) = SCALES;
    let expected = 2.0 * ((b * b.ln() - a * a.ln()) / (b - a) - 1.0);
    assert!((expected - -2.164573).abs() < 1e-6);
    let seeds = 2000;
    let exponents: Vec<f64> = (0..seeds)
        .map(|seed| generate(Streams::Fast, seed, 4, 1000).unwrap().area_exponent)
        .collect();
    let mean = exponents.iter().sum::<f64>() / seeds as f64;
    let squares: f64 = exponents.iter().map(|one| (one - mean) * (one - mean)).sum();
    let error = squares.sqrt() / seeds as f64;
    assert!((mean - expected).abs() < 4.0 * error, "{mean} with an error of {error}");
}

#[test]
fn the_exponent_of_maps_of_one_scale_is_its_logarithm_twice() {
    let mut random = Random::new(Streams::Fast, 1);
    let ifs = play(&sierpinski(), 1000, &mut random).unwrap();
    assert!((ifs.area_exponent + 2.0 * LN_2).abs() < 1e-12);
}

#[test]
fn boxes_find_the_dimension_of_sierpinskis_triangle() {
    let mut random = Random::new(Streams::Fast, 7);
    let ifs = play(&sierpinski(), 400_000, &mut random).unwrap();
    let estimate = boxes::dimension(&ifs.raster(512), &Boxes::default()).unwrap();
    let expected = 3_f64.ln() / LN_2;
    assert!((estimate.dimension - expected).abs() < 0.02, "{estimate:?}");
    assert!(estimate.r_squared > 0.999, "{estimate:?}");
}

#[test]
fn a_map_turns_counter_clockwise_and_then_shifts() {
    let map = Similarity { scale: 0.5, angle: TAU / 4.0, shift: (1.0, 2.0) };
    let (x, y) = Affine::of(&map).apply((2.0, 0.0));
    assert!((x - 1.0).abs() < 1e-15 && (y - 3.0).abs() < 1e-15, "{x}, {y}");
}

#[test]
fn every_point_is_a_map_of_the_one_before() {
    let ifs = numpy(5);
    let maps: Vec<Affine> = ifs.maps.iter().map(Affine::of).collect();
    let mut before = (0.0, 0.0);
    for &(x, y) in &ifs.points {
        let led = maps.iter().map(|map| map.apply(before));
        let mut near = led.filter(|led| (led.0 - x).abs() + (led.1 - y).abs() < 1e-12);
        assert!(near.next().is_some(), "{before:?} to {x}, {y}");
        before = (x, y);
    }
}

#[test]
fn the_same_seed_gives_the_same_fractal() {
    assert_eq!(numpy(3), numpy(3));
    assert_ne!(numpy(3).points, numpy(4).points);
}

#[test]
fn a_map_that_does_not_shrink_is_refused() {
    for scale in [1.0, 1.5, 0.0, -0.5, f64::NAN, f64::INFINITY] {
        let mut maps = sierpinski();
        maps[1].scale = scale;
        let refused = play(&maps, 10, &mut Random::new(Streams::Fast, 1)).unwrap_err();
        assert!(refused.to_string().starts_with("`scale` is"), "{refused}");
    }
}

#[test]
fn a_game_that_leads_far_out_is_unstable() {
    let away = Similarity { scale: 0.999, angle: 0.0, shift: (1.0, 0.0) };
    let refused = play(&[away], 1000, &mut Random::new(Streams::Fast, 1)).unwrap_err();
    assert!(matches!(refused, Error::Unstable(_)), "{refused}");
}

#[test]
fn what_makes_no_fractal_is_refused() {
    for (transforms, points) in [(1, 100), (9, 100), (4, 0), (4, 10_000_001)] {
        assert!(generate(Streams::Fast, 1, transforms, points).is_err());
    }
    let mut random = Random::new(Streams::Fast, 1);
    assert!(play(&[], 10, &mut random).is_err());
    let mut maps = sierpinski();
    maps[0].angle = f64::NAN;
    assert!(play(&maps, 10, &mut random).is_err());
    maps = sierpinski();
    maps[2].shift.1 = f64::INFINITY;
    assert!(play(&maps, 10, &mut random).is_err());
}

#[test]
fn a_raster_holds_the_corners_of_the_triangle_and_not_its_middle() {
    let mut random = Random::new(Streams::Fast, 9);
    let raster = play(&sierpinski(), 100_000, &mut random).unwrap().raster(64);
    assert!(raster.get(0, 0) && raster.get(63, 0) && raster.get(63, 63));
    assert!(!raster.get(0, 63) && !raster.get(42, 21));
}
