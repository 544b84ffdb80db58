//! The network as a whole, against values that share no code with it.

use proptest::prelude::*;
use serde::Deserialize;

use super::*;
use crate::error::Error;
use crate::random::Random;
use crate::settings::Streams;

/// Made by `testdata/network.py`.
#[derive(Deserialize)]
struct Case {
    inputs: usize,
    hidden: usize,
    heads: usize,
    kept: usize,
    size: usize,
    sequence: usize,
    parameters: Vec<f64>,
    values: Vec<f64>,
    targets: Vec<f64>,
    outputs: Vec<f64>,
    gradients: Vec<f64>,
    losses: Vec<f64>,
    after: Vec<f64>,
}

impl Case {
    fn all() -> Vec<Case> {
        serde_json::from_str(include_str!("testdata/network.json")).expect("it was made for this")
    }

    fn network(&self) -> Network<f64> {
        let Case { inputs, hidden, heads, kept, .. } = *self;
        let mut network = Network::zeros(Architecture { inputs, hidden, heads, kept })
            .expect("the script's networks are allowed");
        network.parameters.copy_from_slice(&self.parameters);
        network
    }

    fn batch(&self) -> Batch<'_, f64> {
        Batch::sequences(&self.values, self.size, self.sequence)
    }
}

fn near(found: &[f64], expected: &[f64], what: &str) {
    assert_eq!(found.len(), expected.len(), "{what}");
    for (index, (found, expected)) in found.iter().zip(expected).enumerate() {
        let error = (found - expected).abs();
        assert!(error <= 1e-9 * (1.0 + expected.abs()), "{what} {index}: {found}, not {expected}");
    }
}

fn normals(count: usize, seed: u64) -> Vec<f32> {
    let mut random = Random::new(Streams::Fast, seed);
    (0..count).map(|_| random.normal() as f32).collect()
}

#[test]
fn outputs_and_derivatives_are_those_of_complex_arithmetic() {
    for case in Case::all() {
        let (mut work, mut gradients) = (Workspace::default(), Vec::new());
        let network = case.network();
        near(network.forward(case.batch(), &mut work).unwrap(), &case.outputs, "output");
        network.gradients(case.batch(), &case.targets, &mut work, &mut gradients).unwrap();
        near(&gradients, &case.gradients, "gradient");
    }
}

#[test]
fn steps_of_training_are_those_of_the_script() {
    for case in Case::all() {
        let mut trainer = Trainer::new(case.network(), Adam::new(0.01).unwrap());
        let step = |_| trainer.step(case.batch(), &case.targets).unwrap();
        let losses: Vec<f64> = (0..case.losses.len()).map(step).collect();
        near(&losses, &case.losses, "loss");
        // Where a gradient is nearly nothing, Adam divides rounding by rounding.
        let found = trainer.network().values();
        for (index, (found, expected)) in found.iter().zip(&case.after).enumerate() {
            if case.gradients[index].abs() > 1e-9 {
                near(&[*found], &[*expected], "parameter");
            }
        }
    }
}

#[test]
fn a_network_has_as_many_parameters_as_its_widths_say() {
    let table = [
        (4, 16, 1_585),
        (4, 32, 5_985),
        (4, 64, 23_233),
        (64, 64, 27_073),
        (128, 64, 31_169),
        (64, 128, 99_201),
    ];
    for (inputs, hidden, parameters) in table {
        assert_eq!(Network::new(inputs, hidden, 0).unwrap().parameters(), parameters);
    }
}

#[test]
fn a_seed_gives_the_same_weights_evenly_within_one_over_the_root_of_the_inputs() {
    let network = Network::new(4, 64, 7).unwrap();
    assert_eq!(network, Network::new(4, 64, 7).unwrap());
    assert_ne!(network, Network::new(4, 64, 8).unwrap());
    for (name, layer) in network.layers.all() {
        let bound = 1.0 / (layer.inputs as f32).sqrt();
        let rows = layer.rows(network.values());
        let largest = rows.iter().fold(0.0_f32, |largest, value| largest.max(value.abs()));
        assert!(largest <= bound && largest > 0.8 * bound, "{name}: {largest} of {bound}");
        let mean = rows.iter().sum::<f32>() / rows.len() as f32;
        assert!(mean.abs() < 4.0 * bound / (3.0 * rows.len() as f32).sqrt(), "{name}: {mean}");
    }
}

#[test]
fn queries_and_keys_learn_nothing_from_rows_and_something_from_sequences() {
    let network = Network::new(4, 8, 1).unwrap();
    let values = normals(6 * 4, 2);
    let slopes = |batch: Batch<'_>, targets: &[f32]| {
        let (mut work, mut gradients) = (Workspace::default(), Vec::new());
        network.gradients(batch, targets, &mut work, &mut gradients).unwrap();
        network.layers.query.rows(&gradients).iter().any(|slope| slope.abs() > 1e-9)
    };
    assert!(!slopes(Batch::rows(&values, 6), &[1.0; 6]));
    assert!(slopes(Batch::sequences(&values, 1, 6), &[1.0]));
}

#[test]
fn another_number_of_heads_gives_another_output() {
    let values = normals(5 * 4, 3);
    let output = |heads| {
        let architecture = Architecture { hidden: 8, heads, ..Architecture::default() };
        let network = Network::<f32>::build(architecture, 1).unwrap();
        let mut work = Workspace::default();
        network.forward(Batch::sequences(&values, 1, 5), &mut work).unwrap()[0]
    };
    assert!((output(1) - output(2)).abs() > 1e-6);
}

#[test]
fn a_fused_network_gives_what_the_network_gives() {
    let network = Network::new(64, 64, 5).unwrap();
    let rows = normals(33 * 64, 6);
    let (mut work, mut fused_work) = (Workspace::default(), Workspace::default());
    let expected = network.forward(Batch::rows(&rows, 33), &mut work).unwrap();
    let fused = Fused::new(&network);
    let found = fused.forward(&rows, &mut fused_work).unwrap();
    assert_eq!(found.len(), 33);
    for (found, expected) in found.iter().zip(expected) {
        assert!((found - expected).abs() < 2e-6, "{found}, not {expected}");
    }
    assert!(fused.forward(&rows[1..], &mut fused_work).is_err());
    assert!(fused.forward(&[], &mut fused_work).is_err());
}

#[test]
fn a_workspace_that_saw_another_batch_gives_the_same() {
    let network = Network::new(4, 8, 5).unwrap();
    let values = normals(24, 6);
    let mut used = Workspace::default();
    for batch in [Batch::sequences(&values, 2, 3), Batch::rows(&values, 6)] {
        network.forward(Batch::sequences(&values, 1, 6), &mut used).unwrap();
        let found = network.forward(batch, &mut used).unwrap();
        assert_eq!(found, network.forward(batch, &mut Workspace::default()).unwrap());
    }
}

#[test]
fn inputs_of_another_shape_are_refused() {
    let network = Network::new(4, 8, 5).unwrap();
    let mut work = Workspace::default();
    for (length, size, sequence) in [(8, 3, 1), (0, 0, 1), (0, 1, 0), (8, usize::MAX, 2), (9, 2, 1)]
    {
        let values = vec![0.0; length];
        let refused = network.forward(Batch::sequences(&values, size, sequence), &mut work);
        assert!(matches!(refused, Err(Error::Shape(_))), "{length} {size} {sequence}");
    }
    let mut trainer = Trainer::new(network, Adam::new(0.01).unwrap());
    assert!(trainer.step(Batch::rows(&[0.0; 8], 2), &[0.0]).is_err());
    assert!(trainer.loss(Batch::rows(&[0.0; 8], 2), &[0.0; 3]).is_err());
}

#[test]
fn widths_that_make_no_network_are_refused() {
    let wrong = [
        Architecture { inputs: 0, ..Architecture::default() },
        Architecture { hidden: 0, ..Architecture::default() },
        Architecture { hidden: 33, ..Architecture::default() },
        Architecture { hidden: 5000, ..Architecture::default() },
        Architecture { heads: 0, ..Architecture::default() },
        Architecture { heads: 3, ..Architecture::default() },
        Architecture { kept: 0, ..Architecture::default() },
    ];
    for architecture in wrong {
        let refused = Network::<f32>::build(architecture, 0);
        assert!(matches!(refused, Err(Error::OutOfRange { .. })), "{architecture:?}");
    }
}

#[test]
fn an_input_that_is_not_a_number_ends_the_training_and_spoils_no_weight() {
    let network = Network::new(4, 8, 5).unwrap();
    let mut trainer = Trainer::new(network.clone(), Adam::new(0.01).unwrap());
    let mut values = normals(8, 1);
    values[3] = f32::NAN;
    let expected = Error::NotFinite { field: "output", step: 0, count: 1 };
    assert_eq!(trainer.step(Batch::rows(&values, 2), &[0.0, 0.0]), Err(expected));
    assert_eq!(trainer.network(), &network);
}

/// Rows, and something of them that is not linear.
fn lesson(seed: u64) -> (Vec<f32>, Vec<f32>) {
    let values = normals(32 * 4, seed);
    let target = |row: &[f32]| 0.5 * row[0] - row[1].max(0.0) + 0.3 * row[2];
    let targets = values.chunks(4).map(target).collect();
    (values, targets)
}

#[test]
fn training_learns_with_plasticity_and_without_and_weights_stay_within_the_limit() {
    let (values, targets) = lesson(9);
    for plasticity in [None, Some(Plasticity { limit: 0.5, ..Plasticity::default() })] {
        let network = Network::new(4, 32, 1).unwrap();
        let mut trainer = Trainer::new(network, Adam::new(0.003).unwrap());
        if let Some(plasticity) = plasticity {
            trainer = trainer.with_plasticity(plasticity).unwrap();
        }
        let batch = Batch::rows(&values, 32);
        let before = trainer.loss(batch, &targets).unwrap();
        for _ in 0..300 {
            trainer.step(batch, &targets).unwrap();
        }
        let after = trainer.loss(batch, &targets).unwrap();
        assert!(after < 0.1 * before, "{before} to {after} with {plasticity:?}");
        if plasticity.is_some() {
            let (weights, _) = trainer.network().layers.first.parts(trainer.network().values());
            assert!(weights.iter().all(|weight| weight.abs() <= 0.5));
        }
    }
}

#[test]
fn plasticity_changes_what_a_step_of_training_leaves() {
    let (values, targets) = lesson(4);
    let trained = |plastic: bool| {
        let trainer = Trainer::new(Network::new(4, 8, 1).unwrap(), Adam::new(0.01).unwrap());
        let mut trainer = match plastic {
            true => trainer.with_plasticity(Plasticity::default()).unwrap(),
            false => trainer,
        };
        trainer.step(Batch::rows(&values, 32), &targets).unwrap();
        trainer.into_network()
    };
    let (plain, plastic) = (trained(false), trained(true));
    for ((name, layer), other) in plain.layers.all().into_iter().zip(plastic.layers.all()) {
        let same = layer.rows(plain.values()) == other.1.rows(plastic.values());
        assert_eq!(same, name != "first", "{name}");
    }
}

/// Central differences, in `f64`.
fn differences(network: &Network<f64>, batch: Batch<'_, f64>, targets: &[f64]) -> Vec<f64> {
    let step = 1e-6;
    let loss = |index: usize, change: f64| {
        let mut moved = network.clone();
        moved.parameters[index] += change;
        let mut trainer = Trainer::new(moved, Adam::new(0.1).expect("a rate"));
        trainer.loss(batch, targets).expect("the batch fits")
    };
    (0..network.parameters())
        .map(|index| (loss(index, step) - loss(index, -step)) / (2.0 * step))
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn gradients_are_the_slopes_of_the_loss(
        seed in 0_u64..1_000_000,
        (size, sequence) in (1_usize..5, 1_usize..7),
        (heads, kept) in (1_usize..3, 1_usize..6),
    ) {
        let architecture = Architecture { inputs: 3, hidden: 4, heads, kept };
        let network = Network::<f64>::build(architecture, seed).unwrap();
        let mut random = Random::new(Streams::Fast, seed + 1);
        let mut draw = |count: usize| (0..count).map(|_| random.normal()).collect::<Vec<f64>>();
        let (values, targets) = (draw(size * sequence * 3), draw(size));
        let batch = Batch::sequences(&values, size, sequence);
        let (mut work, mut gradients) = (Workspace::default(), Vec::new());
        network.gradients(batch, &targets, &mut work, &mut gradients).unwrap();
        let slopes = differences(&network, batch, &targets);
        // A kink between the two points of a difference spoils it; there are few.
        let wrong = gradients.iter().zip(&slopes).filter(|(gradient, slope)| {
            (*gradient - *slope).abs() > 1e-6 * (1.0 + slope.abs())
        });
        let wrong = wrong.count();
        prop_assert!(wrong * 50 <= gradients.len(), "{} of {}", wrong, gradients.len());
    }
}
