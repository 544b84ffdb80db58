//! The scenarios that need no definition.

use std::time::Duration;

use super::{Level, Scenario, Search, Shape, Stage};
use crate::workload::Arrivals;

/// Their names, from the lightest.
pub const PRESETS: &[&str] =
    &["smoke", "steady", "normal", "spike", "peak", "stress", "capacity", "endurance"];

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);

impl Scenario {
    #[must_use]
    pub fn preset(name: &str) -> Option<Scenario> {
        let shape = match name {
            "smoke" => Shape::Users { users: 10, ramp: 2 * SECOND, hold: 30 * SECOND },
            "steady" => Shape::Rate {
                per_second: 100.0,
                arrivals: Arrivals::Even,
                ramp: Duration::ZERO,
                hold: MINUTE,
            },
            "normal" => Shape::Users { users: 500, ramp: 10 * SECOND, hold: 2 * MINUTE },
            "spike" => stages([(10, SECOND, MINUTE), (50, SECOND, MINUTE), (10, SECOND, MINUTE)]),
            "peak" => Shape::Users { users: 1000, ramp: 10 * SECOND, hold: 5 * MINUTE },
            "stress" => {
                let stage = |users| (users, 30 * SECOND, 90 * SECOND);
                stages([100, 250, 500, 1000, 2000].map(stage))
            }
            "capacity" => Shape::Search(Search {
                from: 50.0,
                to: 100_000.0,
                arrivals: Arrivals::Even,
                step: 5 * SECOND,
                precision: 0.05,
            }),
            "endurance" => Shape::Users { users: 800, ramp: 10 * SECOND, hold: 30 * MINUTE },
            _ => return None,
        };
        let (name, classes) = (name.to_owned(), Vec::new());
        Some(Scenario { name, shape, classes, warmup: None, requests: None })
    }
}

/// Of users, the times to reach and to hold them.
fn stages<const N: usize>(stages: [(u32, Duration, Duration); N]) -> Shape {
    let stage = |(users, over, hold)| Stage { level: Level::Users(users), over, hold };
    Shape::Stages { stages: stages.map(stage).to_vec(), arrivals: Arrivals::Even }
}
