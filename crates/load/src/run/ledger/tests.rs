use proptest::prelude::*;
use tollgate_stats::histogram::Histogram;

use super::*;

fn ledger(operations: usize, tick: u64) -> Ledger {
    let operation = Operation { name: "a".to_owned(), method: "GET".to_owned(), windows: vec![] };
    Ledger {
        latest: vec![Window::default(); operations],
        report: Report {
            operations: vec![operation; operations],
            window: Duration::from_nanos(tick),
            measured: Duration::ZERO,
            ended: Ended::Complete,
            failures: Vec::new(),
            deliveries: None,
            generator: Generator::default(),
        },
        failures: BTreeMap::new(),
        lanes: HashMap::new(),
        warmup: 0,
        end: u64::MAX,
        tick,
        ticks: 1,
        most_users: 0,
    }
}

fn told(tick: i64, lane: u32, counts: &[u64]) -> Told {
    let window = |count: &u64| Window {
        latency: Histogram::from_values((0..*count).map(|n| 1 + n)),
        succeeded: *count,
        ..Window::default()
    };
    Told {
        tick,
        counted: counts.iter().map(window).collect(),
        warm: vec![Window::default(); counts.len()],
        failures: Vec::new(),
        lane,
        connects: 1,
        deliveries: None,
        users: 2,
        most_users: 3,
        due: 4,
        begun: 4,
        cpu_ns: 10,
        last_ended: 0,
        at: 0,
    }
}

#[test]
fn ticks_make_sixty_windows_unless_that_would_be_too_short_or_too_long_ones() {
    assert_eq!(tick(6_000_000_000), 100_000_000);
    assert_eq!((tick(1), tick(3_600_000_000_000)), (SHORTEST_TICK, LONGEST_TICK));
}

#[test]
fn users_and_connections_are_those_of_all_threads() {
    let mut ledger = ledger(1, 1);
    for lane in 0..3 {
        ledger.enter(&told(0, lane, &[1]));
        ledger.enter(&told(1, lane, &[1]));
    }
    assert_eq!(ledger.users(), 6);
    let generator = ledger.close(Ended::Complete).generator;
    assert_eq!((generator.users, generator.connects, generator.due), (9, 3, 12));
}

#[test]
fn a_machine_that_slept_for_a_month_makes_no_more_windows() {
    let mut ledger = ledger(1, 250_000_000);
    ledger.enter(&told(0, 0, &[1]));
    ledger.enter(&told(4 * 86_400 * 30, 0, &[1]));
    assert!(ledger.close(Ended::Complete).windows().len() <= MOST_WINDOWS);
}

proptest! {
    #[test]
    fn windows_stay_in_order_and_hold_everything_however_long_the_load(
        seen in prop::collection::vec((0_i64..2000, 0_u32..3, 0_u64..5, 0_u64..5), 1..200),
    ) {
        let mut ledger = ledger(2, 1000);
        let mut latest = 0;
        for (tick, lane, first, second) in &seen {
            ledger.enter(&told(*tick, *lane, &[*first, *second]));
            latest += ledger.latest().iter().map(Window::attempts).sum::<u64>();
        }
        let report = ledger.close(Ended::Complete);
        let all: u64 = seen.iter().map(|(_, _, first, second)| first + second).sum();
        prop_assert_eq!((latest, report.total().succeeded), (all, all));
        prop_assert_eq!(report.total().latency.count(), all);
        let ticks = report.window.as_nanos() as i64 / 1000;
        for (at, operation) in report.operations.iter().enumerate() {
            prop_assert!((1..=MOST_WINDOWS).contains(&operation.windows.len()));
            for (window, number) in operation.windows.iter().zip(0..) {
                let within = seen.iter().filter(|(tick, ..)| tick / ticks == number);
                let expected: u64 =
                    within.map(|(_, _, first, second)| [*first, *second][at]).sum();
                prop_assert_eq!(window.succeeded, expected);
            }
        }
    }
}
