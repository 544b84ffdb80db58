//! Draws one series into the frame of its panel.

use super::axis::Axis;
use super::layout::Frame;
use super::style::{Look, PAPER};
use super::svg::{Svg, through};
use super::{Point, Series, Shape};
use crate::number::significant;

/// What places are made from.
#[derive(Clone, Copy)]
pub(super) struct Axes<'a> {
    pub frame: Frame,
    pub x: &'a Axis,
    pub y: &'a Axis,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Fill {
    Full,
    /// For a value that the axis has no place for.
    Hollow,
}

const CAP: f64 = 3.5;

impl Axes<'_> {
    fn at(self, x: f64, y: f64) -> [f64; 2] {
        self.frame.at(self.x.place(x), self.y.place(y))
    }

    fn of(self, point: &Point) -> [f64; 2] {
        self.at(point.x, point.y)
    }

    fn fill(self, point: &Point) -> Fill {
        let is_off = self.x.lacks(point.x) || self.y.lacks(point.y);
        if is_off { Fill::Hollow } else { Fill::Full }
    }
}

pub(super) fn draw(svg: &mut Svg, axes: Axes, series: &Series, look: Look) {
    if series.shape == Shape::Course {
        band(svg, axes, series, look);
    }
    // A line to a value that has no place would show a slope that is not there.
    for run in series.points.split(|point| axes.fill(point) == Fill::Hollow) {
        if run.len() > 1 {
            let path = through(run.iter().map(|point| axes.of(point)));
            svg.element("path", &format!("d=\"{path}\" stroke-linejoin=\"round\" {}", look.line()));
        }
    }
    match series.shape {
        Shape::Markers => {
            series.points.iter().for_each(|point| bar(svg, axes, point, look));
            series.points.iter().for_each(|point| spot(svg, axes, series, point, look));
        }
        // A course of a single point has no line to be seen by.
        Shape::Course if series.points.len() == 1 => {
            spot(svg, axes, series, &series.points[0], look);
        }
        Shape::Course => {}
    }
}

/// The attributes of a marker.
pub(super) fn marker(look: Look, at: [f64; 2], fill: Fill) -> String {
    let inside = if fill == Fill::Full { look.colour } else { PAPER };
    let (path, colour) = (look.marker(at), look.colour);
    format!("d=\"{path}\" fill=\"{inside}\" stroke=\"{colour}\" stroke-width=\"1.2\"")
}

/// A marker that tells its values when pointed at.
fn spot(svg: &mut Svg, axes: Axes, series: &Series, point: &Point, look: Look) {
    svg.begin("path", &marker(look, axes.of(point), axes.fill(point)));
    let [x, y] = [point.x, point.y].map(|value| significant(value, 4));
    let interval = point.interval.map(|ends| ends.map(|end| significant(end, 4)));
    let interval = interval.map_or(String::new(), |[low, high]| format!(" ({low} to {high})"));
    let label = if series.label.is_empty() { "" } else { ": " };
    let text = format!("{}{label}{y}{interval} at {x}", series.label);
    svg.text_element("title", "", &text);
    svg.end();
}

/// The interval of a point, with caps at the ends that are on the axis.
fn bar(svg: &mut Svg, axes: Axes, point: &Point, look: Look) {
    let Some([low, high]) = point.interval else { return };
    let ends = [low, high].map(|y| axes.at(point.x, y));
    let attributes = format!("stroke=\"{}\" stroke-width=\"1.2\"", look.colour);
    if through(ends.into_iter().take(1)) != through(ends.into_iter().skip(1)) {
        svg.straight(ends[0], ends[1], &attributes);
    }
    for ([x, y], value) in ends.into_iter().zip([low, high]) {
        if !axes.y.lacks(value) && axes.y.place(value) > 0.0 {
            svg.straight([x - CAP, y], [x + CAP, y], &attributes);
        }
    }
}

fn band(svg: &mut Svg, axes: Axes, series: &Series, look: Look) {
    let ends = series.points.iter().filter_map(|point| Some((point.x, point.interval?)));
    let ends: Vec<(f64, [f64; 2])> = ends.collect();
    if ends.len() > 1 {
        let upper = ends.iter().map(|(x, [_, high])| axes.at(*x, *high));
        let lower = ends.iter().rev().map(|(x, [low, _])| axes.at(*x, *low));
        let path = through(upper.chain(lower));
        let fill = format!("fill=\"{}\" fill-opacity=\"0.18\"", look.colour);
        svg.element("path", &format!("d=\"{path}Z\" {fill}"));
    }
}
