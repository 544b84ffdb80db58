//! The potential of every cell, at one time and at many.

use crate::error::Error;

/// A square of potentials in volts, row by row.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    size: usize,
    cells: Vec<f64>,
}

/// Fields after each step, the first step's first.
#[derive(Clone, Debug, PartialEq)]
pub struct History {
    size: usize,
    cells: Vec<f64>,
}

/// A field in four numbers, in millivolts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Summary {
    pub min: f64,
    pub max: f64,
    pub mean: f64,
    /// Of the population: divided by the number of cells.
    pub deviation: f64,
}

impl Field {
    /// Refuses cells that are no square of that size.
    pub fn new(size: usize, cells: Vec<f64>) -> Result<Field, Error> {
        if size == 0 || size.checked_mul(size) != Some(cells.len()) {
            let text = format!("{} cells are no square with {size} a side", cells.len());
            return Err(Error::Shape(text));
        }
        Ok(Field { size, cells })
    }

    #[must_use]
    pub fn size(&self) -> usize {
        self.size
    }

    #[must_use]
    pub fn cells(&self) -> &[f64] {
        &self.cells
    }

    #[must_use]
    pub fn summary(&self) -> Summary {
        Summary::of(&self.cells)
    }
}

impl History {
    /// An empty one, with room for so many frames.
    #[must_use]
    pub fn with_room(size: usize, frames: usize) -> History {
        History { size, cells: Vec::with_capacity(size * size * frames) }
    }

    /// Refuses cells that are not whole squares of that size.
    pub fn new(size: usize, cells: Vec<f64>) -> Result<History, Error> {
        if size == 0 || !cells.len().is_multiple_of(size * size) {
            let text = format!("{} cells are no squares with {size} a side", cells.len());
            return Err(Error::Shape(text));
        }
        Ok(History { size, cells })
    }

    /// # Panics
    ///
    /// If the frame has another size.
    pub fn push(&mut self, frame: &[f64]) {
        assert_eq!(frame.len(), self.size * self.size, "a frame has the size of its history");
        self.cells.extend_from_slice(frame);
    }

    #[must_use]
    pub fn size(&self) -> usize {
        self.size
    }

    #[must_use]
    pub fn len(&self) -> usize {
        self.cells.len() / (self.size * self.size)
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    /// The cells after step `index + 1`.
    #[must_use]
    pub fn frame(&self, index: usize) -> &[f64] {
        let cells = self.size * self.size;
        &self.cells[index * cells..(index + 1) * cells]
    }

    pub fn frames(&self) -> impl DoubleEndedIterator<Item = &[f64]> + ExactSizeIterator {
        self.cells.chunks_exact(self.size * self.size)
    }
}

impl Summary {
    /// Of cells in volts.
    #[must_use]
    pub fn of(cells: &[f64]) -> Summary {
        let count = cells.len() as f64;
        let mean = cells.iter().sum::<f64>() / count;
        let squares: f64 = cells.iter().map(|cell| (cell - mean) * (cell - mean)).sum();
        Summary {
            min: cells.iter().copied().fold(f64::INFINITY, f64::min) * 1000.0,
            max: cells.iter().copied().fold(f64::NEG_INFINITY, f64::max) * 1000.0,
            mean: mean * 1000.0,
            deviation: (squares / count).sqrt() * 1000.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_that_are_no_square_are_refused() {
        assert!(Field::new(2, vec![0.0; 4]).is_ok());
        assert!(Field::new(2, vec![0.0; 5]).is_err());
        assert!(Field::new(0, Vec::new()).is_err());
        assert!(History::new(2, vec![0.0; 8]).is_ok());
        assert!(History::new(2, vec![0.0; 6]).is_err());
    }

    #[test]
    fn a_history_gives_back_the_frames_in_their_order() {
        let mut history = History::with_room(1, 2);
        history.push(&[1.0]);
        history.push(&[2.0]);
        assert_eq!((history.len(), history.frame(1)), (2, &[2.0][..]));
        assert_eq!(history.frames().collect::<Vec<_>>(), [&[1.0][..], &[2.0]]);
    }

    #[test]
    fn a_summary_is_in_millivolts_and_its_deviation_that_of_the_population() {
        let field = Field::new(2, vec![-0.25, 0.25, -0.25, 0.25]).unwrap();
        let expected = Summary { min: -250.0, max: 250.0, mean: 0.0, deviation: 250.0 };
        assert_eq!(field.summary(), expected);
    }
}
