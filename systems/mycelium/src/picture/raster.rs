//! Cells as pixels, each of which is the number of a colour.

use std::io::Write;

use png::{BitDepth, ColorType, Encoder};

use super::palette::{COLOURS, palette};
use super::{MOST_PIXELS, PictureError, Range};
use crate::error::Error;

/// Pixels along one side of the picture.
pub fn side(size: usize, scale: usize) -> Result<u32, PictureError> {
    let side = size.checked_mul(scale).filter(|side| (1..=MOST_PIXELS).contains(side));
    let side = side.and_then(|side| u32::try_from(side).ok());
    side.ok_or(PictureError::Size { size, scale })
}

pub fn encoder<W: Write>(out: W, side: u32) -> Encoder<'static, W> {
    let mut encoder = Encoder::new(out, side, side);
    encoder.set_color(ColorType::Indexed);
    encoder.set_depth(BitDepth::Eight);
    encoder.set_palette(palette().concat());
    encoder
}

pub fn pixels(
    cells: &[f64],
    size: usize,
    scale: usize,
    range: Range,
) -> Result<Vec<u8>, PictureError> {
    check(cells, size)?;
    let (low, high) = ends(cells, range)?;
    let mut pixels = Vec::with_capacity(cells.len() * scale * scale);
    for row in cells.chunks_exact(size) {
        let begin = pixels.len();
        for cell in row {
            pixels.resize(pixels.len() + scale, colour(*cell, low, high));
        }
        let end = pixels.len();
        for _ in 1..scale {
            pixels.extend_from_within(begin..end);
        }
    }
    Ok(pixels)
}

fn check(cells: &[f64], size: usize) -> Result<(), Error> {
    if size == 0 || size.checked_mul(size) != Some(cells.len()) {
        let text = format!("{} cells are no square with {size} a side", cells.len());
        return Err(Error::Shape(text));
    }
    match cells.iter().filter(|cell| !cell.is_finite()).count() {
        0 => Ok(()),
        count => Err(Error::Shape(format!("{count} of the {} are not finite", cells.len()))),
    }
}

fn ends(cells: &[f64], range: Range) -> Result<(f64, f64), PictureError> {
    match range {
        Range::OfData => {
            let low = cells.iter().copied().fold(f64::INFINITY, f64::min);
            Ok((low, cells.iter().copied().fold(f64::NEG_INFINITY, f64::max)))
        }
        Range::Fixed { low, high } if low < high && (high - low).is_finite() => Ok((low, high)),
        Range::Fixed { low, high } => Err(PictureError::Range { low, high }),
    }
}

/// Halved before they are subtracted, the ends of a range never leave the numbers.
fn colour(cell: f64, low: f64, high: f64) -> u8 {
    let width = high / 2.0 - low / 2.0;
    if width <= 0.0 {
        // All cells are equal: none is low, none is high.
        return (COLOURS / 2) as u8;
    }
    let place = (cell / 2.0 - low / 2.0) / width;
    (place.clamp(0.0, 1.0) * (COLOURS - 1) as f64).round() as u8
}
