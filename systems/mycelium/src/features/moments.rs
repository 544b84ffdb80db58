//! Minimum, maximum, mean, deviation, skewness and kurtosis of a field.

/// In millivolts, or without a unit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Moments {
    pub min: f64,
    pub max: f64,
    pub mean: f64,
    /// Of the population.
    pub deviation: f64,
    pub skewness: f64,
    /// In excess of the normal distribution's.
    pub kurtosis: f64,
}

/// In millivolts. Below it all cells are alike, and what is left is rounding without a shape.
const FLAT: f64 = 1e-10;
/// Sums that do not wait for each other.
const LANES: usize = 4;

impl Moments {
    /// Of cells in volts, of which there is at least one.
    #[must_use]
    pub fn of(cells: &[f64]) -> Moments {
        let count = cells.len() as f64;
        let Extent { min, max, sum } = Extent::of(cells);
        let mean = sum / count;
        let [second, third, fourth] = central(cells, mean).map(|sum| sum / count);
        let deviation = second.sqrt();
        let is_flat = deviation * 1000.0 <= FLAT;
        let shape = |value: f64| if is_flat { 0.0 } else { value };
        Moments {
            min: min * 1000.0,
            max: max * 1000.0,
            mean: mean * 1000.0,
            deviation: deviation * 1000.0,
            skewness: shape(third / (second * deviation)),
            kurtosis: shape(fourth / (second * second) - 3.0),
        }
    }
}

struct Extent {
    min: f64,
    max: f64,
    sum: f64,
}

impl Extent {
    fn of(cells: &[f64]) -> Extent {
        let (chunks, rest) = cells.as_chunks::<LANES>();
        let (mut min, mut max) = ([f64::INFINITY; LANES], [f64::NEG_INFINITY; LANES]);
        let mut sum = [0.0; LANES];
        for cells in chunks {
            for lane in 0..LANES {
                let cell = cells[lane];
                sum[lane] += cell;
                min[lane] = if cell < min[lane] { cell } else { min[lane] };
                max[lane] = if cell > max[lane] { cell } else { max[lane] };
            }
        }
        Extent {
            min: min.iter().chain(rest).copied().fold(f64::INFINITY, f64::min),
            max: max.iter().chain(rest).copied().fold(f64::NEG_INFINITY, f64::max),
            sum: total(&sum) + rest.iter().sum::<f64>(),
        }
    }
}

/// Sums of the second, third and fourth powers of what a cell is above the mean.
fn central(cells: &[f64], mean: f64) -> [f64; 3] {
    let (chunks, rest) = cells.as_chunks::<LANES>();
    let mut sums = [[0.0; LANES]; 3];
    // A cell at the mean adds nothing to any of the three.
    let mut last = [mean; LANES];
    last[..rest.len()].copy_from_slice(rest);
    for cells in chunks.iter().chain([&last]) {
        for lane in 0..LANES {
            let above = cells[lane] - mean;
            let square = above * above;
            sums[0][lane] += square;
            sums[1][lane] += square * above;
            sums[2][lane] += square * square;
        }
    }
    [total(&sums[0]), total(&sums[1]), total(&sums[2])]
}

/// Apart from the loops, for which a compiler that sees both shuffles the lanes each time so as to
/// add them up faster once.
#[inline(never)]
fn total(lanes: &[f64; LANES]) -> f64 {
    lanes.iter().sum()
}
