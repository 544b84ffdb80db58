//! Small texts by name, for those who watch the runs and have to go on where they were.

use rusqlite::{OptionalExtension, params};

use super::checksum::Checksum;
use super::connection::Durability;
use super::fault::Fault;
use super::{History, HistoryError};

/// What is kept is written often and read whole; what is longer is no small text.
const LONGEST: usize = 16 << 20;

impl History {
    /// Keeps a text in place of the one the name had. It survives whatever a judgement survives.
    pub fn keep(&mut self, name: &str, text: &str) -> Result<(), HistoryError> {
        let what = || format!("the text `{name}`");
        if text.len() > LONGEST {
            let reason = format!("it has {} bytes, and {LONGEST} are the most", text.len());
            return Err(HistoryError::Unstorable { what: what(), reason });
        }
        self.write("keep a text", Durability::PowerLoss, |db| {
            db.prepare_cached("INSERT OR REPLACE INTO kept VALUES (?1, ?2, ?3)")?
                .execute(params![name, text, sum(name, text)])?;
            Ok(())
        })
    }

    /// The text a name has.
    pub fn kept(&self, name: &str) -> Result<Option<String>, HistoryError> {
        self.read("read what was kept", |db| {
            let found: Option<(String, i64)> = db
                .prepare_cached("SELECT text, sum FROM kept WHERE name = ?1")?
                .query_row([name], |row| Ok((row.get(0)?, row.get(1)?)))
                .optional()?;
            match found {
                Some((text, found)) if found == sum(name, &text) => Ok(Some(text)),
                Some(_) => Err(Fault::Damaged(format!("text `{name}`: its checksum differs"))),
                None => Ok(None),
            }
        })
    }

    /// Another number each time that anybody but this very `History` has written to the file. It
    /// says nothing to another `History`, and costs no more than a look at the log's index.
    pub fn version(&self) -> Result<u32, HistoryError> {
        self.read("ask for changes", |db| {
            Ok(db.pragma_query_value(None, "data_version", |row| row.get(0))?)
        })
    }
}

fn sum(name: &str, text: &str) -> i64 {
    Checksum::new().text(name).text(text).finish()
}
