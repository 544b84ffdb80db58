//! Whole runs: how often what happens, what is kept, and that nothing is carried over.

use super::*;

#[test]
fn settings_that_are_not_allowed_are_refused_before_anything_is_drawn() {
    let settings = Settings { alpha: 0.3, ..Settings::default() };
    assert!(matches!(run(&settings), Err(Error::OutOfRange { parameter: "alpha", .. })));
    assert!(run_with_history(&settings).is_err());
    assert!(Simulation::new(&settings).is_err());
}

#[test]
fn spikes_are_as_frequent_as_their_probability() {
    let spikes = |spike_probability: f64, seed: u64| {
        let settings = Settings { grid_size: 4, spike_probability, seed, ..Settings::default() };
        run(&settings).unwrap().counts.growth_events
    };
    let count: u64 = (0..200).map(|seed| spikes(0.25, seed)).sum();
    // Four deviations of a binomial of 20,000 draws.
    assert!((count as f64 - 5000.0).abs() < 4.0 * (20_000.0 * 0.25 * 0.75_f64).sqrt(), "{count}");
    assert_eq!(spikes(0.0, 1), 0);
    assert_eq!(spikes(1.0, 1), 100);
}

#[test]
fn a_spike_raises_one_cell_and_the_mean_by_its_share() {
    let settings = Settings { steps: 1000, spike_probability: 1.0, ..Settings::demo() };
    let spiked = run(&settings).unwrap();
    assert_eq!(spiked.counts.clamping_events, 0);
    let rise = spiked.field.summary().mean + 70.0;
    // 20 mV each, of a deviation of 5 mV, over 1024 cells.
    assert!((rise - 20.0 * 1000.0 / 1024.0).abs() < 4.0 * 5.0 * 1000.0_f64.sqrt() / 1024.0 + 0.4);
}

#[test]
fn cells_out_of_the_clamp_are_counted_and_brought_back() {
    let mut simulation = still(4, Boundary::Periodic);
    let mut cells = vec![0.0; 16];
    (cells[0], cells[1], cells[6], cells[15]) = (0.5, 0.040, -0.095, -0.3);
    simulation.begin_with(&cells);
    simulation.alpha = 0.0;
    simulation.steps(1);
    assert_eq!(simulation.counts().clamping_events, 2);
    let cells = simulation.cells();
    let brought = [cells[0], cells[1], cells[6], cells[15]];
    assert_eq!(bits(&brought), bits(&[0.040, 0.040, -0.095, -0.095]));
    simulation.steps(1);
    assert_eq!(simulation.counts().clamping_events, 2);
}

#[test]
fn two_thousand_steps_with_jitter_stay_in_bounds() {
    let settings = Settings { steps: 2000, quantum_jitter: true, ..Settings::demo() };
    let summary = run(&settings).unwrap().field.summary();
    assert!(summary.min >= -95.1 && summary.max <= 40.1, "{summary:?}");
    assert!(summary.deviation > 20.0, "{summary:?}");
}

#[test]
fn thousands_of_steps_and_the_largest_diffusion_stay_finite() {
    for (alpha, steps) in [(0.18, 5000), (0.24, 1500), (0.25, 1500)] {
        let settings = Settings { alpha, steps, ..Settings::demo() };
        let outcome = run(&settings).unwrap();
        assert!(outcome.field.cells().iter().all(|cell| cell.is_finite()));
        assert!(outcome.activator_mean.is_finite() && outcome.inhibitor_mean.is_finite());
    }
}

#[test]
fn a_cell_that_is_no_number_is_told_at_the_next_look() {
    let told = |poison: fn(&mut Simulation)| {
        let mut simulation = Simulation::new(&Settings::demo()).unwrap();
        simulation.steps(5);
        poison(&mut simulation);
        (0..finite::EVERY).find_map(|_| simulation.step().err()).unwrap()
    };
    let error = told(|simulation| simulation.sheets.fields_mut()[0][77] = f64::NAN);
    assert!(matches!(error, Error::NotFinite { field: "potential", step: 16, count: 221.. }));
    let error = told(|simulation| simulation.sheets.fields_mut()[1][3] = f64::INFINITY);
    assert!(matches!(error, Error::NotFinite { field: "activator", step: 16, .. }), "{error}");
    let error = told(|simulation| simulation.sheets.fields_mut()[2][3] = f64::NAN);
    let Error::NotFinite { step: 16, .. } = error else { panic!("{error}") };
}

#[test]
fn a_run_that_ends_between_two_looks_is_looked_at_after_its_last_step() {
    let mut simulation = Simulation::new(&Settings { steps: 3, ..Settings::demo() }).unwrap();
    simulation.sheets.fields_mut()[0][77] = f64::NAN;
    assert_eq!((simulation.step(), simulation.step()), (Ok(()), Ok(())));
    assert!(simulation.step().is_err());
}

#[test]
fn the_last_frame_of_a_history_is_the_field_and_the_others_are_on_the_way() {
    let settings = Settings::demo();
    let outcome = run_with_history(&settings).unwrap();
    let history = outcome.history.as_ref().unwrap();
    assert_eq!((history.len(), history.size()), (32, 32));
    assert_eq!(bits(history.frame(31)), bits(outcome.field.cells()));
    let shorter = run(&Settings { steps: 7, ..settings }).unwrap();
    assert_eq!(bits(history.frame(6)), bits(shorter.field.cells()));

    let without = run(&settings).unwrap();
    assert_eq!(without.history, None);
    assert_eq!(Outcome { history: None, ..outcome }, without);
}

#[test]
fn a_simulation_that_is_stepped_ends_as_a_run_does() {
    let settings = Settings { quantum_jitter: true, ..Settings::demo() };
    let mut simulation = Simulation::new(&settings).unwrap();
    simulation.steps(32);
    let outcome = run(&settings).unwrap();
    assert_eq!(simulation.steps_done(), 32);
    assert_eq!(simulation.size(), 32);
    assert_eq!(bits(simulation.cells()), bits(outcome.field.cells()));
    assert_eq!(simulation.counts(), outcome.counts);
}

#[test]
fn nothing_is_carried_over_from_run_to_run() {
    let settings = Settings { quantum_jitter: true, ..Settings::demo() };
    let first = run(&settings).unwrap();
    for seed in 0..9 {
        let other = run(&Settings { seed, ..settings.clone() }).unwrap();
        assert_ne!(other.field, first.field);
    }
    assert_eq!(run(&settings).unwrap(), first);
}

#[test]
fn many_runs_end_the_same_with_any_number_of_threads_and_in_their_order() {
    let with = |seed: u64| Settings {
        grid_size: 4 + seed as usize,
        seed,
        // One of them is refused, in its place.
        alpha: if seed == 5 { 0.5 } else { 0.2 },
        ..Settings::demo()
    };
    let settings: Vec<Settings> = (0..17).map(with).collect();
    let alone: Vec<_> = settings.iter().map(run).collect();
    for threads in [0, 1, 2, 3, 8, 40] {
        assert_eq!(run_many(&settings, threads), alone, "{threads} threads");
    }
    assert!(alone[5].is_err());
    assert_eq!(run_many(&[], 4), []);
}

#[test]
fn a_run_that_is_told_to_stop_stops_within_a_few_steps_and_may_go_on() {
    let settings = Settings { grid_size: 16, steps: 100, ..Settings::default() };
    let mut simulation = Simulation::new(&settings).unwrap();
    assert_eq!(simulation.advance_unless(100, |done| done >= 50), Ok(false));
    assert!((50..50 + LEVELS).contains(&simulation.steps_done()));
    assert_eq!(simulation.advance_unless(10, |_| true), Ok(false));
    let left = 100 - simulation.steps_done();
    assert_eq!(simulation.advance_unless(left, |_| false), Ok(true));
    assert_eq!(simulation.cells(), run(&settings).unwrap().field.cells());
}
