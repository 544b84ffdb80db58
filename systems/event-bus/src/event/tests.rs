use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

const ID: &str = "0199ce2f-d200-7000-8000-000000000001";

fn whole() -> Value {
    json!({
        "id": ID,
        "subject": "rosey.events.chat.message",
        "kind": "chat.message",
        "version": 1,
        "source": "cytube",
        "data": { "username": "ann", "message": "hi" },
        "correlation_id": "67e55044-10b1-426f-9247-bb680e5fe0c8",
        "timestamp_ms": 1_760_000_000_000_u64,
        "priority": 3,
        "metadata": { "room": ["a", 1] }
    })
}

/// The event with something else at a pointer, or without it.
fn with(pointer: &str, value: Option<Value>) -> Value {
    let mut event = whole();
    let (object, name) = pointer.rsplit_once('/').unwrap();
    let object = event.pointer_mut(object).unwrap().as_object_mut().unwrap();
    match value {
        Some(value) => object.insert(name.to_owned(), value),
        None => object.remove(name),
    };
    event
}

fn refusal(event: &Value) -> String {
    Event::decode(event.to_string().as_bytes()).unwrap_err().to_string()
}

#[test]
fn a_whole_event_is_read_and_written_as_it_was() {
    let event = Event::decode(whole().to_string().as_bytes()).unwrap();
    assert_eq!(event.kind(), "chat.message");
    assert_eq!((event.username(), event.priority), (Some("ann"), Priority::High));
    assert_eq!(serde_json::from_slice::<Value>(&event.encode()).unwrap(), whole());
}

#[test]
fn what_may_be_left_out_has_a_default() {
    let mut event = whole();
    for name in ["subject", "correlation_id", "priority", "metadata"] {
        event.as_object_mut().unwrap().remove(name);
    }
    let event = Event::decode(event.to_string().as_bytes()).unwrap();
    assert_eq!((event.subject, event.correlation_id), (None, None));
    assert_eq!((event.priority, event.metadata.len()), (Priority::Normal, 0));
}

#[test]
fn what_is_missing_is_named() {
    for name in ["/id", "/kind", "/version", "/source", "/data", "/timestamp_ms"] {
        assert_eq!(refusal(&with(name, None)), format!("{} is missing", &name[1..]));
    }
    assert_eq!(refusal(&with("/data/username", None)), "data.username is missing");
}

#[test]
fn what_is_wrong_is_named_with_its_value() {
    for (pointer, value, said) in [
        ("/id", json!(7), "id is 7, not a UUID"),
        ("/id", json!("0199ce2fd20070008000000000000001"), "id is \"0199ce2fd20070"),
        (
            "/id",
            json!("67e55044-10b1-426f-9247-bb680e5fe0c8"),
            "id is \"67e55044-10b1-426f-9247-bb680e5fe0c8\", not a UUID of version 7",
        ),
        ("/subject", json!("a.*"), "subject is \"a.*\", not a subject without wildcards"),
        ("/kind", json!("chat"), "kind is \"chat\", not two tokens"),
        ("/kind", json!("chat.a.b"), "kind is \"chat.a.b\", not two tokens"),
        ("/kind", json!("Chat.message"), "kind is \"Chat.message\", not two tokens"),
        ("/kind", json!("chat.mesage"), "kind is \"chat.mesage\", not a kind of its group"),
        ("/version", json!(0), "version is 0, not a whole number from 1 to 65535"),
        ("/version", json!(2), "version is 2, not 1, the only version of chat.message"),
        ("/source", json!(""), "source is \"\", not a text of one or more characters"),
        ("/data", json!([]), "data is [], not an object"),
        ("/data/message", json!(null), "data.message is missing"),
        ("/data/message", json!("a\u{0}b"), "data.message is \"a\\u0000b\", not a text of"),
        ("/data/rank", json!(1), "data.rank is 1, which nobody asked for"),
        ("/correlation_id", json!("x"), "correlation_id is \"x\", not a UUID"),
        ("/timestamp_ms", json!(-1), "timestamp_ms is -1, not a whole number from 0 to"),
        ("/timestamp_ms", json!(1.5), "timestamp_ms is 1.5, not a whole number"),
        ("/timestamp_ms", json!(LAST_MS + 1), "timestamp_ms is 253402300800000, not a"),
        ("/priority", json!(5), "priority is 5, not a whole number from 1 to 4"),
        ("/metadata", json!("x"), "metadata is \"x\", not an object"),
        ("/event_type", json!("x"), "event_type is \"x\", which nobody asked for"),
    ] {
        let refusal = refusal(&with(pointer, Some(value)));
        assert!(refusal.starts_with(said), "{refusal}");
    }
}

#[test]
fn what_is_too_large_is_refused_with_its_size() {
    let long = |bytes| Some(json!("x".repeat(bytes)));
    for (pointer, most) in
        [("/subject", 255), ("/source", 128), ("/data/username", 255), ("/data/message", 16_384)]
    {
        assert!(Event::decode(with(pointer, long(most)).to_string().as_bytes()).is_ok());
        let said = format!("has {} bytes, and at most {most} are taken", most + 1);
        assert!(refusal(&with(pointer, long(most + 1))).ends_with(&said), "{pointer}");
    }
    let refusal = refusal(&with("/metadata/x", long(MOST_BYTES)));
    assert!(refusal.starts_with("the event has 262"), "{refusal}");
}

#[test]
fn what_is_no_json_is_told_with_its_place() {
    for (text, said) in [
        ("", "the event is not JSON: EOF while parsing a value at line 1 column 0"),
        ("{\"id\":", "the event is not JSON: EOF"),
        ("[]", "the event is [], not an object"),
        ("{} {}", "the event is not JSON: trailing characters"),
    ] {
        let refusal = Event::decode(text.as_bytes()).unwrap_err().to_string();
        assert!(refusal.starts_with(said), "{refusal}");
    }
    let deep = format!("{}{}", "[".repeat(5000), "]".repeat(5000));
    assert!(Event::decode(deep.as_bytes()).unwrap_err().to_string().contains("recursion limit"));
    let nested = |levels: usize| {
        let value = format!("{}{}", "[".repeat(levels), "]".repeat(levels));
        let text = whole().to_string().replace("[\"a\",1]", &value);
        Event::decode(text.as_bytes())
    };
    assert!(nested(48).is_ok());
    let said = "the event has values in each other more than 50 deep";
    assert_eq!(nested(49).unwrap_err().to_string(), said);
    assert!(Event::decode(b"\xff{}").unwrap_err().to_string().starts_with("the event is not JSON"));
}

#[test]
fn a_kind_of_another_group_has_data_of_its_own() {
    let mut event = with("/kind", Some(json!("plugin.started")));
    event["version"] = json!(9);
    event["data"] = json!({ "anything": [1, null] });
    let read = Event::decode(event.to_string().as_bytes()).unwrap();
    assert!(matches!(&read.body, Body::Open(open) if open.kind == "plugin.started"));
    assert_eq!(serde_json::from_slice::<Value>(&read.encode()).unwrap(), event);
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_filter("JSON has no NaN", |n| n.is_finite()).prop_map(Value::from),
        ".{0,8}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 20, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::hash_map(".{0,4}", inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn whatever_is_written_is_read_as_the_same(
        data in any_json(), priority in 1..=4u64, at in 0..=LAST_MS, number in any::<[u8; 10]>(),
    ) {
        let mut open = Map::new();
        open.insert("value".to_owned(), data);
        let id = uuid::Builder::from_unix_timestamp_millis(at, &number).into_uuid();
        let body = Body::Open(Open { kind: "plugin.said".to_owned(), data: open.clone() });
        let priority = Priority::from_number(priority).unwrap();
        let event = Event { priority, metadata: open, ..Event::new(id, "s", at, body) };
        prop_assert_eq!(Event::decode(&event.encode()), Ok(event));
    }

    #[test]
    fn whatever_is_sent_is_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        if let Err(refusal) = Event::decode(&bytes) {
            prop_assert!(!refusal.field.is_empty());
        }
    }
}
