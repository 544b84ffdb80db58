//! How series look: colours that people with any colour vision tell apart, and for print without
//! colour a marker and a dash of their own.

use super::Shape;
use super::svg::{coordinate, through};

pub(super) const INK: &str = "#222222";
pub(super) const FAINT: &str = "#6a6a6a";
pub(super) const GRID: &str = "#e3e3e3";
pub(super) const SPAN: &str = "#f1ece2";
pub(super) const PAPER: &str = "#ffffff";

/// Okabe and Ito, "Color Universal Design" (2008). Yellow is left out: on white it is hard to see.
const COLOURS: &[&str] =
    &["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000"];

const DASHES: &[&str] = &["", "7 2.5", "2.5 2", "9 2.5 2.5 2.5"];

#[derive(Clone, Copy)]
pub(super) struct Look {
    pub colour: &'static str,
    /// A dash pattern, empty for a full line.
    pub dash: &'static str,
    marker: usize,
}

impl Look {
    /// The look of the series at that place. Where there are no markers to tell series apart, the
    /// dashes do.
    pub(super) fn of(place: usize, shape: Shape) -> Look {
        let round = place / COLOURS.len();
        let dash = match shape {
            Shape::Markers => round,
            Shape::Course => place,
        };
        Look {
            colour: COLOURS[place % COLOURS.len()],
            dash: DASHES[dash % DASHES.len()],
            // Shifted by one a round, so that a colour comes back with another marker.
            marker: (place + round) % MARKERS,
        }
    }

    pub(super) fn line(self) -> String {
        let dash = match self.dash {
            "" => String::new(),
            dash => format!(" stroke-dasharray=\"{dash}\""),
        };
        format!("fill=\"none\" stroke=\"{}\" stroke-width=\"1.6\"{dash}", self.colour)
    }

    /// The outline of the marker around a place, as the `d` of a path.
    pub(super) fn marker(self, [x, y]: [f64; 2]) -> String {
        let corners =
            |corners: &[[f64; 2]]| through(corners.iter().map(|[dx, dy]| [x + dx, y + dy])) + "Z";
        match self.marker {
            0 => {
                let (left, y) = (coordinate(x - 3.6), coordinate(y));
                format!("M{left} {y}a3.6 3.6 0 1 1 7.2 0a3.6 3.6 0 1 1 -7.2 0Z")
            }
            1 => corners(&[[-3.2, -3.2], [3.2, -3.2], [3.2, 3.2], [-3.2, 3.2]]),
            2 => corners(&[[0.0, -4.6], [4.2, 3.0], [-4.2, 3.0]]),
            3 => corners(&[[0.0, -4.8], [4.8, 0.0], [0.0, 4.8], [-4.8, 0.0]]),
            4 => corners(&[[0.0, 4.6], [-4.2, -3.0], [4.2, -3.0]]),
            _ => corners(&[
                [-1.5, -4.5],
                [1.5, -4.5],
                [1.5, -1.5],
                [4.5, -1.5],
                [4.5, 1.5],
                [1.5, 1.5],
                [1.5, 4.5],
                [-1.5, 4.5],
                [-1.5, 1.5],
                [-4.5, 1.5],
                [-4.5, -1.5],
                [-1.5, -1.5],
            ]),
        }
    }
}

/// No divisor of the number of colours, or a colour would keep its marker.
const MARKERS: usize = 6;

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn dozens_of_series_differ_and_the_first_do_so_without_colour() {
        let looks = |shape| (0..28).map(move |place| Look::of(place, shape));
        let marked: BTreeSet<_> = looks(Shape::Markers)
            .map(|look| (look.marker([0.0, 0.0]), look.dash, look.colour))
            .collect();
        assert_eq!(marked.len(), 28);
        let courses: BTreeSet<_> =
            looks(Shape::Course).map(|look| (look.dash, look.colour)).collect();
        assert_eq!(courses.len(), 28);
        let markers = looks(Shape::Markers).take(6).map(|look| look.marker([0.0, 0.0]));
        assert_eq!(markers.collect::<BTreeSet<_>>().len(), 6);
        let dashes = looks(Shape::Course).take(4).map(|look| look.dash);
        assert_eq!(dashes.collect::<BTreeSet<_>>().len(), 4);
    }
}
