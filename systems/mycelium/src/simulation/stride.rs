//! Steps that are done at once, because nothing that happens in them needs a look at all cells in
//! between. Random numbers are drawn in the order of steps one by one.

use super::span::{self, Span};
use super::strip::LEVELS;
use super::{CLAMP, Raise, SPIKE, Simulation, finite};
use crate::error::Error;

impl Simulation {
    /// So many steps, which end as if each were done alone, and take less time.
    ///
    /// # Errors
    ///
    /// As those of [`Simulation::step`].
    pub fn advance(&mut self, steps: usize) -> Result<(), Error> {
        self.advance_unless(steps, |_| false).map(|_| ())
    }

    /// The same, unless it is told to stop: every few steps `is_stopped` is asked, with the number
    /// of steps done. Gives whether all of them are.
    ///
    /// # Errors
    ///
    /// As those of [`Simulation::step`].
    pub fn advance_unless(
        &mut self,
        steps: usize,
        mut is_stopped: impl FnMut(usize) -> bool,
    ) -> Result<bool, Error> {
        let end = self.steps_done + steps;
        while self.steps_done < end {
            if is_stopped(self.steps_done) {
                return Ok(false);
            }
            self.stride(end - self.steps_done)?;
        }
        Ok(true)
    }

    /// At most so many steps, and at least one.
    pub(super) fn stride(&mut self, most: usize) -> Result<(), Error> {
        let steps = self.draw_spikes(most.min(self.calm_steps()));
        self.spread(steps);
        if let Some(deviation) = self.jitter {
            let [cells, ..] = self.sheets.fields_mut();
            for cell in cells {
                *cell += deviation * self.random.normal();
            }
        }
        self.clamp();
        self.steps_done += steps;
        if self.steps_done.is_multiple_of(finite::EVERY) || self.steps_done == self.steps {
            self.look()?;
        }
        Ok(())
    }

    /// Steps in which nothing can come above the threshold, until the next look for cells that are
    /// no numbers; or one.
    fn calm_steps(&self) -> usize {
        if self.jitter.is_some() {
            return 1;
        }
        let until_look = finite::EVERY - self.steps_done % finite::EVERY;
        let until_end = self.steps.checked_sub(self.steps_done).filter(|steps| *steps > 0);
        let steps = LEVELS.min(until_look).min(until_end.unwrap_or(LEVELS));
        let Some(kinetics) = self.kinetics else {
            return steps;
        };
        let mut most = self.most;
        let below = (0..steps).take_while(|_| {
            most = span::grown(most, kinetics.rate());
            most <= self.threshold
        });
        below.count().max(1)
    }

    /// Draws the spikes of so many steps, or of as few as surely leave nothing to be clamped before
    /// the last one. Gives how many.
    fn draw_spikes(&mut self, most: usize) -> usize {
        self.spikes.clear();
        let mut span = self.span;
        for level in 0..most {
            if let Some(spike) = self.waiting.take().or_else(|| self.draw_spike()) {
                span.raise(spike.by);
                if level > 0 && !fits(span) {
                    self.waiting = Some(spike);
                    return level;
                }
                self.spikes.push(Raise { level, ..spike });
            }
            if !fits(span) {
                return 1;
            }
        }
        most
    }

    fn draw_spike(&mut self) -> Option<Raise> {
        if self.random.unit() >= self.spike_probability {
            return None;
        }
        let row = self.random.below(self.size as u64) as usize;
        let column = self.random.below(self.size as u64) as usize;
        let by = SPIKE.0 + SPIKE.1 * self.random.normal();
        Some(Raise { level: 0, row, column, by, raised: 0.0 })
    }
}

/// Whether cells stay within the clamp, whatever rounding adds in a stride.
fn fits(span: Span) -> bool {
    span.diffused(LEVELS).is_within(CLAMP.0, CLAMP.1)
}
