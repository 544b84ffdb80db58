//! How fast readings over time grow, over the pieces of a trial and over trials.

use tollgate_stats::interval::Interval;
use tollgate_stats::quantile::select;
use tollgate_stats::trend::{Growth, growth};

use super::Of;
use crate::judge::Estimate;
use crate::judge::evidence::{Lack, Measured};
use crate::quantity::{Dimension, show};
use crate::run::Point;

/// A growth needs values over time: fewer than these say nothing of a trend.
const FEWEST_POINTS: usize = 10;

/// One piece of a trial: a soak that was taken up again has several.
struct Piece {
    /// How long it was, the warm-up left out.
    seconds: f64,
    found: Growth,
}

/// The middle of the trials' slopes, with everything that any of them leaves possible.
pub(super) fn of(of: Of, trials: &[Measured<'_>], points: &[&[Point]]) -> Result<Estimate, Lack> {
    let mut slopes = Vec::new();
    let mut interval: Option<Interval> = None;
    let mut all = Vec::new();
    let pairs: Vec<(u32, &[Point])> =
        trials.iter().map(|trial| trial.number).zip(points.iter().copied()).collect();
    for trial in pairs.chunk_by(|a, b| a.0 == b.0) {
        let parts: Vec<&[Point]> = trial.iter().map(|(_, points)| *points).collect();
        let pieces = pieces(&parts, of.confidence)?;
        let (slope, own) = joined(&pieces, of.confidence);
        slopes.push(slope);
        interval = Some(interval.map_or(own, |hull| hull.hull(&own)));
        all.extend(pieces);
    }
    let value = select(&mut slopes, 0.5);
    let interval = interval.unwrap_or(Interval::new(value, value, of.confidence));
    let n = points.iter().map(|points| points.len() as u64).sum();
    let worth = all.iter().map(|piece| piece.found.points).sum::<usize>() as f64;
    Ok(of.bounded(value, &interval, n, worth.min(n as f64), &method(&all, slopes.len())))
}

/// Pieces too short for a slope of their own are left out, unless there is no other.
fn pieces(parts: &[&[Point]], confidence: f64) -> Result<Vec<Piece>, Lack> {
    let piece = |points: &&&[Point]| {
        let t: Vec<f64> = points.iter().map(|point| point.at_ns / 1e9).collect();
        let y: Vec<f64> = points.iter().map(|point| point.value).collect();
        let found = growth(&t, &y, confidence)?;
        Some(Piece { seconds: t[t.len() - 1] - t[0] - found.warm_up, found })
    };
    let long: Vec<&&[Point]> = parts.iter().filter(|part| part.len() >= FEWEST_POINTS).collect();
    if long.is_empty() {
        let most = parts.iter().map(|part| part.len()).max().unwrap_or(0);
        let lack = format!("{most} points in time; a growth needs {FEWEST_POINTS}");
        return Err(Lack::new(lack));
    }
    let found: Vec<Piece> = long.iter().filter_map(piece).collect();
    if found.is_empty() { Err(Lack::new("all points stand at one time")) } else { Ok(found) }
}

/// What the pieces grew by together over the time they took: each starts a process anew, so that
/// nothing is said of the step between two. Their errors are independent and add as squares.
fn joined(pieces: &[Piece], confidence: f64) -> (f64, Interval) {
    let whole: f64 = pieces.iter().map(|piece| piece.seconds).sum();
    let share = |piece: &Piece| {
        if whole > 0.0 { piece.seconds / whole } else { 1.0 / pieces.len() as f64 }
    };
    let slope: f64 = pieces.iter().map(|piece| share(piece) * piece.found.line.slope).sum();
    let error = |end: fn(&Growth) -> f64| {
        let square = |piece: &Piece| {
            let half = share(piece) * (end(&piece.found) - piece.found.line.slope);
            half * half
        };
        pieces.iter().map(square).sum::<f64>().sqrt()
    };
    let (low, high) = (slope - error(|g| g.line.low), slope + error(|g| g.line.high));
    (slope, Interval::new(low, high, confidence))
}

/// What the line was laid through, and what was left out of it.
fn method(pieces: &[Piece], trials: usize) -> String {
    let any = |is: fn(&Growth) -> bool| pieces.iter().any(|piece| is(&piece.found));
    let mut method = "Theil-Sen on block medians".to_owned();
    if any(|found| found.at_floor) {
        "Theil-Sen on the floor of a sawtooth".clone_into(&mut method);
    }
    let warm_up = pieces.iter().map(|piece| piece.found.warm_up).fold(0.0, f64::max);
    if warm_up > 0.0 {
        let length = show(warm_up * 1e9, Dimension::TIME);
        method.push_str(&format!(", without a warm-up of {length}"));
    }
    if any(|found| !found.settled) {
        method.push_str(", not known to have settled");
    }
    if pieces.len() > trials {
        method.push_str(&format!(", over {} pieces", pieces.len()));
    }
    method
}
