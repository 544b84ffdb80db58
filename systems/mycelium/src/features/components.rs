//! Clusters of active cells: runs of each row, joined with those they touch in the row above.

mod runs;

#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use super::mask::Mask;
use runs::Run;

/// Which cells touch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Connectivity {
    /// Those with a common side.
    #[default]
    Four,
    /// Also those with a common corner.
    Eight,
}

/// How many cells each cluster has, in the order of their first cells. In a periodic mask a
/// cluster goes on at the opposite edge.
#[must_use]
pub fn sizes(mask: &Mask, connectivity: Connectivity, periodic: bool) -> Vec<u64> {
    let mut joining = Joining { connectivity, periodic, side: mask.size(), ..Joining::default() };
    let mut above = 0..0;
    for row in mask.rows() {
        let start = joining.runs.len();
        joining.runs.extend(runs::of(row));
        joining.parents.extend(start..joining.runs.len());
        let this = start..joining.runs.len();
        joining.join_rows(above, this.clone());
        if periodic {
            joining.join_over_the_edge(&this, &this);
        }
        above = this;
    }
    if periodic {
        let first = mask.rows().next().map_or(0, |row| runs::of(row).count());
        joining.join_rows(above, 0..first);
    }
    joining.sizes()
}

/// The standard deviation of the population; 0 for fewer than two clusters.
#[must_use]
pub fn deviation(sizes: &[u64]) -> f64 {
    if sizes.len() < 2 {
        return 0.0;
    }
    let count = sizes.len() as f64;
    let mean = sizes.iter().sum::<u64>() as f64 / count;
    let squares: f64 = sizes.iter().map(|&size| size as f64 - mean).map(|away| away * away).sum();
    (squares / count).sqrt()
}

/// A forest over the runs of all rows. The root of a tree is its first run.
#[derive(Default)]
struct Joining {
    connectivity: Connectivity,
    periodic: bool,
    side: usize,
    runs: Vec<Run>,
    parents: Vec<usize>,
}

type Places = std::ops::Range<usize>;

impl Joining {
    /// Joins what touches in two neighbouring rows, by walking along both at once.
    fn join_rows(&mut self, above: Places, below: Places) {
        let reach = match self.connectivity {
            Connectivity::Four => 0,
            Connectivity::Eight => 1,
        };
        let (mut upper, mut lower) = (above.start, below.start);
        while upper < above.end && lower < below.end {
            let (one, other) = (self.runs[upper], self.runs[lower]);
            if one.start < other.end + reach && other.start < one.end + reach {
                self.join(upper, lower);
            }
            if one.end < other.end {
                upper += 1;
            } else {
                lower += 1;
            }
        }
        if self.periodic && self.connectivity == Connectivity::Eight {
            self.join_over_the_edge(&above, &below);
            self.join_over_the_edge(&below, &above);
        }
    }

    /// Joins the last run of one row with the first one of another, if both reach the edge.
    fn join_over_the_edge(&mut self, ending: &Places, beginning: &Places) {
        if ending.is_empty() || beginning.is_empty() {
            return;
        }
        let (last, first) = (ending.end - 1, beginning.start);
        if self.runs[last].end == self.side && self.runs[first].start == 0 {
            self.join(last, first);
        }
    }

    fn join(&mut self, one: usize, other: usize) {
        let (one, other) = (self.root(one), self.root(other));
        self.parents[one.max(other)] = one.min(other);
    }

    /// Shortens the way for the next time.
    fn root(&mut self, mut run: usize) -> usize {
        while self.parents[run] != run {
            self.parents[run] = self.parents[self.parents[run]];
            run = self.parents[run];
        }
        run
    }

    /// A run's parent comes before it, so that it has been numbered already.
    fn sizes(self) -> Vec<u64> {
        let mut sizes = Vec::new();
        let mut numbers = Vec::with_capacity(self.runs.len());
        for (place, (run, parent)) in self.runs.iter().zip(self.parents).enumerate() {
            let number = if parent == place { sizes.len() } else { numbers[parent] };
            if number == sizes.len() {
                sizes.push(0);
            }
            numbers.push(number);
            sizes[number] += (run.end - run.start) as u64;
        }
        sizes
    }
}
