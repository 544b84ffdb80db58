//! What `tests/oracle/network.py` wrote, and the numbers it starts from.

use serde::Deserialize;

use crate::policy::matrix::transpose;
use crate::policy::network::{Layer, Network};

#[derive(Deserialize)]
pub(crate) struct Golden {
    pub(crate) forward: Vec<Forward>,
    pub(crate) gradient: Gradient,
    pub(crate) weighted: Weighted,
    pub(crate) expectile: Expectile,
    pub(crate) adam: Steps,
}

#[derive(Deserialize)]
pub(crate) struct Forward {
    pub(crate) widths: Vec<usize>,
    pub(crate) seed: u64,
    pub(crate) outputs: Vec<Vec<f64>>,
}

#[derive(Deserialize)]
pub(crate) struct Gradient {
    pub(crate) widths: Vec<usize>,
    pub(crate) seed: u64,
    pub(crate) mask: Vec<Vec<bool>>,
    pub(crate) actions: Vec<usize>,
    pub(crate) loss: f64,
    /// Of each layer that of the weights, as PyTorch stores them, and that of the biases.
    pub(crate) gradients: Vec<[Vec<f64>; 2]>,
}

#[derive(Deserialize)]
pub(crate) struct Weighted {
    pub(crate) seed: u64,
    pub(crate) mask: Vec<Vec<bool>>,
    pub(crate) actions: Vec<usize>,
    pub(crate) weights: Vec<f64>,
    pub(crate) loss: f64,
    pub(crate) gradient: Vec<f64>,
}

#[derive(Deserialize)]
pub(crate) struct Expectile {
    pub(crate) differences: Vec<f64>,
    pub(crate) expectile: f64,
    pub(crate) loss: f64,
    pub(crate) gradient: Vec<f64>,
}

#[derive(Deserialize)]
pub(crate) struct Steps {
    pub(crate) seed: u64,
    pub(crate) steps: usize,
    pub(crate) rate: f32,
    pub(crate) parameters: Vec<f64>,
}

pub(crate) fn golden() -> Golden {
    serde_json::from_str(include_str!("../tests/oracle/network.json")).unwrap()
}

pub(crate) fn numbers(seed: u64, count: usize, scale: f64) -> Vec<f32> {
    let mut state = seed;
    let next = || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (((state >> 11) as f64 / (1_u64 << 53) as f64 - 0.5) * scale) as f32
    };
    std::iter::repeat_with(next).take(count).collect()
}

pub(crate) fn network(widths: &[usize], seed: u64, scale: f64) -> Network {
    let layer = |(pair, seed): (&[usize], u64)| {
        let mut weights = Vec::new();
        transpose(&numbers(seed, pair[0] * pair[1], scale), pair[1], pair[0], &mut weights);
        Layer::new(pair[0], weights, numbers(seed + 1, pair[1], scale))
    };
    Network::new(widths.windows(2).zip((seed..).step_by(2)).map(layer).collect())
}

#[track_caller]
pub(crate) fn assert_close(found: &[f32], expected: &[f64], tolerance: f64) {
    assert_eq!(found.len(), expected.len());
    for (index, (found, expected)) in found.iter().zip(expected).enumerate() {
        let off = (f64::from(*found) - expected).abs();
        assert!(off <= tolerance * expected.abs().max(1.0), "{index}: {found} for {expected}");
    }
}
