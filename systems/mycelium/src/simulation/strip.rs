//! The rows that a sweep over a sheet has in hand: of every level, which is a state between two
//! rewritings, the few that the next level still needs.

use super::cross::Row;
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

    #[inline(always)]
    fn slot(self, index: usize) -> usize {
        match self.boundary {
            Boundary::Periodic if index < 2 => index,
            Boundary::Periodic if index >= self.size => index - self.size,
            _ => 2 + index % 3,
        }
    }

    /// Where in the level before the row above, the row itself and the row below lie.
    #[inline(always)]
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

/// Room for the rows of all levels but the last one of a sweep.
#[derive(Clone, Debug)]
pub(super) struct Strip {
    order: Order,
    /// From one row to the next.
    step: usize,
    room: Vec<f64>,
}

impl Strip {
    pub(super) fn new(order: Order) -> Strip {
        let step = START + (order.size + 1).next_multiple_of(START);
        // As many more as it takes to begin with a whole line of memory.
        let room = vec![0.0; LEVELS * SLOTS * step + START];
        Strip { order, step, room }
    }

    /// A level's row `index`, to be written, and what of the level before it is written from.
    #[inline(always)]
    pub(super) fn between(&mut self, level: usize, index: usize) -> (&mut [f64], Row<'_>) {
        let (step, order) = (self.step, self.order);
        let (before, after) = self.aligned().split_at_mut(level * SLOTS * step);
        (cells(after, order.slot(index), step, order.size), row(before, order, index, step))
    }

    /// What of the level before `level` its row `index` is written from.
    #[inline(always)]
    pub(super) fn before(&mut self, level: usize, index: usize) -> Row<'_> {
        let (step, order) = (self.step, self.order);
        row(&self.aligned()[..level * SLOTS * step], order, index, step)
    }

    /// A level's row `index`.
    #[inline(always)]
    pub(super) fn row_mut(&mut self, level: usize, index: usize) -> &mut [f64] {
        let (step, order) = (self.step, self.order);
        let slots = &mut self.aligned()[level * SLOTS * step..];
        cells(slots, order.slot(index), step, order.size)
    }

    /// Writes what lies beyond the two ends of a row that is there now.
    #[inline(always)]
    pub(super) fn close(&mut self, level: usize, index: usize) {
        let (step, order) = (self.step, self.order);
        let start = (level * SLOTS + order.slot(index)) * step + START;
        let room = self.aligned();
        let end = start + order.size;
        let (first, last) = (room[start], room[end - 1]);
        (room[start - 1], room[end]) = match order.boundary {
            Boundary::Periodic => (last, first),
            Boundary::Neumann => (first, last),
            Boundary::Dirichlet => (0.0, 0.0),
        };
    }

    #[inline(always)]
    fn aligned(&mut self) -> &mut [f64] {
        // A place that is told to be out of reach would only be slower.
        let skipped = self.room.as_ptr().align_offset(START * size_of::<f64>()).min(START);
        &mut self.room[skipped..]
    }
}

#[inline(always)]
fn cells(slots: &mut [f64], slot: usize, step: usize, size: usize) -> &mut [f64] {
    &mut slots[slot * step + START..][..size]
}

/// From the last level in `levels`.
#[inline(always)]
fn row(levels: &[f64], order: Order, index: usize, step: usize) -> Row<'_> {
    let slots = &levels[levels.len() - SLOTS * step..];
    let at = |slot: usize| &slots[slot * step + START..][..order.size];
    let [up, cells, down] = order.around(index);
    let cells = &slots[cells * step + START - 1..][..order.size + 2];
    Row { up: at(up), cells, down: at(down) }
}
