//! A course as small as a word, for tables.

use std::fmt::Write as _;

use maud::{Markup, html};
use tollgate::judge::Finding;

use super::axis::Axis;
use super::place::Places;
use super::{Bar, Course, Stop, told};

const WIDTH: f64 = 96.0;
const HEIGHT: f64 = 22.0;
/// Room for the dots at the edges.
const ROOM: f64 = 3.0;

/// The line, the limit, and a dot for the latest and for each that broke it.
pub(crate) fn sparkline(course: &Course) -> Markup {
    let stops = &course.stops;
    let mut limits =
        stops.iter().filter_map(|stop| Some(Bar::number(stop.hard.or(stop.soft))?.value));
    let values = stops.iter().filter_map(Stop::number);
    let axis = Axis::over(values.chain(limits.clone()), course.dimension);
    let times: Vec<i64> = stops.iter().map(|stop| stop.started_ms).collect();
    let places = Places::of(&times);
    let x = |index: usize| ROOM + places.at[index] * (WIDTH - 2.0 * ROOM);
    let y = |value: f64| HEIGHT - ROOM - axis.height(value) * (HEIGHT - 2.0 * ROOM);
    let shown: Vec<(usize, f64, bool)> = (0..stops.len())
        .filter(|&index| !stops[index].is_elsewhere)
        .filter_map(|index| {
            let is_bad = stops[index].finding == Some(Finding::Exceeded);
            Some((index, stops[index].number()?, is_bad))
        })
        .collect();
    let mut path = String::new();
    for (place, (index, value, _)) in shown.iter().enumerate() {
        let step = if place == 0 { 'M' } else { 'L' };
        let _ = write!(path, "{step}{:.1} {:.1}", x(*index), y(*value));
    }
    let view = format!("0 0 {WIDTH} {HEIGHT}");
    html! {
        svg.sparkline role="img" aria-label=(told::course(course)) viewBox=(view)
            width=(WIDTH) height=(HEIGHT) {
            @if let Some(limit) = limits.next_back() {
                @let y = format!("{:.1}", y(limit));
                line.hard x1="0" x2=(WIDTH) y1=(y) y2=(y) {}
            }
            @if !path.is_empty() { path.course d=(path) {} }
            @for (place, (index, value, is_bad)) in shown.iter().enumerate() {
                @if *is_bad || place + 1 == shown.len() {
                    @let class = if *is_bad { "dot exceeded" } else { "dot" };
                    circle class=(class) cx=(format!("{:.1}", x(*index)))
                        cy=(format!("{:.1}", y(*value))) r="1.8" {}
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::sample;
    use super::*;

    #[test]
    fn a_course_as_small_as_a_word() {
        insta::assert_snapshot!(sparkline(&sample::course()).into_string().replace("><", ">\n<"));
    }

    #[test]
    fn nothing_is_a_picture_of_nothing() {
        let markup = sparkline(&sample::empty()).into_string();
        assert!(!markup.contains("<path") && !markup.contains("<circle"), "{markup}");
    }

    proptest! {
        #[test]
        fn every_dot_lies_within(course in sample::any_course()) {
            let markup = sparkline(&course).into_string();
            for (name, most) in [("cx=\"", WIDTH), ("cy=\"", HEIGHT), ("y1=\"", HEIGHT)] {
                for rest in markup.split(name).skip(1) {
                    let at: f64 = rest.split('"').next().unwrap().parse().unwrap();
                    prop_assert!((0.0..=most).contains(&at), "{markup}");
                }
            }
        }
    }
}
