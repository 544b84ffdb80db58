//! Puts the parts of a figure together.

use super::axis::{Axis, Label, Tick};
use super::layout::{
    Frame, LABEL_SIZE, Layout, MARGIN, TICK_SIZE, TITLE_SIZE, WIDTH, fitted, text_width,
};
use super::series::{self, Axes};
use super::style::{FAINT, GRID, INK, Look, PAPER, SPAN};
use super::svg::{Anchor, Svg, Type, coordinate, escaped};
use super::{Figure, Panel, Point, Scale, Span};

/// About how many labels an axis has.
const X_LABELS: usize = 8;
/// A label for about so much height.
const Y_LABEL_EVERY: f64 = 34.0;
const Y_LABELS_LEAST: f64 = 4.0;
const TICK: f64 = 4.0;

pub(super) fn figure(figure: &Figure) -> String {
    let x = Axis::new(figure.x, x_values(figure), X_LABELS);
    // How wide the labels are tells how high panels are, and that how many labels there are; only
    // a long legend makes heights differ, so that a guess will do.
    let guess = Layout::new(figure, 5);
    let ys: Vec<Axis> = figure
        .panels
        .iter()
        .zip(&guess.frames)
        .map(|(panel, frame)| y_axis(panel, *frame))
        .collect();
    let layout = Layout::new(figure, ys.iter().map(longest_label).max().unwrap_or(0));
    let mut svg = Svg::default();
    begin(&mut svg, figure, &layout);
    layout.legend.draw(&mut svg);
    for (index, panel) in figure.panels.iter().enumerate() {
        let axes = Axes { frame: layout.frames[index], x: &x, y: &ys[index] };
        svg.begin("g", "");
        spans(&mut svg, axes, &figure.spans);
        grid(&mut svg, axes);
        for (place, series) in panel.series.iter().enumerate() {
            series::draw(&mut svg, axes, series, Look::of(place, series.shape));
        }
        frame(&mut svg, axes, panel, index + 1 == figure.panels.len());
        if index == 0 {
            span_labels(&mut svg, axes, &figure.spans);
        }
        svg.end();
    }
    below(&mut svg, figure, &layout, &x, &ys);
    svg.finish()
}

/// The title of the x axis, and what hollow markers mean if there are any.
fn below(svg: &mut Svg, figure: &Figure, layout: &Layout, x: &Axis, ys: &[Axis]) {
    let Some(Frame { left, right, .. }) = layout.frames.last().copied() else { return };
    let y = layout.height - 10.0;
    let mut panels = figure.panels.iter().zip(ys);
    let has_hollow = panels.any(|(panel, axis)| {
        let mut points = panel.series.iter().flat_map(|series| &series.points);
        points.any(|point| x.lacks(point.x) || axis.lacks(point.y))
    });
    let note = "hollow: 0";
    let room = if has_hollow { 2.0 * text_width(note.len() + 2, TICK_SIZE) } else { 0.0 };
    let label = fitted(&figure.x_label, right - left - room, LABEL_SIZE);
    svg.text([(left + right) / 2.0, y], face(LABEL_SIZE, Anchor::Middle, INK), &label);
    if has_hollow {
        svg.text([right, y], face(TICK_SIZE, Anchor::End, FAINT), note);
    }
}

fn begin(svg: &mut Svg, figure: &Figure, layout: &Layout) {
    let (width, height) = (coordinate(WIDTH), coordinate(layout.height));
    let size = format!("width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\"");
    let label = escaped(&figure.title);
    let attributes = format!(
        "xmlns=\"http://www.w3.org/2000/svg\" {size} role=\"img\" aria-label=\"{label}\" \
         font-family=\"Helvetica, Arial, sans-serif\""
    );
    svg.begin("svg", &attributes);
    svg.text_element("title", "", &figure.title);
    svg.text_element("desc", "", &figure.description);
    svg.element("rect", &format!("width=\"{width}\" height=\"{height}\" fill=\"{PAPER}\""));
    if let (Some(y), Some(frame)) = (layout.title, layout.frames.first()) {
        let title = fitted(&figure.title, WIDTH - MARGIN - frame.left, TITLE_SIZE);
        let face = Type { is_bold: true, ..face(TITLE_SIZE, Anchor::Start, INK) };
        svg.text([frame.left, y], face, &title);
    }
}

fn x_values(figure: &Figure) -> impl Iterator<Item = f64> {
    let series = figure.panels.iter().flat_map(|panel| &panel.series);
    let points = series.flat_map(|series| series.points.iter().map(|point| point.x));
    let spans = figure.spans.iter().flat_map(|span| [Some(span.from), span.to]);
    points.chain(spans.flatten())
}

fn y_axis(panel: &Panel, frame: Frame) -> Axis {
    // Where an interval nearly reaches 0 its lower end would stretch a logarithmic axis over
    // decades that hold no value.
    let values = |point: &Point| {
        let [low, high] = point.interval.unwrap_or([point.y, point.y]);
        let low = if panel.y == Scale::Logarithmic { point.y } else { low };
        [point.y, low, high]
    };
    let points = panel.series.iter().flat_map(|series| &series.points);
    let labels = ((frame.bottom - frame.top) / Y_LABEL_EVERY).max(Y_LABELS_LEAST) as usize;
    Axis::new(panel.y, points.flat_map(values), labels)
}

fn longest_label(axis: &Axis) -> usize {
    let length = |tick: &Tick| match &tick.label {
        Label::None => 0,
        Label::Plain(text) => text.chars().count(),
        Label::PowerOfTen(_) => 5,
    };
    axis.ticks.iter().map(length).max().unwrap_or(0)
}

fn spans(svg: &mut Svg, axes: Axes, spans: &[Span]) {
    let Frame { top, bottom, right, .. } = axes.frame;
    for span in spans {
        let [from, _] = axes.frame.at(axes.x.place(span.from), 0.0);
        let to = span.to.map_or(right, |to| axes.frame.at(axes.x.place(to), 0.0)[0]);
        let [x, width] = [from.min(to), (to - from).abs()].map(coordinate);
        let [y, height] = [top, bottom - top].map(coordinate);
        let place = format!("x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\"");
        svg.element("rect", &format!("{place} fill=\"{SPAN}\""));
        let dashed = format!("stroke=\"{FAINT}\" stroke-dasharray=\"3 3\"");
        for end in [Some(from), span.to.map(|_| to)].into_iter().flatten() {
            svg.straight([end, top], [end, bottom], &dashed);
        }
    }
}

fn span_labels(svg: &mut Svg, axes: Axes, spans: &[Span]) {
    let Frame { left, right, top, .. } = axes.frame;
    // Up to where labels above the panel reach; what would overlap them stands in it.
    let mut taken = 0.0;
    for span in spans {
        let ends = [(Some(span.from), &span.label), (span.to, &span.end_label)];
        for (end, label) in ends {
            let Some(end) = end.filter(|_| !label.is_empty()) else { continue };
            let label = fitted(label, (right - left) / 2.0, TICK_SIZE);
            let x = axes.frame.at(axes.x.place(end), 0.0)[0];
            let width = text_width(label.chars().count(), TICK_SIZE);
            let (x, anchor, from) = match x + 4.0 + width > right {
                true => (x - 4.0, Anchor::End, x - 4.0 - width),
                false => (x + 4.0, Anchor::Start, x + 4.0),
            };
            let y = if from < taken { top + 13.0 } else { top - 5.0 };
            taken = from + width;
            svg.text([x, y], face(TICK_SIZE, anchor, FAINT), &label);
        }
    }
}

fn grid(svg: &mut Svg, axes: Axes) {
    let Frame { left, right, .. } = axes.frame;
    for tick in axes.y.ticks.iter().filter(|tick| tick.label != Label::None) {
        let [_, y] = axes.frame.at(0.0, tick.at);
        svg.straight([left, y], [right, y], &format!("stroke=\"{GRID}\""));
    }
}

/// The axes with their ticks and labels, those of x only under the last panel.
fn frame(svg: &mut Svg, axes: Axes, panel: &Panel, is_last: bool) {
    let Frame { left, right, top, bottom } = axes.frame;
    let ink = format!("stroke=\"{INK}\"");
    svg.straight([left, top], [left, bottom], &ink);
    svg.straight([left, bottom], [right, bottom], &ink);
    for tick in &axes.y.ticks {
        let [x, y] = axes.frame.at(0.0, tick.at);
        let length = if tick.label == Label::None { TICK / 2.0 } else { TICK };
        svg.straight([x - length, y], [x, y], &ink);
        label(svg, [x - 7.0, y + 4.0], Anchor::End, &tick.label);
    }
    for tick in &axes.x.ticks {
        let [x, y] = axes.frame.at(tick.at, 0.0);
        let length = if tick.label == Label::None { TICK / 2.0 } else { TICK };
        svg.straight([x, y], [x, y + length], &ink);
        if is_last {
            label(svg, [x, y + 17.0], Anchor::Middle, &tick.label);
        }
    }
    let title = fitted(&panel.y_label, (bottom - top).max(120.0), LABEL_SIZE);
    svg.upward([17.0, (top + bottom) / 2.0], face(LABEL_SIZE, Anchor::Middle, INK), &title);
}

fn label(svg: &mut Svg, at: [f64; 2], anchor: Anchor, label: &Label) {
    let face = face(TICK_SIZE, anchor, INK);
    match label {
        Label::None => {}
        Label::Plain(text) => svg.text(at, face, text),
        Label::PowerOfTen(exponent) => svg.power(at, face, *exponent),
    }
}

fn face(size: f64, anchor: Anchor, fill: &'static str) -> Type {
    Type { size, anchor, fill, is_bold: false }
}
