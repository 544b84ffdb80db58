use serde_json::json;

use super::*;
use crate::row::{Field, Order, Type};

fn refused(name: &str, payload: &str) -> (Code, String) {
    let failure = Operation::read(name, payload.as_bytes()).unwrap_err();
    (failure.code, failure.message)
}

fn row(value: Value) -> Map<String, Value> {
    let Value::Object(row) = value else { panic!("{value} is no object") };
    row
}

fn one_of_each() -> Vec<Operation> {
    let text = |text: &str| text.to_owned();
    let query = Query {
        kind: Some(text("chat.message")),
        subject: Some(text("rosey.>")),
        username: Some(text("ann")),
        correlation_id: Some(Uuid::nil()),
        since_ms: Some(1),
        until_ms: Some(2),
        after: Some(Cursor { timestamp_ms: 1, id: Uuid::nil() }),
        limit: 9,
    };
    let (plugin, key) = (text("dice"), text("a"));
    vec![
        Operation::Stats {},
        Operation::User { username: text("ann") },
        Operation::RecentChat { limit: 7 },
        Operation::Events(query),
        Operation::Events(Query { limit: 1, ..Query::default() }),
        Operation::OutboundPut { message: text("hi") },
        Operation::OutboundGet { limit: 2, max_retries: 5 },
        Operation::OutboundSent { id: 4 },
        Operation::OutboundFailed { id: 4, error: text("lost") },
        Operation::KvSet {
            plugin: plugin.clone(),
            key: key.clone(),
            value: json!([null]),
            ttl_seconds: Some(60),
        },
        Operation::KvGet { plugin: plugin.clone(), key: key.clone() },
        Operation::KvDelete { plugin: plugin.clone(), key },
        Operation::KvList { plugin, prefix: text("a_"), limit: 3 },
        Operation::MigrateStatus {},
        Operation::RowRegister {
            plugin: text("quiz"),
            table: text("scores"),
            schema: Schema {
                fields: vec![Field { name: text("a"), r#type: Type::Integer, required: true }],
            },
        },
        Operation::RowInsert {
            plugin: text("quiz"),
            table: text("scores"),
            data: vec![row(json!({ "a": 1 })), row(json!({}))],
        },
        Operation::RowSelect { plugin: text("quiz"), table: text("scores"), id: 1 },
        Operation::RowUpdate {
            plugin: text("quiz"),
            table: text("scores"),
            id: 1,
            operations: row(json!({ "$inc": { "a": 1 } })),
        },
        Operation::RowDelete { plugin: text("quiz"), table: text("scores"), id: 1 },
        Operation::RowSearch(Search {
            plugin: text("quiz"),
            table: text("scores"),
            filters: row(json!({ "$or": [{ "a": 1 }] })),
            sort: vec![Sort { field: text("a"), order: Order::Desc }],
            limit: 5,
            offset: 2,
        }),
        Operation::Health {},
        Operation::Echo(json!({ "any": [1] })),
    ]
}

#[test]
fn what_is_asked_is_read_as_the_same() {
    for operation in one_of_each() {
        let read = Operation::read(operation.name(), &operation.payload());
        assert_eq!(read, Ok(operation));
    }
}

#[test]
fn what_is_taken_in_a_short_form_is_not_too_deep_in_its_long_one() {
    for (name, id) in [("row.insert", ""), ("row.update", r#""id":1,"#)] {
        let read = |depth: usize| {
            let value = format!("{}{}", "[".repeat(depth), "]".repeat(depth));
            let text =
                format!(r#"{{"plugin":"quiz","table":"scores",{id}"data":{{"a":{value}}}}}"#);
            Operation::read(name, text.as_bytes())
        };
        let deepest = read(47).unwrap();
        assert_eq!(Operation::read(name, &deepest.payload()), Ok(deepest));
        for depth in [48, 49] {
            assert_eq!(read(depth).unwrap_err().code, Code::ValueTooLarge, "{depth}");
        }
    }
}

#[test]
fn what_may_be_left_out_has_a_default() {
    for (name, payload, expected) in [
        ("stats", "", Operation::Stats {}),
        ("chat.recent", "", Operation::RecentChat { limit: 50 }),
        ("events", "{}", Operation::Events(Query { limit: 100, ..Query::default() })),
        ("outbound.get", "{}", Operation::OutboundGet { limit: 50, max_retries: 3 }),
    ] {
        assert_eq!(Operation::read(name, payload.as_bytes()), Ok(expected));
    }
    let list = Operation::read("kv.list", br#"{"plugin":"dice","prefix":""}"#);
    let (plugin, prefix) = ("dice".to_owned(), String::new());
    assert_eq!(list, Ok(Operation::KvList { plugin, prefix, limit: 1000 }));
}

#[test]
fn each_mistake_has_its_code_and_names_the_field_and_the_value() {
    use Code::{InvalidJson, MissingField, UnknownOperation, ValidationError, ValueTooLarge};
    for (name, payload, code, said) in [
        ("user", "{", InvalidJson, "the request is not JSON: EOF"),
        ("echo", "", InvalidJson, "the request is not JSON: EOF"),
        ("user", "[]", ValidationError, "the request is [], not an object"),
        ("user", "", MissingField, "username is missing"),
        ("kv.set", r#"{"plugin":"a","key":"b"}"#, MissingField, "value is missing"),
        ("user", r#"{"username":7}"#, ValidationError, "username is 7, not a text"),
        ("stats", r#"{"x":1}"#, ValidationError, "x is 1, which nobody asked for"),
        ("chat.recent", r#"{"limit":0}"#, ValidationError, "limit is 0, not a whole number"),
        ("chat.recent", r#"{"limit":1001}"#, ValidationError, "limit is 1001, not a whole"),
        ("events", r#"{"kind":"chat"}"#, ValidationError, "kind is \"chat\", not a kind"),
        ("events", r#"{"subject":"a.>.b"}"#, ValidationError, "subject is \"a.>.b\", not a"),
        ("events", r#"{"after":{}}"#, MissingField, "after.timestamp_ms is missing"),
        ("outbound.sent", r#"{"id":-1}"#, ValidationError, "id is -1, not a whole number"),
        ("kv.list", r#"{"plugin":"a","prefix":1}"#, ValidationError, "prefix is 1, not a"),
        ("drop.tables", "", UnknownOperation, "there is no operation \"drop.tables\""),
        ("", "", UnknownOperation, "there is no operation \"\""),
    ] {
        let (found, message) = refused(name, payload);
        assert_eq!(found, code, "{message}");
        assert!(message.starts_with(said), "{message}");
    }
    let long = "x".repeat(256);
    let (code, message) = refused("user", &format!(r#"{{"username":"{long}"}}"#));
    assert_eq!(
        (code, &*message),
        (ValueTooLarge, "username has 256 bytes, and at most 255 are taken")
    );
}

#[test]
fn a_value_is_taken_up_to_its_last_byte() {
    let set = |bytes: usize| {
        let value = "x".repeat(bytes - 2);
        let payload = json!({ "plugin": "a", "key": "b", "value": value }).to_string();
        Operation::read("kv.set", payload.as_bytes())
    };
    assert!(set(MOST_VALUE_BYTES).is_ok());
    let failure = set(MOST_VALUE_BYTES + 1).unwrap_err();
    let said = "value has 65537 bytes, and at most 65536 are taken";
    assert_eq!((failure.code, &*failure.message), (Code::ValueTooLarge, said));
}

#[test]
fn every_answer_has_one_of_two_forms() {
    let success = write_answer(&Ok(Reply::Deleted(Deleted { deleted: true })));
    assert_eq!(success, br#"{"success":true,"data":{"deleted":true}}"#);
    assert_eq!(read_answer(&success), Ok(Deleted { deleted: true }));
    assert_eq!(write_answer(&Ok(Reply::Done {})), br#"{"success":true,"data":{}}"#);
    for code in Code::ALL {
        let failure = Failure::new(code, "no");
        let text = write_answer(&Err(failure.clone()));
        let name = code.name();
        let expected = format!(r#"{{"success":false,"error":{{"code":"{name}","message":"no"}}}}"#);
        assert_eq!(String::from_utf8(text.clone()).unwrap(), expected);
        assert_eq!(read_answer::<Deleted>(&text), Err(failure));
    }
}

#[test]
fn an_answer_that_is_none_is_told() {
    for text in ["", "[]", "{}", r#"{"success":true}"#, r#"{"success":false,"data":{}}"#] {
        let failure = read_answer::<Deleted>(text.as_bytes()).unwrap_err();
        assert!(failure.message.starts_with("the answer "), "{failure}");
    }
}
