//! The course of one simulation, as a figure.

use survivability::outcome::{Bin, FailureWindow};
use survivability::plot::{Figure, FigureError, Panel, Point, Scale, Series, Shape, Span};

use super::{Run, policy};

/// Blocking and how full the network was, over the arrivals, with the failures.
pub fn svg(run: &Run) -> Result<String, FigureError> {
    let outcome = run.outcome;
    let blocked = |bin: &Bin| bin.blocked as f64 / bin.arrivals.max(1) as f64;
    let taken = |bin: &Bin| match bin.time > 0.0 {
        true => bin.busy_time / bin.time / outcome.capacity as f64,
        false => 0.0,
    };
    let label = format!("{} Erlang", outcome.erlang);
    let panel = |y_label: &str, weight: f64, points: Vec<Point>| Panel {
        y: Scale::FromZero,
        y_label: y_label.to_owned(),
        weight,
        series: vec![Series { label: label.clone(), shape: Shape::Course, points }],
    };
    let topology = run.network.topology().name();
    let figure = Figure {
        title: format!("Blocking over time, {topology}, {}, seed {}", policy(run), outcome.seed),
        description: "Share of arriving requests that were blocked, and share of the slots taken, \
                      over the arrivals of one simulation."
            .to_owned(),
        x: Scale::Linear,
        x_label: "Requests arrived".to_owned(),
        panels: vec![
            panel("Blocked on arrival", 1.6, points(run, blocked)),
            panel("Slots taken", 1.0, points(run, taken)),
        ],
        spans: outcome.windows.iter().enumerate().map(span).collect(),
    };
    figure.svg()
}

/// Level from the first arrival of a bin to its last.
fn points(run: &Run, value: impl Fn(&Bin) -> f64) -> Vec<Point> {
    let mut from = run.setup.warmup;
    let mut points = Vec::new();
    for bin in &run.outcome.series {
        let to = from + bin.arrivals;
        let y = value(bin);
        points.extend([from, to].map(|arrival| Point { x: arrival as f64, y, interval: None }));
        from = to;
    }
    points
}

/// Only the first has a label, lest many stand over each other.
fn span((index, window): (usize, &FailureWindow)) -> Span {
    let label = |text: &str| if index == 0 { text.to_owned() } else { String::new() };
    Span {
        from: window.fail_arrival as f64,
        to: window.repair_arrival.map(|arrival| arrival as f64),
        label: label("failure"),
        end_label: label("repair"),
    }
}
