//! Colours from dark violet over green to yellow. They lie on a curve of OKLab, the same distance
//! apart, and become lighter all the way, so that they can be told apart in grey as well.

use std::sync::OnceLock;

/// Red, green and blue of sRGB.
pub type Colour = [u8; 3];

/// As many colours as a byte tells apart.
pub const COLOURS: usize = 256;

/// Points of the curve by which its length is measured.
const POINTS: usize = 4096;

/// From the least value's colour to the largest value's.
#[must_use]
pub fn palette() -> &'static [Colour; COLOURS] {
    static PALETTE: OnceLock<[Colour; COLOURS]> = OnceLock::new();
    PALETTE.get_or_init(computed)
}

fn computed() -> [Colour; COLOURS] {
    let lengths = lengths();
    let whole = lengths[POINTS];
    std::array::from_fn(|index| {
        let length = whole * index as f64 / (COLOURS - 1) as f64;
        let after = lengths.partition_point(|reached| *reached < length);
        srgb(at(after))
    })
}

/// How long the curve is up to each point of it.
fn lengths() -> Vec<f64> {
    let mut lengths = vec![0.0];
    for point in 1..=POINTS {
        let (from, to) = (at(point - 1), at(point));
        let [l, a, b] = std::array::from_fn(|axis| to[axis] - from[axis]);
        lengths.push(lengths[point - 1] + (l * l + a * a + b * b).sqrt());
    }
    lengths
}

fn at(point: usize) -> [f64; 3] {
    curve(point as f64 / POINTS as f64)
}

/// Lightness, and the two axes of colour, of OKLab (Ottosson 2020). The curve runs from violet
/// through blue and green to yellow, less coloured in between, where screens show less.
fn curve(t: f64) -> [f64; 3] {
    let lightness = 0.26 + 0.66 * t;
    let chroma = 0.14 - 0.2 * t + 0.23 * t * t;
    let hue = (312.0 - 206.0 * t).to_radians();
    [lightness, chroma * hue.cos(), chroma * hue.sin()]
}

fn srgb([lightness, a, b]: [f64; 3]) -> Colour {
    let cube = |root: f64| root * root * root;
    let long = cube(lightness + 0.396_337_777_4 * a + 0.215_803_757_3 * b);
    let middle = cube(lightness - 0.105_561_345_8 * a - 0.063_854_172_8 * b);
    let short = cube(lightness - 0.089_484_177_5 * a - 1.291_485_548_0 * b);
    let linear = [
        4.076_741_662_1 * long - 3.307_711_591_3 * middle + 0.230_969_929_2 * short,
        -1.268_438_004_6 * long + 2.609_757_401_1 * middle - 0.341_319_396_5 * short,
        -0.004_196_086_3 * long - 0.703_418_614_7 * middle + 1.707_614_701_0 * short,
    ];
    linear.map(|value| (encoded(value.clamp(0.0, 1.0)) * 255.0).round() as u8)
}

/// The transfer function of sRGB.
fn encoded(linear: f64) -> f64 {
    if linear <= 0.003_130_8 { 12.92 * linear } else { 1.055 * linear.powf(1.0 / 2.4) - 0.055 }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// CIE L*, which shares nothing with OKLab.
    fn lightness(colour: Colour) -> f64 {
        let linear = colour.map(|byte| {
            let value = f64::from(byte) / 255.0;
            if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        });
        let luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
        116.0 * luminance.cbrt() - 16.0
    }

    #[test]
    fn each_colour_is_lighter_than_the_one_before_it() {
        let found = palette().map(lightness);
        // Rounding to bytes may take a little back.
        assert!(found.windows(2).all(|pair| pair[1] > pair[0] - 0.15), "{found:?}");
        assert!(found.windows(9).all(|run| run[8] > run[0] + 0.5), "{found:?}");
        assert!(found[0] < 20.0 && found[255] > 85.0, "{} to {}", found[0], found[255]);
    }

    #[test]
    fn equal_differences_of_value_are_nearly_equal_differences_of_lightness() {
        let found = palette().map(lightness);
        let steps: Vec<f64> = (0..255).step_by(51).map(|i| found[i + 51] - found[i]).collect();
        let mean = steps.iter().sum::<f64>() / steps.len() as f64;
        assert!(steps.iter().all(|step| (step / mean - 1.0).abs() < 0.35), "{steps:?}");
    }

    #[test]
    fn no_two_values_have_the_same_colour() {
        let different: std::collections::BTreeSet<Colour> = palette().iter().copied().collect();
        assert_eq!(different.len(), COLOURS);
    }

    #[test]
    fn black_white_and_red_come_out_as_themselves() {
        assert_eq!(srgb([1.0, 0.0, 0.0]), [255, 255, 255]);
        assert_eq!(srgb([0.0, 0.0, 0.0]), [0, 0, 0]);
        // Ottosson's own example: pure red.
        assert_eq!(srgb([0.627_955, 0.224_863, 0.125_846]), [255, 0, 0]);
    }
}
