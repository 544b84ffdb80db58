//! Tables of times, alerts, and what is told of them.

use super::*;
use crate::saved::SavedGroup;

fn groups() -> Groups {
    Groups::new(Routing {
        by: vec!["site".to_owned()],
        wait: Duration::from_secs(30),
        interval: Duration::from_secs(300),
        repeat: Duration::from_secs(3600),
    })
}

fn alert(site: &str, port: &str) -> Alert {
    Alert {
        rule: "down".to_owned(),
        labels: Labels::new([("rule", "down"), ("site", site), ("port", port)]),
        severity: Severity::Critical,
        is_firing: true,
        value: 1.0,
        summary: String::new(),
    }
}

fn at(seconds: i64) -> Moment {
    Moment { steady_ms: seconds * 1000, wall_ms: seconds * 1000 }
}

/// What is told: `site New 2` for two alerts.
fn told(groups: &mut Groups, seconds: i64, firing: &[Alert]) -> Vec<String> {
    let told = groups.gather(firing, Mutes::default(), at(seconds));
    let text = |told: &Notification| {
        let site = told.group.get("site").unwrap_or("").to_owned();
        format!("{site} {:?} {}", told.reason, told.alerts.len())
    };
    told.iter().map(text).collect()
}

#[test]
fn a_group_waits_for_more_and_then_tells_of_all_at_once() {
    let mut groups = groups();
    assert!(told(&mut groups, 0, &[alert("a", "1")]).is_empty());
    let two = [alert("a", "1"), alert("a", "2")];
    assert!(told(&mut groups, 29, &two).is_empty());
    assert_eq!(told(&mut groups, 30, &two), ["a New 2"]);
    assert!(told(&mut groups, 31, &two).is_empty());
}

#[test]
fn what_is_over_while_its_group_waits_is_never_told() {
    let mut groups = groups();
    told(&mut groups, 0, &[alert("a", "1")]);
    assert!(told(&mut groups, 10, &[]).is_empty());
    assert!(told(&mut groups, 60, &[]).is_empty());
    assert!(told(&mut groups, 70, &[alert("a", "1")]).is_empty(), "it waits anew");
    assert_eq!(told(&mut groups, 100, &[alert("a", "1")]), ["a New 1"]);
}

#[test]
fn changes_are_told_at_intervals_and_the_end_among_them() {
    let mut groups = groups();
    told(&mut groups, 0, &[alert("a", "1")]);
    assert_eq!(told(&mut groups, 30, &[alert("a", "1")]), ["a New 1"]);
    let two = [alert("a", "1"), alert("a", "2")];
    assert!(told(&mut groups, 100, &two).is_empty());
    assert_eq!(told(&mut groups, 330, &two), ["a Changed 2"]);
    assert!(told(&mut groups, 400, &[]).is_empty());
    assert_eq!(told(&mut groups, 630, &[]), ["a Over 2"]);
    assert!(told(&mut groups, 631, &[]).is_empty());
}

#[test]
fn what_lasts_is_repeated_and_no_sooner() {
    let mut groups = groups();
    let one = [alert("a", "1")];
    told(&mut groups, 0, &one);
    told(&mut groups, 30, &one);
    assert!((31..3630).all(|seconds| told(&mut groups, seconds, &one).is_empty()));
    assert_eq!(told(&mut groups, 3630, &one), ["a Repeated 1"]);
}

#[test]
fn groups_are_told_by_themselves() {
    let mut groups = groups();
    told(&mut groups, 0, &[alert("a", "1")]);
    let both = [alert("a", "1"), alert("b", "1")];
    assert_eq!(told(&mut groups, 30, &both), ["a New 1"]);
    assert_eq!(told(&mut groups, 60, &both), ["b New 1"]);
}

#[test]
fn a_silence_spans_an_end_and_a_new_beginning() {
    let silence = Silence {
        id: "1".to_owned(),
        matchers: vec!["site=a".parse().unwrap()],
        from_ms: 0,
        until_ms: 100_000,
        author: "ann".to_owned(),
        reason: "works".to_owned(),
    };
    let silences = [silence];
    let mutes = Mutes { silences: &silences, ..Mutes::default() };
    let mut groups = groups();
    let one = [alert("a", "1")];
    for (seconds, firing) in [(0, &one[..]), (40, &[]), (50, &one[..]), (90, &one[..])] {
        assert!(groups.gather(firing, mutes, at(seconds)).is_empty());
    }
    assert!(groups.gather(&one, mutes, at(100)).is_empty(), "its group begins to wait");
    assert_eq!(groups.gather(&one, mutes, at(130)).len(), 1);
}

#[test]
fn what_came_and_went_between_two_notifications_is_never_told() {
    let mut groups = groups();
    let (one, two) = ([alert("a", "1")], [alert("a", "1"), alert("a", "2")]);
    told(&mut groups, 0, &one);
    assert_eq!(told(&mut groups, 30, &one), ["a New 1"]);
    assert!(told(&mut groups, 100, &two).is_empty());
    assert!(told(&mut groups, 110, &one).is_empty());
    assert_eq!(told(&mut groups, 3630, &one), ["a Repeated 1"]);
}

fn silence(until_s: i64) -> Silence {
    Silence {
        id: "1".to_owned(),
        matchers: vec!["port=1".parse().unwrap()],
        from_ms: 40_000,
        until_ms: until_s * 1000,
        author: "ann".to_owned(),
        reason: "works".to_owned(),
    }
}

#[test]
fn a_silence_of_what_was_told_is_not_its_end() {
    let mut groups = groups();
    let (one, two) = ([alert("a", "1")], [alert("a", "1"), alert("a", "2")]);
    told(&mut groups, 0, &one);
    assert_eq!(told(&mut groups, 30, &one), ["a New 1"]);
    let silences = [silence(9000)];
    let mutes = Mutes { silences: &silences, ..Mutes::default() };
    assert_eq!(groups.gather(&one, mutes, at(4000)), [], "neither over nor repeated");
    let changed = groups.gather(&two, mutes, at(5000));
    let ports = changed[0].alerts.iter().map(|alert| alert.labels.get("port"));
    assert_eq!(ports.collect::<Vec<_>>(), [Some("2")]);
    assert_eq!(told(&mut groups, 9000, &two), ["a Repeated 2"]);
}

#[test]
fn what_ends_in_a_silence_is_told_to_be_over_after_it() {
    let mut groups = groups();
    let one = [alert("a", "1")];
    told(&mut groups, 0, &one);
    told(&mut groups, 30, &one);
    let silences = [silence(9000)];
    let mutes = Mutes { silences: &silences, ..Mutes::default() };
    assert_eq!(groups.gather(&[], mutes, at(5000)), []);
    assert_eq!(told(&mut groups, 9000, &[]), ["a Over 1"]);
}

#[test]
fn what_others_are_told_of_inhibits_as_well() {
    let inhibition = Inhibition {
        source: vec!["rule=gone".parse().unwrap()],
        target: vec!["rule=down".parse().unwrap()],
        equal: vec!["site".to_owned()],
    };
    let gone = Alert { labels: Labels::new([("rule", "gone"), ("site", "a")]), ..alert("a", "1") };
    let (inhibitions, firing) = ([inhibition], [gone]);
    let mutes = Mutes { inhibitions: &inhibitions, firing: &firing, ..Mutes::default() };
    let mut groups = groups();
    let both = [alert("a", "1"), alert("b", "1")];
    assert_eq!(groups.gather(&both, mutes, at(0)), []);
    let told = groups.gather(&both, mutes, at(30));
    assert_eq!(told.iter().map(|told| told.group.get("site")).collect::<Vec<_>>(), [Some("b")]);
}

/// Kills the process and starts it again later, by the calendar; its steady clock begins anew.
fn restarted(groups: &Groups, seconds: i64) -> (Groups, impl Fn(i64) -> Moment) {
    let saved: Vec<SavedGroup> = groups.save();
    let now = move |later: i64| Moment { steady_ms: (later - seconds) * 1000, ..at(later) };
    let mut next = self::groups();
    next.restore(&saved, now(seconds));
    (next, now)
}

#[test]
fn a_restarted_process_repeats_nothing_before_its_time() {
    // When it starts again, and when it repeats then.
    for (start, repeat) in [(40, 3630), (3000, 3630), (3630, 3630), (90_000, 90_000)] {
        let (mut groups, one) = (groups(), [alert("a", "1")]);
        told(&mut groups, 0, &one);
        assert_eq!(told(&mut groups, 30, &one), ["a New 1"]);
        let (mut groups, at) = restarted(&groups, start);
        for seconds in start..repeat {
            assert_eq!(groups.gather(&one, Mutes::default(), at(seconds)), []);
        }
        let told = groups.gather(&one, Mutes::default(), at(repeat));
        assert_eq!(told.iter().map(|told| told.reason).collect::<Vec<_>>(), [Why::Repeated]);
    }
}

#[test]
fn what_ended_while_nobody_looked_is_told_with_its_labels() {
    let (mut groups, two) = (groups(), [alert("a", "1"), alert("a", "2")]);
    told(&mut groups, 0, &two);
    told(&mut groups, 30, &two);
    let (mut groups, at) = restarted(&groups, 600);
    let told = groups.gather(&[], Mutes::default(), at(600));
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].reason, Why::Over);
    let ports: Vec<_> = told[0].alerts.iter().map(|alert| alert.labels.get("port")).collect();
    assert_eq!(ports, [Some("1"), Some("2")]);
    assert!(groups.gather(&[], Mutes::default(), at(9000)).is_empty());
}

#[test]
fn a_group_that_waited_waits_no_longer_after_a_restart() {
    let (mut groups, one) = (groups(), [alert("a", "1")]);
    told(&mut groups, 0, &one);
    let (mut groups, at) = restarted(&groups, 20);
    assert!(groups.gather(&one, Mutes::default(), at(29)).is_empty());
    assert_eq!(groups.gather(&one, Mutes::default(), at(30)).len(), 1);
}

#[test]
fn a_calendar_that_was_set_back_in_between_delays_a_repetition_by_no_more_than_its_time() {
    let (mut groups, one) = (groups(), [alert("a", "1")]);
    told(&mut groups, 0, &one);
    told(&mut groups, 30, &one);
    let (mut groups, at) = restarted(&groups, -3600);
    assert!(groups.gather(&one, Mutes::default(), at(-1)).is_empty());
    assert_eq!(groups.gather(&one, Mutes::default(), at(0)).len(), 1);
}

#[test]
fn a_calendar_that_is_set_while_the_process_lives_changes_nothing() {
    let (mut groups, one) = (groups(), [alert("a", "1")]);
    told(&mut groups, 0, &one);
    told(&mut groups, 30, &one);
    for hour in [-3_600_000, 3_600_000] {
        let now = Moment { wall_ms: at(3629).wall_ms + hour, ..at(3629) };
        assert_eq!(groups.gather(&one, Mutes::default(), now), []);
    }
}

#[test]
fn a_group_of_another_routing_is_passed_over() {
    let (mut groups, one) = (groups(), [alert("a", "1")]);
    told(&mut groups, 0, &one);
    told(&mut groups, 30, &one);
    let mut other = Groups::new(Routing { by: vec!["port".to_owned()], ..groups.routing.clone() });
    other.restore(&groups.save(), at(60));
    assert_eq!(other.groups.len(), 0);
}
