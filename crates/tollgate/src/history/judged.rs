//! Which runs have been judged, without a look at what was found.

use super::{History, HistoryError};

/// A run that has been judged, and what chooses among such runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judged {
    pub id: String,
    pub branch: Option<String>,
}

impl History {
    /// The latest first. It reads neither heads nor judgements, so that it can be asked often.
    pub fn judged(&self) -> Result<Vec<Judged>, HistoryError> {
        self.read("list the judged runs", |db| {
            let mut statement = db.prepare_cached(
                "SELECT run.id, run.branch FROM judgement JOIN run ON run.key = judgement.run \
                 ORDER BY run.started_ms DESC, run.key DESC",
            )?;
            let judged = statement
                .query_map([], |row| Ok(Judged { id: row.get(0)?, branch: row.get(1)? }))?;
            Ok(judged.collect::<Result<Vec<_>, _>>()?)
        })
    }
}
