//! Worked examples of what follows from the counters, and what holds of all of them.

use proptest::prelude::*;

use super::health::WORST_HEALTH;
use super::*;

/// Warm, cold, syncs, timeouts, recoveries and corruptions.
fn counted(counts: [u64; 6]) -> WarmRestartMetrics {
    let [warm_restarts, cold_starts, syncs_ended, sync_timeouts, recoveries, corruptions] = counts;
    WarmRestartMetrics {
        warm_restarts,
        cold_starts,
        syncs_ended,
        sync_timeouts,
        recoveries,
        corruptions,
        ..WarmRestartMetrics::default()
    }
}

fn is_near(one: f64, other: f64) -> bool {
    (one - other).abs() < 1e-9
}

#[test]
fn health_is_what_was_computed_by_hand() {
    let table = [
        ([0, 0, 0, 0, 0, 0], 100.0, true),
        ([50, 25, 100, 50, 50, 10], 230.0 / 3.0, true),
        ([100, 50, 100, 100, 0, 50], 140.0 / 3.0, false),
        ([100, 10, 100, 30, 95, 5], 85.0, true),
        ([0, 1000, 1, 1000, 0, 1000], WORST_HEALTH, false),
        ([79, 21, 10, 0, 0, 0], 99.75, true),
        ([10, 0, 10, 0, 0, 1], 90.0, false),
    ];
    for (counts, health, is_healthy) in table {
        let metrics = counted(counts);
        assert!(is_near(metrics.health_score(), health), "{counts:?} {}", metrics.health_score());
        assert_eq!(metrics.is_healthy(), is_healthy, "{counts:?}");
    }
}

#[test]
fn a_share_of_nothing_is_not_zero_but_none() {
    let fresh = WarmRestartMetrics::default();
    let shares = [fresh.warm_percent(), fresh.timeout_percent(), fresh.recovery_percent()];
    assert_eq!(shares, [None; 3]);
    assert_eq!((fresh.durations.mean_s(), fresh.events_per_start()), (None, None));
    assert!(!fresh.has_anomaly());
}

#[test]
fn a_sync_that_ran_out_of_time_is_counted_once_and_is_no_signal() {
    let mut metrics = WarmRestartMetrics::default();
    metrics.record(Event::SyncEnded { ms: 4000 }, 100);
    metrics.record(Event::SyncTimedOut { ms: 10_000 }, 200);
    assert_eq!((metrics.syncs_ended, metrics.sync_timeouts), (2, 1));
    assert_eq!(metrics.last_sync_signal, Some(100));
    assert_eq!((metrics.durations.count(), metrics.durations.mean_s()), (2, Some(7.0)));
    assert_eq!(metrics.timeout_percent(), Some(50.0));
}

#[test]
fn a_duration_falls_into_the_bucket_whose_edge_it_does_not_exceed() {
    let mut durations = Durations::default();
    for ms in [0, 1000, 1001, 7000, 300_000, 300_001] {
        durations.add(ms);
    }
    assert_eq!(durations.buckets, [2, 1, 1, 0, 0, 0, 1, 1]);
    assert_eq!(durations.cumulative(), [2, 3, 4, 4, 4, 4, 5, 6]);
    assert_eq!((durations.min_ms, durations.max_ms), (Some(0), Some(300_001)));
}

#[test]
fn what_is_written_has_the_old_names_and_no_number_that_javascript_cannot_hold() {
    let fresh = serde_json::to_value(WarmRestartMetrics::default()).unwrap();
    assert_eq!(fresh["min_initial_sync_duration_secs"], serde_json::Value::Null);
    let mut metrics = WarmRestartMetrics::default();
    metrics.record(Event::SyncEnded { ms: 7500 }, 100);
    let written = serde_json::to_value(&metrics).unwrap();
    for (name, value) in [
        ("eoiu_detected_count", 1.0),
        ("last_eoiu_detection_secs", 100.0),
        ("avg_initial_sync_duration_secs", 7.5),
        ("max_initial_sync_duration_secs", 7.5),
        ("min_initial_sync_duration_secs", 7.5),
    ] {
        assert_eq!(written[name].as_f64(), Some(value), "{name}");
    }
}

#[test]
fn a_file_of_the_old_form_is_read_and_one_without_a_counter_is_refused() {
    let old = r#"{"warm_restart_count":3,"cold_start_count":1,"eoiu_detected_count":2,
        "eoiu_timeout_count":0,"state_recovery_count":0,"corruption_detected_count":0,
        "backup_created_count":0,"backup_cleanup_count":0,"last_warm_restart_secs":5,
        "last_eoiu_detection_secs":null,"last_state_recovery_secs":null,
        "last_corruption_detected_secs":null,"avg_initial_sync_duration_secs":2.5,
        "max_initial_sync_duration_secs":3,"min_initial_sync_duration_secs":18446744073709551615}"#;
    let metrics: WarmRestartMetrics = serde_json::from_str(old).unwrap();
    assert_eq!((metrics.warm_restarts, metrics.durations.min_ms), (3, None));
    let error = serde_json::from_str::<WarmRestartMetrics>(&old.replace("cold_start", "cool"));
    assert!(error.unwrap_err().to_string().contains("cold_start_count"));
}

fn events() -> impl Strategy<Value = Vec<(Event, u64)>> {
    let event = prop_oneof![
        Just(Event::WarmStart),
        Just(Event::ColdStart),
        Just(Event::Recovery),
        Just(Event::Corruption),
        Just(Event::BackupCreated),
        Just(Event::BackupRemoved),
        (0..400_000_u64).prop_map(|ms| Event::SyncEnded { ms }),
        (0..400_000_u64).prop_map(|ms| Event::SyncTimedOut { ms }),
    ];
    prop::collection::vec((event, 1..1000_u64), 0..40)
}

fn recorded(events: &[(Event, u64)]) -> WarmRestartMetrics {
    let mut metrics = WarmRestartMetrics::default();
    events.iter().for_each(|&(event, at)| metrics.record(event, at));
    metrics
}

#[test]
fn counters_that_are_full_stay_full() {
    let mut metrics = counted([u64::MAX; 6]);
    metrics.durations.buckets = [u64::MAX; 8];
    let full = metrics.clone();
    for event in [Event::WarmStart, Event::Corruption, Event::SyncTimedOut { ms: 1 }] {
        metrics.record(event, 5);
    }
    assert_eq!(metrics.sync_timeouts, full.sync_timeouts);
    assert_eq!(metrics.durations.buckets, full.durations.buckets);
}

proptest! {
    #[test]
    fn what_happened_often_counts_as_if_it_was_recorded_so_often(
        events in events(),
        times in 1..50_u64,
    ) {
        let mut at_once = WarmRestartMetrics::default();
        let mut one_by_one = WarmRestartMetrics::default();
        for (event, at) in events {
            at_once.record_times(event, times, at);
            (0..times).for_each(|_| one_by_one.record(event, at));
        }
        prop_assert_eq!(at_once, one_by_one);
    }

    #[test]
    fn merging_is_as_if_one_had_recorded_all(one in events(), other in events()) {
        let mut merged = recorded(&one);
        merged.merge(&recorded(&other));
        let both: Vec<_> = one.into_iter().chain(other).collect();
        prop_assert_eq!(&merged, &recorded(&both));
        let written = serde_json::to_string(&merged).unwrap();
        prop_assert_eq!(serde_json::from_str::<WarmRestartMetrics>(&written).unwrap(), merged);
    }

    #[test]
    fn health_stays_between_its_ends(counts in prop::array::uniform6(0..2000_u64)) {
        let health = counted(counts).health_score();
        prop_assert!((WORST_HEALTH..=100.0).contains(&health), "{}", health);
    }
}
