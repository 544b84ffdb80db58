//! Metrics and statistics by name: what can be promised, in which unit, and which way is better.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::quantity::Dimension;

/// The number asked of a series.
///
/// A quantile is kept in parts per million, so that statistics compare and sort exactly; the
/// median is the quantile 500,000.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Statistic {
    Min,
    Mean,
    Quantile(u32),
    Max,
    Stddev,
    Rate,
    Total,
    Growth,
}

impl Statistic {
    pub const MEDIAN: Statistic = Statistic::Quantile(500_000);

    /// Reads `median`, `p99.9`, `max` and the rest.
    #[must_use]
    pub fn parse(text: &str) -> Option<Statistic> {
        Some(match text {
            "min" => Statistic::Min,
            "mean" => Statistic::Mean,
            "median" => Statistic::MEDIAN,
            "max" => Statistic::Max,
            "stddev" => Statistic::Stddev,
            "rate" => Statistic::Rate,
            "total" => Statistic::Total,
            "growth" => Statistic::Growth,
            _ => return percentile(text.strip_prefix('p')?),
        })
    }

    /// The quantile as a fraction of one.
    #[must_use]
    pub fn quantile(self) -> Option<f64> {
        match self {
            Statistic::Quantile(millionths) => Some(f64::from(millionths) / 1e6),
            _ => None,
        }
    }

    /// The dimension of this statistic of a metric in `dimension`, if it has a meaning there.
    #[must_use]
    pub fn dimension(self, dimension: Dimension) -> Option<Dimension> {
        match self {
            Statistic::Rate | Statistic::Growth => dimension.per_time(),
            _ => Some(dimension),
        }
    }
}

/// `99.9` as parts per million; only values strictly between 0 and 100 with four decimals at most.
fn percentile(text: &str) -> Option<Statistic> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty()
        || whole.len() > 2
        || decimals.len() > 4
        || !digits(whole)
        || !digits(decimals)
    {
        return None;
    }
    if text.ends_with('.') {
        return None;
    }
    let millionths: u32 = format!("{whole}{decimals:0<4}").parse().ok()?;
    (millionths > 0).then_some(Statistic::Quantile(millionths))
}

impl fmt::Display for Statistic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Statistic::Min => f.write_str("min"),
            Statistic::Mean => f.write_str("mean"),
            Statistic::MEDIAN => f.write_str("median"),
            Statistic::Quantile(millionths) => {
                let text = format!("{}.{:04}", millionths / 10_000, millionths % 10_000);
                write!(f, "p{}", text.trim_end_matches('0').trim_end_matches('.'))
            }
            Statistic::Max => f.write_str("max"),
            Statistic::Stddev => f.write_str("stddev"),
            Statistic::Rate => f.write_str("rate"),
            Statistic::Total => f.write_str("total"),
            Statistic::Growth => f.write_str("growth"),
        }
    }
}

impl Serialize for Statistic {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Statistic {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        Statistic::parse(&text)
            .ok_or_else(|| serde::de::Error::custom(format!("unknown statistic `{text}`")))
    }
}

/// Which way a metric gets better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Better {
    Lower,
    Higher,
}

/// Where a known metric comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The process of a `run` case.
    Process,
    /// The load on a service: needs `load`.
    Load,
    /// The process tree of a `serve` case.
    Server,
}

/// A metric Tollgate measures itself.
#[derive(Debug)]
pub struct Metric {
    pub name: &'static str,
    pub dimension: Dimension,
    pub better: Better,
    pub default: Statistic,
    pub source: Source,
    pub about: &'static str,
}

macro_rules! metrics {
    ($(
        $name:literal $dimension:ident $better:ident $default:expr, $source:ident, $about:literal;
    )*) => {
        &[$(Metric {
            name: $name,
            dimension: Dimension::$dimension,
            better: Better::$better,
            default: $default,
            source: Source::$source,
            about: $about,
        }),*]
    };
}

/// Every metric that has a fixed meaning; any other name is a metric a program reports itself.
pub const METRICS: &[Metric] = metrics! {
    "wall" TIME Lower Statistic::MEDIAN, Process, "time from the start of the process to its end";
    "user" TIME Lower Statistic::MEDIAN, Process, "CPU time in user mode, of the process and the children it waited for";
    "system" TIME Lower Statistic::MEDIAN, Process, "CPU time in the kernel, of the process and the children it waited for";
    "cpu" TIME Lower Statistic::MEDIAN, Process, "user and system together";
    "peak memory" BYTES Lower Statistic::Max, Process, "largest resident memory of the process tree";
    "resident memory" BYTES Lower Statistic::Max, Process, "resident memory of the process tree, four times a second, of a program that runs for some seconds; its `growth` finds a leak";
    "threads" COUNT Lower Statistic::Max, Process, "threads of the process tree, of a program that runs for some seconds";
    "descriptors" COUNT Lower Statistic::Max, Process, "open file descriptors of the process tree, of a program that runs for some seconds";
    "major faults" COUNT Lower Statistic::MEDIAN, Process, "page faults that had to read from a disk";
    "minor faults" COUNT Lower Statistic::MEDIAN, Process, "page faults served from memory";
    "voluntary switches" COUNT Lower Statistic::MEDIAN, Process, "times the process waited for something";
    "involuntary switches" COUNT Lower Statistic::MEDIAN, Process, "times the kernel took the processor away";
    "bytes read" BYTES Lower Statistic::MEDIAN, Process, "bytes asked for by read calls, cached or not";
    "bytes written" BYTES Lower Statistic::MEDIAN, Process, "bytes handed to write calls";
    "disk read" BYTES Lower Statistic::MEDIAN, Process, "bytes fetched from storage";
    "disk written" BYTES Lower Statistic::MEDIAN, Process, "bytes sent to storage";
    "exit failures" SHARE Lower Statistic::Mean, Process, "share of trials that ended with another exit code than expected, a signal or a time-out";
    "instructions" COUNT Lower Statistic::Max, Process, "instructions executed, counted by valgrind; needs `instructions = true`";
    "latency" TIME Lower Statistic::Quantile(990_000), Load, "response time, from the scheduled start of a request to its end";
    "service time" TIME Lower Statistic::Quantile(990_000), Load, "from the actual start of a request to its end";
    "lateness" TIME Lower Statistic::Quantile(990_000), Load, "how far the load generator fell behind its own schedule";
    "errors" SHARE Lower Statistic::Mean, Load, "failed requests of those attempted, time-outs and failed expectations included";
    "throughput" RATE Higher Statistic::Mean, Load, "successful operations per second";
    "requests" COUNT Higher Statistic::Total, Load, "requests attempted";
    "capacity" RATE Higher Statistic::Min, Load, "the highest rate at which the case's other budgets held, found by a scenario with `search`; of several trials the lowest";
    "recovery" TIME Lower Statistic::Max, Load, "from each disturbance that takes something away until requests succeed again; needs `disturb`";
    "connects" COUNT Lower Statistic::Total, Load, "connections opened";
    "lost" COUNT Lower Statistic::Total, Load, "of messages: deliveries to the load's subscribers that did not come, neither in time nor later";
    "duplicates" COUNT Lower Statistic::Total, Load, "of messages: deliveries to a subscriber of what it had already";
    "server cpu" SHARE Lower Statistic::Mean, Server, "CPU time of the service's process tree over wall time";
    "server cpu per request" TIME Lower Statistic::Mean, Server, "CPU time of the service's process tree over successful requests";
    "server memory" BYTES Lower Statistic::Max, Server, "resident memory of the service's process tree";
    "server peak memory" BYTES Lower Statistic::Max, Server, "largest resident memory of the service's process tree";
    "server threads" COUNT Lower Statistic::Max, Server, "threads of the service's process tree";
    "server descriptors" COUNT Lower Statistic::Max, Server, "open file descriptors of the service's process tree";
};

/// The metric of that name, if Tollgate gives it a meaning.
#[must_use]
pub fn known(name: &str) -> Option<&'static Metric> {
    METRICS.iter().find(|metric| metric.name == name)
}

/// The series that the growth of a metric is read from, where that is another than its own: what is
/// told once a trial, or counted in windows, has a companion over time.
#[must_use]
pub fn over_time(metric: &str) -> &str {
    match metric {
        "peak memory" => "resident memory",
        "server peak memory" => "server memory",
        "latency" => "latency over time",
        own => own,
    }
}

/// A budget's key: a metric, and the statistic asked of it if one is named.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Key {
    pub metric: String,
    pub statistic: Option<Statistic>,
}

impl Key {
    /// Splits `server memory growth` into metric and statistic.
    ///
    /// A known metric's own last word is never taken for a statistic.
    #[must_use]
    pub fn parse(text: &str) -> Key {
        let words: Vec<&str> = text.split_whitespace().collect();
        let whole = words.join(" ");
        if known(&whole).is_none()
            && let Some((last, rest)) = words.split_last()
            && !rest.is_empty()
            && let Some(statistic) = Statistic::parse(last)
        {
            return Key { metric: rest.join(" "), statistic: Some(statistic) };
        }
        Key { metric: whole, statistic: None }
    }

    /// The statistic a judge asks for: the named one, the metric's own, or the median.
    #[must_use]
    pub fn resolved(&self) -> Statistic {
        self.statistic.unwrap_or_else(|| {
            known(&self.metric).map_or(Statistic::MEDIAN, |metric| metric.default)
        })
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.metric)?;
        self.statistic.map_or(Ok(()), |statistic| write!(f, " {statistic}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statistics_survive_a_round_trip_through_their_names() {
        for name in [
            "min", "mean", "median", "p99", "p99.9", "p99.99", "p5", "max", "stddev", "rate",
            "total", "growth",
        ] {
            assert_eq!(Statistic::parse(name).unwrap().to_string(), name);
        }
        assert_eq!(Statistic::parse("p50"), Some(Statistic::MEDIAN));
    }

    #[test]
    fn impossible_percentiles_are_not_statistics() {
        for name in ["p", "p0", "p100", "p101", "p-1", "p9.", "p99.99999", "p+5", "pp", "p99%"] {
            assert_eq!(Statistic::parse(name), None, "{name}");
        }
    }

    #[test]
    fn a_key_splits_into_metric_and_statistic() {
        let key = Key::parse("server memory growth");
        assert_eq!(
            (key.metric.as_str(), key.statistic),
            ("server memory", Some(Statistic::Growth))
        );
        let key = Key::parse("peak memory");
        assert_eq!((key.metric.as_str(), key.statistic), ("peak memory", None));
        assert_eq!(Key::parse("max").metric, "max");
        assert_eq!(Key::parse("latency").resolved(), Statistic::Quantile(990_000));
    }
}
