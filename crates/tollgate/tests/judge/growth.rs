//! Budgets on growth: of one series, of the pieces of a trial, and of a metric's companion.

use tollgate::judge::Finding;
use tollgate::quantity::Dimension;
use tollgate::run::{Data, Point};

use super::build::{case, of_a, verdict};

const HOUR: f64 = 3600.0;

/// A point a second, from a level, with a saw of noise and this growth an hour.
fn line(seconds: u32, level: f64, an_hour: f64) -> Data {
    let noise = |s: u32| f64::from(s * 7919 % 101) / 101.0 - 0.5;
    let value = |s: u32| level + an_hour * f64::from(s) / HOUR + noise(s);
    Data::Points(
        (0..seconds).map(|s| Point { at_ns: f64::from(s) * 1e9, value: value(s) }).collect(),
    )
}

#[test]
fn the_growth_of_peak_memory_is_that_of_the_memory_over_time() {
    let now =
        case("a").at(1, "resident memory", line(600, 1e3, 90.0)).values("peak memory", &[2e3]);
    let of = |limit: &str| {
        verdict(&of_a(&format!("\"peak memory growth\" = \"<= {limit}\"")), [now.clone()])
    };
    assert_eq!(of("100B/h").finding, Finding::Within);
    let found = of("50B/h");
    assert_eq!(found.finding, Finding::Exceeded);
    assert_eq!(found.estimate.unwrap().method, "Theil-Sen on block medians");
}

#[test]
fn the_pieces_of_a_trial_count_by_their_length_and_the_step_between_them_does_not() {
    // Grown by 30 an hour for two thirds of the time and by 60 for one; between them it began anew.
    let now = case("a")
        .unit(Dimension::BYTES)
        .at(1, "heap", line(1200, 9000.0, 30.0))
        .at(1, "heap", line(600, 100.0, 60.0))
        .at(1, "heap", line(5, 0.0, 0.0));
    let found = verdict(&of_a("\"heap growth\" = \"<= 45B/h\""), [now.clone()]);
    let estimate = found.estimate.unwrap();
    assert!((estimate.value * HOUR - 40.0).abs() < 1.0, "{estimate:?}");
    assert!(estimate.low.unwrap() < estimate.value && estimate.value < estimate.high.unwrap());
    assert_eq!(found.finding, Finding::Within);
    assert!(estimate.method.ends_with("over 2 pieces"), "{}", estimate.method);
    let found = verdict(&of_a("\"heap growth\" = \"<= 35B/h\""), [now]);
    assert_eq!(found.finding, Finding::Exceeded);
}

#[test]
fn a_warm_up_is_left_out_and_told() {
    let Data::Points(mut points) = line(600, 1000.0, 0.0) else { panic!() };
    for (second, point) in points.iter_mut().enumerate() {
        point.value -= 400.0 * (-(second as f64) / 20.0).exp();
    }
    let now = case("a").unit(Dimension::BYTES).at(1, "heap", Data::Points(points));
    let found = verdict(&of_a("\"heap growth\" = \"<= 50B/h\""), [now]);
    assert_eq!(found.finding, Finding::Within);
    let method = found.estimate.unwrap().method;
    assert!(method.starts_with("Theil-Sen on block medians, without a warm-up of"), "{method}");
}

#[test]
fn pieces_that_are_all_too_short_are_not_measured() {
    let now = case("a").at(1, "heap", line(9, 1.0, 0.0)).at(1, "heap", line(4, 1.0, 0.0));
    let found = verdict(&of_a("\"heap growth\" = \"<= 1ms/h\""), [now]);
    assert_eq!(found.finding, Finding::NotMeasured);
    assert_eq!(found.reason.unwrap(), "9 points in time; a growth needs 10");
}

#[test]
fn latency_that_drifts_is_seen_in_its_companion_over_time() {
    let drift = |an_hour: f64| {
        let points = (0..100).map(|window| Point {
            at_ns: f64::from(window) * 6e9,
            value: 5e6 + an_hour * f64::from(window) * 6.0 / HOUR + f64::from(window % 7) * 1e3,
        });
        case("a")
            .at(1, "latency over time", Data::Points(points.collect()))
            .samples("latency", &[5e6; 100])
    };
    let budget = of_a("\"latency growth\" = \"<= 1ms/h\"");
    assert_eq!(verdict(&budget, [drift(0.0)]).finding, Finding::Within);
    assert_eq!(verdict(&budget, [drift(2e6)]).finding, Finding::Exceeded);
}
