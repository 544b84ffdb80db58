//! Limits as steps: each holds from half-way to the run before until half-way to the next.

use std::fmt::Write as _;

use super::area::{Area, HEIGHT};
use super::{Bar, Stop};

/// The line of a limit, and what lies beyond it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Steps {
    pub(super) line: String,
    pub(super) beyond: String,
    /// Where the latest lies, and what it is.
    pub(super) last: Option<(f64, Bar)>,
}

/// A limit that stays the same over some runs.
struct Step {
    from: f64,
    to: f64,
    y: f64,
    is_upper: bool,
}

impl Steps {
    pub(super) fn of(area: &Area<'_>, bar: fn(&Stop) -> Option<Bar>) -> Steps {
        let mut steps: Vec<Step> = Vec::new();
        let mut last = None;
        for (index, stop) in area.course.stops.iter().enumerate() {
            let Some(bar) = Bar::number(bar(stop)) else { continue };
            let y = area.y(bar.value);
            last = Some((y, bar));
            let (from, to) = area.around(index);
            match steps.last_mut() {
                Some(step) if touches(step, from) && same(step, y, bar.is_upper) => step.to = to,
                _ => steps.push(Step { from, to, y, is_upper: bar.is_upper }),
            }
        }
        let mut drawn = Steps { last, ..Steps::default() };
        let mut end = None;
        for step in &steps {
            let Step { from, to, y, is_upper } = *step;
            // A change is a line up or down; where no limit held, there is none.
            let joined = end.is_some_and(|end: f64| (end - from).abs() < 0.01);
            let _ = match joined {
                true => write!(drawn.line, "V{y:.1}H{to:.1}"),
                false => write!(drawn.line, "M{from:.1} {y:.1}H{to:.1}"),
            };
            let edge = if is_upper { 0.0 } else { HEIGHT };
            let _ = write!(drawn.beyond, "M{from:.1} {y:.1}H{to:.1}V{edge:.1}H{from:.1}z");
            end = Some(to);
        }
        drawn
    }
}

fn touches(step: &Step, from: f64) -> bool {
    (step.to - from).abs() < 0.01
}

fn same(step: &Step, y: f64, is_upper: bool) -> bool {
    (step.y - y).abs() < 0.05 && step.is_upper == is_upper
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    #[test]
    fn a_limit_that_changes_is_a_step_half_way_between_the_runs() {
        let course = sample::course();
        let area = Area::of(&course);
        let steps = Steps::of(&area, |stop| stop.hard);
        let (loose, strict) = (area.y(15e6), area.y(14e6));
        assert_eq!(steps.line, format!("M0.0 {strict:.1}H112.0V{loose:.1}H1000.0"));
        assert_eq!(steps.last.map(|(_, bar)| bar.value), Some(15e6));
    }

    #[test]
    fn where_no_limit_held_there_is_no_line() {
        let mut course = sample::course();
        course.stops[2].hard = None;
        let steps = Steps::of(&Area::of(&course), |stop| stop.hard);
        assert_eq!(steps.line.matches('M').count(), 2);
        let none = Steps::of(&Area::of(&course), |_| None);
        assert_eq!(none, Steps::default());
    }
}
