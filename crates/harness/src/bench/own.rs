//! What a program measured itself and has told: a number, or all that it observed.

use std::fmt::Display;

use super::{Bench, Group, Quantity};
use crate::record::{Record, Values};
use crate::told::{self, Told};

impl Group<'_> {
    /// Tells something that the program measured itself, with the group as its operation.
    pub fn value(&mut self, metric: impl Display, quantity: impl Into<Quantity>) {
        let Quantity { value, unit } = quantity.into();
        self.evidence(metric, &unit, Values::Value(value));
    }

    /// Tells all that the program observed itself, with the group as its operation: of samples a
    /// tail can be judged, of points a growth over a time of the program's own.
    pub fn evidence(&mut self, metric: impl Display, unit: &str, values: Values) {
        self.bench.tell_own(Some(self.path.clone()), metric.to_string(), unit, values);
    }
}

impl Bench {
    /// Tells something that the program measured itself.
    pub fn value(&mut self, metric: impl Display, quantity: impl Into<Quantity>) {
        let Quantity { value, unit } = quantity.into();
        self.tell_own(None, metric.to_string(), &unit, Values::Value(value));
    }

    fn tell_own(&mut self, operation: Option<String>, metric: String, unit: &str, values: Values) {
        if !self.is_measuring() {
            return;
        }
        // A program may measure an operation by itself.
        if operation.as_ref().is_some_and(|name| self.arguments.chooses(name)) {
            self.count += 1;
        }
        let name = operation.iter().chain([&metric]).cloned().collect::<Vec<_>>().join(" / ");
        let row = vec![name, cell(&values, unit)];
        let records =
            vec![Record { operation, metric, unit: unit.to_owned(), better: None, values }];
        self.tell(&Told { records, row });
    }
}

/// What a table shows of it.
fn cell(values: &Values, unit: &str) -> String {
    match values {
        Values::Value(value) | Values::Total(value) => told::quantity(*value, unit),
        Values::Samples(samples) => {
            told::quantity(told::quantile(samples, 0.5).unwrap_or(f64::NAN), unit)
        }
        Values::Points(points) => {
            let at = |point: Option<&(f64, f64)>| point.map_or(f64::NAN, |point| point.1);
            let (first, last) = (at(points.first()), at(points.last()));
            format!("{} to {}", told::quantity(first, unit), told::quantity(last, unit))
        }
        _ => values.key().to_owned(),
    }
}
