//! Everybody of whom something was heard, and their numbers on the board.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use thiserror::Error;
use tollgate_alerts::board::{Board, Place};
use tollgate_alerts::labels::Labels;

use crate::event::{Report, Subject};
use crate::metrics::WarmRestartMetrics;
use crate::series::METRICS;

/// Devices and ports by name. A copy has numbers of its own, and shares all names.
#[derive(Clone, Debug, Default)]
pub struct Fleet {
    known: BTreeMap<Arc<Subject>, Member>,
}

#[derive(Clone, Debug)]
struct Member {
    labels: Labels,
    metrics: WarmRestartMetrics,
    /// Of each metric, once the board was written.
    places: Arc<[Place]>,
}

/// A member as it is kept in a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedMember {
    #[serde(flatten)]
    pub subject: Subject,
    pub metrics: WarmRestartMetrics,
}

/// More than the switches of a large site have ports: who reports more makes names up.
pub const MOST_SUBJECTS: usize = 20_000;

#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("there are {MOST_SUBJECTS} devices and ports already, and `{0}` would be one more")]
pub struct TooMany(String);

impl Fleet {
    /// Counts reports that came at a time in seconds since 1970: all of them, or none.
    pub fn record(&mut self, reports: &[Report], at: u64) -> Result<(), TooMany> {
        self.admit(reports, &mut BTreeSet::new())?;
        self.count(reports, at);
        Ok(())
    }

    /// Whether there is room for whom reports are of, beside newcomers that were admitted before
    /// them; if so, theirs are added to those.
    pub fn admit<'r>(
        &self,
        reports: &'r [Report],
        newcomers: &mut BTreeSet<&'r Subject>,
    ) -> Result<(), TooMany> {
        let subjects = reports.iter().map(|report| &report.subject);
        let is_new =
            |subject: &&Subject| !self.known.contains_key(*subject) && !newcomers.contains(subject);
        let new: BTreeSet<&Subject> = subjects.filter(is_new).collect();
        // A file may hold more than are taken now.
        let room = MOST_SUBJECTS.saturating_sub(self.known.len() + newcomers.len());
        match new.iter().nth(room) {
            Some(surplus) => Err(TooMany(surplus.device.clone())),
            None => {
                newcomers.extend(new);
                Ok(())
            }
        }
    }

    /// Counts reports of whoever it may be.
    pub fn count(&mut self, reports: &[Report], at: u64) {
        for report in reports {
            self.member(&report.subject).metrics.record_times(report.event, report.times, at);
        }
    }

    /// Writes everybody's numbers as they are now.
    pub fn show(&mut self, board: &mut Board, now_s: u64) {
        for member in self.known.values_mut() {
            if member.places.is_empty() {
                let place = |name| board.place(name, &member.labels);
                member.places = METRICS.iter().map(|metric| metric.name).map(place).collect();
            }
            for (metric, place) in METRICS.iter().zip(&*member.places) {
                board.set(*place, (metric.value)(&member.metrics, now_s).unwrap_or(f64::NAN));
            }
        }
    }

    pub fn members(&self) -> impl ExactSizeIterator<Item = (&Labels, &WarmRestartMetrics)> {
        self.known.values().map(|member| (&member.labels, &member.metrics))
    }

    #[must_use]
    pub fn get(&self, subject: &Subject) -> Option<&WarmRestartMetrics> {
        self.known.get(subject).map(|member| &member.metrics)
    }

    #[must_use]
    pub fn save(&self) -> Vec<SavedMember> {
        let known = self.known.iter();
        known
            .map(|(subject, member)| SavedMember {
                subject: Subject::clone(subject),
                metrics: member.metrics.clone(),
            })
            .collect()
    }

    #[must_use]
    pub fn restore(saved: Vec<SavedMember>) -> Fleet {
        let mut fleet = Fleet::default();
        for saved in saved {
            fleet.member(&saved.subject).metrics.merge(&saved.metrics);
        }
        fleet
    }

    fn member(&mut self, subject: &Subject) -> &mut Member {
        if !self.known.contains_key(subject) {
            self.known.insert(Arc::new(subject.clone()), Member::new(subject));
        }
        self.known.get_mut(subject).expect("whoever was not known is by now")
    }
}

impl Member {
    fn new(subject: &Subject) -> Member {
        let port = subject.port.as_ref().map(|port| ("port", port.as_str()));
        let labels = [("device", subject.device.as_str())].into_iter().chain(port);
        let metrics = WarmRestartMetrics::default();
        Member { labels: Labels::new(labels), metrics, places: Arc::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{Event, read};

    fn report(device: &str, port: Option<&str>) -> Report {
        let subject = Subject { device: device.to_owned(), port: port.map(str::to_owned) };
        Report { subject, event: Event::WarmStart, times: 2 }
    }

    #[test]
    fn each_device_and_port_has_series_of_its_own() {
        let mut fleet = Fleet::default();
        fleet.record(&[report("a", None), report("a", Some("1")), report("a", None)], 50).unwrap();
        let mut board = Board::new();
        fleet.show(&mut board, 60);
        assert_eq!(board.series().len(), 2 * METRICS.len());
        let mut value = |labels: &[(&str, &str)]| {
            let labels = Labels::new(labels.iter().copied());
            let place = board.place("warm_restart_warm_restarts_total", &labels);
            board.value(place)
        };
        let device = value(&[("device", "a")]);
        let port = value(&[("device", "a"), ("port", "1")]);
        assert_eq!(format!("{device} {port}"), "4 2");
    }

    #[test]
    fn who_makes_names_up_is_refused_and_nothing_of_it_counted() {
        let mut fleet = Fleet::default();
        let many: Vec<Report> =
            (0..MOST_SUBJECTS).map(|number| report(&number.to_string(), None)).collect();
        fleet.record(&many, 1).unwrap();
        assert!(fleet.record(&[report("7", None), report("x", None)], 2).is_err());
        let seven = Subject { device: "7".to_owned(), port: None };
        assert_eq!(fleet.get(&seven).unwrap().warm_restarts, 2);
        assert!(fleet.record(&many, 2).is_ok(), "those that are known go on");
    }

    #[test]
    fn those_who_are_admitted_together_share_the_room() {
        let fleet = Fleet::default();
        let number = |number: usize| report(&number.to_string(), None);
        let most: Vec<Report> = (1..MOST_SUBJECTS).map(number).collect();
        let [last, surplus] = ["last", "surplus"].map(|name| [report(name, None)]);
        let mut newcomers = BTreeSet::new();
        fleet.admit(&most, &mut newcomers).unwrap();
        fleet.admit(&last, &mut newcomers).unwrap();
        assert_eq!(fleet.admit(&surplus, &mut newcomers), Err(TooMany("surplus".to_owned())));
        assert_eq!((fleet.admit(&last, &mut newcomers), newcomers.len()), (Ok(()), MOST_SUBJECTS));
    }

    #[test]
    fn a_file_with_more_subjects_than_are_taken_now_is_gone_on_with() {
        let member = |number: usize| SavedMember {
            subject: Subject { device: number.to_string(), port: None },
            metrics: WarmRestartMetrics::default(),
        };
        let mut fleet = Fleet::restore((0..=MOST_SUBJECTS).map(member).collect());
        assert!(fleet.record(&[report("7", None)], 2).is_ok());
        assert!(fleet.record(&[report("x", None)], 2).is_err());
    }

    #[test]
    fn a_fleet_is_restored_as_it_was_saved() {
        let mut fleet = Fleet::default();
        let lines = r#"{"event":"sync_ended","device":"a","port":"1","seconds":7}"#;
        fleet.record(&read(lines).unwrap(), 5).unwrap();
        let text = serde_json::to_string(&fleet.save()).unwrap();
        let restored = Fleet::restore(serde_json::from_str(&text).unwrap());
        assert_eq!(restored.save(), fleet.save());
    }
}
