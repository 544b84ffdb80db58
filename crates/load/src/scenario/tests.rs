use super::*;

fn preset(name: &str) -> Scenario {
    Scenario::preset(name).unwrap()
}

const MINUTE: Duration = Duration::from_secs(60);

#[test]
fn every_preset_is_known_by_its_name_and_another_name_is_none() {
    for name in PRESETS {
        assert_eq!(preset(name).name, *name);
        assert!(preset(name).schedule().curve().highest() > 0.0, "{name}");
        assert!(preset(name).stop().warmup < preset(name).total(), "{name}");
    }
    assert_eq!(Scenario::preset("Smoke"), None);
    assert_eq!(Scenario::preset(""), None);
}

#[test]
fn presets_are_told_in_a_line() {
    let told: Vec<String> = PRESETS.iter().map(|name| preset(name).describe()).collect();
    insta::assert_snapshot!(told.join("\n"), @"
    10 users for 30s after a ramp of 2s
    100/s for 1m
    500 users for 2m after a ramp of 10s
    10, 50, 10 users in 3m 3s
    1000 users for 5m after a ramp of 10s
    100, 250, 500, 1000, 2000 users in 10m
    search from 50/s to 100000/s, 5s a step, to within 5%
    800 users for 30m after a ramp of 10s
    ");
}

#[test]
fn lengths_are_told_as_people_write_them() {
    let told = |ms| told::length(Duration::from_millis(ms));
    let cases = [
        (0, "0s"),
        (300, "300ms"),
        (999, "999ms"),
        (1_000, "1s"),
        (2_500, "2.5s"),
        (60_000, "1m"),
        (90_000, "1m 30s"),
        (90_300, "1m 30.3s"),
        (5_400_000, "1h 30m"),
        (3_600_001, "1h 0.001s"),
    ];
    for (ms, text) in cases {
        assert_eq!(told(ms), text);
    }
    assert_eq!(told::length(Duration::from_micros(500)), "0.5ms");
    assert_eq!(told::length(Duration::from_micros(999_600)), "1s");
    assert_eq!(told::length(Duration::from_micros(119_999_700)), "2m");
}

#[test]
fn the_ramp_comes_before_what_is_held_and_is_not_measured() {
    let normal = preset("normal");
    let curve = normal.schedule().curve();
    assert_eq!(normal.total(), Duration::from_secs(130));
    assert_eq!(curve.total(), normal.total());
    assert!((curve.level(Duration::from_secs(5)) - 250.0).abs() < 1e-9);
    assert!((curve.level(Duration::from_secs(10)) - 500.0).abs() < 1e-9);
    assert_eq!(normal.stop(), Stop { warmup: Duration::from_secs(10), requests: None });
    let own = Scenario { warmup: Some(MINUTE), requests: Some(7), ..normal };
    assert_eq!(own.stop(), Stop { warmup: MINUTE, requests: Some(7) });
}

#[test]
fn stages_follow_one_another_and_all_of_them_count() {
    let stress = preset("stress");
    assert_eq!(stress.total(), 10 * MINUTE);
    assert_eq!(stress.stop().warmup, Duration::ZERO);
    assert!((stress.schedule().curve().highest() - 2000.0).abs() < 1e-9);
    let rates = Shape::Stages {
        stages: vec![Stage { level: Level::Rate(5.0), over: MINUTE, hold: MINUTE }],
        arrivals: Arrivals::Poisson,
    };
    let rates = Scenario { shape: rates, ..stress };
    let Schedule::Rate { legs, arrivals: Arrivals::Poisson } = rates.schedule() else {
        panic!("{rates:?} is in rates");
    };
    assert_eq!(legs, [Leg { to: 5.0, over: MINUTE }, Leg { to: 5.0, over: MINUTE }]);
}

#[test]
fn overrides_replace_what_they_name() {
    let given = Override {
        users: Some(40),
        spawn: Some(20.0),
        hold: Some(MINUTE),
        requests: Some(9),
        ..Override::default()
    };
    let told = preset("normal").overridden(&given).unwrap().describe();
    assert_eq!(told, "40 users for 1m after a ramp of 2s, at most 9 requests");
    let given = Override {
        rate: Some(2.5),
        ramp: Some(Duration::from_millis(1500)),
        warmup: Some(Duration::from_secs(3)),
        ..Override::default()
    };
    let told = preset("steady").overridden(&given).unwrap().describe();
    assert_eq!(told, "2.5/s for 1m after a ramp of 1.5s, the first 3s not counted");
    let given = Override { hold: Some(MINUTE), ..Override::default() };
    let told = preset("capacity").overridden(&given).unwrap().describe();
    assert_eq!(told, "search from 50/s to 100000/s, 1m a step, to within 5%");
    for name in PRESETS {
        assert_eq!(preset(name).overridden(&Override::default()), Ok(preset(name)));
    }
}

#[test]
fn users_of_stages_are_scaled_to_the_highest_and_nobody_is_lost() {
    let spike = |users| {
        let given = Override { users: Some(users), ..Override::default() };
        preset("spike").overridden(&given).unwrap().describe()
    };
    assert_eq!(spike(500), "100, 500, 100 users in 3m 3s");
    assert_eq!(spike(13), "3, 13, 3 users in 3m 3s");
    assert_eq!(spike(1), "1, 1, 1 user in 3m 3s");
}

#[test]
fn an_override_that_makes_no_sense_says_why() {
    let second = Duration::from_secs(1);
    let none = Override::default;
    let cases = [
        ("steady", Override { users: Some(5), ..none() }),
        ("capacity", Override { users: Some(5), ..none() }),
        ("normal", Override { rate: Some(5.0), ..none() }),
        ("spike", Override { rate: Some(5.0), ..none() }),
        ("capacity", Override { rate: Some(5.0), ..none() }),
        ("stress", Override { hold: Some(second), ..none() }),
        ("stress", Override { ramp: Some(second), ..none() }),
        ("capacity", Override { ramp: Some(second), ..none() }),
        ("steady", Override { spawn: Some(1.0), ..none() }),
        ("normal", Override { spawn: Some(1.0), ramp: Some(second), ..none() }),
        ("normal", Override { spawn: Some(1e-30), ..none() }),
        ("capacity", Override { requests: Some(5), ..none() }),
        ("smoke", Override { warmup: Some(MINUTE), ..none() }),
        ("capacity", Override { warmup: Some(5 * second), ..none() }),
        ("smoke", Override { users: Some(0), ..none() }),
        ("steady", Override { rate: Some(0.0), ..none() }),
        ("steady", Override { rate: Some(-1.0), ..none() }),
        ("steady", Override { rate: Some(f64::NAN), ..none() }),
        ("normal", Override { spawn: Some(f64::INFINITY), ..none() }),
        ("normal", Override { hold: Some(Duration::ZERO), ..none() }),
        ("normal", Override { requests: Some(0), ..none() }),
    ];
    let told = cases.map(|(name, given)| preset(name).overridden(&given).unwrap_err());
    insta::assert_snapshot!(told.join("\n"), @"
    a number of users does not fit the scenario `steady`, which is in tasks a second
    a number of users does not fit the scenario `capacity`, which is in tasks a second
    a rate does not fit the scenario `normal`, which is in users
    a rate does not fit the scenario `spike`, which is in users
    a rate does not fit the scenario `capacity`, which searches for one
    a duration does not fit the scenario `stress`, which has stages with their own
    a ramp does not fit the scenario `stress`, which has stages with their own
    a ramp does not fit the scenario `capacity`, which goes in steps
    a spawn rate does not fit the scenario `steady`, which has no single number of users
    a ramp is either a time or a spawn rate
    a spawn rate of 0.000000000000000000000000000001/s never ends
    a number of requests does not fit the scenario `capacity`, which ends when it has found the capacity
    a warm-up of 1m leaves nothing of the 32s to be measured
    a warm-up of 5s leaves nothing of the 5s to be measured
    no users send nothing
    a rate of 0/s is not above zero
    a rate of -1/s is not above zero
    a rate of NaN/s is not above zero
    a spawn rate of inf/s is not above zero
    a duration of 0s measures nothing
    no requests measure nothing
    ");
}
