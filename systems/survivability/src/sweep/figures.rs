//! The figures of a sweep: a figure of merit against the load, and the course over time.

use crate::aggregate::{Course, Estimate, LoadSummary, Metric, Stretch, Summary};
use crate::number::significant;
use crate::plot::{Figure, Panel, Point, Scale, Series, Shape, Span};

/// How the values of a figure stand along its axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AxisScale {
    /// Logarithmic if the values differ by a factor of ten or more.
    Auto,
    Linear,
    Logarithmic,
}

/// A sweep in a figure with others.
#[derive(Clone, Debug)]
pub struct Shown<'a> {
    /// Tells it from others that have the same policy, topology and failures.
    pub name: String,
    pub summary: &'a Summary,
}

/// A metric against the load, with its 95 % intervals, a series for each sweep.
#[must_use]
pub fn blocking(sweeps: &[Shown], metric: &Metric, scale: AxisScale) -> Figure {
    let series: Vec<Series> = sweeps
        .iter()
        .zip(labels(sweeps))
        .map(|(shown, label)| Series {
            label,
            shape: Shape::Markers,
            points: shown.summary.loads.iter().filter_map(|load| point(load, metric)).collect(),
        })
        .collect();
    let y = match scale {
        AxisScale::Linear => Scale::FromZero,
        AxisScale::Logarithmic => Scale::Logarithmic,
        AxisScale::Auto => spread(&series),
    };
    let topologies = distinct(sweeps.iter().map(|shown| shown.summary.topology.as_str()));
    let place = if topologies.len() == 1 { format!(", {}", topologies[0]) } else { String::new() };
    Figure {
        title: format!("{} against load{place}", without_unit(metric.title)),
        description: format!(
            "{} at each offered load: means over seeds with 95 % intervals by Student's t.",
            metric.title
        ),
        x: Scale::Linear,
        x_label: "Offered load (Erlang)".to_owned(),
        panels: vec![Panel { y, y_label: metric.title.to_owned(), weight: 1.0, series }],
        spans: Vec::new(),
    }
}

/// Blocking over time around the failures, averaged over seeds, and utilisation beneath.
#[must_use]
pub fn course(summary: &Summary) -> Figure {
    let loads = chosen(&summary.loads);
    let panel = |of: fn(&Stretch) -> Estimate, y_label: &str, weight: f64| {
        let series = loads.iter().map(|load| Series {
            label: format!("{} Erlang", significant(load.erlang, 6)),
            shape: Shape::Course,
            points: load.course.stretches.iter().flat_map(|stretch| step(stretch, of)).collect(),
        });
        let series = series.collect();
        Panel { y: Scale::FromZero, y_label: y_label.to_owned(), weight, series }
    };
    Figure {
        title: format!("Blocking over time, {}, {}", summary.topology, summary.policy),
        description: "Share of arriving requests that were blocked, and share of the slots taken, \
                      over the arrivals of a simulation: means over seeds with 95 % intervals."
            .to_owned(),
        x: Scale::Linear,
        x_label: "Requests arrived".to_owned(),
        panels: vec![
            panel(|stretch| stretch.blocked, "Blocked on arrival", 1.6),
            panel(|stretch| stretch.utilisation, "Slots taken", 1.0),
        ],
        spans: loads.first().map_or_else(Vec::new, |load| spans(&load.course)),
    }
}

fn point(load: &LoadSummary, metric: &Metric) -> Option<Point> {
    let estimate = load.metric(metric.name)?;
    Some(Point { x: load.erlang, y: estimate.mean, interval: positive(estimate) })
}

/// Level from the first arrival of a stretch to its last.
fn step(stretch: &Stretch, of: fn(&Stretch) -> Estimate) -> [Point; 2] {
    let estimate = of(stretch);
    let (y, interval) = (estimate.mean, positive(&estimate));
    [stretch.from, stretch.to].map(|arrival| Point { x: arrival as f64, y, interval })
}

/// The interval without the part below 0 that no share, count or time can have.
fn positive(estimate: &Estimate) -> Option<[f64; 2]> {
    estimate.ci95_t.map(|ends| ends.map(|end| end.max(0.0)))
}

/// The lowest, the middle and the highest load: more courses hide each other.
fn chosen(loads: &[LoadSummary]) -> Vec<&LoadSummary> {
    let mut sorted: Vec<&LoadSummary> = loads.iter().collect();
    sorted.sort_by(|left, right| left.erlang.total_cmp(&right.erlang));
    match sorted.len() {
        0..=3 => sorted,
        count => vec![sorted[0], sorted[count / 2], sorted[count - 1]],
    }
}

fn spans(course: &Course) -> Vec<Span> {
    let spans = course.failures.iter().enumerate().map(|(index, mark)| Span {
        from: mark.fail,
        to: mark.repair,
        label: if index == 0 { "failure".to_owned() } else { String::new() },
        end_label: if index == 0 { "repair".to_owned() } else { String::new() },
    });
    spans.collect()
}

fn spread(series: &[Series]) -> Scale {
    let values = series.iter().flat_map(|series| series.points.iter().map(|point| point.y));
    let positive: Vec<f64> = values.filter(|value| *value > 0.0).collect();
    let low = positive.iter().copied().fold(f64::INFINITY, f64::min);
    let high = positive.iter().copied().fold(0.0, f64::max);
    if high >= 10.0 * low { Scale::Logarithmic } else { Scale::FromZero }
}

/// What tells the sweeps apart, or the policy if there is only one.
fn labels(sweeps: &[Shown]) -> Vec<String> {
    let parts = |shown: &Shown| {
        let Summary { topology, policy, failure_type, k_paths, .. } = shown.summary;
        let failures = match failure_type.as_str() {
            "none" => "no failure".to_owned(),
            kind => format!("{kind} failure"),
        };
        [policy.clone(), topology.clone(), failures, format!("K = {k_paths}")]
    };
    let all: Vec<[String; 4]> = sweeps.iter().map(parts).collect();
    let differs = |part: usize| all.iter().any(|parts| parts[part] != all[0][part]);
    let label = |parts: &[String; 4]| {
        let told = parts.iter().enumerate().filter(|(part, _)| differs(*part));
        told.map(|(_, text)| text.as_str()).collect::<Vec<_>>().join(", ")
    };
    let mut labels: Vec<String> = all.iter().map(label).collect();
    if let ([only], [parts]) = (&mut labels[..], &all[..]) {
        *only = [&parts[0][..], &parts[2], &parts[3]].join(", ");
    } else if distinct(labels.iter().map(String::as_str)).len() < labels.len() {
        for (label, shown) in labels.iter_mut().zip(sweeps) {
            let gap = if label.is_empty() { "" } else { ", " };
            *label = format!("{}{gap}{label}", shown.name);
        }
    }
    labels
}

fn distinct<'a>(texts: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut distinct: Vec<&str> = Vec::new();
    for text in texts {
        if !distinct.contains(&text) {
            distinct.push(text);
        }
    }
    distinct
}

fn without_unit(title: &str) -> &str {
    title.split(" (").next().unwrap_or(title)
}
