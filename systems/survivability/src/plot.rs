//! Figures as SVG: points with intervals, and courses over time, in one panel or several above each
//! other. The same figure is the same bytes on every machine.

mod axis;
mod draw;
mod layout;
mod legend;
mod series;
mod style;
mod svg;

use thiserror::Error;

/// Drawn 640 wide and 400 high, and higher if many series need a long legend.
#[derive(Clone, Debug, PartialEq)]
pub struct Figure {
    pub title: String,
    /// What it shows in a sentence, for those who cannot see it.
    pub description: String,
    pub x: Scale,
    pub x_label: String,
    /// From above to below; they share the x axis.
    pub panels: Vec<Panel>,
    /// Stretches of x that stand out in every panel.
    pub spans: Vec<Span>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Panel {
    pub y: Scale,
    pub y_label: String,
    /// Its share of the height against the other panels, positive.
    pub weight: f64,
    /// Series at the same place of different panels look alike, and the legend is of the first.
    pub series: Vec<Series>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    Linear,
    /// Linear, and 0 is on it.
    FromZero,
    /// By powers of ten. What is not positive is drawn hollow at its lower end.
    Logarithmic,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    pub label: String,
    pub shape: Shape,
    /// In the order in which they are joined.
    pub points: Vec<Point>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A marker at every point, a bar for its interval, and a line through them.
    Markers,
    /// A line with its intervals as a band.
    Course,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    pub x: f64,
    pub y: f64,
    pub interval: Option<[f64; 2]>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Span {
    pub from: f64,
    /// None if it does not end.
    pub to: Option<f64>,
    /// Stands at its beginning.
    pub label: String,
    /// Stands at its end.
    pub end_label: String,
}

#[derive(Debug, Error, PartialEq)]
pub enum FigureError {
    #[error("a value of {value} in the series {label:?} cannot be drawn")]
    Value { label: String, value: f64 },
    #[error("a span from {from} to {to} cannot be drawn")]
    Span { from: f64, to: f64 },
    #[error("a panel with a weight of {0} cannot be drawn")]
    Weight(f64),
    #[error("a figure without panels")]
    Empty,
}

impl Figure {
    /// The figure as an SVG document.
    pub fn svg(&self) -> Result<String, FigureError> {
        self.check()?;
        Ok(draw::figure(self))
    }

    fn check(&self) -> Result<(), FigureError> {
        if self.panels.is_empty() {
            return Err(FigureError::Empty);
        }
        for panel in &self.panels {
            // Both ends keep the heights of the others away from nothing.
            if !(0.01..=100.0).contains(&panel.weight) {
                return Err(FigureError::Weight(panel.weight));
            }
            for series in &panel.series {
                let bad = series.points.iter().flat_map(Point::values).find(|v| !v.is_finite());
                if let Some(value) = bad {
                    return Err(FigureError::Value { label: series.label.clone(), value });
                }
            }
        }
        for span in &self.spans {
            let to = span.to.unwrap_or(span.from);
            if !(span.from.is_finite() && to.is_finite()) {
                return Err(FigureError::Span { from: span.from, to });
            }
        }
        Ok(())
    }
}

impl Point {
    fn values(&self) -> impl Iterator<Item = f64> + use<> {
        [self.x, self.y].into_iter().chain(self.interval.into_iter().flatten())
    }
}

#[cfg(test)]
mod tests;
