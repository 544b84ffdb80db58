//! The box-counting dimension: how the number of boxes that cover a shape grows as they shrink.

mod count;
mod sizes;

#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use super::mask::Mask;
use crate::error::Error;
use count::Edge;

/// How the sides of boxes are found that are as far apart as one another in proportion.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scales {
    /// Divisors of the side next to them, so that boxes fit; where there are too few of them,
    /// rounded, and the last boxes reach over the edge.
    #[default]
    Fitted,
    /// As in the first version: cut to the integer below, also where rounding left 7.999, and
    /// cells beyond the last whole box are left out.
    Truncated,
}

/// Which boxes are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Boxes {
    pub scales: Scales,
    /// The side of the smallest box, in cells.
    pub min_box: usize,
    /// The side of the largest one; without, as many doublings as there are scales. No box is
    /// larger than half of the square.
    pub max_box: Option<usize>,
    pub num_scales: usize,
}

/// A dimension, and how far it can be believed.
#[derive(Clone, Debug, PartialEq)]
pub struct Estimate {
    /// Zero where fewer than two sizes of boxes cover anything.
    pub dimension: f64,
    /// From 0 to 1.
    pub r_squared: f64,
    /// Of the dimension; not a number with fewer than three sizes, whose line hits them all.
    pub standard_error: f64,
    /// Sides of the boxes used, in cells, rising.
    pub sizes: Vec<usize>,
    /// How many of each cover the shape.
    pub counts: Vec<u64>,
}

/// More cells a side than any field has.
const MOST_BOX: usize = 1 << 20;

impl Default for Boxes {
    fn default() -> Boxes {
        Boxes { scales: Scales::Fitted, min_box: 2, max_box: None, num_scales: 5 }
    }
}

impl Boxes {
    pub fn validate(&self) -> Result<(), Error> {
        if !(1..=MOST_BOX).contains(&self.min_box) {
            return Err(Error::out_of_range("min_box", self.min_box, "from 1 to 1048576"));
        }
        if let Some(max_box) = self.max_box.filter(|max_box| *max_box < self.min_box) {
            return Err(Error::out_of_range("max_box", max_box, "`min_box` or more"));
        }
        if !(2..=20).contains(&self.num_scales) {
            return Err(Error::out_of_range("num_scales", self.num_scales, "from 2 to 20"));
        }
        Ok(())
    }

    /// The sides of the boxes in a square, rising.
    #[must_use]
    pub fn sizes(&self, side: usize) -> Vec<usize> {
        let (least, most) = self.limits(side);
        match self.scales {
            Scales::Fitted => sizes::fitted(side, least, most, self.num_scales),
            Scales::Truncated => sizes::truncated(least, most, self.num_scales),
        }
    }

    fn limits(&self, side: usize) -> (usize, usize) {
        let doubled = || self.min_box.saturating_mul(1 << (self.num_scales - 1));
        let most = self.max_box.unwrap_or_else(doubled);
        let half = if side < 4 { side } else { side / 2 };
        (self.min_box, most.min(half).max(self.min_box))
    }
}

/// Of the cells that are set.
pub fn dimension(mask: &Mask, boxes: &Boxes) -> Result<Estimate, Error> {
    boxes.validate()?;
    let edge = match boxes.scales {
        Scales::Fitted => Edge::Over,
        Scales::Truncated => Edge::Within,
    };
    Ok(estimate(mask, &boxes.sizes(mask.size()), edge))
}

/// The same with boxes of just these sides, the last of which may reach over the edge.
pub fn dimension_at(mask: &Mask, sizes: &[usize]) -> Result<Estimate, Error> {
    if !sizes.is_sorted_by(|one, next| one < next) || sizes.first() == Some(&0) {
        return Err(Error::Shape(format!("sides of boxes {sizes:?} do not rise from 1 on")));
    }
    Ok(estimate(mask, sizes, Edge::Over))
}

fn estimate(mask: &Mask, sizes: &[usize], edge: Edge) -> Estimate {
    let counts = count::counts(mask, sizes, edge);
    let used = sizes.iter().copied().zip(counts).filter(|(_, count)| *count > 0);
    let (sizes, counts): (Vec<usize>, Vec<u64>) = used.unzip();
    let points: Vec<(f64, f64)> = sizes
        .iter()
        .zip(&counts)
        .map(|(&size, &count)| (-(size as f64).ln(), (count as f64).ln()))
        .collect();
    let Line { slope, r_squared, standard_error } = Line::through(&points);
    Estimate { dimension: slope, r_squared, standard_error, sizes, counts }
}

/// Of least squares.
struct Line {
    slope: f64,
    r_squared: f64,
    standard_error: f64,
}

impl Line {
    fn through(points: &[(f64, f64)]) -> Line {
        let count = points.len() as f64;
        if points.len() < 2 {
            return Line { slope: 0.0, r_squared: 0.0, standard_error: f64::NAN };
        }
        let x = points.iter().map(|point| point.0).sum::<f64>() / count;
        let y = points.iter().map(|point| point.1).sum::<f64>() / count;
        let sum = |of: fn(f64, f64) -> f64| -> f64 {
            points.iter().map(|point| of(point.0 - x, point.1 - y)).sum()
        };
        let (xx, xy, yy) = (sum(|x, _| x * x), sum(|x, y| x * y), sum(|_, y| y * y));
        let slope = xy / xx;
        let residual: f64 = points
            .iter()
            .map(|point| point.1 - y - slope * (point.0 - x))
            .map(|error| error * error)
            .sum();
        let r_squared = if yy > 0.0 { (1.0 - residual / yy).clamp(0.0, 1.0) } else { 0.0 };
        let standard_error = match points.len() {
            2 => f64::NAN,
            _ => (residual / (count - 2.0) / xx).sqrt(),
        };
        Line { slope, r_squared, standard_error }
    }
}
