//! Saves what goes on, and takes it up again in another process.
//!
//! The time in between does not count: nobody looked. What was pending is taken up if that was
//! short enough; what fired fires on, whatever the time, so that it is neither told anew nor
//! forgotten, and ends with the first evaluation in which its test does not hold.

use std::collections::HashMap;
use std::time::Duration;

use super::{Engine, Instance, State, Transition};
use crate::board::{Board, NOWHERE, Place};
use crate::moment::Moment;
use crate::saved::{Saved, SavedInstance, VERSION};

impl Engine {
    #[must_use]
    pub fn save(&self, now: Moment, board: &Board) -> Saved {
        let busy = self.checks.iter().zip(&self.targets);
        let busy = busy.filter_map(|(check, target)| Some((self.instance(check.slot)?, target)));
        let instances = busy.map(|(instance, target)| {
            let rule = &self.rules[target.rule as usize];
            SavedInstance {
                rule: rule.name().to_owned(),
                metric: rule.source.metric().to_owned(),
                labels: board.at(target.series).map(|series| series.labels.clone()),
                state: instance.state,
                since_ms: instance.since.wall_ms,
                lasted_ms: now.since(instance.since),
                idle_ms: now.since(instance.last),
            }
        });
        Saved {
            version: VERSION,
            wall_ms: now.wall_ms,
            instances: instances.collect(),
            groups: Vec::new(),
            errands: Vec::new(),
        }
    }

    /// Takes up what was saved. Series that are not on the board yet get their places there; rules
    /// that are no longer there, or watch another metric, are passed over.
    pub fn restore(
        &mut self,
        saved: &Saved,
        tolerance: Duration,
        now: Moment,
        board: &mut Board,
        changes: &mut Vec<Transition>,
    ) {
        let outage = now.wall_ms.saturating_sub(saved.wall_ms).max(0);
        let is_short = outage <= i64::try_from(tolerance.as_millis()).unwrap_or(i64::MAX);
        let mut known: HashMap<(&str, Place), Instance> = HashMap::new();
        for old in &saved.instances {
            if old.state == State::Inactive || (old.state == State::Pending && !is_short) {
                continue;
            }
            let place = match &old.labels {
                Some(labels) => board.place(&old.metric, labels),
                None => NOWHERE,
            };
            known.insert((&old.rule, place), revived(old, now));
        }
        self.cover(now, board, changes);
        for at in 0..self.checks.len() {
            let target = &self.targets[at];
            let name = self.rules[target.rule as usize].name();
            let instance = known.get(&(name, target.series)).copied();
            if let Some(instance) = instance {
                self.keep(at, instance, false);
            }
        }
    }
}

/// As if the moment of saving were now: what was then a minute ago is so now.
fn revived(old: &SavedInstance, now: Moment) -> Instance {
    let ago = |ms: u64| now.back(i64::try_from(ms).unwrap_or(i64::MAX));
    // What people are told is when it began by the calendar.
    let since = Moment { wall_ms: old.since_ms, ..ago(old.lasted_ms) };
    Instance { state: old.state, since, last: ago(old.idle_ms), value: f64::NAN }
}
