//! Where things lie in a chart: across by run, up and down by value, and the paths between them.

use std::fmt::Write as _;

use super::axis::Axis;
use super::place::Places;
use super::{Course, Stop};

/// Lines are drawn on a field of this width, which is then stretched.
pub(super) const WIDTH: f64 = 1000.0;
/// In pixels, as all heights are.
pub(super) const HEIGHT: f64 = 200.0;
/// Where the largest value lies.
const TOP: f64 = 10.0;
/// Where the least one lies.
const FLOOR: f64 = 178.0;
/// Where runs without a value are marked.
pub(super) const ASIDE: f64 = 192.0;
/// Where things lie in a chart.
pub(super) struct Area<'a> {
    pub(super) course: &'a Course,
    pub(super) places: Places,
    pub(super) axis: Axis,
}

impl<'a> Area<'a> {
    pub(super) fn of(course: &'a Course) -> Area<'a> {
        let stops = &course.stops;
        let times: Vec<i64> = stops.iter().map(|stop| stop.started_ms).collect();
        let shown = stops.iter().flat_map(|stop| {
            let (low, high) = if stop.number().is_some() { stop.bounds() } else { (None, None) };
            let bars = [stop.hard, stop.soft].map(|bar| bar.map(|bar| bar.value));
            [stop.number(), low, high, stop.baseline].into_iter().chain(bars).flatten()
        });
        Area { course, places: Places::of(&times), axis: Axis::over(shown, course.dimension) }
    }

    pub(super) fn count(&self) -> usize {
        self.course.stops.len()
    }

    pub(super) fn x(&self, index: usize) -> f64 {
        self.places.at[index] * WIDTH
    }

    /// From half-way to the run before until half-way to the next; the first and the last reach the
    /// edges.
    pub(super) fn around(&self, index: usize) -> (f64, f64) {
        let half = |other: usize| f64::midpoint(self.x(index), self.x(other));
        let from = index.checked_sub(1).map_or(0.0, half);
        let to = if index + 1 < self.count() { half(index + 1) } else { WIDTH };
        (from, to)
    }

    pub(super) fn y(&self, value: f64) -> f64 {
        FLOOR - self.axis.height(value) * (FLOOR - TOP)
    }

    /// What cannot be bounded reaches the edge.
    fn low(&self, stop: &Stop) -> f64 {
        stop.bounds().0.map_or(FLOOR, |low| self.y(low))
    }

    fn high(&self, stop: &Stop) -> f64 {
        stop.bounds().1.map_or(TOP, |high| self.y(high))
    }

    /// Runs that follow each other on the usual machine, by their places in the course. A run of
    /// another machine stands apart and breaks nothing; one without a value is a gap.
    pub(super) fn stretches(&self, has: fn(&Stop) -> bool) -> Vec<Vec<usize>> {
        let usual = |(_, stop): &(usize, &Stop)| !stop.is_elsewhere;
        let stops: Vec<(usize, &Stop)> =
            self.course.stops.iter().enumerate().filter(usual).collect();
        let chunks = stops.chunk_by(|a, b| has(a.1) && has(b.1));
        let indices = chunks.map(|chunk| chunk.iter().map(|(index, _)| *index).collect());
        indices.filter(|chunk: &Vec<usize>| has(&self.course.stops[chunk[0]])).collect()
    }

    pub(super) fn path(
        &self,
        stretches: &[Vec<usize>],
        value: impl Fn(&Stop) -> Option<f64>,
    ) -> String {
        let mut path = String::new();
        for stretch in stretches {
            for (place, &index) in stretch.iter().enumerate() {
                let Some(value) = value(&self.course.stops[index]) else { continue };
                let step = if place == 0 { 'M' } else { 'L' };
                let _ = write!(path, "{step}{:.1} {:.1}", self.x(index), self.y(value));
            }
        }
        path
    }

    /// The area between the bounds; that of a single run is a line up.
    pub(super) fn band(&self, stretches: &[Vec<usize>]) -> (String, String) {
        let (mut band, mut whiskers) = (String::new(), String::new());
        let stop = |index: usize| &self.course.stops[index];
        for stretch in stretches.iter().filter(|stretch| stretch.len() > 1) {
            for (place, &index) in stretch.iter().enumerate() {
                let step = if place == 0 { 'M' } else { 'L' };
                let _ = write!(band, "{step}{:.1} {:.1}", self.x(index), self.high(stop(index)));
            }
            for &index in stretch.iter().rev() {
                let _ = write!(band, "L{:.1} {:.1}", self.x(index), self.low(stop(index)));
            }
            band.push('z');
        }
        let alone = stretches.iter().filter(|stretch| stretch.len() == 1).map(|one| one[0]);
        let elsewhere = (0..self.count()).filter(|&index| stop(index).is_elsewhere);
        for index in alone.chain(elsewhere).filter(|&index| stop(index).number().is_some()) {
            let (low, high) = (self.low(stop(index)), self.high(stop(index)));
            let _ = write!(whiskers, "M{:.1} {high:.1}V{low:.1}", self.x(index));
        }
        (band, whiskers)
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    #[test]
    fn a_run_without_a_value_is_a_gap_and_one_of_another_machine_is_none() {
        let mut course = sample::course();
        let gaps = |course: &Course| Area::of(course).stretches(|stop| stop.number().is_some());
        assert_eq!(gaps(&course), [vec![0, 1, 2], vec![4]]);
        course.stops[1].is_elsewhere = true;
        assert_eq!(gaps(&course), [vec![0, 2], vec![4]]);
    }
}
