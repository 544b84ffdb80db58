//! Estimates over runs: a line with its interval, the limits, and a mark for every verdict.

use std::fmt::Write as _;

use maud::{Markup, html};
use tollgate::judge::Finding;

use super::axis::Axis;
use super::limit::Steps;
use super::place::Places;
use super::{Course, Stop, mark, told};

/// Lines are drawn on a field of this width, which is then stretched.
pub(super) const WIDTH: f64 = 1000.0;
/// In pixels, as all heights are.
pub(super) const HEIGHT: f64 = 200.0;
/// Where the largest value lies.
const TOP: f64 = 10.0;
/// Where the least one lies.
const FLOOR: f64 = 178.0;
/// Where runs without a value are marked.
const ASIDE: f64 = 192.0;
/// With more runs the marks of those within become small.
const CROWD: usize = 80;

/// Where things lie in a chart.
pub(super) struct Area<'a> {
    course: &'a Course,
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
    fn stretches(&self, has: fn(&Stop) -> bool) -> Vec<Vec<usize>> {
        let usual = |(_, stop): &(usize, &Stop)| !stop.is_elsewhere;
        let stops: Vec<(usize, &Stop)> =
            self.course.stops.iter().enumerate().filter(usual).collect();
        let chunks = stops.chunk_by(|a, b| has(a.1) && has(b.1));
        let indices = chunks.map(|chunk| chunk.iter().map(|(index, _)| *index).collect());
        indices.filter(|chunk: &Vec<usize>| has(&self.course.stops[chunk[0]])).collect()
    }

    fn path(&self, stretches: &[Vec<usize>], value: impl Fn(&Stop) -> Option<f64>) -> String {
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
    fn band(&self, stretches: &[Vec<usize>]) -> (String, String) {
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

/// The chart of a budget. The page holds [`mark::shapes`] once, and beside it the table.
pub(crate) fn line(course: &Course) -> Markup {
    let area = Area::of(course);
    let label = told::course(course);
    html! {
        div.chart {
            svg.plot role="img" aria-label=(label) width="100%" height=(HEIGHT) {
                (grid(&area))
                (lines(&area))
                (limit_names(&area))
                @for (index, stop) in course.stops.iter().enumerate() {
                    (marked(&area, index, stop))
                }
            }
            @if let Some(words) = remark(&area) { p.remark { (words) } }
        }
    }
}

fn grid(area: &Area<'_>) -> Markup {
    let moments = &area.places.moments;
    let anchor = |index: usize| match index {
        _ if moments.len() == 1 => "middle",
        0 => "start",
        _ if index + 1 == moments.len() => "end",
        _ => "middle",
    };
    html! {
        @for tick in &area.axis.ticks {
            @let y = format!("{:.1}", area.y(tick.value));
            line.grid x1="0" x2="100%" y1=(y) y2=(y) {}
            text.tick x="-8" y=(y) dy="0.32em" text-anchor="end" { (tick.text) }
        }
        @for (index, moment) in moments.iter().enumerate() {
            // Every other one is for those with room.
            @let class = if moments.len() > 3 && index % 2 == 1 { "moment spare" } else { "moment" };
            @let x = percent(moment.at);
            text class=(class) x=(x) y=(HEIGHT + 16.0) text-anchor=(anchor(index)) {
                (moment.text)
            }
        }
    }
}

fn lines(area: &Area<'_>) -> Markup {
    let stretches = area.stretches(|stop| stop.number().is_some());
    let (band, whiskers) = area.band(&stretches);
    let finite = |stop: &Stop| stop.baseline.filter(|value| value.is_finite());
    let baselines = area.stretches(|stop| stop.baseline.is_some_and(f64::is_finite));
    let hard = Steps::of(area.course, area, |stop| stop.hard);
    let soft = Steps::of(area.course, area, |stop| stop.soft);
    let view = format!("0 0 {WIDTH} {HEIGHT}");
    let drawn = [
        ("beyond", hard.beyond),
        ("band", band),
        ("whisker", whiskers),
        ("baseline", area.path(&baselines, finite)),
        ("soft", soft.line),
        ("hard", hard.line),
        ("course", area.path(&stretches, Stop::number)),
    ];
    html! {
        svg width="100%" height=(HEIGHT) viewBox=(view) preserveAspectRatio="none" {
            @for (class, path) in drawn {
                @if !path.is_empty() { path class=(class) d=(path) {} }
            }
        }
    }
}

/// What the limits are lately, at their right end.
fn limit_names(area: &Area<'_>) -> Markup {
    let dimension = area.course.dimension;
    let hard = Steps::of(area.course, area, |stop| stop.hard).last;
    let soft = Steps::of(area.course, area, |stop| stop.soft).last;
    // Two names on one spot would hide each other.
    let apart = |y: f64| hard.is_none_or(|(other, _)| (other - y).abs() > 13.0);
    let name = |class: &str, word: &str, y: f64, text: String| {
        let y = if y < 16.0 { y + 13.0 } else { y - 5.0 };
        html! {
            text class={ "name " (class) } x="100%" y={ (format!("{y:.1}")) } text-anchor="end" {
                (word) (text)
            }
        }
    };
    html! {
        @if let Some((y, bar)) = hard {
            (name("hard", "limit ", y, told::limit(bar, dimension)))
        }
        @if let Some((y, bar)) = soft.filter(|(y, _)| apart(*y)) {
            (name("soft", "soft limit ", y, told::limit(bar, dimension)))
        }
    }
}

/// Leads to the run. The table holds the same links for the keyboard.
fn marked(area: &Area<'_>, index: usize, stop: &Stop) -> Markup {
    let Some(finding) = stop.finding else { return html! {} };
    let dimension = area.course.dimension;
    let x = percent(area.places.at[index]);
    let y = format!("{:.1}", stop.number().map_or(ASIDE, |value| area.y(value)));
    let is_small = finding == Finding::Within && area.count() > CROWD;
    let shape = if is_small { "mark-small" } else { mark::id(finding) };
    html! {
        a.mark href=(stop.address) tabindex="-1" {
            title { (told::stop(stop, dimension)) }
            @if stop.is_elsewhere { use href="#mark-elsewhere" x=(x) y=(y) {} }
            use href={ "#" (shape) } x=(x) y=(y) {}
        }
    }
}

/// What must be known to read the axes right.
fn remark(area: &Area<'_>) -> Option<String> {
    let mut remarks = Vec::new();
    if let Some(day) = &area.places.day {
        remarks.push(format!("on {day}"));
    }
    if !area.places.is_by_time && area.count() > 2 {
        remarks.push("runs one after the other, not by time".to_owned());
    }
    if area.axis.is_log() {
        remarks.push("values by powers".to_owned());
    }
    (!remarks.is_empty()).then(|| remarks.join("; "))
}

fn percent(share: f64) -> String {
    format!("{:.2}%", share * 100.0)
}

#[cfg(test)]
#[path = "line/tests.rs"]
mod tests;
