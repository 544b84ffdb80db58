//! The rules that are gone by: a file that is read again when it changes, or those that hold where
//! there is none.

use std::fs::Metadata;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use tollgate_alerts::file::{Deed, File, Known, Mistakes};

use super::board::METRICS;

/// The rules that hold where nobody writes others. Why each is as it is stands beside it.
pub const DEFAULTS: &str = include_str!("../../rules/defaults.toml");

/// Why rules cannot be gone by.
#[derive(Debug, thiserror::Error)]
pub enum BadRules {
    #[error("could not read {}", .path.display())]
    Read { path: PathBuf, source: io::Error },
    #[error(transparent)]
    Mistakes(#[from] Mistakes),
    #[error(
        "{file}: the action `{action}` publishes, and no server is named: \
         `--nats nats://host:4222` would name one"
    )]
    Nowhere { file: String, action: String },
}

/// Where rules come from, and what they are held against.
#[derive(Debug)]
pub(super) struct Rules {
    path: Option<PathBuf>,
    interval: Duration,
    has_nats: bool,
    /// Of the file as it was read last.
    stamp: Option<Stamp>,
    /// Of the file as it was looked at last.
    seen: Option<Stamp>,
}

/// A file that is written anew has another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stamp {
    changed: Option<SystemTime>,
    length: u64,
}

impl Rules {
    pub(super) fn new(path: Option<PathBuf>, interval: Duration, has_nats: bool) -> Rules {
        Rules { path, interval, has_nats, stamp: None, seen: None }
    }

    /// What the file says now.
    pub(super) fn read(&mut self) -> Result<File, BadRules> {
        let Some(path) = &self.path else {
            return self.parse(DEFAULTS, "defaults.toml");
        };
        // Before the text: what is written meanwhile is read the next time.
        self.stamp = stamp(path);
        let text = std::fs::read_to_string(path);
        let text = text.map_err(|source| BadRules::Read { path: path.clone(), source })?;
        self.parse(&text, &path.display().to_string())
    }

    /// Whether the file is another one than was read last, and the same in two looks: whoever is
    /// still writing has not said all the rules there are to be.
    pub(super) fn have_changed(&mut self) -> bool {
        let Some(path) = &self.path else { return false };
        let now = stamp(path);
        let is_settled = now == std::mem::replace(&mut self.seen, now);
        is_settled && now != self.stamp
    }

    fn parse(&self, text: &str, file: &str) -> Result<File, BadRules> {
        let metrics = METRICS.map(|metric| metric.name);
        let interval = self.interval;
        let read = File::read(text, &Known { file, metrics: Some(&metrics), interval })?;
        let publishes =
            |action: &&tollgate_alerts::file::Action| matches!(action.deed, Deed::Publish { .. });
        match read.actions.iter().find(publishes) {
            Some(action) if !self.has_nats => {
                let (file, action) = (file.to_owned(), action.name.clone());
                Err(BadRules::Nowhere { file, action })
            }
            _ => Ok(read),
        }
    }
}

fn stamp(path: &Path) -> Option<Stamp> {
    let of = |data: Metadata| Stamp { changed: data.modified().ok(), length: data.len() };
    std::fs::metadata(path).ok().map(of)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEN: Duration = Duration::from_secs(10);

    #[test]
    fn the_defaults_hold_for_budgets_and_two_of_them_are_off() {
        let file = Rules::new(None, TEN, false).read().unwrap();
        let on: Vec<&str> =
            file.rules.iter().filter(|rule| rule.is_enabled).map(|rule| &*rule.name).collect();
        let expected =
            ["budget-exceeded", "budget-not-measured", "became-worse", "soft-limit-broken"];
        assert_eq!(on, expected);
        assert_eq!(file.rules.len(), 6);
        assert!(file.rules.iter().all(|rule| rule.actions == ["log"]));
    }

    #[test]
    fn a_file_is_read_again_once_it_is_another_one_in_two_looks() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rules.toml");
        let mut rules = Rules::new(Some(path.clone()), TEN, false);
        let error = crate::watch::whole(&rules.read().unwrap_err());
        assert!(
            error.starts_with(&format!("could not read {}: No such", path.display())),
            "{error}"
        );
        assert!(!rules.have_changed() && !rules.have_changed());
        std::fs::write(&path, "").unwrap();
        assert!(!rules.have_changed() && rules.have_changed());
        assert!(rules.read().unwrap().rules.is_empty());
        assert!(!rules.have_changed() && !rules.have_changed());
        std::fs::write(&path, "[[rule]]\nname = \"x\"\nmetric = \"tollgate_exeeded\"\nabove = 0\n")
            .unwrap();
        assert!(!rules.have_changed() && rules.have_changed());
        let error = rules.read().unwrap_err().to_string();
        assert!(error.contains("rules.toml:3") && error.contains("tollgate_exceeded"), "{error}");
        std::fs::remove_file(&path).unwrap();
        assert!(!rules.have_changed() && rules.have_changed());
        assert!(rules.read().is_err() && !rules.have_changed() && !rules.have_changed());
    }

    #[test]
    fn whoever_publishes_needs_a_server() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rules.toml");
        std::fs::write(&path, "[action.bus]\nsubject = \"a.b\"\n").unwrap();
        let error = Rules::new(Some(path.clone()), TEN, false).read().unwrap_err().to_string();
        assert!(error.contains("`bus`") && error.contains("--nats"), "{error}");
        Rules::new(Some(path), TEN, true).read().unwrap();
    }
}
