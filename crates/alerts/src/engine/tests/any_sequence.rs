//! Any sequence of samples, replacements and restarts, next to a model that remembers only since
//! when each test holds.

use std::collections::HashMap;
use std::time::Duration;

use proptest::prelude::*;

use super::{at, rule};
use crate::board::Board;
use crate::engine::{Engine, State, Transition};
use crate::labels::Labels;
use crate::moment::Moment;
use crate::rule::{Rule, Test};

#[derive(Clone, Debug)]
enum Step {
    /// So many seconds later the ports have these values.
    Sample(u8, [f64; 3]),
    Replace(Vec<usize>),
    Restart(u16),
}

const HOLDS: [u64; 3] = [0, 5, 20];
const NAMES: [&str; 3] = ["a", "b", "c"];

fn rules(chosen: &[usize]) -> Vec<Rule> {
    let rule = |at: &usize| Rule {
        hold: Duration::from_secs(HOLDS[*at]),
        ..rule(NAMES[*at], Test::Below(50.0))
    };
    chosen.iter().map(rule).collect()
}

fn step() -> impl Strategy<Value = Step> {
    let value = prop_oneof![Just(40.0), Just(80.0), Just(f64::NAN)];
    let values = [value.clone(), value.clone(), value];
    let order = Just(vec![0_usize, 1, 2]).prop_shuffle();
    let some = (order, 1..4_usize).prop_map(|(order, count)| order[..count].to_vec());
    prop_oneof![
        8 => (0..8_u8, values).prop_map(|(later, values)| Step::Sample(later, values)),
        1 => some.prop_map(Step::Replace),
        1 => (0..3000_u16).prop_map(Step::Restart),
    ]
}

struct Scene {
    engine: Engine,
    board: Board,
    now: Moment,
    chosen: Vec<usize>,
    /// Of a rule and a port: the state that was told last, and since when the test holds.
    model: HashMap<(String, String), (State, Option<i64>)>,
}

impl Scene {
    fn take(&mut self, step: &Step) -> Vec<Transition> {
        let mut changes = Vec::new();
        match step {
            Step::Sample(later, values) => {
                let ms = i64::from(*later) * 1000;
                self.now = self.now.back(-ms);
                for (port, &value) in values.iter().enumerate() {
                    let labels = Labels::new([("port", port.to_string())]);
                    self.board.write("health", &labels, value);
                }
                self.engine.evaluate(self.now, &self.board, &mut changes);
                self.see(values);
            }
            Step::Replace(chosen) => {
                self.chosen.clone_from(chosen);
                self.engine.replace(rules(chosen), self.now, &self.board, &mut changes);
            }
            Step::Restart(outage) => {
                let saved = self.engine.save(self.now, &self.board);
                let before = self.now.steady_ms;
                self.now = Moment { steady_ms: 7, ..self.now.back(i64::from(*outage) * -1000) };
                for (_, since) in self.model.values_mut() {
                    *since = since.map(|since| since - before + 7);
                }
                self.engine = Engine::new(rules(&self.chosen));
                self.board = Board::new();
                let (tolerance, board) = (Duration::from_secs(3600), &mut self.board);
                self.engine.restore(&saved, tolerance, self.now, board, &mut changes);
            }
        }
        changes
    }

    /// Remembers since when tests hold without a break; what is missing is no break.
    fn see(&mut self, values: &[f64; 3]) {
        for &at in &self.chosen {
            for (port, value) in values.iter().enumerate() {
                let key = (NAMES[at].to_owned(), port.to_string());
                let (_, since) = self.model.entry(key).or_insert((State::Inactive, None));
                match *value {
                    value if value < 50.0 => *since = since.or(Some(self.now.steady_ms)),
                    value if value >= 50.0 => *since = None,
                    _ => {}
                }
            }
        }
        let names: Vec<&str> = self.chosen.iter().map(|&at| NAMES[at]).collect();
        self.model.retain(|(rule, _), _| names.contains(&rule.as_str()));
    }

    fn check(&mut self, step: &Step, changes: &[Transition]) -> Result<(), TestCaseError> {
        for change in changes {
            let port = change.labels.get("port").unwrap_or("").to_owned();
            let key = (change.rule.clone(), port);
            let (last, since) = self.model.entry(key).or_insert((State::Inactive, None));
            prop_assert_eq!(change.from, *last, "each change begins where the last one ended");
            prop_assert_ne!(change.from, change.to);
            *last = change.to;
            if change.to == State::Firing {
                let hold = NAMES.iter().position(|name| *name == change.rule).map(|at| HOLDS[at]);
                let held = since.map(|since| self.now.steady_ms - since);
                let hold_ms = hold.map(|hold| hold as i64 * 1000);
                prop_assert!(held >= hold_ms, "{held:?} after {step:?}");
            }
        }
        if matches!(step, Step::Replace(_)) {
            let chosen: Vec<&str> = self.chosen.iter().map(|&at| NAMES[at]).collect();
            self.model.retain(|(rule, _), _| chosen.contains(&rule.as_str()));
            return Ok(());
        }
        let place = |rule: &str| self.chosen.iter().position(|&at| NAMES[at] == rule);
        let series = |labels: &Labels| self.board.find("health", labels);
        let order = changes.iter().map(|change| (place(&change.rule), series(&change.labels)));
        prop_assert!(order.is_sorted(), "in the order of the rules, then of the series");
        let active: Vec<_> = self
            .engine
            .active(&self.board)
            .map(|active| (place(active.rule.name()), active.labels.and_then(series)))
            .collect();
        prop_assert!(active.is_sorted_by(|left, right| left < right), "each once: {active:?}");
        let told = self.model.values().filter(|(state, _)| *state != State::Inactive).count();
        prop_assert_eq!(active.len(), told);
        Ok(())
    }
}

proptest! {
    #[test]
    fn any_sequence_tells_each_change_once_in_order_and_fires_nothing_before_its_time(
        steps in prop::collection::vec(step(), 1..60),
    ) {
        let chosen = vec![0, 1, 2];
        let (engine, board) = (Engine::new(rules(&chosen)), Board::new());
        let mut scene = Scene { engine, board, now: at(0), chosen, model: HashMap::new() };
        for step in &steps {
            let changes = scene.take(step);
            scene.check(step, &changes)?;
        }
    }
}
