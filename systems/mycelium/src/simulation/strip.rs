//! The rows that a sweep has in hand: of every level, which is a state between two rewritings, the
//! few that the next level still needs, those of all fields side by side.

use super::cross::Columns;
use crate::settings::Boundary;

/// The most rewritings of a sweep. What it has in hand grows with them, and has to stay near the
/// processor.
pub(crate) const LEVELS: usize = 4;

/// Rows of a level: two that are kept until its end, and the last three.
const SLOTS: usize = 5;
/// Where the first cell lies, so that registers of every width are filled from whole lines of
/// memory. What lies beyond the row's left end is before it.
const START: usize = 8;

/// In which order a level's rows come, and where each of them lies.
///
/// A row can be written as soon as the level before has the row below it. Where the square is
/// closed to a ring of rows, each level begins one row further down than the level before, so that
/// the row above its first one is there, and keeps its first two rows: they follow on its last one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Order {
    pub(super) size: usize,
    pub(super) boundary: Boundary,
}

impl Order {
    /// Rows that a level is behind the level before.
    #[inline(always)]
    pub(super) fn lag(self) -> usize {
        if self.boundary == Boundary::Periodic { 2 } else { 1 }
    }

    /// Which row of the square a level's row `index` is.
    #[inline(always)]
    pub(super) fn row(self, level: usize, index: usize) -> usize {
        match self.boundary {
            Boundary::Periodic if index + level < self.size => index + level,
            Boundary::Periodic => index + level - self.size,
            Boundary::Neumann | Boundary::Dirichlet => index,
        }
    }

    fn slot(self, index: usize) -> usize {
        match self.boundary {
            Boundary::Periodic if index < 2 => index,
            Boundary::Periodic if index >= self.size => index - self.size,
            _ => 2 + index % 3,
        }
    }

    /// Where in the level before the row above, the row itself and the row below lie.
    fn around(self, index: usize) -> [usize; 3] {
        // Never written, so that it stays zero.
        let zeros = 0;
        let (first, last) = (index == 0, index + 1 == self.size);
        match self.boundary {
            Boundary::Periodic => [index, index + 1, index + 2].map(|index| self.slot(index)),
            Boundary::Neumann => {
                let above = index.saturating_sub(1);
                let below = if last { index } else { index + 1 };
                [above, index, below].map(|index| self.slot(index))
            }
            Boundary::Dirichlet => {
                let above = if first { zeros } else { self.slot(index - 1) };
                let below = if last { zeros } else { self.slot(index + 1) };
                [above, self.slot(index), below]
            }
        }
    }
}

/// Where a level's row lies, and where in the level before those that it is written from.
#[derive(Clone, Copy, Debug)]
struct Place {
    own: usize,
    around: [usize; 3],
}

/// Room for the rows of all levels but the last one of a sweep.
#[derive(Clone, Debug)]
pub(super) struct Strip {
    order: Order,
    /// Looked up for all levels and fields, since to compute them takes as long as a short row.
    places: Vec<Place>,
    /// From a field's row to the next field's.
    pitch: usize,
    level: usize,
    room: Vec<f64>,
}

/// The same in a sweep.
pub(super) struct Rows<'a> {
    order: Order,
    places: &'a [Place],
    pitch: usize,
    level: usize,
    /// Begins with a whole line of memory.
    room: &'a mut [f64],
}

impl Strip {
    pub(super) fn new(order: Order, fields: usize) -> Strip {
        let pitch = START + (order.size + 1).next_multiple_of(START);
        let slot = pitch * fields;
        let place = |index| Place {
            own: order.slot(index) * slot,
            around: order.around(index).map(|row| row * slot),
        };
        let places = (0..order.size).map(place).collect();
        let level = SLOTS * slot;
        Strip { order, places, pitch, level, room: vec![0.0; LEVELS * level + START] }
    }

    #[inline(always)]
    pub(super) fn rows(&mut self) -> Rows<'_> {
        // A place that is told to be out of reach would only be slower.
        let skipped = self.room.as_ptr().align_offset(START * size_of::<f64>()).min(START);
        Rows {
            order: self.order,
            places: &self.places,
            pitch: self.pitch,
            level: self.level,
            room: &mut self.room[skipped..],
        }
    }
}

impl Rows<'_> {
    /// A level's row `index` of every field, to be written, and what of the level before they are
    /// written from.
    #[inline(always)]
    pub(super) fn between(&mut self, level: usize, index: usize) -> (Written<'_>, Around<'_>) {
        let Place { own, around } = self.places[index];
        let (size, pitch) = (self.order.size, self.pitch);
        let (before, after) = self.room.split_at_mut(level * self.level);
        let written = Written { cells: &mut after[own + START..], pitch, size };
        (written, Around { level: &before[(level - 1) * self.level..], around, pitch })
    }

    /// What of the level before `level` its row `index` of every field is written from.
    #[inline(always)]
    pub(super) fn before(&self, level: usize, index: usize) -> Around<'_> {
        let before = &self.room[(level - 1) * self.level..];
        Around { level: before, around: self.places[index].around, pitch: self.pitch }
    }

    /// A level's row `index` of a field, and what lies beyond its two ends.
    #[inline(always)]
    pub(super) fn own(&mut self, level: usize, index: usize, field: usize) -> &mut [f64] {
        let start = level * self.level + self.places[index].own + field * self.pitch + START;
        &mut self.room[start - 1..][..self.order.size + 2]
    }

    /// Writes what lies beyond the two ends of rows that are there now.
    #[inline(always)]
    pub(super) fn close(&mut self, level: usize, index: usize, fields: usize) {
        let Order { boundary, size } = self.order;
        for field in 0..fields {
            let row = self.own(level, index, field);
            let (first, last) = (row[1], row[size]);
            (row[0], row[size + 1]) = match boundary {
                Boundary::Periodic => (last, first),
                Boundary::Neumann => (first, last),
                Boundary::Dirichlet => (0.0, 0.0),
            };
        }
    }
}

/// A row of each of several fields, to be written.
pub(crate) struct Written<'a> {
    pub(super) cells: &'a mut [f64],
    /// From one field's to the next one's.
    pub(super) pitch: usize,
    pub(super) size: usize,
}

/// What rows are written from.
#[derive(Clone, Copy)]
pub(crate) struct Around<'a> {
    level: &'a [f64],
    around: [usize; 3],
    pitch: usize,
}

impl<'a> Around<'a> {
    /// So many columns of a field.
    #[inline(always)]
    pub(super) fn columns(self, field: usize, count: usize) -> Columns<'a> {
        let [up, cells, down] = self.around.map(|row| row + field * self.pitch + START);
        let cells = &self.level[cells - 1..][..count + 2];
        Columns {
            up: &self.level[up..][..count],
            left: &cells[..count],
            cells: &cells[1..][..count],
            right: &cells[2..][..count],
            down: &self.level[down..][..count],
        }
    }
}
