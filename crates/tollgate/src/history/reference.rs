//! Which run a person means: a full id, the beginning of one, `last`, or `last~2`.

use rusqlite::{Connection, OptionalExtension};

use super::fault::{Fault, HistoryError};
use super::id;
use super::row::{COLUMNS, RunRow};

/// How many candidates an ambiguous reference lists.
const SHOWN: usize = 8;

pub(super) fn resolve(db: &Connection, reference: &str) -> Result<RunRow, Fault> {
    let found = match steps_back(reference) {
        Some(steps) => nth_last(db, steps)?,
        None if !id::is_valid(reference) => None,
        None => match RunRow::find(db, reference)? {
            Some(row) => Some(row),
            None => by_prefix(db, reference)?,
        },
    };
    match found {
        Some(row) => Ok(row),
        None => {
            let runs: i64 = db.query_row("SELECT count(*) FROM run", [], |row| row.get(0))?;
            Err(Fault::NoRun { reference: reference.to_owned(), runs: runs.unsigned_abs() })
        }
    }
}

/// `last` is none, `last~2` is two.
fn steps_back(reference: &str) -> Option<u32> {
    match reference.strip_prefix("last")? {
        "" => Some(0),
        rest => {
            let digits = rest.strip_prefix('~')?;
            digits.bytes().all(|b| b.is_ascii_digit()).then(|| digits.parse().ok())?
        }
    }
}

fn nth_last(db: &Connection, steps: u32) -> Result<Option<RunRow>, Fault> {
    let sql =
        format!("SELECT {COLUMNS} FROM run ORDER BY started_ms DESC, key DESC LIMIT 1 OFFSET ?1");
    db.query_row(&sql, [steps], |row| Ok(RunRow::read(row))).optional()?.transpose()
}

fn by_prefix(db: &Connection, prefix: &str) -> Result<Option<RunRow>, Fault> {
    // Ids are ASCII, so `~` sorts behind every continuation of the prefix.
    let mut statement =
        db.prepare("SELECT id FROM run WHERE id >= ?1 AND id < ?1 || '~' ORDER BY id DESC")?;
    let found: Result<Vec<String>, _> = statement.query_map([prefix], |row| row.get(0))?.collect();
    let mut found = found?;
    match &found[..] {
        [] => Ok(None),
        [only] => RunRow::find(db, only),
        _ => {
            let more = found.len().saturating_sub(SHOWN) as u64;
            found.truncate(SHOWN);
            Err(HistoryError::Ambiguous { reference: prefix.to_owned(), candidates: found, more }
                .into())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_last_and_a_number_count_back() {
        for (reference, steps) in [
            ("last", Some(0)),
            ("last~0", Some(0)),
            ("last~12", Some(12)),
            ("last~", None),
            ("last~-1", None),
            ("last~+1", None),
            ("last~99999999999", None),
            ("lastly", None),
            ("2026", None),
        ] {
            assert_eq!(steps_back(reference), steps, "{reference}");
        }
    }
}
