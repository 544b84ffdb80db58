//! What goes on at a desk, for those who look at it.

use std::collections::{BTreeMap, HashSet};

use super::{Desk, firing, known_by, mutes};
use crate::engine::{Active, State, Watched};
use crate::moment::Moment;
use crate::notify::Alert;
use crate::rule::Rule;

/// Something that goes on under a rule.
#[derive(Clone, Copy, Debug)]
pub struct Going<'d> {
    pub active: Active<'d>,
    /// A silence, or another alert, keeps people from being told of it.
    pub is_muted: bool,
}

/// A rule, and what it led to.
#[derive(Clone, Copy, Debug)]
pub struct Standing<'d> {
    pub rule: &'d Rule,
    /// It lacked a number in the last evaluation.
    pub is_in_trouble: bool,
    pub firing: usize,
    pub pending: usize,
}

impl Desk {
    /// What goes on, in the order of the rules.
    pub fn active(&self) -> impl Iterator<Item = Active<'_>> {
        self.engine.active(&self.board)
    }

    /// What goes on, in the order of the rules, with whether people are told of it now.
    #[must_use]
    pub fn going(&self, now: Moment) -> Vec<Going<'_>> {
        let all: Vec<Alert> = firing(&self.engine, &self.board).map(|(_, alert)| alert).collect();
        let mutes = mutes(&self.settings, &all);
        let going = |active| Going { is_muted: mutes.mute(&known_by(&active), now), active };
        self.active().map(going).collect()
    }

    /// How many rules lacked a number in the last evaluation.
    #[must_use]
    pub fn in_trouble(&self) -> usize {
        self.engine.in_trouble().len()
    }

    /// All rules in their order.
    #[must_use]
    pub fn standings(&self) -> Vec<Standing<'_>> {
        let troubled: HashSet<&str> = self.engine.in_trouble().map(Watched::name).collect();
        let mut counts: BTreeMap<(&str, State), usize> = BTreeMap::new();
        for active in self.active() {
            *counts.entry((active.rule.name(), active.state)).or_default() += 1;
        }
        let count = |rule: &Rule, state| counts.get(&(&*rule.name, state)).copied().unwrap_or(0);
        let standing = |rule| Standing {
            rule,
            is_in_trouble: troubled.contains(&*rule.name),
            firing: count(rule, State::Firing),
            pending: count(rule, State::Pending),
        };
        self.settings.rules.iter().map(standing).collect()
    }
}
