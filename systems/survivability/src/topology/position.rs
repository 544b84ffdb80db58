//! Where nodes lie on the globe, and how far apart.

/// Degrees north and east.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Position {
    pub latitude: f64,
    pub longitude: f64,
}

/// The mean radius of the earth (IUGG: a third of the polar and two thirds of the equatorial one).
const EARTH_RADIUS_KM: f64 = 6371.0088;

impl Position {
    /// Whether there is such a place.
    #[must_use]
    pub fn is_valid(self) -> bool {
        self.latitude.abs() <= 90.0 && self.longitude.abs() <= 180.0
    }

    /// Along the great circle of a sphere, by the haversine formula, which keeps its digits over
    /// short ways. The real earth is flattened; the error is below 0.6 %.
    #[must_use]
    pub fn km_to(self, other: Position) -> f64 {
        let [from, to] = [self.latitude, other.latitude].map(f64::to_radians);
        let half_north = ((to - from) / 2.0).sin();
        let half_east = ((other.longitude - self.longitude).to_radians() / 2.0).sin();
        let haversine = half_north * half_north + from.cos() * to.cos() * half_east * half_east;
        2.0 * EARTH_RADIUS_KM * haversine.sqrt().min(1.0).asin()
    }
}

#[cfg(test)]
mod tests {
    use std::f64::consts::PI;

    use proptest::prelude::*;

    use super::*;

    fn position(latitude: f64, longitude: f64) -> Position {
        Position { latitude, longitude }
    }

    /// From the angle between the directions from the centre, which shares no formula with the
    /// haversine.
    fn by_vectors(from: Position, to: Position) -> f64 {
        let [a, b] = [from, to].map(|position| {
            let (north, east) = (position.latitude.to_radians(), position.longitude.to_radians());
            [north.cos() * east.cos(), north.cos() * east.sin(), north.sin()]
        });
        let cross = [(1, 2), (2, 0), (0, 1)].map(|(i, j)| a[i] * b[j] - a[j] * b[i]);
        let length = cross.iter().map(|x| x * x).sum::<f64>().sqrt();
        let dot: f64 = a.iter().zip(b).map(|(x, y)| x * y).sum();
        EARTH_RADIUS_KM * length.atan2(dot)
    }

    #[test]
    fn parts_of_great_circles_have_their_length() {
        let quarter = EARTH_RADIUS_KM * PI / 2.0;
        for (from, to, km) in [
            (position(0.0, 0.0), position(0.0, 180.0), 2.0 * quarter),
            (position(90.0, 17.0), position(-90.0, -120.0), 2.0 * quarter),
            (position(0.0, 179.0), position(0.0, -91.0), quarter),
            (position(10.0, 20.0), position(10.0, 20.0), 0.0),
            (position(45.0, 7.0), position(46.0, 7.0), quarter / 90.0),
        ] {
            assert!((from.km_to(to) - km).abs() < 1e-6, "{from:?} {to:?}");
        }
    }

    #[test]
    fn a_place_beyond_the_poles_or_the_date_line_is_none() {
        assert!(position(-90.0, 180.0).is_valid());
        for (latitude, longitude) in [(90.1, 0.0), (0.0, -180.1), (f64::NAN, 0.0)] {
            assert!(!position(latitude, longitude).is_valid());
        }
    }

    proptest! {
        #[test]
        fn distances_are_those_of_the_angle_between_directions(
            a in -90.0..90.0_f64, b in -180.0..180.0_f64,
            c in -90.0..90.0_f64, d in -180.0..180.0_f64,
        ) {
            let (from, to) = (position(a, b), position(c, d));
            prop_assert!((from.km_to(to) - by_vectors(from, to)).abs() < 1e-3);
            prop_assert!((from.km_to(to) - to.km_to(from)).abs() < 1e-9);
        }
    }
}
