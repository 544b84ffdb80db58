//! Normal numbers by a ziggurat of 256 layers under the bell (Marsaglia and Tsang 2000, with the
//! 52 bits of Doornik 2005), in the order in which NumPy draws.

mod table;

use table::{HEIGHTS, INNER, WIDTHS};

/// A stream of evenly distributed bits.
pub(super) trait Bits {
    fn bits(&mut self) -> u64;

    /// The upper 53 bits as a fraction: evenly from 0 to 1, which is never reached.
    #[inline]
    fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 * (1.0 / (1_u64 << 53) as f64)
    }
}

/// Where the lowest layer ends and the tail begins.
pub(super) const TAIL: f64 = 3.654_152_885_361_009;

/// One draw in a hundred leaves this function by another door than the first.
#[inline]
pub(super) fn normal(source: &mut impl Bits) -> f64 {
    let bits = source.bits();
    let layer = (bits & 0xff) as usize;
    let distance = (bits >> 9) & ((1 << 52) - 1);
    let side = (bits & 0x100) << 55;
    let x = f64::from_bits((distance as f64 * WIDTHS[layer]).to_bits() | side);
    if distance < INNER[layer] {
        return x;
    }
    at_the_edge(source, layer, distance, x)
}

#[cold]
#[inline(never)]
fn at_the_edge(source: &mut impl Bits, layer: usize, distance: u64, x: f64) -> f64 {
    if layer == 0 {
        return beyond(source, distance);
    }
    let drop = HEIGHTS[layer - 1] - HEIGHTS[layer];
    if drop * source.unit() + HEIGHTS[layer] < (-0.5 * x * x).exp() {
        return x;
    }
    normal(source)
}

/// From the tail, by Marsaglia's method of 1964. The side is told by a bit of the distance, as
/// NumPy does.
fn beyond(source: &mut impl Bits, distance: u64) -> f64 {
    loop {
        let x = -(1.0 / TAIL) * (-source.unit()).ln_1p();
        let y = -(-source.unit()).ln_1p();
        if y + y > x * x {
            let tail = TAIL + x;
            return if distance >> 8 & 1 == 1 { -tail } else { tail };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn density(x: f64) -> f64 {
        (-0.5 * x * x).exp()
    }

    /// Where layer `layer` ends.
    fn edge(layer: usize) -> f64 {
        WIDTHS[layer] * (1_u64 << 52) as f64
    }

    #[test]
    fn heights_are_those_of_the_bell_at_the_edges() {
        for (layer, height) in HEIGHTS.iter().enumerate().skip(1) {
            let error = height / density(edge(layer)) - 1.0;
            assert!(error.abs() < 1e-14, "{layer}: {error:e}");
        }
        assert!((edge(255) - TAIL).abs() < 1e-15);
    }

    #[test]
    fn all_layers_have_one_area() {
        let area = edge(0) * HEIGHTS[255];
        for layer in 1..255 {
            let above = edge(layer + 1) * (HEIGHTS[layer] - HEIGHTS[layer + 1]);
            assert!((above / area - 1.0).abs() < 1e-12, "{layer}: {above} against {area}");
        }
        let top = edge(1) * (HEIGHTS[0] - HEIGHTS[1]);
        assert!((top / area - 1.0).abs() < 1e-12, "{top} against {area}");
    }

    #[test]
    fn what_is_certainly_inside_ends_where_the_layer_above_does() {
        for layer in 2..256 {
            let inner = INNER[layer] as f64 * WIDTHS[layer];
            assert!((inner / edge(layer - 1) - 1.0).abs() < 1e-14, "{layer}");
        }
        assert_eq!(INNER[1], 0);
        assert!((INNER[0] as f64 * WIDTHS[0] / TAIL - 1.0).abs() < 1e-14);
    }
}
