//! Values of plugins and messages to the channel.

use event_bus::operation::{Code, Keys, Operation, Outbound, Queued, Reply, Valued};
use event_bus::store::{Durability, Retention, Store};
use serde_json::{Value, json};

use crate::place::{NOW, Place, facts};

facts!(
    a_value_is_kept_under_its_plugin_and_key,
    a_value_with_a_time_to_live_is_gone_after_it,
    a_prefix_is_taken_by_its_letters,
    a_list_of_keys_says_when_it_was_cut_off,
    a_message_is_due_until_it_was_sent,
    a_message_that_failed_waits_twice_as_long_each_time_and_then_for_ever,
    what_does_not_exist_is_said_so,
    the_store_says_what_it_is,
    a_commit_waits_for_the_disk_where_it_is_asked_to,
);

fn set(store: &mut Store, plugin: &str, key: &str, value: Value, ttl_seconds: Option<u64>) {
    let (plugin, key) = (plugin.to_owned(), key.to_owned());
    let operation = Operation::KvSet { plugin, key, value, ttl_seconds };
    assert_eq!(store.answer(&operation, NOW), Ok(Reply::Done {}));
}

fn get(store: &mut Store, plugin: &str, key: &str, now_ms: u64) -> Option<Value> {
    let operation = Operation::KvGet { plugin: plugin.to_owned(), key: key.to_owned() };
    match store.answer(&operation, now_ms).unwrap() {
        Reply::KvGet(Valued { exists, value }) => {
            assert_eq!(exists, value.is_some());
            value
        }
        other => panic!("{other:?}"),
    }
}

fn list(store: &mut Store, prefix: &str, limit: u32, now_ms: u64) -> Keys {
    let (plugin, prefix) = ("dice".to_owned(), prefix.to_owned());
    match store.answer(&Operation::KvList { plugin, prefix, limit }, now_ms).unwrap() {
        Reply::KvList(keys) => keys,
        other => panic!("{other:?}"),
    }
}

fn a_value_is_kept_under_its_plugin_and_key(place: &Place) {
    let mut store = place.open();
    let value = json!({ "deep": [1, null, "\u{0}'\"", 1e300, u64::MAX] });
    set(&mut store, "dice", "a", json!("old"), None);
    set(&mut store, "dice", "a", value.clone(), None);
    set(&mut store, "quiz", "a", Value::Null, None);
    drop(store);
    let mut store = place.open();
    assert_eq!(get(&mut store, "dice", "a", NOW), Some(value));
    assert_eq!(get(&mut store, "quiz", "a", NOW), Some(Value::Null));
    assert_eq!(get(&mut store, "quiz", "b", NOW), None);
    for deleted in [true, false] {
        let operation = Operation::KvDelete { plugin: "dice".to_owned(), key: "a".to_owned() };
        let reply = serde_json::to_value(store.answer(&operation, NOW).unwrap()).unwrap();
        assert_eq!(reply, json!({ "deleted": deleted }));
    }
    assert_eq!(get(&mut store, "dice", "a", NOW), None);
    assert!(get(&mut store, "quiz", "a", NOW).is_some());
}

fn a_value_with_a_time_to_live_is_gone_after_it(place: &Place) {
    let mut store = place.open();
    set(&mut store, "dice", "short", json!(1), Some(2));
    set(&mut store, "dice", "long", json!(2), None);
    assert_eq!(get(&mut store, "dice", "short", NOW + 1999), Some(json!(1)));
    assert_eq!(get(&mut store, "dice", "short", NOW + 2000), None);
    assert_eq!(list(&mut store, "", 10, NOW + 2000).keys, ["long"]);
    let operation = Operation::KvDelete { plugin: "dice".to_owned(), key: "short".to_owned() };
    let reply = serde_json::to_value(store.answer(&operation, NOW + 2000).unwrap()).unwrap();
    assert_eq!(reply, json!({ "deleted": false }));
    set(&mut store, "dice", "short", json!(1), Some(2));
    set(&mut store, "dice", "short", json!(3), None);
    assert_eq!(get(&mut store, "dice", "short", NOW + 9000), Some(json!(3)));
    set(&mut store, "dice", "swept", json!(1), Some(1));
    assert_eq!(store.prune(&Retention::default(), NOW + 1000, 10).unwrap(), 1);
}

fn a_prefix_is_taken_by_its_letters(place: &Place) {
    let mut store = place.open();
    for key in ["a_b", "axb", "a%c", "A_b", "a_", "b", "\u{E9}t\u{E9}", "a\u{10FFFF}z"] {
        set(&mut store, "dice", key, json!(0), None);
    }
    set(&mut store, "quiz", "a_b", json!(0), None);
    let mut keys = |prefix: &str| list(&mut store, prefix, 100, NOW).keys;
    assert_eq!(keys("a_"), ["a_", "a_b"]);
    assert_eq!(keys("a%"), ["a%c"]);
    assert_eq!(keys("A"), ["A_b"]);
    assert_eq!(keys("a\u{10FFFF}"), ["a\u{10FFFF}z"]);
    assert_eq!(keys("\u{E9}"), ["\u{E9}t\u{E9}"]);
    assert_eq!(keys("c"), [""; 0]);
    assert_eq!(keys("").len(), 8);
}

fn a_list_of_keys_says_when_it_was_cut_off(place: &Place) {
    let mut store = place.open();
    for key in ["c", "a", "b"] {
        set(&mut store, "dice", key, json!(0), None);
    }
    let keys = list(&mut store, "", 2, NOW);
    assert_eq!((keys.keys.join(""), keys.count, keys.truncated), ("ab".to_owned(), 2, true));
    let keys = list(&mut store, "", 3, NOW);
    assert_eq!((keys.count, keys.truncated), (3, false));
}

fn put(store: &mut Store, message: &str) -> u64 {
    let operation = Operation::OutboundPut { message: message.to_owned() };
    match store.answer(&operation, NOW).unwrap() {
        Reply::OutboundPut(Queued { id }) => id,
        other => panic!("{other:?}"),
    }
}

fn due(store: &mut Store, now_ms: u64) -> Vec<Outbound> {
    match store.answer(&Operation::OutboundGet { limit: 10, max_retries: 3 }, now_ms).unwrap() {
        Reply::OutboundGet(messages) => messages,
        other => panic!("{other:?}"),
    }
}

fn a_message_is_due_until_it_was_sent(place: &Place) {
    let mut store = place.open();
    let [first, second] = ["one", "two"].map(|message| put(&mut store, message));
    let texts = |store: &mut Store| {
        due(store, NOW).into_iter().map(|message| message.message).collect::<Vec<_>>()
    };
    assert_eq!(texts(&mut store), ["one", "two"]);
    for _ in 0..2 {
        let sent = store.answer(&Operation::OutboundSent { id: first }, NOW);
        assert_eq!(sent, Ok(Reply::Done {}));
    }
    assert_eq!(texts(&mut store), ["two"]);
    let keep = Retention { sent_ms: 10, ..Retention::default() };
    assert_eq!(store.prune(&keep, NOW + 11, 10).unwrap(), 1);
    assert!(put(&mut store, "three") > second);
    assert_eq!(texts(&mut store), ["two", "three"]);
}

fn a_message_that_failed_waits_twice_as_long_each_time_and_then_for_ever(place: &Place) {
    let mut store = place.open();
    let id = put(&mut store, "one");
    let mut now_ms = NOW;
    for (retry, minutes) in [(1, 2), (2, 4)] {
        let failed = Operation::OutboundFailed { id, error: format!("no {retry}") };
        store.answer(&failed, now_ms).unwrap();
        let until = now_ms + minutes * 60_000;
        assert_eq!(due(&mut store, until - 1), []);
        let message = due(&mut store, until).remove(0);
        assert_eq!(message.retry_count, retry);
        assert_eq!(message.last_error, Some(format!("no {retry}")));
        now_ms = until;
    }
    store.answer(&Operation::OutboundFailed { id, error: "no".to_owned() }, now_ms).unwrap();
    assert_eq!(due(&mut store, now_ms + 1_000_000_000), []);
}

fn what_does_not_exist_is_said_so(place: &Place) {
    let mut store = place.open();
    let error = "lost".to_owned();
    for (operation, said) in [
        (Operation::OutboundSent { id: 7 }, "there is no message 7"),
        (Operation::OutboundFailed { id: 7, error }, "there is no message 7"),
        (Operation::User { username: "nil".to_owned() }, "nobody has seen the user \"nil\""),
    ] {
        let failure = store.answer(&operation, NOW).unwrap_err();
        assert_eq!((failure.code, &*failure.message), (Code::NotFound, said));
    }
}

fn the_store_says_what_it_is(place: &Place) {
    let mut store = place.open();
    let Reply::Health(health) = store.answer(&Operation::Health {}, NOW).unwrap() else {
        panic!("another reply")
    };
    assert_eq!(health.backend, if place.is_sqlite() { "sqlite" } else { "postgres" });
    assert!(health.backend_version.starts_with(|c: char| c.is_ascii_digit()));
    assert_eq!((&*health.durability, health.schema_version), ("process", 4));
    let echo = store.answer(&Operation::Echo(json!([1])), NOW);
    assert_eq!(echo, Ok(Reply::Echo(json!([1]))));
}

fn a_commit_waits_for_the_disk_where_it_is_asked_to(place: &Place) {
    for durability in [Durability::Process, Durability::Disk] {
        let mut store = Store::open(&place.url, durability).unwrap();
        let Reply::Health(health) = store.answer(&Operation::Health {}, NOW).unwrap() else {
            panic!("another reply")
        };
        assert_eq!(health.durability, durability.name());
        assert_eq!(store.durability(), durability);
    }
}
