//! Sides of boxes between a least and a most, as far apart as one another in proportion.

/// The divisors nearest to the wanted sides. Where they are fewer than three, as of a prime, the
/// wanted sides themselves, rounded.
pub(super) fn fitted(side: usize, least: usize, most: usize, count: usize) -> Vec<usize> {
    let wanted = geometric(least, most, count);
    let divisors: Vec<usize> = (least..=most).filter(|size| side.is_multiple_of(*size)).collect();
    let nearest = |&wanted: &f64| {
        let away = |size: usize| (size as f64 / wanted).ln().abs();
        divisors.iter().copied().min_by(|one, other| away(*one).total_cmp(&away(*other)))
    };
    let mut sizes: Vec<usize> = wanted.iter().filter_map(nearest).collect();
    sizes.dedup();
    if sizes.len() < count.min(3) {
        sizes = wanted.iter().map(|size| size.round() as usize).collect();
        sizes.dedup();
    }
    sizes
}

/// As NumPy's `geomspace` has them, converted to integers.
pub(super) fn truncated(least: usize, most: usize, count: usize) -> Vec<usize> {
    let mut sizes: Vec<usize> =
        geometric(least, most, count).into_iter().map(|size| size as usize).collect();
    sizes.dedup();
    sizes
}

/// By powers of ten between the two logarithms. The ends are exact; what is between them is off
/// by what a logarithm and a power round.
fn geometric(least: usize, most: usize, count: usize) -> Vec<f64> {
    let (least, most) = (least as f64, most as f64);
    let (from, to) = (least.log10(), most.log10());
    let step = (to - from) / (count - 1) as f64;
    let size = |place: usize| match place {
        0 => least,
        place if place == count - 1 => most,
        place => 10_f64.powf(place as f64 * step + from),
    };
    (0..count).map(size).collect()
}
