//! What can happen to a device, and the lines in which it is reported.

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// One thing that is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    WarmStart,
    ColdStart,
    /// The kernel said that its initial dump was over.
    SyncEnded {
        ms: u64,
    },
    /// It did not say so in time.
    SyncTimedOut {
        ms: u64,
    },
    /// The state was taken from a backup.
    Recovery,
    /// The state file could not be read.
    Corruption,
    BackupCreated,
    BackupRemoved,
}

/// Whose events are counted together.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Subject {
    pub device: String,
    /// None of the device as a whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port: Option<String>,
}

/// What is written on a line: an event, and whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    pub subject: Subject,
    pub event: Event,
    /// How often it happened.
    pub times: u64,
}

#[derive(Debug, Error)]
pub enum BadReport {
    #[error("line {line} is no event: {cause}")]
    Form { line: usize, cause: serde_json::Error },
    #[error("line {line}: `{kind}` {wrong}")]
    Seconds { line: usize, kind: &'static str, wrong: &'static str },
    #[error("line {line}: `{field}` {wrong}")]
    Field { line: usize, field: &'static str, wrong: &'static str },
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    event: Kind,
    device: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    port: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    seconds: Option<f64>,
    #[serde(default = "once", skip_serializing_if = "is_once")]
    times: u64,
}

/// The kinds of events by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    WarmStart,
    ColdStart,
    SyncEnded,
    SyncTimedOut,
    Recovery,
    Corruption,
    BackupCreated,
    BackupRemoved,
}

/// A day: what claims to have taken longer is a mistake of units.
const LONGEST_S: f64 = 86_400.0;
const MOST_TIMES: u64 = 1_000_000;
const LONGEST_NAME: usize = 128;

/// Reads all lines, or none of them: half of what was sent is of use to nobody. Empty ones are
/// passed over.
pub fn read(text: &str) -> Result<Vec<Report>, BadReport> {
    let lines = text.lines().zip(1..).filter(|(line, _)| !line.trim().is_empty());
    lines.map(|(text, line)| report(text, line)).collect()
}

impl Report {
    /// As it can be read again.
    #[must_use]
    pub fn to_line(&self) -> String {
        let (event, seconds) = self.event.parts();
        let Subject { device, port } = self.subject.clone();
        let line = Line { event, device, port, seconds, times: self.times };
        serde_json::to_string(&line).expect("a line has nothing that JSON lacks")
    }
}

fn report(text: &str, line: usize) -> Result<Report, BadReport> {
    let read: Line = serde_json::from_str(text).map_err(|cause| BadReport::Form { line, cause })?;
    let names = [("device", Some(&read.device)), ("port", read.port.as_ref())];
    for (field, name) in names {
        let is_good = |name: &String| {
            (1..=LONGEST_NAME).contains(&name.len()) && !name.chars().any(char::is_control)
        };
        if name.is_some_and(|name| !is_good(name)) {
            return Err(BadReport::Field {
                line,
                field,
                wrong: "has to be a name of 1 to 128 bytes",
            });
        }
    }
    if !(1..=MOST_TIMES).contains(&read.times) {
        return Err(BadReport::Field { line, field: "times", wrong: "is from 1 to 1000000" });
    }
    let event = read.event.with(read.seconds);
    let event =
        event.map_err(|wrong| BadReport::Seconds { line, kind: read.event.name(), wrong })?;
    let subject = Subject { device: read.device, port: read.port };
    Ok(Report { subject, event, times: read.times })
}

impl Event {
    #[must_use]
    pub fn kind(self) -> Kind {
        self.parts().0
    }

    fn parts(self) -> (Kind, Option<f64>) {
        let seconds = |ms: u64| Some(ms as f64 / 1000.0);
        match self {
            Event::WarmStart => (Kind::WarmStart, None),
            Event::ColdStart => (Kind::ColdStart, None),
            Event::SyncEnded { ms } => (Kind::SyncEnded, seconds(ms)),
            Event::SyncTimedOut { ms } => (Kind::SyncTimedOut, seconds(ms)),
            Event::Recovery => (Kind::Recovery, None),
            Event::Corruption => (Kind::Corruption, None),
            Event::BackupCreated => (Kind::BackupCreated, None),
            Event::BackupRemoved => (Kind::BackupRemoved, None),
        }
    }
}

impl Kind {
    pub const ALL: [Kind; 8] = [
        Kind::WarmStart,
        Kind::ColdStart,
        Kind::SyncEnded,
        Kind::SyncTimedOut,
        Kind::Recovery,
        Kind::Corruption,
        Kind::BackupCreated,
        Kind::BackupRemoved,
    ];

    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Kind::WarmStart => "warm_start",
            Kind::ColdStart => "cold_start",
            Kind::SyncEnded => "sync_ended",
            Kind::SyncTimedOut => "sync_timed_out",
            Kind::Recovery => "recovery",
            Kind::Corruption => "corruption",
            Kind::BackupCreated => "backup_created",
            Kind::BackupRemoved => "backup_removed",
        }
    }

    /// The event of this kind; those of syncs need to know how long they took, others must not.
    pub fn with(self, seconds: Option<f64>) -> Result<Event, &'static str> {
        let ms = match seconds {
            None => None,
            Some(seconds) if (0.0..=LONGEST_S).contains(&seconds) => {
                Some((seconds * 1000.0).round() as u64)
            }
            Some(_) => return Err("takes seconds from 0 to 86400"),
        };
        match (self, ms) {
            (Kind::SyncEnded, Some(ms)) => Ok(Event::SyncEnded { ms }),
            (Kind::SyncTimedOut, Some(ms)) => Ok(Event::SyncTimedOut { ms }),
            (Kind::SyncEnded | Kind::SyncTimedOut, None) => Err("needs `seconds`"),
            (_, Some(_)) => Err("takes no `seconds`"),
            (Kind::WarmStart, None) => Ok(Event::WarmStart),
            (Kind::ColdStart, None) => Ok(Event::ColdStart),
            (Kind::Recovery, None) => Ok(Event::Recovery),
            (Kind::Corruption, None) => Ok(Event::Corruption),
            (Kind::BackupCreated, None) => Ok(Event::BackupCreated),
            (Kind::BackupRemoved, None) => Ok(Event::BackupRemoved),
        }
    }
}

fn once() -> u64 {
    1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes it so")]
fn is_once(times: &u64) -> bool {
    *times == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_read_as_it_was_written() {
        for kind in Kind::ALL {
            for port in [None, Some("Ethernet0".to_owned())] {
                let event = kind.with(None).or_else(|_| kind.with(Some(7.25))).unwrap();
                let subject = Subject { device: "leaf-1".to_owned(), port };
                let report = Report { subject, event, times: 3 };
                assert_eq!(read(&report.to_line()).unwrap(), [report]);
            }
        }
    }

    #[test]
    fn what_is_no_event_is_refused_with_its_line() {
        let good = r#"{"event":"warm_start","device":"a"}"#;
        let table = [
            (r#"{"event":"warm_start"}"#, "missing field `device`"),
            (r#"{"event":"warm","device":"a"}"#, "unknown variant `warm`"),
            (r#"{"event":"warm_start","device":"a","x":1}"#, "unknown field `x`"),
            (r#"{"event":"warm_start","device":""}"#, "`device` has to be a name"),
            (r#"{"event":"warm_start","device":"a","port":"\n"}"#, "`port` has to be a name"),
            (r#"{"event":"warm_start","device":"a","times":0}"#, "`times` is from 1"),
            (r#"{"event":"warm_start","device":"a","seconds":1}"#, "takes no `seconds`"),
            (r#"{"event":"sync_ended","device":"a"}"#, "`sync_ended` needs `seconds`"),
            (r#"{"event":"sync_ended","device":"a","seconds":-1}"#, "takes seconds from 0"),
            ("nonsense", "is no event"),
        ];
        for (bad, said) in table {
            let error = read(&format!("{good}\n\n{bad}\n")).unwrap_err().to_string();
            assert!(error.starts_with("line 3") && error.contains(said), "{bad}: {error}");
        }
    }
}
