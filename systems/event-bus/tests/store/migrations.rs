//! Tables that come to be, or that an earlier or a later release has left.

use event_bus::event::Event;
use event_bus::operation::{Operation, Query, Reply};
use event_bus::store::{Durability, Store, StoreError};
use sha2::{Digest, Sha256};

use crate::place::{NOW, Place, event, facts, said, user};

facts!(
    an_empty_database_gets_all_steps_once,
    each_older_version_is_brought_here_with_what_it_holds,
    a_database_of_a_later_release_is_refused,
    a_step_that_was_changed_afterwards_is_refused,
    a_step_that_fails_leaves_the_ones_before_it,
    two_that_migrate_at_once_take_each_step_once,
);

/// The steps as released, by backend.
const STEPS: [(&str, &str, &str); 4] = [
    (
        "events",
        include_str!("../../migrations/0001_events.sqlite.sql"),
        include_str!("../../migrations/0001_events.postgres.sql"),
    ),
    (
        "projections",
        include_str!("../../migrations/0002_projections.sqlite.sql"),
        include_str!("../../migrations/0002_projections.postgres.sql"),
    ),
    (
        "requests",
        include_str!("../../migrations/0003_requests.sqlite.sql"),
        include_str!("../../migrations/0003_requests.postgres.sql"),
    ),
    (
        "rows",
        include_str!("../../migrations/0004_rows.sqlite.sql"),
        include_str!("../../migrations/0004_rows.postgres.sql"),
    ),
];

fn unmigrated(place: &Place) -> Result<Store, StoreError> {
    Store::open(&place.url, Durability::Process)
}

fn refused(place: &Place) -> String {
    unmigrated(place).map(drop).unwrap_err().to_string()
}

fn an_empty_database_gets_all_steps_once(place: &Place) {
    let mut store = unmigrated(place).unwrap();
    let status = store.status().unwrap();
    assert_eq!((status.current_version, status.applied.len(), status.pending.len()), (0, 0, 4));
    assert!(store.apply(&[event(1, 1, said("ann", "hi"))]).is_err());
    let status = store.migrate(NOW).unwrap();
    assert_eq!((status.current_version, status.pending.len()), (4, 0));
    let names: Vec<&str> = status.applied.iter().map(|step| &*step.name).collect();
    assert_eq!(names, STEPS.map(|(name, ..)| name));
    assert!(status.applied.iter().all(|step| step.applied_ms == Some(NOW)));
    assert_eq!(store.migrate(NOW + 1).unwrap(), status);
    let told = unmigrated(place).unwrap().answer(&Operation::MigrateStatus {}, NOW);
    assert_eq!(told, Ok(Reply::Migrations(status)));
}

/// A database as the release with so many steps left it.
fn older(place: &Place, version: usize) {
    let history = "CREATE TABLE migration (version BIGINT PRIMARY KEY, name TEXT NOT NULL, \
         checksum TEXT NOT NULL, applied_ms BIGINT NOT NULL);";
    place.change(
        &format!("PRAGMA journal_mode = WAL; PRAGMA application_id = 1702257267; {history}"),
        &format!("CREATE SCHEMA event_bus; {history}"),
    );
    for ((name, sqlite, postgres), number) in STEPS.iter().zip(1..=version) {
        let noted = |sql: &str| {
            let digest: String =
                Sha256::digest(sql).iter().map(|byte| format!("{byte:02x}")).collect();
            format!("{sql}; INSERT INTO migration VALUES ({number}, '{name}', '{digest}', 7)")
        };
        place.change(&noted(sqlite), &noted(postgres));
    }
}

fn each_older_version_is_brought_here_with_what_it_holds(place: &Place) {
    for version in 0..=STEPS.len() {
        let place = if place.is_sqlite() { Place::sqlite() } else { Place::postgres() };
        older(&place, version);
        let row = "INSERT INTO event (id, timestamp_ms, kind, version, source, priority, data) \
             VALUES ";
        if version > 0 {
            let rest = "1, 'plugin.old', 1, 'test', 2, '{\"a\":1}')";
            place.change(
                &format!("{row} (x'0199ce2fd2007000800000000000007f', {rest}"),
                &format!("{row} ('\\x0199ce2fd2007000800000000000007f', {rest}"),
            );
        }
        let mut store = unmigrated(&place).unwrap();
        assert_eq!(store.status().unwrap().current_version as usize, version);
        let status = store.migrate(NOW).unwrap();
        assert_eq!((status.applied.len(), status.pending.len()), (4, 0));
        store.apply(&[event(1, 1, said("ann", "hi"))]).unwrap();
        let all = Operation::Events(Query { limit: 10, ..Query::default() });
        let Reply::Events(page) = store.answer(&all, NOW).unwrap() else { panic!("another reply") };
        let kinds: Vec<&str> = page.events.iter().map(Event::kind).collect();
        assert_eq!(kinds[..kinds.len() - 1], vec!["plugin.old"; usize::from(version > 0)]);
        assert_eq!(user(&mut store, "ann").unwrap().chat_lines, 1);
    }
}

fn a_database_of_a_later_release_is_refused(place: &Place) {
    drop(place.open());
    place.change_alike("INSERT INTO migration VALUES (5, 'later', 'x', 7)");
    let error = refused(place);
    assert!(error.ends_with("has version 5, from a later release; ours is 4"), "{error}");
}

fn a_step_that_was_changed_afterwards_is_refused(place: &Place) {
    drop(place.open());
    place.change_alike("UPDATE migration SET checksum = 'x' WHERE version = 2");
    let error = refused(place);
    assert!(error.contains("step 2 of the database"), "{error}");
    place.change_alike("DELETE FROM migration WHERE version = 2");
    let error = refused(place);
    assert!(error.contains("step 2 is missing from its history"), "{error}");
}

fn a_step_that_fails_leaves_the_ones_before_it(place: &Place) {
    older(place, 1);
    place.change_alike("CREATE TABLE medium (in_the_way TEXT)");
    let mut store = unmigrated(place).unwrap();
    assert!(store.migrate(NOW).unwrap_err().to_string().contains("medium"));
    // The step had made one table before it failed, which is gone again.
    assert_eq!(store.status().unwrap().current_version, 1);
    place.change_alike("DROP TABLE medium");
    assert_eq!(store.migrate(NOW).unwrap().current_version, 4);
}

fn two_that_migrate_at_once_take_each_step_once(place: &Place) {
    let migrated = std::thread::scope(|scope| {
        let four: Vec<_> = (0..4).map(|_| scope.spawn(|| place.open().status())).collect();
        four.into_iter().map(|one| one.join().unwrap().unwrap()).collect::<Vec<_>>()
    });
    assert!(migrated.iter().all(|status| *status == migrated[0] && status.applied.len() == 4));
}

#[test]
fn another_programs_file_and_a_damaged_one_are_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("events.db");
    let refused = || {
        let before = std::fs::read(&path).unwrap();
        let opened = Store::open(path.to_str().unwrap(), Durability::Process);
        assert_eq!(std::fs::read(&path).unwrap(), before);
        opened.map(drop).unwrap_err().to_string()
    };
    std::fs::write(&path, "not a database, though it is long enough to be one".repeat(20)).unwrap();
    assert!(refused().contains("is damaged: file is not a database"));
    std::fs::remove_file(&path).unwrap();
    let other = rusqlite::Connection::open(&path).unwrap();
    other.execute_batch("CREATE TABLE shopping (item TEXT)").unwrap();
    drop(other);
    assert!(refused().ends_with("is another program's database"));
}

#[test]
fn a_page_that_is_damaged_is_told_as_damage_and_not_as_a_fault_of_the_event() {
    let place = Place::sqlite();
    let mut store = place.open();
    let events: Vec<_> = (0..2000).map(|n| event(n, n, said("ann", "hi"))).collect();
    store.apply(&events).unwrap();
    drop(store);
    let path = place.url.strip_prefix("sqlite:").unwrap();
    let mut bytes = std::fs::read(path).unwrap();
    let end = bytes.len();
    bytes[8192..end].fill(0x5A);
    std::fs::write(path, bytes).unwrap();
    let error = Store::open(&place.url, Durability::Process)
        .and_then(|mut store| store.apply(&[event(1, 1, said("ann", "hi"))]).map(drop))
        .unwrap_err();
    assert!(matches!(error, StoreError::Damaged { .. }), "{error}");
}

#[test]
fn an_address_that_is_none_is_refused() {
    let refused =
        |url: &str| Store::open(url, Durability::Process).map(drop).unwrap_err().to_string();
    for url in ["", "sqlite:", "mysql://localhost/x", "postgres://host:port/x"] {
        assert!(refused(url).contains("is no address of a database"), "{url:?}");
    }
    assert!(refused("sqlite:/nowhere/at/all.db").contains("failed to open the database"));
    let secret = refused("postgres://somebody:secret@127.0.0.1:1/x");
    assert!(secret.contains("somebody@127.0.0.1") && !secret.contains("secret"), "{secret}");
}
