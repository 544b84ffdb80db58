//! Whether the cycle learns, repeats itself, and says what it found.

use super::*;

fn small(seed: u64) -> Cycle {
    Cycle { seed, epochs: 5, grid_size: 32, steps: 32, ..Cycle::default() }
}

#[test]
fn the_network_learns_from_fields_with_any_seed() {
    for seed in 0..20 {
        for plasticity in [false, true] {
            let cycle = Cycle { seed, epochs: 5, plasticity, ..Cycle::default() };
            let report = run(&cycle).unwrap();
            assert!(report.loss_final < report.loss_start, "{cycle:?}: {report}");
        }
    }
}

#[test]
fn the_same_cycle_gives_the_same_report_and_another_seed_another() {
    assert_eq!(run(&small(1)).unwrap(), run(&small(1)).unwrap());
    assert_ne!(run(&small(1)).unwrap(), run(&small(2)).unwrap());
}

#[test]
fn a_cycle_that_is_stopped_has_no_report() {
    assert_eq!(run_unless(&small(1), &AtomicBool::new(true)), Ok(None));
    assert_eq!(run_unless(&small(1), &AtomicBool::new(false)).unwrap(), run(&small(1)).ok());
}

#[test]
fn what_is_to_be_learned_differs_from_field_to_field() {
    let look = |seed| small(0).look(seed, &AtomicBool::new(false)).unwrap().unwrap();
    let targets: Vec<f64> = (0..8).map(|seed| look(seed).target).collect();
    let least = targets.iter().copied().fold(f64::INFINITY, f64::min);
    let most = targets.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    assert!(most - least > 0.01, "{targets:?}");
}

#[test]
fn no_cell_is_above_the_threshold_of_the_first_version() {
    let report = run(&Cycle { compat: true, ..small(42) }).unwrap();
    assert_eq!(report.example_fractal_dim.to_bits(), 0.0_f64.to_bits());
    let report = run(&small(42)).unwrap();
    assert!((1.0..=2.0).contains(&report.example_fractal_dim), "{report}");
}

#[test]
fn its_numbers_are_physical() {
    let report = run(&small(3)).unwrap();
    let kelvins = 310.0;
    let factor = 8.314 * kelvins / 96485.33212 * 1000.0;
    assert!((report.nernst_symbolic_mv - -89.010_669_119_879_07).abs() < 1e-9);
    assert!((report.nernst_numeric_mv - -89.010_669_119_879_07).abs() < 1e-9);
    assert!((report.nernst_rtfz_mv - factor).abs() < 1e-12);
    assert!((-95.0..-70.0).contains(&report.pot_min_mv), "{report}");
    assert!((-70.0..40.0).contains(&report.pot_max_mv), "{report}");
    assert!((-3.2..-1.3).contains(&report.lyapunov_exponent), "{report}");
    assert!((report.lyapunov_mean - -2.164_573).abs() < 0.3, "{report}");
    assert!(report.growth_events <= 32, "{report}");
    let drop = report.loss_start - report.loss_final;
    assert_eq!(report.loss_drop.to_bits(), drop.to_bits());
}

#[test]
fn a_report_is_a_line_for_each_number_with_six_decimals() {
    let text = run(&small(42)).unwrap().to_string();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 13);
    assert_eq!(lines[0], "=== mycelium :: validation ===");
    assert_eq!(lines[10], "nernst_symbolic_mV      : -89.010669");
}

#[test]
fn a_program_reads_the_same_names_as_people() {
    let report = run(&small(42)).unwrap();
    let json = serde_json::to_value(report).unwrap();
    assert_eq!(json.as_object().unwrap().len(), report.values().len());
    for (name, value) in report.values() {
        let found = json[name].as_f64().unwrap();
        assert!((found - value).abs() <= 1e-12 * value.abs(), "{name}");
    }
    assert!(json["growth_events"].is_u64());
}

#[test]
fn cycles_that_make_no_sense_are_refused_by_name() {
    let wrong = [
        ("epochs", Cycle { epochs: 0, ..Cycle::default() }),
        ("epochs", Cycle { epochs: 1001, ..Cycle::default() }),
        ("batch_size", Cycle { batch_size: 0, ..Cycle::default() }),
        ("batch_size", Cycle { batch_size: 65, ..Cycle::default() }),
        ("grid_size", Cycle { grid_size: 2, ..Cycle::default() }),
        ("steps", Cycle { steps: 0, ..Cycle::default() }),
    ];
    for (name, cycle) in wrong {
        match run(&cycle) {
            Err(Error::OutOfRange { parameter, .. }) => assert_eq!(parameter, name),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_batch_larger_than_there_are_fields_is_all_of_them() {
    let report = |batch_size| run(&Cycle { batch_size, ..small(6) }).unwrap();
    assert!((report(16).loss_final - report(64).loss_final).abs() < 1e-5);
}
