//! How well the median of timings is known, from the timings alone.
//!
//! Says when to stop measuring and what the table shows beside a median. Verdicts come from the
//! records: what differs between processes cannot be seen from within one.

/// The deviate of a two-sided interval at 95 % confidence.
const DEVIATE: f64 = 1.96;
/// Stretches of time whose timings are compared, and the timings each needs.
const STRETCHES: usize = 16;
const LEAST_IN_STRETCH: usize = 5;
const FEWEST_STRETCHES: usize = 4;

/// Half the width of the median's interval as a share of the median, for timings in the order of
/// time. Infinite where they are too few to say.
///
/// The interval lies between two order statistics, by the normal approximation to the binomial
/// distribution. Neighbours resemble each other, so that many timings may say as much as few: the
/// shares of timings below the median differ between stretches of time by more than chance would
/// have it, and by that factor the variance grows (the design effect of a cluster sample; Kish,
/// Survey Sampling, 1965, section 5.4).
pub(crate) fn of(timings: &[f64]) -> f64 {
    let mut sorted = timings.to_vec();
    sorted.sort_by(f64::total_cmp);
    let count = sorted.len();
    let Some(&median) = sorted.get(count / 2) else { return f64::INFINITY };
    let effect = design_effect(timings, median);
    let reach = DEVIATE * (count as f64 * effect).sqrt();
    let low = ((count as f64 - reach) / 2.0).floor();
    let high = ((count as f64 + reach) / 2.0).ceil();
    // Independent timings bound the median by their first and last from six on.
    if count < 6 || (low < 1.0 && effect > 1.0) {
        return f64::INFINITY;
    }
    let width = sorted[(high as usize).min(count - 1)] - sorted[(low as usize).max(1) - 1];
    if width > 0.0 { width / 2.0 / median } else { 0.0 }
}

/// How much more the stretches differ than independent timings would; never less than one. Where
/// many timings equal the median, those below it and those up to it are asked about apart.
fn design_effect(timings: &[f64], median: f64) -> f64 {
    let stretches = (timings.len() / LEAST_IN_STRETCH).min(STRETCHES);
    if stretches < FEWEST_STRETCHES {
        return 1.0;
    }
    let length = timings.len() / stretches;
    let of_those = |is_meant: &dyn Fn(f64) -> bool| {
        let share = |stretch: &[f64]| {
            stretch.iter().filter(|&&timing| is_meant(timing)).count() as f64 / length as f64
        };
        let shares: Vec<f64> = timings.chunks_exact(length).map(share).collect();
        let mean = shares.iter().sum::<f64>() / shares.len() as f64;
        let squares: f64 = shares.iter().map(|share| (share - mean) * (share - mean)).sum();
        let between = squares / (shares.len() - 1) as f64;
        // What the share of a stretch varies by if its timings are independent.
        let by_chance = mean * (1.0 - mean) / length as f64;
        if by_chance > 0.0 { between / by_chance } else { 1.0 }
    };
    of_those(&|timing| timing < median).max(of_those(&|timing| timing <= median)).max(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers between 0 and 1 that look random (a Weyl sequence is too even, so it is hashed).
    fn noise(seed: u64) -> impl Iterator<Item = f64> {
        (1_u64..).map(move |i| {
            let mut hash = (i + seed * 1_000_003).wrapping_mul(0x9E37_79B9_7F4A_7C15);
            hash = (hash ^ (hash >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            hash = (hash ^ (hash >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            ((hash ^ (hash >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
        })
    }

    #[test]
    fn five_timings_cannot_bound_a_median_and_six_can() {
        assert!(of(&[]).is_infinite());
        assert!(of(&[10.0; 5]).is_infinite());
        assert!((of(&[9.0, 10.0, 11.0, 12.0, 13.0, 14.0]) - 2.5 / 12.0).abs() < 1e-12);
    }

    #[test]
    fn timings_that_are_all_the_same_are_known_exactly() {
        let widths = [of(&[20.0; 7]), of(&[20.0; 1_000]), of(&[0.0; 50])];
        assert!(widths.iter().all(|&width| width <= 0.0), "{widths:?}");
    }

    /// 1.96 √n of the n values lie in the interval, and they are spread evenly.
    #[test]
    fn the_width_is_that_of_the_binomial_distribution() {
        for n in [100, 1_000, 10_000] {
            let timings: Vec<f64> = noise(1).take(n).map(|x| 100.0 + x).collect();
            let expected = DEVIATE / (n as f64).sqrt() / 2.0 / 100.5;
            let ratio = of(&timings) / expected;
            assert!((0.8..1.7).contains(&ratio), "{n}: {ratio}");
        }
    }

    #[test]
    fn timings_that_come_in_long_stretches_say_less() {
        let step =
            |i: usize, x: f64| 100.0 + x + if (i / 100).is_multiple_of(2) { 0.0 } else { 10.0 };
        let in_stretches: Vec<f64> =
            noise(1).take(2_000).enumerate().map(|(i, x)| step(i, x)).collect();
        let mut mixed = in_stretches.clone();
        let mut at = noise(2);
        for i in (1..mixed.len()).rev() {
            mixed.swap(i, (at.next().unwrap() * (i + 1) as f64) as usize);
        }
        assert!(design_effect(&in_stretches, 101.0) > 20.0);
        assert!(design_effect(&mixed, 101.0) < 2.0);
    }

    /// Of intervals at 95 % some 95 in a hundred hold the truth, neighbours alike or not.
    #[test]
    fn the_interval_holds_the_median_as_often_as_it_says() {
        for alike in [0.0, 0.8] {
            let mut hits = 0;
            for seed in 0..400 {
                let mut level = 0.0;
                let timings: Vec<f64> = noise(seed)
                    .take(1_000)
                    .map(|x| {
                        level = alike * level + (x - 0.5);
                        1_000.0 + level
                    })
                    .collect();
                let mut sorted = timings.clone();
                sorted.sort_by(f64::total_cmp);
                // Both halves of a symmetrical interval are about as wide.
                let half = of(&timings) * sorted[500];
                hits += usize::from((sorted[500] - 1_000.0).abs() <= half);
            }
            assert!((360..=396).contains(&hits), "{alike}: {hits} of 400");
        }
    }
}
