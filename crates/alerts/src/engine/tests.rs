//! Tables of times, samples and the transitions they lead to.

mod any_sequence;
mod rates;
mod restart;

use std::time::Duration;

use super::*;
use crate::rule::{First, NoData, Severity, Source, Test};

fn rule(name: &str, test: Test) -> Rule {
    let source = Source::Value { metric: "health".into() };
    Rule::new(name, source, test)
}

fn holding(seconds: u64) -> Rule {
    Rule { hold: Duration::from_secs(seconds), ..rule("low", Test::Below(50.0)) }
}

fn at(seconds: i64) -> Moment {
    Moment { steady_ms: seconds * 1000, wall_ms: 1_700_000_000_000 + seconds * 1000 }
}

/// Feeds samples of one series, and tells the changes as text: `60 pending>firing`.
fn told(rules: Vec<Rule>, samples: &[(i64, f64)]) -> Vec<String> {
    let mut scene = Scene::new(rules);
    samples.iter().flat_map(|&(seconds, value)| scene.sample(seconds, value)).collect()
}

struct Scene {
    engine: Engine,
    board: Board,
    /// Where the steady clock begins, in the seconds of the scene.
    offset: i64,
}

impl Scene {
    fn new(rules: Vec<Rule>) -> Scene {
        Scene { engine: Engine::new(rules), board: Board::new(), offset: 0 }
    }

    fn sample(&mut self, seconds: i64, value: f64) -> Vec<String> {
        self.board.write("health", &Labels::default(), value);
        let mut changes = Vec::new();
        self.engine.evaluate(self.now(seconds), &self.board, &mut changes);
        changes.iter().map(text).collect()
    }

    fn now(&self, seconds: i64) -> Moment {
        Moment { steady_ms: (seconds - self.offset) * 1000 + 5, ..at(seconds) }
    }

    fn replace(&mut self, seconds: i64, rules: Vec<Rule>) -> Vec<String> {
        let mut changes = Vec::new();
        self.engine.replace(rules, at(seconds), &self.board, &mut changes);
        changes.iter().map(text).collect()
    }
}

fn text(change: &Transition) -> String {
    let seconds = (change.at.wall_ms - at(0).wall_ms) / 1000;
    format!("{seconds} {:?}>{:?}", change.from, change.to).to_lowercase()
}

#[test]
fn without_a_time_to_hold_the_first_breach_fires_and_so_does_the_next() {
    let samples = [(0, 80.0), (1, 40.0), (2, 80.0), (3, 40.0)];
    let expected = ["1 inactive>firing", "2 firing>resolved", "3 resolved>firing"];
    assert_eq!(told(vec![holding(0)], &samples), expected);
}

#[test]
fn one_good_sample_in_the_last_second_starts_the_time_again() {
    let mut samples: Vec<(i64, f64)> = (0..59).map(|second| (second, 40.0)).collect();
    samples.push((59, 80.0));
    samples.extend((60..=120).map(|second| (second, 40.0)));
    let expected =
        ["0 inactive>pending", "59 pending>inactive", "60 inactive>pending", "120 pending>firing"];
    assert_eq!(told(vec![holding(60)], &samples), expected);
}

#[test]
fn what_clears_while_it_is_pending_leaves_nothing() {
    let mut scene = Scene::new(vec![holding(60)]);
    scene.sample(0, 40.0);
    assert_eq!(scene.engine.active(&scene.board).count(), 1);
    scene.sample(1, 80.0);
    assert_eq!(scene.engine.active(&scene.board).count(), 0);
}

#[test]
fn a_removed_and_a_disabled_rule_end_what_fires_under_them() {
    for rules in [Vec::new(), vec![Rule { is_enabled: false, ..holding(0) }]] {
        let mut scene = Scene::new(vec![holding(0)]);
        scene.sample(0, 40.0);
        assert_eq!(scene.replace(1, rules), ["1 firing>resolved"]);
        assert_eq!(scene.engine.active(&scene.board).count(), 0);
    }
}

#[test]
fn a_new_severity_counts_from_the_next_evaluation_on_and_the_alert_goes_on() {
    let mut scene = Scene::new(vec![holding(0)]);
    scene.sample(0, 40.0);
    assert!(scene.replace(1, vec![Rule { severity: Severity::Critical, ..holding(0) }]).is_empty());
    let severities: Vec<_> =
        scene.engine.active(&scene.board).map(|active| active.rule.severity()).collect();
    assert_eq!(severities, [Severity::Critical]);
}

#[test]
fn a_step_of_the_calendar_neither_fires_nor_delays() {
    let mut scene = Scene::new(vec![holding(60)]);
    scene.sample(0, 40.0);
    for hour in [-3_600_000, 3_600_000] {
        let now = Moment { wall_ms: at(30).wall_ms + hour, ..at(30) };
        let mut changes = Vec::new();
        scene.engine.evaluate(now, &scene.board, &mut changes);
        assert_eq!(changes, []);
    }
    assert_eq!(scene.sample(60, 40.0), ["60 pending>firing"]);
}

#[test]
fn a_missing_number_leaves_everything_as_it_was_and_the_rule_in_trouble() {
    let mut scene = Scene::new(vec![holding(0)]);
    scene.sample(0, 40.0);
    assert!(scene.sample(1, f64::NAN).is_empty());
    let troubled: Vec<_> = scene.engine.in_trouble().map(Watched::name).collect();
    assert_eq!(troubled, ["low"]);
    assert_eq!(scene.sample(2, 80.0), ["2 firing>resolved"]);
    assert_eq!(scene.engine.in_trouble().count(), 0);
}

#[test]
fn a_missing_number_resolves_or_fires_where_the_rule_says_so() {
    let resolve = Rule { no_data: NoData::Resolve, ..holding(0) };
    assert_eq!(
        told(vec![resolve], &[(0, 40.0), (1, f64::NAN)]),
        ["0 inactive>firing", "1 firing>resolved"]
    );
    let fire = Rule { no_data: NoData::Fire, ..holding(0) };
    assert_eq!(
        told(vec![fire], &[(0, 80.0), (1, f64::NAN), (2, 80.0)]),
        ["1 inactive>firing", "2 firing>resolved"]
    );
}

#[test]
fn what_is_to_go_on_firing_survives_a_short_recovery() {
    let rule = Rule { keep: Duration::from_secs(30), ..holding(0) };
    let samples = [(0, 40.0), (10, 80.0), (29, 80.0), (29, 40.0), (58, 80.0), (59, 80.0)];
    assert_eq!(told(vec![rule], &samples), ["0 inactive>firing", "59 firing>resolved"]);
}

#[test]
fn what_is_over_is_remembered_for_a_quarter_of_an_hour() {
    let mut scene = Scene::new(vec![holding(0)]);
    scene.sample(0, 40.0);
    scene.sample(1, 80.0);
    scene.sample(900, 80.0);
    assert_eq!(scene.engine.active(&scene.board).count(), 1);
    assert_eq!(scene.sample(901, 80.0), ["901 resolved>inactive"]);
    assert_eq!(scene.engine.active(&scene.board).count(), 0);
}

#[test]
fn what_is_over_is_forgotten_though_its_series_is_gone() {
    let mut scene = Scene::new(vec![holding(0)]);
    scene.sample(0, 40.0);
    scene.sample(1, 80.0);
    assert!(scene.sample(900, f64::NAN).is_empty());
    assert_eq!(scene.sample(901, f64::NAN), ["901 resolved>inactive"]);
    assert_eq!(scene.engine.active(&scene.board).count(), 0);
}

fn rate(name: &str, seconds: u64, above: f64) -> Rule {
    let (metric, over, first) = ("health".into(), Duration::from_secs(seconds), First::Ignore);
    Rule { source: Source::Rate { metric, over, first }, ..rule(name, Test::Above(above)) }
}

#[test]
fn two_rates_of_one_counter_look_at_windows_of_their_own() {
    // A burst of thirty within a second: 30/s over two seconds at most, and 0.1/s over 300.
    let mut scene = Scene::new(vec![rate("short", 2, 5.0), rate("long", 300, 5.0)]);
    let mut told = Vec::new();
    for second in 0..=20 {
        told.extend(scene.sample(second, if second < 11 { 100.0 } else { 130.0 }));
    }
    assert_eq!(told, ["11 inactive>firing", "13 firing>resolved"]);
}

#[test]
fn a_counter_that_began_anew_has_not_fallen() {
    let mut scene = Scene::new(vec![rate("busy", 60, 0.9)]);
    let told: Vec<String> =
        (0..120).flat_map(|second: i64| scene.sample(second, (second % 40) as f64)).collect();
    // One a second, but for the lost one at each restart: more than 54 in the first 56 seconds.
    assert_eq!(told, ["56 inactive>firing"]);
}

#[test]
fn ratios_are_of_series_with_the_same_labels_and_nothing_where_the_other_is_zero() {
    let source = Source::Ratio { metric: "timeouts".into(), of: "detected".into() };
    let rules = vec![Rule { source, ..rule("timeouts", Test::Above(0.5)) }];
    let (mut engine, mut board) = (Engine::new(rules), Board::new());
    for (port, timeouts, detected) in [("1", 6.0, 10.0), ("2", 4.0, 10.0), ("3", 1.0, 0.0)] {
        let labels = Labels::new([("port", port)]);
        board.write("timeouts", &labels, timeouts);
        board.write("detected", &labels, detected);
    }
    let mut changes = Vec::new();
    engine.evaluate(at(0), &board, &mut changes);
    let ports: Vec<_> = changes.iter().filter_map(|change| change.labels.get("port")).collect();
    assert_eq!(ports, ["1"]);
    assert_eq!(engine.in_trouble().count(), 0);
}

#[test]
fn absence_holds_until_the_first_series_comes_and_again_when_one_goes() {
    let mut scene = Scene::new(vec![rule("gone", Test::Absent)]);
    let mut changes = Vec::new();
    scene.engine.evaluate(at(0), &scene.board, &mut changes);
    assert_eq!(changes.iter().map(text).collect::<Vec<_>>(), ["0 inactive>firing"]);
    assert_eq!(scene.sample(1, 40.0), ["1 firing>resolved"]);
    assert_eq!(scene.sample(2, f64::NAN), ["2 inactive>firing"]);
}

#[test]
fn ten_thousand_ports_have_states_of_their_own() {
    let (mut engine, mut board) = (Engine::new(vec![holding(0)]), Board::new());
    let places: Vec<_> = (0..10_000)
        .map(|port| board.place("health", &Labels::new([("port", port.to_string())])))
        .collect();
    for (port, &place) in places.iter().enumerate() {
        board.set(place, if port % 7 == 0 { 40.0 } else { 80.0 });
    }
    let mut changes = Vec::new();
    engine.evaluate(at(0), &board, &mut changes);
    assert_eq!(changes.len(), 10_000_usize.div_ceil(7));
    board.set(places[7], 80.0);
    board.set(places[8], 40.0);
    changes.clear();
    engine.evaluate(at(1), &board, &mut changes);
    let ports: Vec<_> = changes.iter().filter_map(|change| change.labels.get("port")).collect();
    assert_eq!(ports, ["7", "8"]);
}

#[test]
fn a_rule_that_tests_something_else_starts_anew() {
    let mut scene = Scene::new(vec![holding(0)]);
    scene.sample(0, 40.0);
    let other = Rule { test: Test::Below(45.0), ..holding(0) };
    assert_eq!(scene.replace(1, vec![other]), ["1 firing>resolved"]);
    assert_eq!(scene.sample(2, 40.0), ["2 inactive>firing"]);
}

#[test]
fn rules_that_change_their_order_keep_what_goes_on() {
    let high = Rule { hold: Duration::from_secs(60), ..rule("high", Test::Above(10.0)) };
    let mut scene = Scene::new(vec![holding(60), high.clone()]);
    scene.sample(0, 40.0);
    assert!(scene.replace(30, vec![high, holding(60)]).is_empty());
    assert_eq!(scene.sample(60, 40.0), ["60 pending>firing", "60 pending>firing"]);
}

#[test]
fn a_rule_watches_the_series_that_its_matchers_match_and_notices_when_there_are_none() {
    let matchers = vec!["port=~1|2".parse().unwrap(), "port!=2".parse().unwrap()];
    let absent = Rule { matchers: matchers.clone(), ..rule("gone", Test::Absent) };
    let rules = vec![Rule { matchers, ..holding(0) }, absent];
    let (mut engine, mut board) = (Engine::new(rules), Board::new());
    let mut changes = Vec::new();
    for ports in [&["2", "3"][..], &["1"]] {
        for &port in ports {
            board.write("health", &Labels::new([("port", port)]), 40.0);
        }
        engine.evaluate(at(0), &board, &mut changes);
    }
    let told = changes.iter().map(|change| (&*change.rule, change.labels.get("port"), change.to));
    let expected = [
        ("gone", None, State::Firing),
        ("gone", None, State::Resolved),
        ("low", Some("1"), State::Firing),
    ];
    assert_eq!(told.collect::<Vec<_>>(), expected);
}
