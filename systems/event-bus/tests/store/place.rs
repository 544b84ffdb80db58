//! A database of either sort, and events to put into it.

use event_bus::event::{Body, Counts, Event, Media, Message, Open, Person};
use event_bus::operation::{Code, Failure, Operation, Reply, Stats, User};
use event_bus::store::{Durability, Store};
use tempfile::TempDir;
use uuid::Uuid;

use crate::cluster;

/// A time by the clock of a producer.
pub(crate) const NOW: u64 = 1_760_000_000_000;

/// An empty database.
pub(crate) struct Place {
    pub(crate) url: String,
    folder: Option<TempDir>,
}

impl Place {
    pub(crate) fn sqlite() -> Place {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("events.db").display());
        Place { url, folder: Some(folder) }
    }

    pub(crate) fn postgres() -> Place {
        Place { url: cluster::database(), folder: None }
    }

    /// The store, with all its tables.
    pub(crate) fn open(&self) -> Store {
        let mut store = Store::open(&self.url, Durability::Process).unwrap();
        store.migrate(NOW).unwrap();
        store
    }

    pub(crate) fn is_sqlite(&self) -> bool {
        self.folder.is_some()
    }

    /// What another program would do to the tables.
    pub(crate) fn change(&self, sqlite: &str, postgres: &str) {
        match self.url.strip_prefix("sqlite:") {
            Some(path) => {
                rusqlite::Connection::open(path).unwrap().execute_batch(sqlite).unwrap();
            }
            None => {
                let mut client = postgres::Client::connect(&self.url, postgres::NoTls).unwrap();
                client.batch_execute(&format!("SET search_path TO event_bus; {postgres}")).unwrap();
            }
        }
    }

    /// The same in both languages.
    pub(crate) fn change_alike(&self, sql: &str) {
        self.change(sql, sql);
    }
}

/// Tests of a fact over each sort of database.
macro_rules! facts {
    ($($fact:ident),* $(,)?) => {
        mod sqlite {
            $(#[test] fn $fact() { super::$fact(&$crate::place::Place::sqlite()); })*
        }
        mod postgres {
            $(#[test] fn $fact() { super::$fact(&$crate::place::Place::postgres()); })*
        }
    };
}
pub(crate) use facts;

/// The id with a number in it.
pub(crate) fn id(number: u64) -> Uuid {
    uuid::Builder::from_unix_timestamp_millis(NOW, &{
        let mut bytes = [0; 10];
        bytes[2..].copy_from_slice(&number.to_be_bytes());
        bytes
    })
    .into_uuid()
}

pub(crate) fn event(number: u64, after_ms: u64, body: Body) -> Event {
    Event::new(id(number), "test", NOW + after_ms, body)
}

pub(crate) fn said(username: &str, message: &str) -> Body {
    Body::Message(Message { username: username.to_owned(), message: message.to_owned() })
}

pub(crate) fn person(username: &str) -> Person {
    Person { username: username.to_owned(), rank: Some(1), is_afk: None }
}

pub(crate) fn media(id: &str, title: &str) -> Media {
    Media { r#type: "yt".to_owned(), id: id.to_owned(), title: title.to_owned(), seconds: None }
}

pub(crate) fn counted(chat_users: u64, connected_users: u64) -> Body {
    Body::Counted(Counts { chat_users, connected_users })
}

pub(crate) fn open(kind: &str, data: serde_json::Value) -> Body {
    let serde_json::Value::Object(data) = data else { panic!("{data} is no object") };
    Body::Open(Open { kind: kind.to_owned(), data })
}

pub(crate) fn ask(store: &mut Store, operation: &Operation) -> Reply {
    store.answer(operation, NOW).unwrap()
}

pub(crate) fn stats(store: &mut Store) -> Stats {
    match ask(store, &Operation::Stats {}) {
        Reply::Stats(stats) => stats,
        other => panic!("{other:?}"),
    }
}

pub(crate) fn user(store: &mut Store, username: &str) -> Option<User> {
    match store.answer(&Operation::User { username: username.to_owned() }, NOW) {
        Ok(Reply::User(user)) => Some(user),
        Err(Failure { code: Code::NotFound, .. }) => None,
        other => panic!("{other:?}"),
    }
}
