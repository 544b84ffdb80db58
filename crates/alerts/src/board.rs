//! The values of all series at one time. Whoever measures writes them here, the engine reads them.

use std::collections::HashMap;

use crate::labels::Labels;

/// Series, each with its latest value. One that is not set is missing.
#[derive(Clone, Debug)]
pub struct Board {
    series: Vec<Series>,
    /// One more than there are series: the first one is of none, and always missing.
    values: Vec<f64>,
    /// By metric and labels, so that a series is found without a copy of its name.
    places: HashMap<Box<str>, HashMap<Labels, Place>>,
}

/// A metric, and which one of it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Series {
    pub metric: Box<str>,
    pub labels: Labels,
}

/// Where a series stands on its board.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place(u32);

/// Where no series stands, and a number is always missing.
pub(crate) const NOWHERE: Place = Place(0);

/// The value of what is missing.
pub(crate) const MISSING: f64 = f64::NAN;

impl Board {
    #[must_use]
    pub fn new() -> Board {
        Board { series: Vec::new(), values: vec![MISSING], places: HashMap::new() }
    }

    /// The place of a series, which is given one if it has none yet.
    ///
    /// # Panics
    ///
    /// If there are more than four thousand million series.
    pub fn place(&mut self, metric: &str, labels: &Labels) -> Place {
        if let Some(place) = self.find(metric, labels) {
            return place;
        }
        let series = Series { metric: metric.into(), labels: labels.clone() };
        let place = Place(u32::try_from(self.values.len()).expect("series are counted in 32 bits"));
        self.places.entry(metric.into()).or_default().insert(labels.clone(), place);
        self.series.push(series);
        self.values.push(MISSING);
        place
    }

    /// What is not a number is missing.
    pub fn set(&mut self, place: Place, value: f64) {
        self.values[place.index()] = value;
    }

    /// Writes a value by name; who writes often keeps the place.
    pub fn write(&mut self, metric: &str, labels: &Labels, value: f64) {
        let place = self.place(metric, labels);
        self.set(place, value);
    }

    /// Makes every series missing until it is set again.
    pub fn forget(&mut self) {
        self.values.fill(MISSING);
    }

    /// What is missing is not a number.
    #[must_use]
    pub fn value(&self, place: Place) -> f64 {
        self.values[place.index()]
    }

    /// All series with their places, in the order in which they came.
    pub fn series(&self) -> impl ExactSizeIterator<Item = (Place, &Series)> {
        let place = |at: usize| Place(u32::try_from(at + 1).unwrap_or(u32::MAX));
        self.series.iter().enumerate().map(move |(at, series)| (place(at), series))
    }

    /// The place of a series, if it has one.
    pub(crate) fn find(&self, metric: &str, labels: &Labels) -> Option<Place> {
        self.places.get(metric)?.get(labels).copied()
    }

    /// What stands at a place other than nowhere.
    pub(crate) fn at(&self, place: Place) -> Option<&Series> {
        self.series.get(place.index().checked_sub(1)?)
    }

    /// By the index of their places.
    pub(crate) fn values(&self) -> &[f64] {
        &self.values
    }
}

impl Default for Board {
    fn default() -> Board {
        Board::new()
    }
}

impl Place {
    pub(crate) fn index(self) -> usize {
        self.0 as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_series_keeps_its_place_and_is_missing_until_it_is_set() {
        let mut board = Board::new();
        let place = board.place("load", &Labels::default());
        assert!(board.value(place).is_nan());
        board.write("load", &Labels::default(), 3.0);
        assert_eq!(board.place("load", &Labels::default()), place);
        assert!((board.value(place) - 3.0).abs() < f64::EPSILON);
        board.forget();
        assert!(board.value(place).is_nan());
    }

    #[test]
    fn series_of_one_metric_differ_by_their_labels() {
        let mut board = Board::new();
        let one = board.place("load", &Labels::new([("port", "1")]));
        let two = board.place("load", &Labels::new([("port", "2")]));
        assert_ne!(one, two);
        assert_eq!(board.series().map(|(place, _)| place).collect::<Vec<_>>(), [one, two]);
        assert!(board.value(NOWHERE).is_nan());
    }
}
