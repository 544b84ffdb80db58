//! Measurements of nothing: figures computed from a seed, for tests of everything around measuring.

use crate::budget::Source;
use crate::plan::{Purpose, Unit};
use crate::run::{Machine, Outcome, Series};

use super::process::{exit_failures, single};

/// A pretended trial.
pub(super) struct Fake {
    pub outcome: Outcome,
    pub series: Vec<Series>,
    pub elapsed_ns: u64,
}

/// When the first pretended step started: 2026-01-01 in UTC; each later one a second after.
pub const EPOCH_MS: i64 = 1_767_225_600_000;

/// The machine of pretended runs.
#[must_use]
pub fn machine() -> Machine {
    Machine {
        host: "pretended".to_owned(),
        os: "none".to_owned(),
        kernel: "0.0".to_owned(),
        cpu_model: "pretended processor".to_owned(),
        cores: 1,
        memory_bytes: 1 << 30,
        ..Machine::default()
    }
}

/// What a step of a plan comes to: the same for the same seed, unit and purpose. A unit whose
/// command is `false` fails, one whose command is `hang` times out.
pub(super) fn trial(seed: u64, unit: &Unit, purpose: Purpose) -> Fake {
    let operation = unit.operation.as_deref();
    let name = format!("{}\0{}", unit.case, operation.unwrap_or_default());
    // The base of a unit does not depend on the seed, so that two runs can be compared.
    let base = 1e6 * 1000f64.powf(Numbers::new(&name, 0).uniform());
    let mut numbers = Numbers::new(&format!("{name}\0{purpose:?}"), seed);
    let wall = (base * (0.02 * numbers.normal()).exp()).round();
    let failed = |reason: &str| Fake {
        outcome: Outcome::Failed { reason: reason.to_owned(), output: "as pretended".to_owned() },
        series: vec![exit_failures(operation, 1)],
        elapsed_ns: wall as u64,
    };
    match program(&unit.source) {
        "false" => return failed("exit code 1"),
        "hang" => return failed("timed out after 60 s"),
        _ => {}
    }
    let series = if let Purpose::Instructions(_) = purpose {
        vec![single("instructions", (base * 3.0).round(), operation)]
    } else {
        let user = (wall * 0.75).round();
        let system = (wall * 0.125).round();
        let memory = ((16 << 20) as f64 * (1.0 + 0.01 * numbers.uniform())).round();
        let mut series: Vec<Series> = [
            ("wall", wall),
            ("user", user),
            ("system", system),
            ("cpu", user + system),
            ("peak memory", memory),
            ("major faults", 0.0),
            ("minor faults", (memory / 4096.0).round()),
            ("voluntary switches", (numbers.uniform() * 10.0).floor()),
            ("involuntary switches", (numbers.uniform() * 5.0).floor()),
        ]
        .map(|(name, value)| single(name, value, operation))
        .into();
        series.push(exit_failures(operation, 0));
        series
    };
    Fake { outcome: Outcome::Complete, series, elapsed_ns: wall as u64 }
}

fn program(source: &Source) -> &str {
    let command = match source {
        Source::Run(run) => Some(&run.command),
        Source::Serve(serve) => Some(&serve.command),
        Source::Import(import) => import.producer.as_ref().map(|producer| &producer.command),
    };
    command.and_then(|command| command.first()).map_or("", String::as_str)
}

/// A small generator of its own (SplitMix64, by Steele, Lea and Flood 2014), started from a hash of
/// a name (FNV-1a), so that pretended figures stay the same whatever happens to other generators.
struct Numbers(u64);

impl Numbers {
    fn new(name: &str, seed: u64) -> Numbers {
        let hash = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
        });
        Numbers(hash ^ seed.wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// At least 0 and below 1.
    fn uniform(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Nearly normal with mean 0 and deviation 1: the sum of twelve uniforms needs no logarithm,
    /// whose last bit may differ between machines.
    fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.uniform()).sum::<f64>() - 6.0
    }
}
