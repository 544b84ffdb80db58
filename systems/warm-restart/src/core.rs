//! All that is known and going on, moved on by reports and by time. It opens nothing and waits for
//! nothing: the daemon runs it by the clock, and simulations by one of their own.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tollgate_alerts::board::Board;
use tollgate_alerts::engine::{Engine, State, Transition};
use tollgate_alerts::file::File;
use tollgate_alerts::labels::Labels;
use tollgate_alerts::matcher;
use tollgate_alerts::moment::Moment;
use tollgate_alerts::mute::{Inhibition, Silence};
use tollgate_alerts::notify::{Alert, Groups, Mutes, Notification, Routing};
use tollgate_alerts::rule::Rule;
use tollgate_alerts::saved::{Saved, SavedGroup};

use crate::event::Report;
use crate::fleet::{Fleet, SavedMember, TooMany};

/// What is tested, and who is told how.
#[derive(Clone, Debug)]
pub struct Settings {
    pub rules: Vec<Rule>,
    pub routing: Routing,
    pub silences: Vec<Silence>,
    pub inhibitions: Vec<Inhibition>,
    /// How long nobody may have looked for what was pending to go on.
    pub tolerance: Duration,
}

#[derive(Debug)]
pub struct Core {
    fleet: Fleet,
    board: Board,
    engine: Engine,
    /// By the name of the action.
    told: BTreeMap<String, Groups>,
    settings: Settings,
}

/// What an evaluation led to.
#[derive(Debug, Default)]
pub struct News {
    pub changes: Vec<Transition>,
    /// With the names of the actions.
    pub told: Vec<(String, Notification)>,
}

/// What outlives a process.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Kept {
    pub version: u32,
    pub members: Vec<SavedMember>,
    pub engine: Saved,
    pub told: BTreeMap<String, Vec<SavedGroup>>,
}

/// The format of this release. Since 2 a journal may follow, which an earlier one would pass over.
pub const VERSION: u32 = 2;

impl Settings {
    /// The default rules.
    #[must_use]
    pub fn defaults() -> Settings {
        Settings::of(crate::rules::defaults())
    }

    /// What a file says, but for its actions; an hour is tolerated.
    #[must_use]
    pub fn of(file: File) -> Settings {
        let File { rules, inhibitions, routing, silences, .. } = file;
        let tolerance = Duration::from_secs(3600);
        Settings { rules, routing, silences, inhibitions, tolerance }
    }
}

impl Core {
    #[must_use]
    pub fn new(settings: Settings) -> Core {
        let engine = Engine::new(settings.rules.clone());
        let (fleet, board, told) = (Fleet::default(), Board::new(), BTreeMap::new());
        let mut core = Core { fleet, board, engine, told, settings };
        core.meet([]);
        core
    }

    /// Goes on from what was kept. What nobody could see in between changes nothing.
    #[must_use]
    pub fn restore(settings: Settings, kept: Kept, now: Moment) -> Core {
        let mut core = Core::new(settings);
        core.fleet = Fleet::restore(kept.members);
        let board = &mut core.board;
        let mut changes = Vec::new();
        core.engine.restore(&kept.engine, core.settings.tolerance, now, board, &mut changes);
        core.meet(kept.told.keys().cloned());
        for (name, groups) in &kept.told {
            if let Some(own) = core.told.get_mut(name) {
                own.restore(groups, now);
            }
        }
        core
    }

    /// Goes on by other settings: what goes on under a rule that tests the same goes on, and nobody
    /// is told of it again.
    pub fn replace(&mut self, settings: Settings, now: Moment) -> Vec<Transition> {
        let mut changes = Vec::new();
        self.engine.replace(settings.rules.clone(), now, &self.board, &mut changes);
        if settings.routing != self.settings.routing {
            for groups in self.told.values_mut() {
                let told = groups.save();
                *groups = Groups::new(settings.routing.clone());
                groups.restore(&told, now);
            }
        }
        self.settings = settings;
        self.meet([]);
        changes
    }

    #[must_use]
    pub fn keep(&self, now: Moment) -> Kept {
        let told = self.told.iter().map(|(name, groups)| (name.clone(), groups.save())).collect();
        let engine = self.engine.save(now, &self.board);
        Kept { version: VERSION, members: self.fleet.save(), engine, told }
    }

    pub fn record(&mut self, reports: &[Report], now: Moment) -> Result<(), TooMany> {
        self.fleet.record(reports, seconds(now.wall_ms))
    }

    /// Counts reports that were admitted, at a time in milliseconds since 1970.
    pub fn count(&mut self, reports: &[Report], wall_ms: i64) {
        self.fleet.count(reports, seconds(wall_ms));
    }

    /// Looks at everything.
    pub fn tick(&mut self, now: Moment) -> News {
        let mut news = News::default();
        self.fleet.show(&mut self.board, seconds(now.wall_ms));
        self.engine.evaluate(now, &self.board, &mut news.changes);
        let firing = self.firing();
        let (silences, inhibitions) = (&self.settings.silences, &self.settings.inhibitions);
        let all: Vec<Alert> = firing.iter().map(|(_, alert)| alert.clone()).collect();
        let mutes = Mutes { silences, inhibitions, firing: &all };
        for (name, groups) in &mut self.told {
            let own = firing.iter().filter(|(actions, _)| actions.contains(name));
            let own: Vec<Alert> = own.map(|(_, alert)| alert.clone()).collect();
            let told = groups.gather(&own, mutes, now);
            news.told.extend(told.into_iter().map(|told| (name.clone(), told)));
        }
        news
    }

    #[must_use]
    pub fn fleet(&self) -> &Fleet {
        &self.fleet
    }

    #[must_use]
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    #[must_use]
    pub fn board(&self) -> &Board {
        &self.board
    }

    /// Who is told: the actions of all rules, and those that others named before and that have yet
    /// to hear that something is over.
    fn meet(&mut self, others: impl IntoIterator<Item = String>) {
        let rules = self.settings.rules.iter();
        let own: BTreeSet<&String> = rules.flat_map(|rule| &rule.actions).collect();
        self.told.retain(|name, groups| own.contains(name) || !groups.save().is_empty());
        for name in own.into_iter().cloned().chain(others) {
            self.told.entry(name).or_insert_with(|| Groups::new(self.settings.routing.clone()));
        }
    }

    /// With the actions of their rules.
    fn firing(&self) -> Vec<(Vec<String>, Alert)> {
        let active = self.engine.active(&self.board);
        let firing = active.filter(|active| active.state == State::Firing);
        let alert = |active: tollgate_alerts::engine::Active<'_>| {
            let rule = active.rule;
            let own = active.labels.into_iter().chain(rule.labels()).flat_map(Labels::iter);
            let about = [(matcher::RULE, rule.name())];
            let about = about.into_iter().chain([(matcher::SEVERITY, rule.severity().name())]);
            let alert = Alert {
                rule: rule.name().to_owned(),
                labels: Labels::new(own.chain(about)),
                severity: rule.severity(),
                is_firing: true,
                value: active.value,
                summary: rule.summary().to_owned(),
            };
            (rule.actions().to_vec(), alert)
        };
        firing.map(alert).collect()
    }
}

fn seconds(wall_ms: i64) -> u64 {
    u64::try_from(wall_ms / 1000).unwrap_or(0)
}
