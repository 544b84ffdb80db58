//! The reference table that `testdata/golden.py` writes, and how its numbers are compared.

use std::sync::LazyLock;

use serde_json::Value;
use tollgate_stats::rng::lcg;

static TABLE: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(include_str!("../../testdata/golden.json")).unwrap());

pub fn table(key: &str) -> &'static Value {
    TABLE.get(key).unwrap_or_else(|| panic!("no {key} in golden.json"))
}

pub fn rows(value: &'static Value) -> &'static [Value] {
    value.as_array().unwrap()
}

pub fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value} is not a number"))
}

pub fn whole(value: &Value) -> u64 {
    value.as_u64().unwrap_or_else(|| panic!("{value} is not a whole number"))
}

pub fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(number).collect()
}

/// Equal to 1e-9, relative to the larger; tails far below 1 included.
#[track_caller]
pub fn same(found: f64, expected: f64, what: &str) {
    let scale = found.abs().max(expected.abs());
    assert!(
        (found - expected).abs() <= 1e-9 * scale || (found - expected).abs() < 1e-300,
        "{what}: found {found:e}, the reference says {expected:e}"
    );
}

/// Equal to 1e-9 where the reference itself subtracts from numbers near 1.
#[track_caller]
pub fn close(found: f64, expected: f64, what: &str) {
    assert!(
        (found - expected).abs() <= 1e-9 * expected.abs().max(1.0),
        "{what}: found {found:e}, the reference says {expected:e}"
    );
}

/// 1,000 exponential latencies with mean 30.
pub fn latency() -> Vec<f64> {
    lcg(7, 1000).into_iter().map(|u| -(-u).ln_1p() * 30.0).collect()
}

/// Sums of three uniforms about a centre.
pub fn bell(seed: u64, n: usize, centre: f64, scale: f64) -> Vec<f64> {
    let (a, b, c) = (lcg(seed, n), lcg(seed + 1, n), lcg(seed + 2, n));
    (0..n).map(|i| centre + scale * (a[i] + b[i] + c[i] - 1.5)).collect()
}

#[test]
fn the_inputs_are_those_of_the_reference() {
    let inputs = table("inputs");
    for (i, expected) in numbers(&inputs["latency"]).into_iter().enumerate() {
        same(latency()[i], expected, "latency");
    }
    for (found, expected) in bell(1, 12, 100.0, 10.0).into_iter().zip(numbers(&inputs["x"])) {
        same(found, expected, "x");
    }
    for (found, expected) in bell(4, 14, 104.0, 10.0).into_iter().zip(numbers(&inputs["y"])) {
        same(found, expected, "y");
    }
}
