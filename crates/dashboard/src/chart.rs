//! Figures over runs as pictures: values in, markup out, no script and no clock.
//!
//! Places along the width are shares of it, and heights are pixels, so that text and marks keep
//! their size on a phone and on a wall. Only lines are stretched.

mod area;
mod axis;
mod headroom;
mod limit;
mod line;
mod mark;
mod place;
mod sparkline;
mod table;
mod told;
mod unit;

pub(crate) use headroom::headroom;
pub(crate) use line::line;
pub(crate) use mark::{legend, shapes};
pub(crate) use sparkline::sparkline;
pub(crate) use table::table;

use tollgate::judge::Finding;
use tollgate::quantity::Dimension;

/// One budget over runs, the earliest first.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Course {
    /// What it is of: `latency p95`.
    pub(crate) subject: String,
    pub(crate) dimension: Dimension,
    pub(crate) stops: Vec<Stop>,
    /// Which of them were the first of another level that lasted.
    pub(crate) turns: Vec<usize>,
}

/// What one run said of the budget.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Stop {
    pub(crate) run: String,
    /// Of the page of the run.
    pub(crate) address: String,
    pub(crate) started_ms: i64,
    pub(crate) commit: Option<String>,
    /// None where the run was not judged by this budget.
    pub(crate) finding: Option<Finding>,
    pub(crate) value: Option<f64>,
    /// Absent where the data cannot bound the value on that side.
    pub(crate) low: Option<f64>,
    pub(crate) high: Option<f64>,
    pub(crate) hard: Option<Bar>,
    pub(crate) soft: Option<Bar>,
    /// What it was held against.
    pub(crate) baseline: Option<f64>,
    /// It is from another machine than most of the others.
    pub(crate) is_elsewhere: bool,
}

/// A limit as it was in one run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Bar {
    pub(crate) value: f64,
    /// Values above it break it; otherwise those below.
    pub(crate) is_upper: bool,
}

impl Stop {
    /// The value, where there is a number.
    fn number(&self) -> Option<f64> {
        self.finding.and(self.value).filter(|value| value.is_finite())
    }

    /// Its interval as far as it is known.
    fn bounds(&self) -> (Option<f64>, Option<f64>) {
        let finite = |bound: Option<f64>| bound.filter(|bound| bound.is_finite());
        (finite(self.low), finite(self.high))
    }
}

impl Bar {
    fn number(bar: Option<Bar>) -> Option<Bar> {
        bar.filter(|bar| bar.value.is_finite())
    }
}

#[cfg(test)]
mod sample;
