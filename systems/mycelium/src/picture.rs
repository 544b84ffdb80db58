//! Fields as pictures: one as a PNG, many as an animated one, in colours that differ as much as
//! their values do.

mod animation;
mod palette;
mod raster;
#[cfg(test)]
mod tests;

use std::io;

use thiserror::Error;

use crate::error::Error;

pub use self::animation::{Animation, Film};
pub use self::palette::{Colour, palette};

/// Which values have the first colour and the last one.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Range {
    /// The least cell and the largest of each picture.
    #[default]
    OfData,
    /// The same values in all pictures; what lies outside has the nearest colour.
    Fixed { low: f64, high: f64 },
}

/// Why there is no picture.
#[derive(Debug, Error)]
pub enum PictureError {
    #[error("the cells make no picture: {0}")]
    Cells(#[from] Error),
    #[error("the colours cannot reach from {low} to {high}")]
    Range { low: f64, high: f64 },
    #[error("a picture of {size} cells, {scale} pixels each, must be from 1 to 16384 pixels wide")]
    Size { size: usize, scale: usize },
    /// More frames than were announced, fewer, or none.
    #[error("an animation of {announced} frames has {written}")]
    Frames { announced: u32, written: u32 },
    #[error("writing the picture failed")]
    Write(#[source] io::Error),
    #[error("encoding the picture failed")]
    Encode(#[source] png::EncodingError),
}

/// Pixels along one side.
pub const MOST_PIXELS: usize = 16_384;

/// A square of cells, row by row, each drawn as `scale` times `scale` pixels.
///
/// # Errors
///
/// If the cells are no square of that size or not all of them finite, or the picture is too large.
pub fn png(
    cells: &[f64],
    size: usize,
    scale: usize,
    range: Range,
) -> Result<Vec<u8>, PictureError> {
    let side = raster::side(size, scale)?;
    let pixels = raster::pixels(cells, size, scale, range)?;
    let mut bytes = Vec::new();
    let mut writer = raster::encoder(&mut bytes, side).write_header()?;
    writer.write_image_data(&pixels)?;
    writer.finish()?;
    Ok(bytes)
}

impl From<png::EncodingError> for PictureError {
    fn from(error: png::EncodingError) -> PictureError {
        match error {
            png::EncodingError::IoError(error) => PictureError::Write(error),
            other => PictureError::Encode(other),
        }
    }
}
