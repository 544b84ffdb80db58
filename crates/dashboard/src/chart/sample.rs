//! Courses for the tests of every picture.

use proptest::prelude::*;
use tollgate::judge::Finding;
use tollgate::quantity::Dimension;

use super::{Bar, Course, Stop};

const DAY_MS: i64 = 86_400_000;
/// 2026-11-21, 02:16.
const START_MS: i64 = 1_795_227_360_000;

pub(super) fn stop(day: i64, finding: Finding, value: f64) -> Stop {
    let run = format!("202611{:02}-021600-7f3a", 21 + day);
    Stop {
        address: format!("/runs/{run}"),
        run,
        started_ms: START_MS + day * DAY_MS,
        commit: Some("3f2a91c0b1d2e3f405162738495a6b7c8d9e0f1a".to_owned()),
        finding: Some(finding),
        value: Some(value),
        low: Some(value - 0.3e6),
        high: Some(value + 0.4e6),
        hard: Some(Bar { value: 15e6, is_upper: true }),
        soft: Some(Bar { value: 13e6, is_upper: true }),
        baseline: None,
        is_elsewhere: false,
    }
}

/// Every finding, a gap, another machine, an open interval and a limit that changed.
pub(super) fn course() -> Course {
    let within = stop(0, Finding::Within, 11.8e6);
    let stops = vec![
        Stop { hard: Some(Bar { value: 14e6, is_upper: true }), ..within },
        Stop { baseline: Some(11.8e6), ..stop(1, Finding::Warned, 13.6e6) },
        Stop { baseline: Some(12.2e6), ..stop(2, Finding::Exceeded, 15.4e6) },
        Stop { value: None, ..stop(3, Finding::NotMeasured, 0.0) },
        Stop { high: None, ..stop(4, Finding::CannotTell, 14.1e6) },
        Stop { is_elsewhere: true, ..stop(5, Finding::Within, 12.1e6) },
    ];
    Course { subject: "latency p95".to_owned(), dimension: Dimension::TIME, stops, turns: vec![2] }
}

pub(super) fn empty() -> Course {
    Course { stops: Vec::new(), turns: Vec::new(), ..course() }
}

/// Any numbers at all, those that are none included.
pub(super) fn any_course() -> impl Strategy<Value = Course> {
    let findings = [
        None,
        Some(Finding::Within),
        Some(Finding::Warned),
        Some(Finding::Exceeded),
        Some(Finding::CannotTell),
        Some(Finding::NotMeasured),
    ];
    let number = prop::option::of(any::<f64>());
    let bar = || prop::option::of((any::<f64>(), any::<bool>()));
    let one = (
        prop::sample::select(findings.to_vec()),
        (number.clone(), number.clone(), number.clone(), number),
        (bar(), bar()),
        (any::<i64>(), any::<bool>()),
    );
    prop::collection::vec(one, 0..30).prop_map(|many| {
        let to_bar =
            |bar: Option<(f64, bool)>| bar.map(|(value, is_upper)| Bar { value, is_upper });
        let mut stops: Vec<Stop> = many
            .into_iter()
            .map(|(finding, (value, low, high, baseline), (hard, soft), (at, elsewhere))| Stop {
                finding,
                value,
                low,
                high,
                baseline,
                hard: to_bar(hard),
                soft: to_bar(soft),
                started_ms: at,
                is_elsewhere: elsewhere,
                ..stop(0, Finding::Within, 0.0)
            })
            .collect();
        stops.sort_by_key(|stop| stop.started_ms);
        Course { turns: (0..stops.len()).step_by(7).collect(), stops, ..course() }
    })
}
