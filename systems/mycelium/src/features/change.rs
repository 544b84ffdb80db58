//! From one frame to the next: by how much cells change, in one pass over both.

/// In the unit of the frames.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Change {
    /// Of all changes, as absolute values.
    pub(crate) sum: f64,
    pub(crate) squares: f64,
    pub(crate) largest: f64,
    /// The squares of the later frame's cells.
    pub(crate) energy: f64,
}

/// Sums that do not wait for each other.
const LANES: usize = 4;

#[derive(Default)]
struct Lanes {
    sum: [f64; LANES],
    squares: [f64; LANES],
    largest: [f64; LANES],
    energy: [f64; LANES],
}

impl Change {
    /// Of frames with as many cells.
    pub(crate) fn between(before: &[f64], after: &[f64]) -> Change {
        let (befores, before_rest) = before.as_chunks::<LANES>();
        let (afters, after_rest) = after.as_chunks::<LANES>();
        let mut lanes = Lanes::default();
        for (before, after) in befores.iter().zip(afters) {
            lanes.add(before, after);
        }
        // Cells of zero that stay zero add nothing to any of the four.
        lanes.add(&filled(before_rest), &filled(after_rest));
        lanes.total()
    }
}

impl Lanes {
    fn add(&mut self, before: &[f64; LANES], after: &[f64; LANES]) {
        for lane in 0..LANES {
            let change = (after[lane] - before[lane]).abs();
            self.sum[lane] += change;
            self.squares[lane] += change * change;
            let largest = self.largest[lane];
            self.largest[lane] = if change > largest { change } else { largest };
            self.energy[lane] += after[lane] * after[lane];
        }
    }

    /// Apart from the loop, for which a compiler that sees both shuffles the lanes each time so as
    /// to add them up faster once.
    #[inline(never)]
    fn total(&self) -> Change {
        Change {
            sum: self.sum.iter().sum(),
            squares: self.squares.iter().sum(),
            largest: self.largest.into_iter().fold(0.0, f64::max),
            energy: self.energy.iter().sum(),
        }
    }
}

fn filled(rest: &[f64]) -> [f64; LANES] {
    let mut lanes = [0.0; LANES];
    lanes[..rest.len()].copy_from_slice(rest);
    lanes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cell_is_seen_whatever_their_number() {
        for cells in 1..12 {
            let before = vec![1.0; cells];
            for cell in 0..cells {
                let mut after = before.clone();
                after[cell] = -2.0;
                let energy = cells as f64 + 3.0;
                let expected = Change { sum: 3.0, squares: 9.0, largest: 3.0, energy };
                assert_eq!(Change::between(&before, &after), expected, "{cell} of {cells}");
            }
        }
    }
}
