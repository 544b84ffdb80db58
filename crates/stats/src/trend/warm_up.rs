//! Where a warm-up ends, found by the data.
//!
//! White's rule (1997; MSER-5 of White, Cobb and Spratt 2000) cuts off what makes the standard
//! error of the mean of the rest smallest. A leak has no mean to settle at, and the rule would cut
//! half of it away; so it is applied to the standard error of the slope: a line that holds from the
//! beginning is most precise when nothing is cut off.

/// Points among which a calmer ending is sought, as a share of all, from the last.
const LEFT: f64 = 0.2;
/// Points that are left at least.
const LEFT_MIN: usize = 8;
/// By this factor the variance of the slope must fall for something to be cut off; noise alone
/// makes some ending of a series look calmer than the whole.
const GAIN: f64 = 3.0;

/// How many points from the first belong to a warm-up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WarmUp {
    /// So many, at most half: as many again as the rule cuts off.
    Over(usize),
    /// The rule would cut off so many, more than half. What is left may be a level that was
    /// reached, or a pause: nothing so short tells which.
    Doubtful(usize),
}

pub(super) fn warm_up(t: &[f64], y: &[f64]) -> WarmUp {
    let n = y.len();
    let left = ((LEFT * n as f64).ceil() as usize).max(LEFT_MIN);
    let whole = slope_variance(t, y).filter(|_| n > left);
    let Some(whole) = whole else { return WarmUp::Over(0) };
    let mut best = (0, whole / GAIN);
    for from in 1..=n - left {
        if let Some(variance) = slope_variance(&t[from..], &y[from..])
            && variance < best.1
        {
            best = (from, variance);
        }
    }
    if best.0 > n / 2 {
        return WarmUp::Doubtful(best.0);
    }
    // What approaches its level ever more slowly has not arrived where it sinks into the noise.
    WarmUp::Over((2 * best.0).min(n / 2))
}

/// The variance of the slope of least squares; none without two distinct times.
fn slope_variance(t: &[f64], y: &[f64]) -> Option<f64> {
    let n = y.len() as f64;
    let (mean_t, mean_y) = (t.iter().sum::<f64>() / n, y.iter().sum::<f64>() / n);
    let (mut tt, mut ty, mut yy) = (0.0, 0.0, 0.0);
    for (t, y) in t.iter().zip(y) {
        let (t, y) = (t - mean_t, y - mean_y);
        tt += t * t;
        ty += t * y;
        yy += y * y;
    }
    let rest = (yy - ty * ty / tt).max(0.0);
    let variance = rest / (n - 2.0) / tt;
    variance.is_finite().then_some(variance)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn times(n: u32) -> Vec<f64> {
        (0..n).map(f64::from).collect()
    }

    #[test]
    fn a_line_from_the_beginning_has_no_warm_up() {
        let y: Vec<f64> = times(50).iter().map(|t| 3.0 + 0.5 * t + (7.0 * t).sin()).collect();
        assert_eq!(warm_up(&times(50), &y), WarmUp::Over(0));
        assert_eq!(warm_up(&times(50), &[2.0; 50]), WarmUp::Over(0));
    }

    #[test]
    fn a_knee_ends_the_warm_up_and_as_much_again_is_left_out() {
        let y: Vec<f64> = times(50).iter().map(|t| t.min(10.0) + 0.1 * (7.0 * t).sin()).collect();
        let WarmUp::Over(found) = warm_up(&times(50), &y) else { panic!("it has settled") };
        assert!((18..=22).contains(&found), "{found}");
    }

    #[test]
    fn a_level_kept_for_less_than_half_of_the_time_is_doubtful() {
        let y: Vec<f64> = times(50).iter().map(|t| t.min(35.0)).collect();
        assert_eq!(warm_up(&times(50), &y), WarmUp::Doubtful(35));
        for n in 0..9 {
            assert_eq!(warm_up(&times(n), &times(n)), WarmUp::Over(0));
        }
        assert_eq!(warm_up(&[1.0; 20], &times(20)), WarmUp::Over(0));
    }
}
