//! Confidence intervals over independent seeds.

use serde::Deserialize;

/// Mean and half-width of the 95 % t-interval. Of many such intervals about one in twenty misses
/// the true value: a test either counts the misses of many, or asks it of a few with the seeds it
/// was written with.
pub struct Interval {
    pub mean: f64,
    pub half: f64,
}

/// The 97.5 % quantiles of Student's t, by degrees of freedom.
const T: [(usize, f64); 3] = [(9, 2.262_157), (19, 2.093_024), (39, 2.022_691)];

impl Interval {
    pub fn of(values: &[f64]) -> Interval {
        let n = values.len() as f64;
        let freedom = values.len() - 1;
        let (_, t) = T.into_iter().find(|(known, _)| *known == freedom).expect("a known number");
        let mean = values.iter().sum::<f64>() / n;
        let squares: f64 = values.iter().map(|value| (value - mean) * (value - mean)).sum();
        Interval { mean, half: t * (squares / (n - 1.0) / n).sqrt() }
    }

    pub fn contains(&self, value: f64) -> bool {
        (value - self.mean).abs() <= self.half
    }

    /// The half-width by the mean.
    pub fn relative(&self) -> f64 {
        self.half / self.mean
    }

    /// Panics unless the value is inside and the interval narrow enough to say so.
    pub fn agrees(&self, exact: f64, widest: f64, what: &str) {
        let Interval { mean, half } = self;
        let told = format!("{what}: {mean:.6} ± {half:.6}, exactly {exact:.6}");
        assert!(self.contains(exact) && self.relative() < widest, "{told}");
    }
}

/// What `tests/oracle/queues.py` computed.
#[derive(Deserialize)]
struct Oracle {
    misses: Vec<(u64, u64)>,
}

/// How many of so many intervals may miss before something else than chance is likely.
pub fn most_misses(of: u64) -> u64 {
    let oracle: Oracle = serde_json::from_str(include_str!("../oracle/queues.json")).unwrap();
    let known = oracle.misses.into_iter().find(|(number, _)| *number == of);
    known.expect("the oracle knows the number").1
}
