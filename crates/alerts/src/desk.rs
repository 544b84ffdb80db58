//! Rules at work: a board, the engine that holds it against them, and for each action the groups of
//! those who hear of it. Whoever measures fills the board and asks for an evaluation; what that
//! leads to is told, and what the desk knows can be kept for another process.

#[cfg(test)]
mod tests;
mod view;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::board::Board;
use crate::engine::{Active, Engine, State, Transition};
use crate::file::File;
use crate::labels::Labels;
use crate::matcher;
use crate::moment::Moment;
use crate::mute::{Inhibition, Silence};
use crate::notify::{Alert, Groups, Mutes, Notification, Routing};
use crate::rule::Rule;
use crate::saved::{Saved, SavedGroup};

pub use view::{Going, Standing};

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
pub struct Desk {
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
    pub engine: Saved,
    pub told: BTreeMap<String, Vec<SavedGroup>>,
}

impl Settings {
    /// What a file says, but for its actions; an hour is tolerated.
    #[must_use]
    pub fn of(file: File) -> Settings {
        let File { rules, inhibitions, routing, silences, .. } = file;
        let tolerance = Duration::from_secs(3600);
        Settings { rules, routing, silences, inhibitions, tolerance }
    }
}

impl Desk {
    #[must_use]
    pub fn new(settings: Settings) -> Desk {
        let engine = Engine::new(settings.rules.clone());
        let mut desk = Desk { board: Board::new(), engine, told: BTreeMap::new(), settings };
        desk.meet([]);
        desk
    }

    /// Goes on from what was kept. What nobody could see in between changes nothing.
    #[must_use]
    pub fn restore(settings: Settings, kept: &Kept, now: Moment) -> Desk {
        let mut desk = Desk::new(settings);
        let (tolerance, board) = (desk.settings.tolerance, &mut desk.board);
        // An engine under which nothing went on yet has no changes to tell of.
        desk.engine.restore(&kept.engine, tolerance, now, board, &mut Vec::new());
        desk.meet(kept.told.keys().cloned());
        for (name, groups) in &kept.told {
            if let Some(own) = desk.told.get_mut(name) {
                own.restore(groups, now);
            }
        }
        desk
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
        Kept { engine: self.engine.save(now, &self.board), told }
    }

    /// Where whoever measures writes.
    pub fn board(&mut self) -> &mut Board {
        &mut self.board
    }

    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Looks at the whole board at one time.
    pub fn evaluate(&mut self, now: Moment) -> News {
        let mut news = News::default();
        self.engine.evaluate(now, &self.board, &mut news.changes);
        let firing: Vec<(&[String], Alert)> = firing(&self.engine, &self.board).collect();
        let all: Vec<Alert> = firing.iter().map(|(_, alert)| alert.clone()).collect();
        let mutes = mutes(&self.settings, &all);
        for (name, groups) in &mut self.told {
            let own = firing.iter().filter(|(actions, _)| actions.contains(name));
            let own: Vec<Alert> = own.map(|(_, alert)| alert.clone()).collect();
            let told = groups.gather(&own, mutes, now);
            news.told.extend(told.into_iter().map(|told| (name.clone(), told)));
        }
        news
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
}

/// What fires, with the actions of its rule.
fn firing<'e>(
    engine: &'e Engine,
    board: &'e Board,
) -> impl Iterator<Item = (&'e [String], Alert)> + 'e {
    let firing = engine.active(board).filter(|active| active.state == State::Firing);
    firing.map(|active| {
        let rule = active.rule;
        let alert = Alert {
            rule: rule.name().to_owned(),
            labels: known_by(&active),
            severity: rule.severity(),
            is_firing: true,
            value: active.value,
            summary: rule.summary().to_owned(),
        };
        (rule.actions(), alert)
    })
}

/// The labels by which an alert is told of and muted: the rule's name and severity are among them.
fn known_by(active: &Active<'_>) -> Labels {
    let rule = active.rule;
    let about = [(matcher::RULE, rule.name()), (matcher::SEVERITY, rule.severity().name())];
    Labels::new(active.all_labels().chain(about))
}

fn mutes<'m>(settings: &'m Settings, firing: &'m [Alert]) -> Mutes<'m> {
    Mutes { silences: &settings.silences, inhibitions: &settings.inhibitions, firing }
}
