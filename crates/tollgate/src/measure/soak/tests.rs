//! Pieces of a long load, without a load.

use tollgate_load::report::{Ended, Generator, Report};
use tollgate_load::scenario::Override;

use super::*;
use crate::measure::process::single;
use crate::run::{Outcome, Point, Share};

fn scenario(seconds: u64) -> Scenario {
    let hold = Some(Duration::from_secs(seconds));
    let shape = Scenario::preset("endurance").unwrap();
    shape.overridden(&Override { hold, ..Override::default() }).unwrap()
}

fn hold(scenario: &Scenario) -> Option<Duration> {
    match scenario.shape {
        Shape::Users { hold, .. } => Some(hold),
        _ => None,
    }
}

fn begun(seconds: u64, series: Vec<Series>) -> Trial {
    Trial {
        case: "a".to_owned(),
        operation: None,
        number: 1,
        position: 0,
        started_ms: 0,
        elapsed_ns: seconds * 1_000_000_000,
        outcome: Outcome::Complete,
        series,
    }
}

#[test]
fn what_is_left_of_a_load_is_its_time_less_what_was_measured() {
    let left = |measured| rest(&scenario(3600), Duration::from_secs(measured));
    assert_eq!(left(600).as_ref().and_then(hold), Some(Duration::from_secs(3000)));
    // A load of nothing would be no load.
    assert_eq!(left(3600).as_ref().and_then(hold), Some(Duration::from_secs(1)));
    assert_eq!(left(9999).as_ref().and_then(hold), Some(Duration::from_secs(1)));
}

#[test]
fn stages_searches_and_numbers_of_requests_begin_anew() {
    for name in ["spike", "capacity"] {
        assert_eq!(rest(&Scenario::preset(name).unwrap(), Duration::ZERO), None, "{name}");
    }
    let counted = Scenario { requests: Some(10), ..scenario(3600) };
    assert_eq!(rest(&counted, Duration::ZERO), None);
}

#[test]
fn pieces_add_up_what_is_counted_and_keep_values_over_time_apart() {
    let of = |metric: &str, data: Data| Series { data, ..single(metric, 0.0, None) };
    let shares = |hits: &[u64]| {
        of("errors", Data::Shares(hits.iter().map(|&hits| Share { hits, of: 10 }).collect()))
    };
    let total = |count| of("requests", Data::Total(count));
    let memory = |value| of("server memory", Data::Points(vec![Point { at_ns: 1.0, value }]));
    let before = vec![
        total(5.0),
        shares(&[1]),
        memory(1.0),
        single("connects", 3.0, None),
        single("server peak memory", 9.0, None),
        single("connects", 1.0, Some("x")),
    ];
    let after = vec![
        total(7.0),
        shares(&[2, 3]),
        memory(2.0),
        single("connects", 4.0, None),
        single("server peak memory", 8.0, None),
    ];
    let expected = vec![
        total(12.0),
        shares(&[1, 2, 3]),
        memory(1.0),
        single("connects", 7.0, None),
        single("server peak memory", 9.0, None),
        single("connects", 1.0, Some("x")),
        memory(2.0),
    ];
    assert_eq!(joined(before, after), expected);
    assert_eq!(joined(Vec::new(), vec![shares(&[1])]), vec![shares(&[1])]);
}

#[test]
fn a_short_load_has_no_diary_and_the_rest_of_a_long_one_has() {
    let usual = Soak::default();
    assert!(Diary::new(&usual, &scenario(500)).is_none());
    assert!(Diary::new(&usual, &scenario(600)).is_some());
    let again = Soak { begun: Some(begun(7000, Vec::new())), ..Soak::default() };
    assert!(Diary::new(&again, &scenario(200)).is_some());
}

fn report(seconds: u64) -> Report {
    Report {
        operations: Vec::new(),
        window: Duration::from_secs(1),
        measured: Duration::from_secs(seconds),
        ended: Ended::Complete,
        failures: Vec::new(),
        deliveries: None,
        generator: Generator::default(),
    }
}

/// What a diary of a load of three hours says at each of these seconds: whether it keeps, and what
/// it tells.
fn told(soak: &Soak, seconds: &[u64]) -> Vec<(bool, Option<String>)> {
    let mut diary = Diary::new(soak, &scenario(10_800)).unwrap();
    let needs = Trees::of_nobody();
    let mut window = Window { succeeded: 1800, failed: 0, ..Window::default() };
    window.latency.record_n(2_000_000, 1800);
    let latest = [window];
    let look = |&second: &u64| {
        let report = report(second);
        let progress = Progress {
            elapsed: report.measured + Duration::from_secs(10),
            total: Duration::from_secs(10_810),
            warming: second == 0,
            users: 1,
            report: &report,
            latest: &latest,
        };
        let kept = diary.piece(&progress, &needs).is_some();
        (kept, diary.summary(&progress, &needs))
    };
    seconds.iter().map(look).collect()
}

#[test]
fn a_minute_is_kept_and_an_hour_is_told() {
    let said = told(&Soak::default(), &[0, 59, 60, 61, 119, 120, 3599, 3600, 3601]);
    let kept: Vec<bool> = said.iter().map(|(kept, _)| *kept).collect();
    assert_eq!(kept, [false, false, true, false, false, true, true, false, false]);
    let lines: Vec<&String> = said.iter().filter_map(|(_, line)| line.as_ref()).collect();
    // Seven looks with 1,800 answers each, in 3,600 seconds.
    assert_eq!(lines, ["1 h  3.5/s  p50 2.001 ms  p95 2.001 ms  p99 2.001 ms  0 % errors"]);
}

#[test]
fn hours_count_on_from_the_piece_before() {
    let soak = Soak { begun: Some(begun(3600, Vec::new())), ..Soak::default() };
    let said = told(&soak, &[3600]);
    assert!(said[0].1.as_ref().unwrap().starts_with("2 h "), "{said:?}");
}
