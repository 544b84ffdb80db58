//! Counters that appear while somebody looks, and rates of which one is divided by another.

use std::time::Duration;

use proptest::prelude::*;

use super::{Scene, at, rule};
use crate::board::Board;
use crate::engine::Engine;
use crate::labels::Labels;
use crate::rule::{First, Rule, Source, Test};

fn counted(seconds: u64, first: First) -> Rule {
    let source =
        Source::Rate { metric: "health".into(), over: Duration::from_secs(seconds), first };
    Rule { source, ..rule("any", Test::Above(0.0)) }
}

fn ratio(seconds: u64, above: f64) -> Rule {
    let (metric, of, first) = ("failed".into(), "tried".into(), First::Ignore);
    let source = Source::RateRatio { metric, of, over: Duration::from_secs(seconds), first };
    Rule { source, ..rule("share", Test::Above(above)) }
}

/// Looks every second, the first time with what is given, or with nothing on the board.
fn looks(rule: Rule, samples: &[Option<f64>]) -> Vec<String> {
    let mut scene = Scene::new(vec![rule]);
    let looks = (0..).zip(samples).flat_map(|(second, sample)| match sample {
        Some(value) => scene.sample(second, *value),
        None => {
            let mut changes = Vec::new();
            scene.engine.evaluate(scene.now(second), &scene.board, &mut changes);
            changes.iter().map(super::text).collect()
        }
    });
    looks.collect()
}

#[test]
fn a_counter_that_appears_between_two_looks_rose_from_zero_where_the_rule_says_so() {
    let appears = [None, None, Some(1.0), Some(1.0), Some(1.0), Some(1.0)];
    let expected = ["2 inactive>firing", "5 firing>resolved"];
    assert_eq!(looks(counted(3, First::Count), &appears), expected);
    assert!(looks(counted(3, First::Ignore), &appears).is_empty());
}

#[test]
fn what_a_counter_was_at_the_first_look_is_history() {
    let counts = [Some(1e6), Some(1e6), Some(1e6)];
    assert!(looks(counted(3, First::Count), &counts).is_empty());
}

#[test]
fn a_counter_that_appears_without_a_number_rose_since_it_had_none() {
    // Four within two seconds of the last look without it, whenever it was given its place.
    let mut rule = counted(2, First::Count);
    rule.test = Test::Above(1.9);
    let nothing = f64::NAN;
    let appears = [None, Some(nothing), Some(nothing), Some(4.0), Some(4.0), Some(4.0)];
    assert_eq!(looks(rule, &appears), ["3 inactive>firing", "5 firing>resolved"]);
}

#[test]
fn what_a_new_counter_rose_by_is_spread_over_all_the_time_in_which_it_was_not_there() {
    for (risen, fires) in [(5.0, false), (6.0, true)] {
        let mut rule = counted(300, First::Count);
        // More than five in five minutes.
        rule.test = Test::Above(0.0167);
        let mut looks_of = vec![None; 301];
        looks_of.extend([Some(risen); 10]);
        assert_eq!(!looks(rule, &looks_of).is_empty(), fires, "{risen}");
    }
}

#[test]
fn a_counter_of_a_device_that_comes_back_after_an_outage_is_history() {
    let mut scene = Scene::new(vec![counted(60, First::Count)]);
    scene.sample(0, 5.0);
    scene.sample(1, 6.0);
    let saved = scene.engine.save(scene.now(1), &scene.board);
    let mut next = Scene::new(vec![counted(60, First::Count)]);
    let (mut changes, tolerance) = (Vec::new(), Duration::from_secs(3600));
    next.engine.restore(&saved, tolerance, at(100), &mut next.board, &mut changes);
    // It is not heard of in the first look, and has counted on by the next one.
    next.engine.evaluate(next.now(100), &next.board, &mut changes);
    // What fired goes on until a whole minute was watched again.
    assert!((101..161).all(|second| next.sample(second, 1000.0).is_empty()));
    assert_eq!(next.sample(161, 1000.0), ["161 firing>resolved"]);
}

#[test]
fn two_rises_in_the_first_seconds_are_not_six_in_five_minutes() {
    let mut six = counted(300, First::Ignore);
    // More than five in five minutes.
    six.test = Test::Above(0.0167);
    for (risen, expected) in [(2.0, &[][..]), (6.0, &["1 inactive>firing", "301 firing>resolved"])]
    {
        let mut samples = vec![Some(0.0)];
        samples.extend([Some(risen); 400]);
        assert_eq!(looks(six.clone(), &samples), expected, "{risen}");
    }
}

#[test]
fn of_a_window_that_was_not_watched_whole_nobody_says_that_little_rose_in_it() {
    let mut slow = counted(10, First::Ignore);
    slow.test = Test::Below(5.0);
    let samples = |rise: i32| (0..20).map(move |at| Some(f64::from(rise * at))).collect::<Vec<_>>();
    assert_eq!(looks(slow.clone(), &samples(4)), ["10 inactive>firing"]);
    assert!(looks(slow, &samples(6)).is_empty());
}

#[test]
fn a_rise_while_a_counter_was_missing_is_spread_over_that_time() {
    // Sixty within thirty seconds, of which the last ten are in the window.
    for (above, expected) in [(1.9, &["31 inactive>firing"][..]), (2.1, &[])] {
        let mut rule = counted(10, First::Ignore);
        rule.test = Test::Above(above);
        let mut samples = vec![Some(0.0), Some(0.0)];
        samples.extend([Some(f64::NAN); 29]);
        samples.push(Some(60.0));
        assert_eq!(looks(rule, &samples), expected, "{above}");
    }
}

#[test]
fn a_rule_that_is_new_does_not_take_what_was_there_for_a_rise() {
    let mut scene = Scene::new(vec![]);
    scene.sample(0, 50.0);
    scene.replace(1, vec![counted(60, First::Count)]);
    assert!(scene.sample(1, 50.0).is_empty() && scene.sample(2, 50.0).is_empty());
}

/// Evaluates rules over two counters, and tells the changes.
fn shares(rules: Vec<Rule>, samples: &[(f64, f64)]) -> Vec<String> {
    let (mut engine, mut board) = (Engine::new(rules), Board::new());
    let looks = (0..).zip(samples).flat_map(|(second, &(failed, tried))| {
        board.write("failed", &Labels::default(), failed);
        board.write("tried", &Labels::default(), tried);
        let mut changes = Vec::new();
        engine.evaluate(at(second), &board, &mut changes);
        changes.iter().map(super::text).collect::<Vec<_>>()
    });
    looks.collect()
}

#[test]
fn failures_are_divided_by_trials_of_the_same_time() {
    // Over two seconds: nothing at first, then 0 of 10, 4 of 20, 10 of 20, 6 of 11 and none of one.
    let samples =
        [(7.0, 100.0), (7.0, 110.0), (11.0, 120.0), (17.0, 130.0), (17.0, 131.0), (17.0, 132.0)];
    let told = shares(vec![ratio(2, 0.45)], &samples);
    assert_eq!(told, ["3 inactive>firing", "5 firing>resolved"]);
}

#[test]
fn where_nobody_tries_there_is_no_share_and_what_fires_goes_on() {
    let samples = [(0.0, 0.0), (9.0, 10.0), (9.0, 10.0), (9.0, 10.0), (9.0, 10.0), (9.0, 20.0)];
    let told = shares(vec![ratio(2, 0.5)], &samples);
    assert_eq!(told, ["1 inactive>firing", "5 firing>resolved"]);
}

#[test]
fn trials_that_begin_anew_have_not_fallen() {
    // Both restart with the process: 1 of 2 each second, before and after.
    let samples: Vec<(f64, f64)> =
        (0..60_u32).map(|second| (f64::from(second % 20), f64::from(2 * (second % 20)))).collect();
    assert_eq!(shares(vec![ratio(300, 0.49)], &samples), ["1 inactive>firing"]);
}

#[test]
fn a_share_is_missing_while_one_of_its_counters_is() {
    let (mut engine, mut board) = (Engine::new(vec![ratio(60, 0.5)]), Board::new());
    let mut changes = Vec::new();
    let mut troubled = Vec::new();
    for (second, tried) in [(0, None), (1, None), (2, Some(10.0)), (3, Some(20.0))] {
        board.write("failed", &Labels::default(), 9.0 * second as f64);
        if let Some(tried) = tried {
            board.write("tried", &Labels::default(), tried);
        }
        engine.evaluate(at(second), &board, &mut changes);
        troubled.push(engine.in_trouble().len());
    }
    // In the first look there is no rate of failures either.
    assert_eq!(troubled, [0, 1, 0, 0]);
    assert_eq!(changes.iter().map(super::text).collect::<Vec<_>>(), ["3 inactive>firing"]);
}

#[test]
fn a_share_that_fires_is_saved_and_taken_up_again() {
    let (mut engine, mut board) = (Engine::new(vec![ratio(60, 0.5)]), Board::new());
    let mut changes = Vec::new();
    for (second, count) in [(0, 0.0), (1, 10.0)] {
        board.write("failed", &Labels::default(), count);
        board.write("tried", &Labels::default(), count);
        engine.evaluate(at(second), &board, &mut changes);
    }
    let saved = engine.save(at(1), &board);
    let (mut engine, mut board) = (Engine::new(vec![ratio(60, 0.5)]), Board::new());
    changes.clear();
    engine.restore(&saved, Duration::from_secs(60), at(9), &mut board, &mut changes);
    for (second, failed) in [(9, 1000.0), (10, 1001.0), (11, 1001.0), (12, 1001.0)] {
        board.write("failed", &Labels::default(), failed);
        board.write("tried", &Labels::default(), 2.0 * second as f64);
        engine.evaluate(at(second), &board, &mut changes);
    }
    // Half of two in the first second, which is no more than half.
    assert_eq!(changes.iter().map(super::text).collect::<Vec<_>>(), ["10 firing>resolved"]);
}

proptest! {
    /// Next to two rules that each tell the rate of one counter.
    #[test]
    fn a_ratio_of_rates_is_one_rate_divided_by_the_other(
        steps in prop::collection::vec((1..9_i64, 0..4_u8, 0..4_u8, 0..20_u8), 1..40),
        window in 2..20_u64,
    ) {
        let over = Duration::from_secs(window);
        let rate = |metric: &str| Source::Rate {
            metric: metric.into(),
            over,
            first: First::Ignore,
        };
        let all = Test::Between(f64::NEG_INFINITY, f64::INFINITY);
        let rules = [rate("failed"), rate("tried"), ratio(window, 0.0).source];
        let rules = (0..).zip(rules).map(|(at, source)| Rule::new(format!("{at}"), source, all));
        let (mut engine, mut board) = (Engine::new(rules.collect()), Board::new());
        let (mut now, mut failed, mut tried) = (0, 0.0, 0.0);
        for (later, more_failed, more_tried, luck) in steps {
            now += later;
            failed += f64::from(more_failed);
            tried += f64::from(more_tried);
            if luck == 0 {
                (failed, tried) = (0.0, 0.0);
            }
            board.write("failed", &Labels::default(), failed);
            board.write("tried", &Labels::default(), tried);
            engine.evaluate(at(now), &board, &mut Vec::new());
            let values: Vec<f64> = engine.active(&board).map(|active| active.value).collect();
            match values[..] {
                // The last share goes on where there is none.
                [_, tried, _] if tried.abs() < f64::EPSILON => {}
                [failed, tried, share] => prop_assert!((share - failed / tried).abs() < 1e-12),
                [_, tried] => prop_assert!(tried.abs() < f64::EPSILON),
                _ => prop_assert!(values.is_empty(), "{values:?}"),
            }
        }
    }
}
