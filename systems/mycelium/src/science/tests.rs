use super::*;

fn value(expected: f64, tolerance: f64, computed: f64) -> Finding {
    Finding::Value { expected, tolerance, computed }
}

#[test]
fn every_line_holds() {
    let checks = checks(|_, _| true).unwrap();
    for check in &checks {
        assert!(check.holds(), "{check:?}");
    }
    assert_eq!(checks.iter().filter(|check| check.is_required).count(), 11);
    let first_of_ours = checks.iter().position(|check| !check.is_required);
    assert_eq!(first_of_ours, Some(11), "the required ones come first");
}

#[test]
fn what_is_off_by_more_than_the_tolerance_does_not_hold() {
    assert!(value(1.0, 0.5, 1.5).holds());
    assert!(!value(1.0, 0.5, 1.500_001).holds());
    assert!(!value(1.0, 0.5, f64::NAN).holds());
    assert!(!value(1.0, 0.5, f64::INFINITY).holds());
}

#[test]
fn a_range_holds_if_both_of_its_ends_do() {
    let within = |low, high| {
        let (bounds, tolerance) = ((-95.0, 40.0), 1e-9);
        Finding::Within { bounds, tolerance, computed: (low, high) }.holds()
    };
    assert!(within(-95.0, 40.0));
    assert!(!within(-95.1, 0.0));
    assert!(!within(0.0, 40.1));
    assert!(!within(f64::NAN, 0.0) && !within(0.0, f64::NAN));
}

#[test]
fn a_bound_from_below_is_one() {
    assert!(Finding::AtLeast { bound: 0.1, computed: 0.1 }.holds());
    assert!(!Finding::AtLeast { bound: 0.1, computed: 0.09 }.holds());
    assert!(!Finding::AtLeast { bound: 0.1, computed: f64::NAN }.holds());
}

#[test]
fn the_requirements_calcium_would_fail() {
    let checks = ions::required().unwrap();
    let calcium = checks.iter().find(|check| check.name.starts_with("Ca")).unwrap();
    let Finding::Value { expected, tolerance, .. } = calcium.finding else { panic!() };
    let clamped = crate::nernst::potential_clamped(2, 2e-3, 1e-7, 310.0, 1e-6).unwrap();
    assert!(!value(expected, tolerance, clamped * 1000.0).holds());
}

#[test]
fn work_that_is_stopped_tells_what_it_has() {
    let checks = checks(|done, _| done < 1).unwrap();
    assert_eq!(checks.len(), 8);
}
