//! Estimates over runs: a line with its interval, the limits, and a mark for every verdict.

use maud::{Markup, html};
use tollgate::judge::Finding;

use super::area::{ASIDE, Area, HEIGHT, WIDTH};
use super::limit::Steps;
use super::{Course, Stop, mark, told};

/// With more runs the marks of those within become small.
const CROWD: usize = 80;

/// The chart of a budget. The page holds [`mark::shapes`] once, and beside it the table.
pub(crate) fn line(course: &Course) -> Markup {
    let area = Area::of(course);
    let label = told::course(course);
    html! {
        div.chart {
            svg.plot role="img" aria-label=(label) width="100%" height=(HEIGHT) {
                (grid(&area))
                (lines(&area))
                @for &turn in &course.turns { (begun(&area, turn)) }
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
    let hard = Steps::of(area, |stop| stop.hard);
    let soft = Steps::of(area, |stop| stop.soft);
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

/// Where another level begins.
fn begun(area: &Area<'_>, turn: usize) -> Markup {
    let x = percent(area.around(turn).0 / WIDTH);
    html! { line.turn x1=(x) x2=(x) y1="0" y2=(HEIGHT) {} }
}

/// What the limits are lately, at their right end.
fn limit_names(area: &Area<'_>) -> Markup {
    let dimension = area.course.dimension;
    let hard = Steps::of(area, |stop| stop.hard).last;
    let soft = Steps::of(area, |stop| stop.soft).last;
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
