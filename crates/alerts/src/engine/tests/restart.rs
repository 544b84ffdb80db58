//! Processes that are killed and started again.

use std::time::Duration;

use super::{Scene, at, holding};
use crate::moment::Moment;
use crate::rule::Rule;

/// Kills the process of a scene, and starts it again after so long.
fn restarted(scene: &Scene, seconds: i64, outage: i64, rules: Vec<Rule>) -> Scene {
    let saved = scene.engine.save(scene.now(seconds), &scene.board);
    let mut next = Scene::new(rules);
    let (mut changes, tolerance) = (Vec::new(), Duration::from_secs(3600));
    // The steady clock of another process begins anew.
    let now = Moment { steady_ms: 5, wall_ms: at(seconds + outage).wall_ms };
    next.engine.restore(&saved, tolerance, now, &mut next.board, &mut changes);
    assert_eq!(changes, []);
    next.offset = seconds + outage;
    next
}

#[test]
fn what_is_pending_goes_on_after_a_short_outage_without_its_time() {
    let mut scene = Scene::new(vec![holding(60)]);
    scene.sample(0, 40.0);
    scene.sample(50, 40.0);
    let mut scene = restarted(&scene, 50, 600, vec![holding(60)]);
    assert!(scene.sample(655, 40.0).is_empty());
    assert_eq!(scene.sample(660, 40.0), ["660 pending>firing"]);
}

#[test]
fn what_is_pending_after_two_outages_counts_neither_of_them() {
    let mut scene = Scene::new(vec![holding(60)]);
    scene.sample(0, 40.0);
    let scene = restarted(&scene, 10, 300, vec![holding(60)]);
    let mut scene = restarted(&scene, 320, 1000, vec![holding(60)]);
    assert!(scene.sample(1359, 40.0).is_empty());
    assert_eq!(scene.sample(1360, 40.0), ["1360 pending>firing"]);
}

#[test]
fn what_is_pending_begins_anew_after_a_long_outage() {
    let mut scene = Scene::new(vec![holding(60)]);
    scene.sample(0, 40.0);
    let mut scene = restarted(&scene, 50, 7200, vec![holding(60)]);
    assert_eq!(scene.sample(7250, 40.0), ["7250 inactive>pending"]);
}

#[test]
fn what_fires_fires_on_after_any_outage_and_is_not_told_anew() {
    for outage in [60, 3600, 86_400] {
        let mut scene = Scene::new(vec![holding(0)]);
        scene.sample(0, 40.0);
        let mut scene = restarted(&scene, 1, outage, vec![holding(0)]);
        assert!(scene.sample(outage + 2, 40.0).is_empty());
        assert_eq!(scene.sample(outage + 3, 80.0), [format!("{} firing>resolved", outage + 3)]);
    }
}

#[test]
fn a_calendar_that_is_set_before_an_outage_or_during_it_neither_fires_nor_delays() {
    for (before, during) in [(-3600, 0), (3600, 0), (0, -1800), (0, 1800)] {
        let mut scene = Scene::new(vec![holding(60)]);
        scene.sample(0, 40.0);
        let set = Moment { wall_ms: at(50 + before).wall_ms, ..scene.now(50) };
        let saved = scene.engine.save(set, &scene.board);
        let mut next = Scene::new(vec![holding(60)]);
        let now = Moment { steady_ms: 5, wall_ms: set.wall_ms + 1000 * (10 + during) };
        let (mut changes, tolerance) = (Vec::new(), Duration::from_secs(3600));
        next.engine.restore(&saved, tolerance, now, &mut next.board, &mut changes);
        assert!(next.sample(9, 40.0).is_empty());
        assert_eq!(next.sample(10, 40.0), ["10 pending>firing"], "{before} {during}");
    }
}
