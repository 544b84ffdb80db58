use rusqlite::Connection;
use tempfile::TempDir;

use super::*;
use crate::refusal::Revoked;

const NOW: u64 = 1_700_000_000_000;

fn boot(name: &str) -> Boot {
    Boot(Some(name.to_owned()))
}

fn place(folder: &TempDir) -> Place {
    Place::File(file(folder))
}

fn file(folder: &TempDir) -> PathBuf {
    folder.path().join("audit.db")
}

fn open(folder: &TempDir) -> (Audit, Recovered) {
    Audit::open(&place(folder), Durability::Process, &boot("first"), NOW).unwrap()
}

fn accepted(number: u8) -> Entry {
    let event = Event::Accepted {
        proof: [number; 32],
        expires_ms: NOW + 300_000 + u64::from(number),
        kind: "login",
    };
    Entry { at_ms: NOW + u64::from(number), client: "somebody".to_owned(), event }
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}

fn written(count: u8) -> TempDir {
    let folder = TempDir::new().unwrap();
    let (audit, _) = open(&folder);
    for number in 1..=count {
        block_on(audit.record(vec![accepted(number)])).unwrap();
    }
    audit.close();
    folder
}

fn change(folder: &TempDir, sql: &str) {
    Connection::open(file(folder)).unwrap().execute_batch(sql).unwrap();
}

fn broken(folder: &TempDir) -> String {
    verify(&file(folder)).unwrap_err().to_string()
}

#[test]
fn what_was_recorded_is_there_after_a_restart() {
    let folder = TempDir::new().unwrap();
    let (audit, recovered) = open(&folder);
    assert_eq!(recovered.head, Head::EMPTY);
    let event = Event::Revoked { what: Revoked::Key, target: [7; 32], reason: "lost".to_owned() };
    let revoked = Entry { event, ..accepted(2) };
    let event = Event::Registered { credential: vec![8], key: vec![9] };
    let registered = Entry { event, ..accepted(3) };
    let approved = |counter| {
        let (challenge, credential) = ([4; 32], vec![8]);
        let event = Event::Approved { challenge, credential, counter, kind: "login" };
        Entry { event, ..accepted(4) }
    };
    let entries = vec![accepted(1), revoked, registered, approved(41), approved(40)];
    let receipt = block_on(audit.record(entries)).unwrap();
    assert_eq!(receipt.rows, [1, 2, 3, 4, 5].map(Written::Row));
    audit.close();

    let (_audit, recovered) = open(&folder);
    assert_eq!(recovered.accepted, [([1; 32], NOW + 300_001)]);
    assert_eq!(recovered.revoked, [(Revoked::Key, [7; 32])]);
    let credential = Credential { id: vec![8], key: vec![9], counter: 41 };
    assert_eq!(recovered.credentials, [credential]);
    assert_eq!(recovered.head.sequence, 5);
    assert_eq!(verify(&file(&folder)).unwrap(), recovered.head);
}

#[test]
fn a_proof_is_never_written_twice() {
    let folder = TempDir::new().unwrap();
    let (audit, _) = open(&folder);
    let receipt = block_on(audit.record(vec![accepted(1), accepted(1), accepted(2)])).unwrap();
    assert_eq!(receipt.rows, [Written::Row(1), Written::AlreadyAccepted, Written::Row(2)]);
    let receipt = block_on(audit.record(vec![accepted(2)])).unwrap();
    assert_eq!(receipt.rows, [Written::AlreadyAccepted]);
}

#[test]
fn a_log_that_was_left_alone_verifies() {
    let folder = written(5);
    assert_eq!(verify(&file(&folder)).unwrap().sequence, 5);
}

#[test]
fn each_field_that_was_changed_is_named_by_its_row() {
    for field in ["client = 'x'", "at_ms = 1", "event = 'x'", "subject = x'00'", "detail = 'x'"] {
        let folder = written(5);
        change(&folder, &format!("UPDATE audit SET {field} WHERE sequence = 3"));
        assert_eq!(broken(&folder), "row 3 of the audit log was changed, or a row before it");
    }
}

#[test]
fn a_row_that_was_taken_out_is_named() {
    let folder = written(5);
    change(&folder, "DELETE FROM audit WHERE sequence = 2");
    assert_eq!(broken(&folder), "row 2 of the audit log is missing");
}

#[test]
fn rows_that_were_cut_off_are_missed() {
    let folder = written(5);
    change(&folder, "DELETE FROM audit WHERE sequence > 3");
    assert_eq!(broken(&folder), "the audit log ends at row 3, but was written up to row 5");
}

#[test]
fn rows_that_change_places_are_noticed() {
    let folder = written(5);
    change(
        &folder,
        "UPDATE audit SET sequence = 9 WHERE sequence = 2;
         UPDATE audit SET sequence = 2 WHERE sequence = 3;
         UPDATE audit SET sequence = 3 WHERE sequence = 9;",
    );
    assert_eq!(broken(&folder), "row 2 of the audit log was changed, or a row before it");
}

#[test]
fn a_restarted_machine_refuses_what_was_issued_before_unless_the_disk_was_waited_for() {
    for (durability, issued_after) in [(Durability::Process, NOW + 50), (Durability::Disk, 0)] {
        let folder = TempDir::new().unwrap();
        let start = |name: &str, now| {
            let (audit, recovered) =
                Audit::open(&place(&folder), durability, &boot(name), now).unwrap();
            audit.close();
            recovered.issued_after_ms
        };
        assert_eq!(start("first", NOW), 0);
        assert_eq!(start("first", NOW + 10), 0);
        assert_eq!(start("second", NOW + 50), issued_after);
        assert_eq!(start("second", NOW + 90), issued_after);
    }
}

#[test]
fn a_commit_waits_for_the_disk_only_where_it_is_asked_to_or_must() {
    use super::store::Store;
    let synchronous = |db: &Connection| -> u32 {
        db.query_row("PRAGMA synchronous", [], |row| row.get(0)).unwrap()
    };
    for (durability, level) in [(Durability::Process, 1), (Durability::Disk, 2)] {
        let folder = TempDir::new().unwrap();
        let store = Store::open(&place(&folder), durability).unwrap();
        assert_eq!(synchronous(&store.db), level);
        Durability::Disk.ask(&store.db).unwrap();
        assert_eq!(synchronous(&store.db), 2);
    }
    let revoked = Event::Revoked { what: Revoked::Proof, target: [1; 32], reason: String::new() };
    assert!(revoked.is_lasting() && !accepted(1).event.is_lasting());
}

#[test]
fn a_machine_that_does_not_tell_its_start_is_taken_for_restarted() {
    let folder = TempDir::new().unwrap();
    let start = |now| {
        let (audit, recovered) =
            Audit::open(&place(&folder), Durability::Process, &Boot(None), now).unwrap();
        audit.close();
        recovered.issued_after_ms
    };
    assert_eq!([start(NOW), start(NOW + 10)], [0, NOW + 10]);
}

#[test]
fn expired_proofs_are_deleted_but_stay_in_the_log() {
    let folder = written(3);
    let (audit, recovered) = open(&folder);
    assert_eq!(recovered.accepted.len(), 3);
    let late = Entry { at_ms: NOW + 600_000, ..accepted(4) };
    let event = Event::Accepted { proof: [4; 32], expires_ms: NOW + 900_000, kind: "login" };
    block_on(audit.record(vec![Entry { event, ..late }])).unwrap();
    audit.close();
    let db = Connection::open(file(&folder)).unwrap();
    let count = |table: &str| -> u32 {
        db.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).unwrap()
    };
    assert_eq!([count("replay"), count("audit")], [1, 4]);
}

#[test]
fn a_second_service_is_refused_while_the_first_one_runs() {
    let folder = TempDir::new().unwrap();
    let (audit, _) = open(&folder);
    let second = Audit::open(&place(&folder), Durability::Process, &boot("first"), NOW);
    assert!(matches!(second, Err(AuditError::InUse { .. })));
    audit.close();
    open(&folder);
}

#[test]
fn foreign_damaged_and_newer_files_are_refused_and_left_alone() {
    let folder = TempDir::new().unwrap();
    let refused = |folder: &TempDir| {
        let before = std::fs::read(file(folder)).unwrap();
        let opened = Audit::open(&place(folder), Durability::Process, &boot("first"), NOW);
        assert_eq!(std::fs::read(file(folder)).unwrap(), before);
        opened.map(|_| ()).unwrap_err().to_string()
    };
    std::fs::write(file(&folder), "not a database, though it is long enough to be one").unwrap();
    assert!(refused(&folder).contains("file is not a database"));
    std::fs::remove_file(file(&folder)).unwrap();
    change(&folder, "CREATE TABLE shopping (item TEXT)");
    assert!(refused(&folder).ends_with("is another program's database"));
    let folder = written(1);
    change(&folder, "PRAGMA user_version = 99");
    assert!(refused(&folder).ends_with("has version 99, which a later release wrote"));
}

#[test]
fn a_writer_that_cannot_write_says_so_and_recovers() {
    let folder = TempDir::new().unwrap();
    let (audit, _) = open(&folder);
    // Makes each insertion fail, as a full disk would.
    let trigger = "CREATE TRIGGER full BEFORE INSERT ON audit
                   BEGIN SELECT RAISE(ABORT, 'no space'); END";
    change(&folder, trigger);
    let error = block_on(audit.record(vec![accepted(1)])).unwrap_err();
    assert!(error.to_string().contains("no space"), "{error}");
    assert!(!audit.is_healthy());
    change(&folder, "DROP TRIGGER full");
    block_on(audit.record(Vec::new())).unwrap();
    assert!(audit.is_healthy());
    let receipt = block_on(audit.record(vec![accepted(1)])).unwrap();
    assert_eq!(receipt.rows, [Written::Row(1)]);
}

#[test]
fn a_closed_log_takes_nothing() {
    let folder = TempDir::new().unwrap();
    let (audit, _) = open(&folder);
    audit.close();
    assert!(matches!(block_on(audit.record(vec![accepted(1)])), Err(AuditError::Closed)));
    assert!(!audit.is_healthy());
}

#[test]
fn a_log_in_memory_works_alike() {
    let (audit, _) = Audit::open(&Place::Memory, Durability::Process, &boot("first"), NOW).unwrap();
    let receipt = block_on(audit.record(vec![accepted(1), accepted(1)])).unwrap();
    assert_eq!(receipt.rows, [Written::Row(1), Written::AlreadyAccepted]);
}
