//! What comes round again: the first high peak of the autocorrelation, if chance has no such peaks.

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Season {
    /// In samples.
    pub period: usize,
    /// Of the values with those of one period before.
    pub correlation: f64,
    /// What chance exceeds in one of twenty series, at any period at all.
    pub bound: f64,
}

/// Too few samples have no season.
const FEWEST: usize = 24;
const SIGNIFICANCE: f64 = 0.05;
/// Multiples of a period are peaks as well: the first one that is nearly as high counts.
const NEARLY: f64 = 0.9;
/// Of the largest value: so much a sum of some thousand values may be off.
const ROUNDING: f64 = 1e-12;

/// Of samples at equal distances, whose straight trend is taken out before.
#[must_use]
pub fn season(values: &[f64]) -> Option<Season> {
    if values.len() < FEWEST || values.iter().any(|value| !value.is_finite()) {
        return None;
    }
    let longest = values.len() / 3;
    let rest = without_trend(values);
    let most = |values: &[f64]| values.iter().fold(0.0_f64, |most, value| most.max(value.abs()));
    // What is left of a straight line by rounding is no signal.
    if most(&rest) <= ROUNDING * most(values) {
        return None;
    }
    let correlations = autocorrelations(&rest, longest + 1);
    // As many periods are tried as that: each may exceed its bound that much more rarely.
    let tried = (longest - 1) as f64;
    let bound = upper_quantile(SIGNIFICANCE / (2.0 * tried)) / (values.len() as f64).sqrt();
    let is_peak = |lag: &usize| {
        let (before, own, after) =
            (correlations[lag - 1], correlations[*lag], correlations[lag + 1]);
        own > before && own >= after && own > bound
    };
    let peaks: Vec<usize> = (2..=longest).filter(is_peak).collect();
    let highest = peaks.iter().map(|&lag| correlations[lag]).fold(0.0, f64::max);
    let period = peaks.into_iter().find(|&lag| correlations[lag] >= NEARLY * highest)?;
    Some(Season { period, correlation: correlations[period], bound })
}

/// By least squares.
fn without_trend(values: &[f64]) -> Vec<f64> {
    let count = values.len() as f64;
    let (center, mean) = ((count - 1.0) / 2.0, values.iter().sum::<f64>() / count);
    let offset = |at: usize| at as f64 - center;
    let product: f64 = values.iter().enumerate().map(|(at, v)| offset(at) * (v - mean)).sum();
    let square: f64 = (0..values.len()).map(|at| offset(at) * offset(at)).sum();
    let slope = product / square;
    values.iter().enumerate().map(|(at, v)| v - mean - slope * offset(at)).collect()
}

/// From lag zero on.
fn autocorrelations(rest: &[f64], longest: usize) -> Vec<f64> {
    let product =
        |lag: usize| rest.iter().zip(&rest[lag..]).map(|(one, other)| one * other).sum::<f64>();
    let whole = product(0);
    (0..=longest).map(|lag| product(lag) / whole).collect()
}

/// Abramowitz and Stegun 26.2.23, to within 0.00045.
fn upper_quantile(tail: f64) -> f64 {
    let t = (-2.0 * tail.ln()).sqrt();
    let above = 2.515_517 + t * (0.802_853 + t * 0.010_328);
    let below = 1.0 + t * (1.432_788 + t * (0.189_269 + t * 0.001_308));
    t - above / below
}
