//! Reads what the latest runs of a history say, and only where something was written to it.

mod file_id;
mod glance;
mod source;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::sync::Arc;

use tollgate::history::{History, HistoryError, Judged};

use super::board::Latest;
use glance::{Glance, Place};
pub(super) use source::ReadError;
use source::{Open, Source};

/// What is known of a history that is watched.
#[derive(Debug)]
pub(super) struct Reading {
    source: Source,
    /// Runs of other branches are passed over.
    branch: Option<String>,
    /// As they were when they could be read last; none until then.
    runs: Option<Runs>,
}

#[derive(Debug)]
struct Runs {
    /// By the id of the run. None of one that cannot be read.
    known: HashMap<String, Option<Arc<Glance>>>,
    /// How many were judged since the first look.
    counts: BTreeMap<Place, u64>,
    latest: Vec<Latest>,
}

/// What a look at the history came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum News {
    Nothing,
    /// Something was written, which may be a trial of a run under way.
    Written,
    /// There is a run that had not been judged before, or one is gone.
    Judged,
}

impl Reading {
    pub(super) fn new(path: PathBuf, branch: Option<String>) -> Reading {
        Reading { source: Source::new(path), branch, runs: None }
    }

    /// As it was when it could be read last; none if it never could be.
    pub(super) fn latest(&self) -> Option<&[Latest]> {
        self.runs.as_ref().map(|runs| &*runs.latest)
    }

    /// Whether the history is open, and nobody else watches it.
    pub(super) fn is_held(&self) -> bool {
        self.source.is_open()
    }

    /// What somebody kept in the history.
    pub(super) fn kept(&mut self, name: &str) -> Result<Option<String>, ReadError> {
        self.source.with(|open| open.history.kept(name))
    }

    pub(super) fn keep(&mut self, name: &str, text: &str) -> Result<(), ReadError> {
        self.source.with(|open| open.history.keep(name, text))
    }

    /// Whether anything is new. It costs next to nothing where nothing is.
    pub(super) fn look(&mut self) -> Result<News, ReadError> {
        let runs = self.runs.as_ref();
        self.source.with(|open| {
            if open.version == Some(open.history.version()?) {
                return Ok(News::Nothing);
            }
            let judged = open.history.judged()?;
            let is_known = runs.is_some_and(|runs| runs.are(&judged));
            Ok(if is_known { News::Written } else { News::Judged })
        })
    }

    /// Reads what the latest runs say.
    pub(super) fn read(&mut self) -> Result<(), ReadError> {
        let Reading { source, branch, runs } = self;
        *runs = Some(source.with(|open| Runs::read(open, branch.as_deref(), runs.as_ref()))?);
        Ok(())
    }
}

impl Runs {
    fn are(&self, judged: &[Judged]) -> bool {
        let known = &self.known;
        known.len() == judged.len() && judged.iter().all(|run| known.contains_key(&run.id))
    }

    fn read(
        open: &mut Open,
        branch: Option<&str>,
        before: Option<&Runs>,
    ) -> Result<Runs, HistoryError> {
        // Before the rest: what is written meanwhile is read the next time.
        let version = open.history.version()?;
        let judged = open.history.judged()?;
        let mut known = HashMap::new();
        let mut counts = before.map(|runs| runs.counts.clone()).unwrap_or_default();
        for run in &judged {
            let glance = match before.and_then(|runs| runs.known.get(&run.id)) {
                Some(glance) => glance.clone(),
                None => {
                    let glance = glance::read(&open.history, &run.id)?.map(Arc::new);
                    if let Some(glance) = glance.as_ref().filter(|_| before.is_some()) {
                        *counts.entry(glance.place.clone()).or_default() += 1;
                    }
                    glance
                }
            };
            known.insert(run.id.clone(), glance);
        }
        let mut order: BTreeMap<&Place, Vec<(&str, &Glance)>> = BTreeMap::new();
        for run in judged.iter().filter(|run| branch.is_none() || branch == run.branch.as_deref()) {
            if let Some(Some(glance)) = known.get(&run.id) {
                order.entry(&glance.place).or_default().push((&run.id, glance));
            }
        }
        let same = before.filter(|runs| runs.are(&judged)).map_or(&[][..], |runs| &runs.latest);
        let latest = latest(&open.history, &order, &counts, same)?;
        open.version = Some(version);
        Ok(Runs { known, counts, latest })
    }
}

fn latest(
    history: &History,
    order: &BTreeMap<&Place, Vec<(&str, &Glance)>>,
    counts: &BTreeMap<Place, u64>,
    same: &[Latest],
) -> Result<Vec<Latest>, HistoryError> {
    let mut latest = Vec::new();
    for (place, runs) in order {
        let count = counts.get(*place).copied().unwrap_or(0);
        latest.extend(glance::newest(history, runs, count, same)?);
    }
    Ok(latest)
}
