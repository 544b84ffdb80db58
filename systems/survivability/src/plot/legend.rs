//! Which look belongs to which series, in lines under the title, where it hides no data.

use super::layout::{LABEL_SIZE, MARGIN, WIDTH, fitted, text_width};
use super::series;
use super::style::{INK, Look};
use super::svg::{Anchor, Svg, Type};
use super::{Series, Shape};

const SIZE: f64 = LABEL_SIZE - 1.0;
const LINE: f64 = 18.0;
/// The sample of the look and the gap after it.
const SAMPLE: f64 = 34.0;
const BETWEEN: f64 = 20.0;
/// More lines make the figure higher.
const LINES: usize = 2;

pub(super) struct Legend {
    entries: Vec<Entry>,
    lines: usize,
    pub bottom: f64,
}

struct Entry {
    at: [f64; 2],
    label: String,
    shape: Shape,
    look: Look,
}

impl Legend {
    /// From that left edge on, the first line with its baseline there. Series without a label are
    /// not in it.
    pub(super) fn new(series: &[Series], left: f64, baseline: f64) -> Legend {
        let room = WIDTH - MARGIN - left;
        let mut entries: Vec<Entry> = Vec::new();
        let mut at = [left, baseline];
        let labelled = series.iter().enumerate().filter(|(_, series)| !series.label.is_empty());
        for (place, series) in labelled {
            let label = fitted(&series.label, room - SAMPLE, SIZE);
            let width = SAMPLE + text_width(label.chars().count(), SIZE);
            if at[0] > left && at[0] + width > left + room {
                at = [left, at[1] + LINE];
            }
            entries.push(Entry {
                at,
                label,
                shape: series.shape,
                look: Look::of(place, series.shape),
            });
            at[0] += width + BETWEEN;
        }
        let last = entries.last().map_or(baseline - LINE, |entry| entry.at[1]);
        let lines = ((last - baseline) / LINE).round() as usize + 1;
        Legend { entries, lines, bottom: last }
    }

    /// By how much the figure is higher for it.
    pub(super) fn excess(&self) -> f64 {
        self.lines.saturating_sub(LINES) as f64 * LINE
    }

    pub(super) fn draw(&self, svg: &mut Svg) {
        for Entry { at: [x, y], label, shape, look } in &self.entries {
            let middle = y - SIZE * 0.35;
            svg.straight([*x, middle], [x + SAMPLE - 8.0, middle], &look.line());
            if *shape == Shape::Markers {
                let centre = [x + (SAMPLE - 8.0) / 2.0, middle];
                svg.element("path", &series::marker(*look, centre, series::Fill::Full));
            }
            let face = Type { size: SIZE, anchor: Anchor::Start, fill: INK, is_bold: false };
            svg.text([x + SAMPLE, *y], face, label);
        }
    }
}
