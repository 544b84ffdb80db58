//! Where a series most probably changed its distribution, by distances between its values.

use std::ops::Range;

/// Sums of distances over any rectangle of pairs.
pub(super) struct Distances {
    /// Row by row: the sum over all pairs before.
    sums: Vec<f64>,
    stride: usize,
}

/// A place that may be a step.
pub(super) struct Candidate {
    /// The first value after it.
    pub(super) place: usize,
    /// The end of those that differ most.
    pub(super) end: usize,
}

impl Distances {
    pub(super) fn between(values: &[f64]) -> Distances {
        let stride = values.len() + 1;
        let mut sums = vec![0.0; stride * stride];
        for (i, one) in values.iter().enumerate() {
            let mut row = 0.0;
            for (j, other) in values.iter().enumerate() {
                row += (one - other).abs();
                sums[(i + 1) * stride + j + 1] = sums[i * stride + j + 1] + row;
            }
        }
        Distances { sums, stride }
    }

    fn sum(&self, rows: &Range<usize>, columns: &Range<usize>) -> f64 {
        let upto = |i: usize, j: usize| self.sums[i * self.stride + j];
        upto(rows.end, columns.end) - upto(rows.start, columns.end) - upto(rows.end, columns.start)
            + upto(rows.start, columns.start)
    }

    /// How far two neighbouring parts lie apart: the statistic of Matteson and James (2014),
    /// equation 5 with an exponent of 1, times nm / (n + m).
    pub(super) fn energy(&self, one: &Range<usize>, other: &Range<usize>) -> f64 {
        let (n, m) = (one.len() as f64, other.len() as f64);
        // Each pair stands twice in the sum over a square.
        let within = |part: &Range<usize>, share: f64| match part.len() {
            0 | 1 => 0.0,
            len => share * self.sum(part, part) / 2.0 / (len as f64 - 1.0),
        };
        2.0 * (self.sum(one, other) - within(one, m) - within(other, n)) / (n + m)
    }

    /// Where the values of a part before a place and those from it on to some end are least alike,
    /// with so many on either side; the first of several.
    pub(super) fn candidate(&self, part: &Range<usize>, least: usize) -> Option<Candidate> {
        let mut best: Option<(f64, Candidate)> = None;
        for place in part.start + least..part.end.saturating_sub(least - 1) {
            for end in place + least..=part.end {
                let energy = self.energy(&(part.start..place), &(place..end));
                if best.as_ref().is_none_or(|(most, _)| energy > *most) {
                    best = Some((energy, Candidate { place, end }));
                }
            }
        }
        best.map(|(_, candidate)| candidate)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::rng::lcg;

    #[test]
    fn the_candidate_is_the_one_that_trying_all_finds() {
        let table = include_str!("../../testdata/steps.json");
        let table: Value = serde_json::from_str(table).expect("JSON");
        for (name, case) in table.as_object().expect("cases") {
            let levels = case["levels"].as_array().expect("levels");
            let levels: Vec<f64> = levels.iter().filter_map(Value::as_f64).collect();
            let (seed, n) = (case["seed"].as_u64().expect("a seed"), 25 * levels.len());
            let (one, other) = (lcg(seed, n), lcg(seed + 100, n));
            let value = |i: usize| levels[i / 25] + 4.0 * (one[i] - 0.5) + 4.0 * (other[i] - 0.5);
            let values: Vec<f64> = (0..n).map(value).collect();
            let found = Distances::between(&values).candidate(&(0..n), 3);
            assert_eq!(found.map(|found| found.place as u64), case["candidate"].as_u64(), "{name}");
        }
    }
}
