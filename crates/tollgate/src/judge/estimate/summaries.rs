//! Statistics that another tool computed and of which nothing else is known.

use tollgate_stats::interval::Interval;
use tollgate_stats::quantile::{minimum_n, select};

use super::Of;
use crate::judge::Estimate;
use crate::judge::evidence::{Lack, Measured};
use crate::run::Data;

impl Of {
    /// What another tool computed: its interval if it gave one, else the number alone; over
    /// several trials the middle, with everything that any of them leaves possible.
    pub(super) fn summaries(self, trials: &[Measured<'_>]) -> Result<Estimate, Lack> {
        let mut values = Vec::new();
        let (mut low, mut high, mut n) = (f64::INFINITY, f64::NEG_INFINITY, 0_u64);
        let mut bounded = false;
        for measured in trials {
            let Data::Summary(summary) = &measured.series.data else { continue };
            let stated = summary.values.get(&self.statistic).ok_or_else(|| {
                let given: Vec<String> = summary.values.keys().map(ToString::to_string).collect();
                Lack::new(format!("the file does not state the {}", self.statistic))
                    .hint(format!("it states: {}", given.join(", ")))
            })?;
            self.enough(summary.n)?;
            values.push(stated.value);
            low = low.min(stated.low.unwrap_or(stated.value));
            high = high.max(stated.high.unwrap_or(stated.value));
            bounded |= stated.low.is_some() || stated.high.is_some();
            n = summary.n.unwrap_or(1).saturating_add(n);
        }
        let value = select(&mut values, 0.5);
        let method = match (values.len(), bounded) {
            (1, true) => "interval as stated by the tool",
            (1, false) => "as stated by the tool, without an interval",
            (_, true) => "intervals as stated by the tool, over trials",
            (_, false) => "as stated by the tool, spread over trials",
        };
        let interval = Interval::new(low, high, self.confidence);
        Ok(self.bounded(value, &interval, n, n as f64, method))
    }

    /// A tool prints a p99 of seven requests without blinking; it means nothing.
    fn enough(self, n: Option<u64>) -> Result<(), Lack> {
        let (Some(n), Some(q)) = (n, self.statistic.quantile()) else { return Ok(()) };
        let needed = minimum_n(q, self.confidence);
        let needed = if q >= 0.5 { needed.upper } else { needed.lower };
        if n >= needed {
            return Ok(());
        }
        Err(Lack::new(format!("{n} observations; {} needs {needed}", self.statistic)))
    }
}
