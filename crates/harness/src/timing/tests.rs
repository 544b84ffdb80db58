use super::*;
use crate::clock::tests::Scripted;

/// Work whose runs take what a function of their number says.
struct Script<F> {
    clock: Scripted,
    cost: F,
    runs: u64,
    keeps: bool,
}

impl<F: Fn(u64) -> u64> Work for Script<F> {
    fn timed(&mut self, clock: &dyn Clock, runs: u64) -> u64 {
        let start = clock.now();
        // Picoseconds, so that a run may be shorter than the clock can tell.
        let mut picoseconds = 0;
        for _ in 0..runs.min(1 << 16) {
            self.runs += 1;
            picoseconds += (self.cost)(self.runs);
        }
        self.clock.pass(picoseconds / 1_000);
        clock.now() - start
    }

    fn keeps(&self) -> bool {
        self.keeps
    }
}

const LIMITS: Limits = Limits { warm_up: 1_000_000, measuring: 10_000_000, precision: 0.0 };

fn measured(form: Form, keeps: bool, cost: impl Fn(u64) -> u64) -> Result<Times, String> {
    let clock = Scripted::new(20);
    let timer = Timer::of(&clock);
    let mut work = Script { clock: clock.clone(), cost, runs: 0, keeps };
    measure(&clock, &timer, LIMITS, form, &mut work)
}

fn batches_of(times: Times) -> Vec<(u64, u64)> {
    match times {
        Times::Batches(batches) => batches,
        Times::Single(_) => panic!("timed singly"),
    }
}

#[test]
fn a_batch_lasts_for_twenty_periods_however_short_a_run_is() {
    for keeps in [false, true] {
        for picoseconds in [100, 2_000, 50_000, 379_000] {
            let times = measured(Form::Fitting, keeps, |_| picoseconds).unwrap();
            let batches = batches_of(times);
            assert!(batches.len() >= FEWEST && batches.len() <= MOST_BATCHES);
            for (time, runs) in batches {
                assert!(time + 20 >= 400, "{time} ns of {runs} runs at {picoseconds} ps");
            }
        }
    }
}

#[test]
fn a_run_of_twenty_periods_is_timed_singly_and_the_clock_is_taken_off() {
    let Ok(Times::Single(times)) = measured(Form::Fitting, false, |_| 500_000) else {
        panic!("timed in batches");
    };
    assert!(times.iter().all(|&time| time == 500), "{times:?}");
}

#[test]
fn a_run_longer_than_all_the_time_there_is_is_timed_often_enough_for_a_median() {
    let times = measured(Form::Fitting, false, |_| 20_000_000_000_000).unwrap();
    assert_eq!(times, Times::Single(vec![20_000_000_000; FEWEST]));
}

#[test]
fn work_that_takes_no_time_comes_to_an_end() {
    struct Nothing(u64);
    impl Work for Nothing {
        fn timed(&mut self, clock: &dyn Clock, runs: u64) -> u64 {
            self.0 = self.0.max(runs);
            let start = clock.now();
            clock.now() - start
        }
        fn keeps(&self) -> bool {
            true
        }
    }
    let clock = Scripted::new(20);
    let timer = Timer::of(&clock);
    let mut work = Nothing(0);
    let limits = Limits { warm_up: 100_000, measuring: 100_000, precision: 0.01 };
    let times = measure(&clock, &timer, limits, Form::Fitting, &mut work).unwrap();
    assert!(batches_of(times).iter().all(|&(time, _)| time == 0));
    assert!(work.0 <= MOST_KEPT);
}

#[test]
fn a_slow_first_run_does_not_decide_how_the_others_are_timed() {
    let cost = |run| if run == 1 { 5_000_000 } else { 2_000 };
    let batches = batches_of(measured(Form::Fitting, false, cost).unwrap());
    assert!(batches.iter().all(|&(_, runs)| runs >= 200), "{batches:?}");
}

#[test]
fn work_that_gets_faster_is_put_into_longer_batches() {
    let cost = |run| if run < 20_000 { 390_000 } else { 100 };
    let batches = batches_of(measured(Form::Fitting, false, cost).unwrap());
    assert!(batches.iter().all(|&(time, _)| time + 20 >= 400), "{batches:?}");
}

#[test]
fn samples_are_never_too_many_to_be_told() {
    let clock = Scripted::new(1);
    let timer = Timer::of(&clock);
    let cost = |_| 25_000;
    let mut work = Script { clock: clock.clone(), cost, runs: 0, keeps: false };
    let times = measure(&clock, &timer, LIMITS, Form::Samples, &mut work).unwrap();
    let Times::Single(times) = times else { panic!("timed in batches") };
    assert!(times.len() as u64 <= MOST_SAMPLES && times.len() > 10_000, "{}", times.len());
    assert!(work.runs > MOST_SAMPLES);
}

#[test]
fn a_run_too_short_for_the_form_asked_for_is_refused() {
    for form in [Form::Samples, Form::Histograms] {
        let error = measured(form, false, |_| 2_000).unwrap_err();
        assert!(error.contains("too short to be timed singly"), "{error}");
    }
}

#[test]
fn every_run_is_in_a_histogram() {
    let Ok(Times::Single(times)) = measured(Form::Histograms, false, |_| 1_000_000) else {
        panic!("timed in batches");
    };
    assert!(times.len() > 9_000);
}

#[test]
fn preparing_is_no_reason_to_go_on_for_ever() {
    struct Slow(Scripted);
    impl Work for Slow {
        fn timed(&mut self, _: &dyn Clock, _: u64) -> u64 {
            self.0.pass(50_000_000);
            1_000
        }
        fn keeps(&self) -> bool {
            true
        }
    }
    let clock = Scripted::new(20);
    let timer = Timer::of(&clock);
    let times = measure(&clock, &timer, LIMITS, Form::Samples, &mut Slow(clock.clone())).unwrap();
    assert_eq!(times, Times::Single(vec![980; FEWEST]));
}

#[test]
fn batches_put_together_keep_their_sums() {
    let many: Vec<(u64, u64)> = (0..2_500).map(|i| (i, 10)).collect();
    let few = together(&many);
    assert!(few.len() <= MOST_BATCHES);
    let sum = |batches: &[(u64, u64)]| batches.iter().map(|b| b.0 + b.1).sum::<u64>();
    assert_eq!(sum(&few), sum(&many));
}

/// What a run timed singly for at most ten milliseconds took, until known to half a per cent.
fn precisely(cost: impl Fn(u64) -> u64) -> Vec<u64> {
    let clock = Scripted::new(20);
    let timer = Timer::of(&clock);
    let mut work = Script { clock: clock.clone(), cost, runs: 0, keeps: false };
    let limits = Limits { precision: 0.005, ..LIMITS };
    match measure(&clock, &timer, limits, Form::Fitting, &mut work).unwrap() {
        Times::Single(times) => times,
        Times::Batches(batches) => panic!("timed in batches: {batches:?}"),
    }
}

#[test]
fn measuring_ends_when_the_median_is_known_well_enough_but_not_at_once() {
    // 10 us and 20 ns of clock each: a tenth of ten milliseconds holds a hundred of them.
    let steady = precisely(|_| 10_000_000);
    assert!((99..130).contains(&steady.len()), "{}", steady.len());
    // 200 us each: fifty of them are more than all the time there is.
    assert_eq!(precisely(|_| 200_000_000).len(), 50);
}

#[test]
fn runs_that_differ_are_measured_for_longer() {
    let uneven = |run: u64| 10_000_000 + run * 7_919 % 100 * 40_000;
    let times = precisely(uneven);
    assert!(times.len() > 300, "{}", times.len());
}

#[test]
fn a_run_that_is_fast_for_a_while_and_slow_for_a_while_takes_all_the_time() {
    let in_stretches =
        |run: u64| if (run / 60).is_multiple_of(2) { 10_000_000 } else { 10_300_000 };
    let times = precisely(in_stretches);
    let sum: u64 = times.iter().sum();
    assert!(sum >= 9_900_000, "{} runs of {sum} ns", times.len());
    // Just as many of both, but taking turns: no stretch says anything else than another.
    let by_turns = |run: u64| if run.is_multiple_of(3) { 10_300_000 } else { 10_000_000 };
    assert!(precisely(by_turns).len() < 200);
}

#[test]
fn slow_outliers_end_a_measurement_no_sooner_than_fast_ones() {
    let distance = |run: u64| [0, 1, 2, 4, 8, 16, 32][run as usize * 5 % 7] * 20_000;
    let slow = precisely(|run| 10_000_000 + distance(run)).len();
    let fast = precisely(|run| 10_000_000 - distance(run)).len();
    assert!(slow.abs_diff(fast) * 10 <= fast, "{slow} and {fast}");
}
