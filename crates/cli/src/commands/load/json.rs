//! The figures of a load as JSON: times in nanoseconds, shares of one, everything per second.

use serde_json::{Value, json};
use tollgate_load::report::{Ended, Report, Window};
use tollgate_stats::histogram::Histogram;

use super::figures::per_second;
use super::summary::busy;

/// `told` is the load in a line.
pub fn json(told: &str, report: &Report) -> Value {
    let over = report.measured;
    let operations = report.operations.iter().map(|operation| {
        let mut figures = figures(&operation.total(), over);
        figures["name"] = operation.name.clone().into();
        figures["method"] = operation.method.clone().into();
        figures
    });
    let failures = report.failures.iter().map(|failure| {
        json!({
            "operation": failure.operation,
            "reason": failure.reason,
            "count": failure.count,
        })
    });
    let generator = &report.generator;
    json!({
        "load": told,
        "ended": ended(&report.ended),
        "partial": report.ended == Ended::Interrupted,
        "measured_ns": nanoseconds(over),
        "total": figures(&report.total(), over),
        "operations": operations.collect::<Vec<_>>(),
        "failures": failures.collect::<Vec<_>>(),
        "lost": report.deliveries.map(|deliveries| deliveries.lost),
        "duplicates": report.deliveries.map(|deliveries| deliveries.duplicates),
        "generator": {
            "threads": generator.threads,
            "busy": busy(report),
            "connects": generator.connects,
            "users": generator.users,
            "due": generator.due,
            "begun": generator.begun,
        },
    })
}

fn ended(ended: &Ended) -> &'static str {
    match ended {
        Ended::Complete => "complete",
        Ended::Count => "count",
        Ended::Decided => "decided",
        Ended::Interrupted => "interrupted",
        Ended::Exhausted => "exhausted",
    }
}

fn figures(total: &Window, over: std::time::Duration) -> Value {
    json!({
        "requests": total.attempts(),
        "succeeded": total.succeeded,
        "failed": total.failed,
        "errors": total.failed as f64 / total.attempts().max(1) as f64,
        "throughput": per_second(total.in_time, over),
        "received_bytes": total.received,
        "latency_ns": times(&total.latency),
        "service_ns": times(&total.service),
        "lateness_ns": times(&total.lateness),
    })
}

/// Percentiles of as many as there are: a reader of JSON sees the count beside them.
fn times(times: &Histogram) -> Value {
    let at = |q: f64| times.quantile(q);
    json!({
        "count": times.count(),
        "mean": times.mean(),
        "min": times.min(),
        "p50": at(0.5),
        "p90": at(0.9),
        "p95": at(0.95),
        "p99": at(0.99),
        "p99.9": at(0.999),
        "max": times.max(),
    })
}

fn nanoseconds(time: std::time::Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    #[test]
    fn a_partial_report_says_so() {
        let told = json("a load", &sample::troubled());
        assert_eq!((&told["ended"], &told["partial"]), (&"interrupted".into(), &true.into()));
        assert_eq!(told["total"]["requests"], 1_065);
        assert_eq!(told["operations"][1]["failed"], 12);
        assert_eq!(told["failures"][0]["count"], 3);
    }

    #[test]
    fn times_that_nobody_saw_are_null() {
        let told = json("a load", &sample::dead());
        assert_eq!(told["total"]["latency_ns"]["p99"], Value::Null);
        assert_eq!(told["total"]["errors"], 1.0);
    }
}
