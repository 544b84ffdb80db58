//! Datasets that have a name.

use super::plan::{Plan, Recipe, Sampler, Scenario};

/// A dataset ready to be made.
#[derive(Clone, Copy, Debug)]
pub struct Preset {
    pub name: &'static str,
    pub about: &'static str,
    plan: fn() -> Plan,
}

pub const PRESETS: [Preset; 9] = [
    Preset { name: "default", about: "200 runs drawn from wide ranges", plan: default },
    Preset { name: "demo", about: "10 small runs drawn from narrow ranges", plan: demo },
    Preset { name: "minimal", about: "200 runs of one kind, with other seeds", plan: minimal },
    Preset { name: "extended", about: "200 runs with large grids among them", plan: extended },
    Preset { name: "product", about: "72 runs, every combination of a few values", plan: product },
    Preset { name: "small", about: "10 runs, 32 a side, 50 steps", plan: small },
    Preset { name: "medium", about: "100 runs, 64 a side, 100 steps, 3 alphas", plan: medium },
    Preset { name: "large", about: "500 runs, 128 a side, 200 steps, 4 alphas", plan: large },
    Preset { name: "benchmark", about: "5 runs, 32 a side, 32 steps", plan: benchmark },
];

impl Preset {
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Preset> {
        PRESETS.iter().find(|preset| preset.name == name)
    }

    #[must_use]
    pub fn plan(&self) -> Plan {
        (self.plan)()
    }
}

fn sampler() -> Sampler {
    Sampler {
        grids: vec![32, 64],
        steps: 50..=200,
        alpha: 0.10..=0.20,
        turing: vec![true, false],
        spike_probability: 0.15..=0.35,
        turing_threshold: 0.65..=0.85,
    }
}

fn default() -> Plan {
    Plan::new(Recipe::Sampled(sampler()), 200)
}

fn demo() -> Plan {
    let sampler = Sampler {
        grids: vec![32],
        steps: 30..=50,
        alpha: 0.15..=0.18,
        turing: vec![true],
        spike_probability: 0.20..=0.30,
        turing_threshold: 0.70..=0.80,
    };
    Plan::new(Recipe::Sampled(sampler), 10)
}

fn minimal() -> Plan {
    let sampler = Sampler {
        grids: vec![32],
        steps: 50..=50,
        alpha: 0.15..=0.15,
        turing: vec![true],
        ..sampler()
    };
    Plan::new(Recipe::Sampled(sampler), 200)
}

fn extended() -> Plan {
    let sampler =
        Sampler { grids: vec![32, 64, 128], steps: 50..=300, alpha: 0.08..=0.22, ..sampler() };
    Plan::new(Recipe::Sampled(sampler), 200)
}

fn product() -> Plan {
    let (grids, steps, alphas) = (vec![32, 64], vec![50, 100], vec![0.10, 0.15, 0.20]);
    Plan::new(Recipe::Product { grids, steps, alphas, seeds: 3 }, 0)
}

fn scenario(name: &str, grid: usize, steps: usize, seeds: usize, alphas: &[f64]) -> Recipe {
    Recipe::Scenario(Scenario {
        name: name.to_owned(),
        grid,
        steps,
        seeds,
        alphas: alphas.to_vec(),
    })
}

fn small() -> Plan {
    Plan::new(scenario("scientific_small", 32, 50, 2, &[0.15]), 10)
}

fn medium() -> Plan {
    Plan::new(scenario("features_medium", 64, 100, 3, &[0.10, 0.15, 0.20]), 100)
}

fn large() -> Plan {
    Plan::new(scenario("features_large", 128, 200, 5, &[0.08, 0.12, 0.16, 0.20]), 500)
}

fn benchmark() -> Plan {
    Plan::new(scenario("benchmark_small", 32, 32, 1, &[0.15]), 5)
}
