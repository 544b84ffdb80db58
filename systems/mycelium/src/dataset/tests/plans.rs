//! What is drawn, and what is refused.

use super::*;
use crate::error::Error;

fn refusal(plan: &Plan) -> String {
    plan.validate().unwrap_err().to_string()
}

#[test]
fn every_preset_can_be_made() {
    for preset in PRESETS {
        assert_eq!(preset.plan().validate(), Ok(()), "{}", preset.name);
        assert_eq!(preset.plan().draws().len(), preset.plan().samples, "{}", preset.name);
    }
    assert_eq!(Preset::named("product").unwrap().plan().samples, 72);
    assert!(Preset::named("huge").is_none());
}

#[test]
fn what_is_drawn_lies_in_its_ranges_and_reaches_both_ends() {
    let plan = Plan { samples: 400, ..Preset::named("default").unwrap().plan() };
    let draws = plan.draws();
    let steps: Vec<usize> = draws.iter().map(|draw| draw.settings.steps).collect();
    assert!(steps.iter().all(|steps| (50..=200).contains(steps)));
    assert!(steps.iter().min() < Some(&55) && steps.iter().max() > Some(&195));
    assert!(draws.iter().all(|draw| (0.10..=0.20).contains(&draw.settings.alpha)));
    let modes = draws.iter().filter(|draw| draw.settings.turing_enabled).count();
    assert!((150..250).contains(&modes), "{modes}");
}

/// What `testdata/dataset/make.py` prints.
#[test]
fn in_the_compatible_mode_rows_are_drawn_as_numpy_draws_them() {
    let plan = Plan { samples: 2, is_v4_1: true, ..Preset::named("default").unwrap().plan() };
    let drawn: Vec<_> = plan.draws().into_iter().map(|draw| draw.settings).collect();
    assert_eq!((drawn[0].grid_size, drawn[0].steps, drawn[0].turing_enabled), NUMPY[0].0);
    assert_eq!((drawn[1].grid_size, drawn[1].steps, drawn[1].turing_enabled), NUMPY[1].0);
    for (settings, (_, floats)) in drawn.iter().zip(NUMPY) {
        let found = [settings.alpha, settings.spike_probability, settings.turing_threshold];
        assert_eq!(found.map(f64::to_bits), floats.map(f64::to_bits), "{found:?}");
    }
}

type Drawn = ((usize, usize, bool), [f64; 3]);

const NUMPY: [Drawn; 2] = [
    (
        (32, 166, true),
        [0.143_887_843_975_205_24, 0.289_473_605_811_872_76, 0.668_835_469_577_529_9],
    ),
    (
        (64, 129, false),
        [0.176_113_970_199_035_3, 0.307_212_861_055_390_75, 0.675_622_726_535_109_2],
    ),
];

#[test]
fn alphas_of_a_scenario_take_turns_after_their_seeds() {
    let draws = Preset::named("medium").unwrap().plan().draws();
    let alphas: Vec<f64> = draws.iter().take(10).map(|draw| draw.settings.alpha).collect();
    assert_eq!(alphas, [0.10, 0.10, 0.10, 0.15, 0.15, 0.15, 0.20, 0.20, 0.20, 0.10]);
    assert_eq!(draws[7].settings.seed, 49);
}

#[test]
fn what_cannot_be_drawn_is_refused_by_its_name() {
    assert!(refusal(&small(0)).contains("num_samples"));
    assert!(refusal(&small(100_001)).contains("num_samples"));
    assert!(refusal(&Plan { seed: u64::MAX, ..small(1) }).contains("seed"));
    let product = Preset::named("product").unwrap().plan();
    assert!(refusal(&Plan { samples: 71, ..product }).contains("`num_samples` is 71"));
    let with = |change: fn(&mut Sampler)| {
        let mut plan = small(2);
        let Recipe::Sampled(sampler) = &mut plan.recipe else { panic!("the demo is sampled") };
        change(sampler);
        refusal(&plan)
    };
    assert!(with(|sampler| sampler.grids.clear()).contains("grids"));
    assert!(with(|sampler| sampler.turing.clear()).contains("Turing"));
    assert!(with(|sampler| sampler.alpha = 0.2..=0.1).contains("`alpha` ends before"));
    assert!(with(|sampler| sampler.alpha = 0.1..=0.3).contains("`alpha` is 0.3"));
    assert!(with(|sampler| sampler.alpha = 0.1..=f64::NAN).contains("alpha"));
    assert!(with(|sampler| sampler.grids.push(2)).contains("`grid_size` is 2"));
}

#[test]
fn a_plan_is_known_again_and_another_one_is_not() {
    assert_eq!(small(3).digest(), small(3).digest());
    assert_ne!(small(3).digest(), small(4).digest());
    assert_ne!(small(3).digest(), Plan { is_v4_1: true, ..small(3) }.digest());
    let error: DatasetError = Error::Shape("x".to_owned()).into();
    assert_eq!(error.to_string(), "x");
}
