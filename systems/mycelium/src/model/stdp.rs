//! Plasticity by the time of spikes: a weight grows when the cell before it fires first, and
//! shrinks when it fires last.

use crate::error::Error;

/// The rule: how far apart spikes still count, in seconds, and how much they change at most.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stdp {
    pub tau_plus: f64,
    pub tau_minus: f64,
    pub a_plus: f64,
    pub a_minus: f64,
}

impl Default for Stdp {
    fn default() -> Stdp {
        Stdp { tau_plus: 0.020, tau_minus: 0.020, a_plus: 0.01, a_minus: 0.012 }
    }
}

impl Stdp {
    pub fn validate(&self) -> Result<(), Error> {
        for (parameter, value) in [("tau_plus", self.tau_plus), ("tau_minus", self.tau_minus)] {
            if !(0.005..=0.100).contains(&value) {
                return Err(Error::out_of_range(parameter, value, "from 0.005 to 0.1"));
            }
        }
        for (parameter, value) in [("a_plus", self.a_plus), ("a_minus", self.a_minus)] {
            if !(0.001..=0.1).contains(&value) {
                return Err(Error::out_of_range(parameter, value, "from 0.001 to 0.1"));
            }
        }
        Ok(())
    }

    /// By how much a weight changes when its second cell fires `delay` seconds after its first.
    #[must_use]
    pub fn change(&self, delay: f64) -> f64 {
        if delay > 0.0 {
            self.a_plus * (-delay / self.tau_plus).exp()
        } else if delay < 0.0 {
            -self.a_minus * (delay / self.tau_minus).exp()
        } else {
            0.0
        }
    }

    /// The mean change over a batch, for each pair of a cell before and a cell after: `before` and
    /// `after` hold the times of spikes item by item, not a number where a cell was silent. A pair
    /// of which one was silent does not change in that item.
    pub fn mean_changes(
        &self,
        before: &[f64],
        after: &[f64],
        items: usize,
    ) -> Result<Vec<f64>, Error> {
        let whole = |times: &[f64]| items > 0 && times.len().is_multiple_of(items);
        if !whole(before) || !whole(after) || before.is_empty() || after.is_empty() {
            let (before, after) = (before.len(), after.len());
            let text = format!("{before} and {after} times of spikes in {items} items");
            return Err(Error::Shape(text));
        }
        let (rows, columns) = (before.len() / items, after.len() / items);
        let mut changes = vec![0.0; rows * columns];
        for (before, after) in before.chunks_exact(rows).zip(after.chunks_exact(columns)) {
            for (before, changes) in before.iter().zip(changes.chunks_exact_mut(columns)) {
                if before.is_nan() {
                    continue;
                }
                for (after, change) in after.iter().zip(changes) {
                    // Not a number is neither before nor after.
                    *change += self.change(after - before);
                }
            }
        }
        changes.iter_mut().for_each(|change| *change /= items as f64);
        Ok(changes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(found: f64, expected: f64) {
        assert!((found - expected).abs() < 5e-9, "{found} is not {expected}");
    }

    #[test]
    fn a_spike_after_the_first_cells_strengthens_and_one_before_it_weakens() {
        let rule = Stdp::default();
        near(rule.change(0.010), 0.006_065_31);
        near(rule.change(-0.010), -0.007_278_37);
        near(rule.change(0.020), 0.003_678_79);
        near(rule.change(0.0), 0.0);
    }

    #[test]
    fn spikes_far_apart_change_nothing_and_never_overflow() {
        for delay in [1e9, -1e9, f64::INFINITY, f64::NEG_INFINITY] {
            near(Stdp::default().change(delay), 0.0);
        }
    }

    #[test]
    fn changes_are_the_mean_over_the_items_for_each_pair() {
        let rule = Stdp::default();
        let before = [0.0, 0.010, 0.0, 0.0];
        let after = [0.010, 0.0];
        let changes = rule.mean_changes(&before, &after, 2).unwrap();
        near(changes[0], rule.change(0.010) / 2.0);
        near(changes[1], 0.0);
    }

    #[test]
    fn a_silent_cell_changes_none_of_its_weights() {
        let rule = Stdp::default();
        let changes = rule.mean_changes(&[f64::NAN, 0.0], &[0.010, f64::NAN], 1).unwrap();
        near(changes[0], 0.0);
        near(changes[1], 0.0);
        near(changes[2], rule.change(0.010));
        near(changes[3], 0.0);
    }

    #[test]
    fn times_that_are_no_whole_items_are_refused() {
        let rule = Stdp::default();
        assert!(rule.mean_changes(&[0.0; 3], &[0.0; 2], 2).is_err());
        assert!(rule.mean_changes(&[0.0; 2], &[0.0; 2], 0).is_err());
        assert!(rule.mean_changes(&[], &[], 1).is_err());
    }

    #[test]
    fn constants_out_of_their_bounds_are_refused() {
        assert_eq!(Stdp::default().validate(), Ok(()));
        let wrong = [
            Stdp { tau_plus: 0.004, ..Stdp::default() },
            Stdp { tau_minus: 0.2, ..Stdp::default() },
            Stdp { a_plus: 0.0, ..Stdp::default() },
            Stdp { a_minus: f64::NAN, ..Stdp::default() },
        ];
        wrong.iter().for_each(|rule| assert!(rule.validate().is_err(), "{rule:?}"));
    }
}
