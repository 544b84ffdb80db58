//! The room a network computes in: kept from call to call, so that a batch of a size that was there
//! before allocates nothing.

use super::attention::Attended;
use super::matrix::Scratch;

/// What is computed on the way through a network, and on the way back.
#[derive(Clone, Debug, Default)]
pub struct Workspace<T = f32> {
    pub(super) scratch: Scratch<T>,
    pub(super) embedded: Vec<T>,
    pub(super) query: Vec<T>,
    pub(super) key: Vec<T>,
    pub(super) value: Vec<T>,
    pub(super) attended: Attended<T>,
    pub(super) mixed: Vec<T>,
    pub(super) mean: Vec<T>,
    pub(super) first: Vec<T>,
    pub(super) second: Vec<T>,
    pub(super) output: Vec<T>,
    pub(super) back: Back<T>,
}

/// Gradients of what has the same name above.
#[derive(Clone, Debug, Default)]
pub(super) struct Back<T> {
    pub(super) embedded: Vec<T>,
    pub(super) query: Vec<T>,
    pub(super) key: Vec<T>,
    pub(super) value: Vec<T>,
    pub(super) context: Vec<T>,
    pub(super) mixed: Vec<T>,
    pub(super) mean: Vec<T>,
    pub(super) first: Vec<T>,
    pub(super) second: Vec<T>,
    pub(super) output: Vec<T>,
}
