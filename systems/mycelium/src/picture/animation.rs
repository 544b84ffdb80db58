//! Many fields as one picture that moves (APNG), written frame by frame: the next field need not
//! be known.

use std::io::Write;

use super::raster;
use super::{PictureError, Range};

/// How an animation looks; all of it stands in the file before its first frame.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Film {
    /// Cells along one side.
    pub size: usize,
    /// Pixels along one side of a cell.
    pub scale: usize,
    pub range: Range,
    pub frames: u32,
    /// Between one frame and the next.
    pub delay_ms: u16,
}

/// An animation that is being written. It repeats without end.
pub struct Animation<W: Write> {
    film: Film,
    writer: png::Writer<W>,
    written: u32,
}

impl<W: Write> Animation<W> {
    pub fn new(out: W, film: Film) -> Result<Animation<W>, PictureError> {
        let side = raster::side(film.size, film.scale)?;
        if film.frames == 0 {
            return Err(PictureError::Frames { announced: 0, written: 0 });
        }
        let mut encoder = raster::encoder(out, side);
        encoder.set_animated(film.frames, 0)?;
        encoder.set_frame_delay(film.delay_ms, 1000)?;
        Ok(Animation { film, writer: encoder.write_header()?, written: 0 })
    }

    /// Writes one field.
    pub fn push(&mut self, cells: &[f64]) -> Result<(), PictureError> {
        let Film { size, scale, range, frames, .. } = self.film;
        if self.written == frames {
            return Err(PictureError::Frames { announced: frames, written: frames + 1 });
        }
        self.writer.write_image_data(&raster::pixels(cells, size, scale, range)?)?;
        self.written += 1;
        Ok(())
    }

    /// Ends the file, which must have got as many frames as it says.
    pub fn finish(self) -> Result<(), PictureError> {
        if self.written < self.film.frames {
            let announced = self.film.frames;
            return Err(PictureError::Frames { announced, written: self.written });
        }
        Ok(self.writer.finish()?)
    }
}
