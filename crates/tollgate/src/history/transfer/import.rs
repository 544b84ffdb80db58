//! Reading an export: each run whole or not at all, and every refusal with its line.

use std::io::{BufRead, Read};

use serde::Deserialize;

use super::super::checksum::Checksum;
use super::super::connection::Durability;
use super::super::fault::Fault;
use super::super::row::RunRow;
use super::super::trial::EncodedTrial;
use super::super::versioned::{Version, beyond};
use super::super::{History, HistoryError, id, judgement_text, load, put_judgement};
use super::line::{LONGEST, Line, Opening, VERSION};
use crate::judge::{Judgement, Outcome};
use crate::run::{FORMAT, Run, RunHead, RunState, Trial};

/// What became of the runs of an import.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    pub added: Vec<String>,
    /// Runs that the history holds already, with the same trials.
    pub already_there: Vec<String>,
    pub rejected: Vec<Rejected>,
}

/// A run, or a stretch between runs, that was not imported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejected {
    /// Counts from 1.
    pub line: u64,
    pub run: Option<String>,
    pub reason: String,
}

impl History {
    /// Adds the runs of an export. What is there already stays as it is.
    ///
    /// A run with a fault is rejected and the next one read; only a failing disk, a failing input
    /// or something that is no export ends the import early, and the runs before that are kept.
    pub fn import(&mut self, input: &mut dyn BufRead) -> Result<Imported, HistoryError> {
        let mut lines = Lines { input, number: 0, text: Vec::new() };
        check_opening(&mut lines)?;
        let mut imported = Imported::default();
        let mut reading = Reading::Nothing;
        while lines.next()? {
            let line: Result<Line, String> = serde_json::from_slice(&lines.text)
                .map_err(|error| newer(&lines.text).unwrap_or_else(|| shown(&error.to_string())));
            reading = self.take(line, reading, &lines, &mut imported)?;
        }
        if let Reading::Run(part) = reading {
            imported.reject(lines.number, Some(part), "the input ends within the run");
        }
        Ok(imported)
    }

    /// One line further. What a line means depends on what is being read.
    fn take(
        &mut self,
        line: Result<Line, String>,
        reading: Reading,
        lines: &Lines<'_>,
        imported: &mut Imported,
    ) -> Result<Reading, HistoryError> {
        Ok(match (line, reading) {
            (Ok(Line::Run(head)), reading) => {
                if let Reading::Run(part) = reading {
                    imported.reject(lines.number, Some(part), "another run begins before its end");
                }
                match Part::new(head, &lines.text) {
                    Ok(part) => Reading::Run(part),
                    Err((part, reason)) => {
                        imported.reject(lines.number, Some(part), &reason);
                        Reading::Rejected
                    }
                }
            }
            (_, Reading::Rejected) => Reading::Rejected,
            (Ok(_), Reading::Nothing) => {
                imported.reject(lines.number, None, "it belongs to no run");
                Reading::Rejected
            }
            (Err(reason), Reading::Nothing) => {
                imported.reject(lines.number, None, &reason);
                Reading::Rejected
            }
            (Err(reason), Reading::Run(part)) => {
                imported.reject(lines.number, Some(part), &reason);
                Reading::Rejected
            }
            (Ok(Line::End(end)), Reading::Run(part)) => {
                if let Err(reason) = part.check_end(&end) {
                    imported.reject(lines.number, Some(part), &reason);
                } else {
                    self.store(part, lines.number, imported)?;
                }
                Reading::Nothing
            }
            (Ok(line), Reading::Run(mut part)) => match part.add(line, &lines.text) {
                Ok(()) => Reading::Run(part),
                Err(reason) => {
                    imported.reject(lines.number, Some(part), &reason);
                    Reading::Rejected
                }
            },
        })
    }

    fn store(
        &mut self,
        part: Box<Part>,
        line: u64,
        imported: &mut Imported,
    ) -> Result<(), HistoryError> {
        let stored = self.write("import a run", Durability::PowerLoss, |db| store_run(db, &part));
        match stored {
            Ok(Stored::Added) => imported.added.push(part.run.head.id),
            Ok(Stored::AlreadyThere) => imported.already_there.push(part.run.head.id),
            Ok(Stored::Different) => imported.reject(
                line,
                Some(part),
                "the history holds a run of this name with other content",
            ),
            Err(error @ HistoryError::Unstorable { .. }) => {
                imported.reject(line, Some(part), &error.to_string());
            }
            Err(error) => return Err(error),
        }
        Ok(())
    }
}

impl Imported {
    fn reject(&mut self, line: u64, part: Option<Box<Part>>, reason: &str) {
        let run = part.map(|part| shown(&part.run.head.id));
        self.rejected.push(Rejected { line, run, reason: reason.to_owned() });
    }
}

enum Reading {
    Nothing,
    Run(Box<Part>),
    /// Skips to the next run.
    Rejected,
}

enum Stored {
    Added,
    AlreadyThere,
    Different,
}

/// A run as far as it has been read.
struct Part {
    run: Run,
    judgement: Option<Judgement>,
    /// Lines of series the last trial still lacks.
    lacking: u64,
    sum: Checksum,
}

impl Part {
    fn new(head: RunHead, text: &[u8]) -> Result<Box<Part>, (Box<Part>, String)> {
        let reason = if !id::is_valid(&head.id) {
            Some("its id cannot name a run".to_owned())
        } else {
            beyond("it", head.format, FORMAT)
        };
        let mut sum = Checksum::new();
        sum.bytes(text);
        let run = Run { head, trials: Vec::new() };
        let part = Box::new(Part { run, judgement: None, lacking: 0, sum });
        match reason {
            None => Ok(part),
            Some(reason) => Err((part, reason)),
        }
    }

    fn add(&mut self, line: Line, text: &[u8]) -> Result<(), String> {
        self.sum.bytes(text);
        match line {
            Line::Trial(trial) if self.lacking == 0 && self.judgement.is_none() => {
                self.lacking = trial.series;
                self.run.trials.push(Trial::from(trial));
                Ok(())
            }
            Line::Series(series) if self.lacking > 0 => {
                let trial = self.run.trials.last_mut().expect("only a trial makes series lack");
                trial.series.push(series.into());
                self.lacking -= 1;
                Ok(())
            }
            Line::Judgement(judgement) if self.lacking == 0 && self.judgement.is_none() => {
                self.fits(&judgement)?;
                self.judgement = Some(judgement);
                Ok(())
            }
            _ if self.lacking > 0 => Err(format!("{} series are missing before it", self.lacking)),
            _ => Err("it is out of place".to_owned()),
        }
    }

    fn fits(&self, judgement: &Judgement) -> Result<(), String> {
        let head = &self.run.head;
        if judgement.run.id != head.id {
            return Err("the judgement is about another run".to_owned());
        }
        if let Some(reason) = beyond("the judgement", judgement.format, crate::judge::FORMAT) {
            return Err(reason);
        }
        if head.state != RunState::Complete && judgement.outcome == Outcome::Within {
            return Err("the judgement takes an incomplete run for within".to_owned());
        }
        Ok(())
    }

    fn check_end(&self, end: &super::End) -> Result<(), String> {
        if self.lacking > 0 {
            Err(format!("{} series are missing before it", self.lacking))
        } else if end.run != self.run.head.id {
            Err("it ends another run".to_owned())
        } else if !end.agrees(&self.sum) {
            Err("the run's lines do not agree with its checksum".to_owned())
        } else {
            Ok(())
        }
    }
}

fn store_run(db: &rusqlite::Connection, part: &Part) -> Result<Stored, Fault> {
    let run = &part.run;
    if let Some(row) = RunRow::find(db, &run.head.id)? {
        let here = load(db, &row)?;
        let same = here.head == run.head && sums(&here)? == sums(run)?;
        return Ok(if same { Stored::AlreadyThere } else { Stored::Different });
    }
    let mut row = RunRow::new(&run.head)?;
    row.trials = u32::try_from(run.trials.len()).expect("each trial took a line of memory");
    row.outcome = part.judgement.as_ref().map(|judgement| judgement.outcome);
    row.insert(db, &run.head)?;
    for trial in &run.trials {
        EncodedTrial::new(trial)?.insert(db, row.key)?;
    }
    if let Some(judgement) = &part.judgement {
        put_judgement(db, &mut row, &judgement_text(judgement)?)?;
    }
    Ok(Stored::Added)
}

fn sums(run: &Run) -> Result<Vec<i64>, HistoryError> {
    run.trials.iter().map(|trial| Ok(EncodedTrial::new(trial)?.sum())).collect()
}

fn check_opening(lines: &mut Lines<'_>) -> Result<(), HistoryError> {
    let refused =
        |line, reason: &str| Err(HistoryError::Import { line, reason: reason.to_owned() });
    if !lines.next()? {
        return refused(1, "it is empty");
    }
    match serde_json::from_slice::<Opening>(&lines.text) {
        Err(_) => refused(lines.number, "it is no export of a history"),
        Ok(Opening { version: VERSION, .. }) => Ok(()),
        Ok(Opening { version, .. }) => refused(
            lines.number,
            &format!("it has version {version}, this version of Tollgate reads version {VERSION}"),
        ),
    }
}

/// The lines that are not blank, without their ends.
struct Lines<'a> {
    input: &'a mut dyn BufRead,
    number: u64,
    text: Vec<u8>,
}

impl Lines<'_> {
    /// False at the end of the input.
    fn next(&mut self) -> Result<bool, HistoryError> {
        loop {
            self.text.clear();
            self.number += 1;
            let number = self.number;
            let failed = |reason| HistoryError::Import { line: number, reason };
            (&mut *self.input)
                .take(LONGEST)
                .read_until(b'\n', &mut self.text)
                .map_err(|error| failed(error.to_string()))?;
            if self.text.is_empty() {
                self.number -= 1;
                return Ok(false);
            }
            if self.text.len() as u64 == LONGEST && !self.text.ends_with(b"\n") {
                return Err(failed(format!("the line is longer than {LONGEST} bytes")));
            }
            let end = self.text.trim_ascii_end().len();
            self.text.truncate(end);
            if !self.text.is_empty() {
                return Ok(true);
            }
        }
    }
}

/// Why a line whose form is unknown may be from a later release.
fn newer(line: &[u8]) -> Option<String> {
    #[derive(Deserialize)]
    #[serde(rename_all = "kebab-case")]
    enum Versioned {
        Run(Version),
        Judgement(Version),
    }
    match serde_json::from_slice(line).ok()? {
        Versioned::Run(run) => beyond("it", run.format, FORMAT),
        Versioned::Judgement(judgement) => {
            beyond("the judgement", judgement.format, crate::judge::FORMAT)
        }
    }
}

/// Text from a file as a terminal may be shown it.
fn shown(text: &str) -> String {
    let shown: String = text.chars().take(200).collect();
    shown.escape_debug().to_string().replace("\\\"", "\"").replace("\\'", "'")
}
