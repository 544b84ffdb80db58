//! Shapes whose dimension is known, and maps whose contraction is.

use super::{Check, Finding};
use crate::error::Error;
use crate::features::{Mask, Options, boxes};
use crate::ifs;
use crate::settings::Streams;

pub fn ours() -> Result<Vec<Check>, Error> {
    Ok(vec![sierpinski()?, contraction()?])
}

/// The cells whose row and column have no bit in common.
fn sierpinski() -> Result<Check, Error> {
    let size = 256;
    let cells: Vec<f64> =
        (0..size * size).map(|at| f64::from(u8::from((at / size) & (at % size) == 0))).collect();
    let mut mask = Mask::new(size);
    mask.fill_above(&cells, 0.5);
    let estimate = boxes::dimension(&mask, &Options::default().boxes())?;
    Ok(Check {
        name: "box dimension of Sierpinski's triangle",
        is_required: false,
        unit: "",
        finding: Finding::Value {
            expected: 3_f64.ln() / 2_f64.ln(),
            tolerance: 1e-9,
            computed: estimate.dimension,
        },
        source: "ln 3 / ln 2",
        note: None,
    })
}

/// Of that many function systems, so that the mean is known to some 0.02.
const SYSTEMS: u64 = 1000;

fn contraction() -> Result<Check, Error> {
    let exponents = (0..SYSTEMS)
        .map(|seed| Ok(ifs::generate(Streams::Fast, seed, 4, 1000)?.area_exponent))
        .collect::<Result<Vec<f64>, Error>>()?;
    let count = exponents.len() as f64;
    let mean = exponents.iter().sum::<f64>() / count;
    let squares: f64 = exponents.iter().map(|one| (one - mean) * (one - mean)).sum();
    let error = (squares / (count - 1.0) / count).sqrt();
    // Twice the mean of ln s, which is that of x ln x - x between its ends.
    let integral = |s: f64| s * s.ln() - s;
    let expected = 2.0 * (integral(0.5) - integral(0.2)) / (0.5 - 0.2);
    Ok(Check {
        name: "area exponent of random systems",
        is_required: false,
        unit: "",
        finding: Finding::Value { expected, tolerance: 4.0 * error, computed: mean },
        source: "2 E[ln s], within four standard errors",
        note: None,
    })
}
