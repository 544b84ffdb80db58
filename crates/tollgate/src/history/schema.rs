//! The tables, and how an older file becomes a current one: forward only, in one transaction.
//!
//! A step, once released, is never edited; a change of the tables is a new step. `user_version`
//! counts the steps a file has taken.

use rusqlite::{Connection, Transaction, TransactionBehavior};

use super::fault::Fault;

/// Marks a file as a history: `TLGT`. Another program's SQLite file is never written to.
pub(super) const APPLICATION_ID: u32 = 0x544c_4754;

const STEPS: &[&str] =
    &[include_str!("schema/1.sql"), include_str!("schema/2.sql"), include_str!("schema/3.sql")];

/// The newest schema this release reads and writes.
pub(super) const VERSION: u32 = STEPS.len() as u32;

/// Creates the tables of an empty file, or brings an older file up to date.
pub(super) fn prepare(db: &Connection) -> Result<(), Fault> {
    migrate(db, STEPS)
}

/// Refuses what is not a history, or a newer one, without writing.
pub(super) fn version(db: &Connection) -> Result<u32, Fault> {
    // One snapshot, or a file that another process creates meanwhile has tables and no owner.
    let snapshot = db.is_autocommit().then(|| db.unchecked_transaction()).transpose()?;
    let application: u32 = db.pragma_query_value(None, "application_id", |row| row.get(0))?;
    let version: u32 = db.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let tables: u32 = db.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    drop(snapshot);
    match (application, version, tables) {
        (0, 0, 0) => Ok(0),
        (APPLICATION_ID, 1.., _) if version > VERSION => Err(Fault::Newer { found: version }),
        (APPLICATION_ID, 1.., 1..) => Ok(version),
        (APPLICATION_ID, ..) => Err(Fault::Damaged("its tables are missing".to_owned())),
        _ => Err(Fault::Foreign),
    }
}

fn migrate(db: &Connection, steps: &[&str]) -> Result<(), Fault> {
    if version(db)? as usize == steps.len() {
        return Ok(());
    }
    let transaction = Transaction::new_unchecked(db, TransactionBehavior::Immediate)?;
    // Asked again under the lock: another process may have been faster.
    let taken = version(&transaction)? as usize;
    for step in steps.get(taken..).unwrap_or_default() {
        transaction.execute_batch(step)?;
    }
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.pragma_update(None, "user_version", steps.len().max(taken) as u32)?;
    transaction.commit()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tables(db: &Connection) -> Vec<String> {
        let mut statement =
            db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY 1").unwrap();
        statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    }

    fn user_version(db: &Connection) -> u32 {
        db.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap()
    }

    #[test]
    fn steps_are_taken_in_order_and_once() {
        let db = Connection::open_in_memory().unwrap();
        migrate(&db, &["CREATE TABLE a (x)"]).unwrap();
        migrate(&db, &["CREATE TABLE a (x)"]).unwrap();
        assert_eq!((tables(&db), user_version(&db)), (vec!["a".to_owned()], 1));
    }

    #[test]
    fn a_step_that_fails_leaves_the_file_as_it_was() {
        let db = Connection::open_in_memory().unwrap();
        migrate(&db, STEPS).unwrap();
        let before = tables(&db);
        let longer = [STEPS, &["CREATE TABLE more (x)", "CREATE TABLE more (x)"]].concat();
        assert!(migrate(&db, &longer).is_err());
        assert_eq!((tables(&db), user_version(&db)), (before, VERSION));
    }

    #[test]
    fn an_older_file_takes_only_the_missing_steps() {
        let db = Connection::open_in_memory().unwrap();
        migrate(&db, STEPS).unwrap();
        db.execute("INSERT INTO planned VALUES ('kept', 1)", []).unwrap_err();
        let longer = [STEPS, &["CREATE TABLE more (x)"]].concat();
        migrate(&db, &longer).unwrap();
        assert!(tables(&db).contains(&"more".to_owned()));
        assert_eq!(user_version(&db), VERSION + 1);
    }

    #[test]
    fn a_newer_file_and_a_foreign_one_are_refused() {
        let db = Connection::open_in_memory().unwrap();
        prepare(&db).unwrap();
        db.pragma_update(None, "user_version", VERSION + 1).unwrap();
        assert!(matches!(prepare(&db), Err(Fault::Newer { found }) if found == VERSION + 1));

        let db = Connection::open_in_memory().unwrap();
        db.execute_batch("CREATE TABLE theirs (x)").unwrap();
        assert!(matches!(prepare(&db), Err(Fault::Foreign)));
        assert_eq!(tables(&db), ["theirs"]);
    }
}
