//! Where the parts of a figure lie.

use super::legend::Legend;
use super::{Figure, Panel};

pub(super) const WIDTH: f64 = 640.0;
/// Without a legend of more than two lines.
const HEIGHT: f64 = 400.0;

pub(super) const TITLE_SIZE: f64 = 15.0;
pub(super) const LABEL_SIZE: f64 = 13.0;
pub(super) const TICK_SIZE: f64 = 12.0;

/// At the right edge.
pub(super) const MARGIN: f64 = 20.0;
const ABOVE_PLOT: f64 = 12.0;
/// Where the labels of spans stand above it.
const ABOVE_PLOT_LABELLED: f64 = 26.0;
const BELOW_PLOT: f64 = 48.0;
const BETWEEN_PANELS: f64 = 16.0;
/// From the edge to the labels of the y axis, the title of the axis included.
const BESIDE_LABELS: f64 = 34.0;

pub(super) struct Layout {
    pub height: f64,
    pub title: Option<f64>,
    pub legend: Legend,
    pub frames: Vec<Frame>,
}

/// Inside the axes of a panel.
#[derive(Clone, Copy)]
pub(super) struct Frame {
    pub left: f64,
    pub right: f64,
    pub top: f64,
    pub bottom: f64,
}

impl Frame {
    /// From shares of the axes to a place.
    pub(super) fn at(self, x: f64, y: f64) -> [f64; 2] {
        let x = self.left + x * (self.right - self.left);
        [x, self.bottom - y * (self.bottom - self.top)]
    }
}

impl Layout {
    /// The longest label of the y axes has so many characters.
    pub(super) fn new(figure: &Figure, longest_label: usize) -> Layout {
        let title = (!figure.title.is_empty()).then_some(24.0);
        let left = BESIDE_LABELS + text_width(longest_label, TICK_SIZE).clamp(24.0, 110.0);
        let series = figure.panels.first().map_or(&[][..], |panel| &panel.series);
        let legend = Legend::new(series, left, title.unwrap_or(4.0) + 22.0);
        let mut labels = figure.spans.iter().flat_map(|span| [&span.label, &span.end_label]);
        let is_labelled = labels.any(|label| !label.is_empty());
        let above = if is_labelled { ABOVE_PLOT_LABELLED } else { ABOVE_PLOT };
        let top = legend.bottom + above;
        let height = HEIGHT + legend.excess();
        let frames = frames(&figure.panels, [left, top], height - BELOW_PLOT);
        Layout { height, title, legend, frames }
    }
}

/// About how wide a text is in a sans-serif face.
pub(super) fn text_width(characters: usize, size: f64) -> f64 {
    characters as f64 * size * 0.52
}

/// Cut to about that width.
pub(super) fn fitted(text: &str, width: f64, size: f64) -> String {
    let most = (width / text_width(1, size)) as usize;
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let kept: String = text.chars().take(most.saturating_sub(1)).collect();
    format!("{}\u{2026}", kept.trim_end())
}

fn frames(panels: &[Panel], [left, mut top]: [f64; 2], bottom: f64) -> Vec<Frame> {
    let room = bottom - top - BETWEEN_PANELS * (panels.len() - 1) as f64;
    let weights: f64 = panels.iter().map(|panel| panel.weight).sum();
    let mut frames = Vec::new();
    for panel in panels {
        let bottom = top + room * panel.weight / weights;
        frames.push(Frame { left, right: WIDTH - MARGIN, top, bottom });
        top = bottom + BETWEEN_PANELS;
    }
    frames
}
