//! Fractals by the chaos game: random similarity maps applied again and again.

mod raster;

#[cfg(test)]
mod tests;

use std::f64::consts::TAU;

use crate::error::Error;
use crate::random::Random;
use crate::settings::Streams;

/// Shrinks, turns and moves the plane.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Similarity {
    /// Below one, or nothing would come of repeating it.
    pub scale: f64,
    /// In radians, counter-clockwise.
    pub angle: f64,
    pub shift: (f64, f64),
}

/// Points of a fractal, in the order in which the game came to them.
#[derive(Clone, Debug, PartialEq)]
pub struct Ifs {
    pub maps: Vec<Similarity>,
    /// The first is one map away from the origin, so that a few of them lie beside the fractal.
    pub points: Vec<(f64, f64)>,
    /// By how much, as a logarithm, a map shrinks an area, in the mean over those played. It is
    /// the sum of the exponents of both directions, which are equal.
    pub area_exponent: f64,
}

/// In which range scales and shifts are drawn.
pub const SCALES: (f64, f64) = (0.2, 0.5);
pub const SHIFTS: (f64, f64) = (-1.0, 1.0);
/// A point farther out has left every fractal that such shifts lead to.
const FAR: f64 = 100.0;

/// A fractal of so many maps drawn at random.
pub fn generate(
    streams: Streams,
    seed: u64,
    transforms: usize,
    points: usize,
) -> Result<Ifs, Error> {
    if !(2..=8).contains(&transforms) {
        return Err(Error::out_of_range("transforms", transforms, "from 2 to 8"));
    }
    let mut random = Random::new(streams, seed);
    let maps: Vec<Similarity> = (0..transforms).map(|_| Similarity::draw(&mut random)).collect();
    play(&maps, points, &mut random)
}

/// The fractal of given maps, each of which is as likely as the others.
pub fn play(maps: &[Similarity], points: usize, random: &mut Random) -> Result<Ifs, Error> {
    if maps.is_empty() {
        return Err(Error::Shape("no maps to play with".to_owned()));
    }
    if !(1..=10_000_000).contains(&points) {
        return Err(Error::out_of_range("points", points, "from 1 to 10000000"));
    }
    for map in maps {
        map.validate()?;
    }
    let affine: Vec<Affine> = maps.iter().map(Affine::of).collect();
    let mut place = (0.0, 0.0);
    let mut area = 0.0;
    let mut visited = Vec::with_capacity(points);
    for _ in 0..points {
        let map = affine[random.below(maps.len() as u64) as usize];
        place = map.apply(place);
        area += map.area;
        if !(place.0.abs() < FAR && place.1.abs() < FAR) {
            let text = format!("the game is at {place:?} after {} points", visited.len() + 1);
            return Err(Error::Unstable(text));
        }
        visited.push(place);
    }
    Ok(Ifs { maps: maps.to_vec(), points: visited, area_exponent: area / points as f64 })
}

impl Similarity {
    fn draw(random: &mut Random) -> Similarity {
        let scale = random.uniform(SCALES.0, SCALES.1);
        let angle = random.uniform(0.0, TAU);
        let right = random.uniform(SHIFTS.0, SHIFTS.1);
        let up = random.uniform(SHIFTS.0, SHIFTS.1);
        Similarity { scale, angle, shift: (right, up) }
    }

    fn validate(&self) -> Result<(), Error> {
        if !(self.scale > 0.0 && self.scale < 1.0) {
            return Err(Error::out_of_range("scale", self.scale, "above 0 and below 1"));
        }
        for (parameter, value) in
            [("angle", self.angle), ("shift", self.shift.0), ("shift", self.shift.1)]
        {
            if !value.is_finite() {
                return Err(Error::out_of_range(parameter, value, "a finite number"));
            }
        }
        Ok(())
    }
}

/// A similarity, ready to be applied.
#[derive(Clone, Copy)]
struct Affine {
    rows: [[f64; 2]; 2],
    shift: (f64, f64),
    /// The logarithm of its determinant.
    area: f64,
}

impl Affine {
    fn of(map: &Similarity) -> Affine {
        let (sine, cosine) = map.angle.sin_cos();
        let (along, across) = (map.scale * cosine, map.scale * sine);
        let rows = [[along, -across], [across, along]];
        let determinant = rows[0][0] * rows[1][1] - rows[0][1] * rows[1][0];
        Affine { rows, shift: map.shift, area: determinant.abs().ln() }
    }

    fn apply(&self, (x, y): (f64, f64)) -> (f64, f64) {
        let [[xx, xy], [yx, yy]] = self.rows;
        (xx * x + xy * y + self.shift.0, yx * x + yy * y + self.shift.1)
    }
}
