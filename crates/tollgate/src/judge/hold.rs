//! An estimate held against a limit: within, exceeded, or neither.

use crate::budget::Op;
use crate::quantity::{Dimension, show};

use super::{Estimate, Finding};

/// What the interval says about a limit.
pub(super) fn hold(estimate: &Estimate, op: Op, limit: f64) -> Finding {
    // The end of the interval on the dangerous side, and the one on the safe side.
    let (danger, safe) =
        if op.is_upper() { (estimate.high, estimate.low) } else { (estimate.low, estimate.high) };
    if danger.is_some_and(|end| op.holds(end, limit)) {
        return Finding::Within;
    }
    if safe.is_some_and(|end| !op.holds(end, limit)) {
        return Finding::Exceeded;
    }
    if danger.is_none() { Finding::NotMeasured } else { Finding::CannotTell }
}

/// How far inside the limit the estimate is, as a share of the limit.
pub(super) fn headroom(estimate: &Estimate, op: Op, limit: f64) -> Option<f64> {
    let distance = if op.is_upper() { limit - estimate.value } else { estimate.value - limit };
    let share = distance / limit.abs();
    share.is_finite().then_some(share)
}

/// Why the interval does not decide, and what would.
pub(super) fn undecided(
    estimate: &Estimate,
    op: Op,
    limit: f64,
    dimension: Dimension,
) -> (String, Option<String>) {
    let end = |end: Option<f64>| end.map_or("?".to_owned(), |end| show(end, dimension));
    if hold(estimate, op, limit) == Finding::NotMeasured {
        let reason = format!(
            "{} too few to bound it {} at {} % confidence",
            observations(estimate),
            if op.is_upper() { "above" } else { "below" },
            estimate.confidence * 100.0
        );
        return (reason, Some("add trials, or let each give more observations".to_owned()));
    }
    let reason = format!(
        "the limit {} lies inside the interval {} to {}",
        show(limit, dimension),
        end(estimate.low),
        end(estimate.high)
    );
    (reason, wanted(estimate, op, limit).map(|n| format!("about {n} observations would decide it")))
}

/// How many observations there are. How many independent ones they are worth is an estimate, so
/// no number that may seem enough is named.
fn observations(estimate: &Estimate) -> String {
    if estimate.n == 1 {
        "1 observation is".to_owned()
    } else if estimate.n_effective < estimate.n as f64 {
        format!("{} observations, which depend on each other, are", estimate.n)
    } else {
        format!("{} observations are", estimate.n)
    }
}

/// Observations at which the interval would end before the limit, if the estimate stays.
fn wanted(estimate: &Estimate, op: Op, limit: f64) -> Option<u64> {
    let distance = (limit - estimate.value).abs();
    let keeps = op.holds(estimate.value, limit);
    let end = if keeps == op.is_upper() { estimate.high? } else { estimate.low? };
    let half = (end - estimate.value).abs();
    let ratio = half / distance;
    let factor = ratio * ratio;
    // Beyond a thousandfold the honest answer is that more of the same will not do.
    if !factor.is_finite() || !(1.0..1000.0).contains(&factor) {
        return None;
    }
    Some((estimate.n as f64 * factor * 1.1).ceil() as u64)
}
