//! The published schemas say the same as the types: what one takes the other takes too.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod validator;

use std::path::PathBuf;

use event_bus::event::Event;
use event_bus::operation::{Code, Failure, Reply, write_answer};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::validator::Validator;

const KINDS: [&str; 9] = [
    "chat.message",
    "chat.private",
    "media.played",
    "media.queued",
    "media.removed",
    "user.joined",
    "user.left",
    "user.updated",
    "channel.counted",
];

fn schema(name: &str) -> Validator {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("schemas");
    let text = std::fs::read_to_string(folder.join(format!("{name}.v1.json"))).unwrap();
    let document: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(document["$id"], format!("urn:event-bus:{name}.v1"));
    assert_eq!(document["$schema"], "https://json-schema.org/draft/2020-12/schema");
    Validator::new(&document)
}

/// The envelope's schema and, by kind, that of the data.
struct Schemas {
    envelope: Validator,
    data: Vec<(&'static str, Validator)>,
}

impl Schemas {
    fn read() -> Schemas {
        let data = KINDS.map(|kind| (kind, schema(kind))).into();
        Schemas { envelope: schema("event"), data }
    }

    fn take(&self, event: &Value) -> bool {
        let kind = event["kind"].as_str().unwrap_or_default();
        let data = self.data.iter().find(|(known, _)| *known == kind);
        self.envelope.is_valid(event)
            && data.is_none_or(|(_, data)| event["version"] == 1 && data.is_valid(&event["data"]))
    }
}

fn whole(kind: &str) -> Value {
    let media = json!({ "type": "yt", "id": "a", "title": "b", "seconds": 3 });
    let data = match kind {
        "chat.message" => json!({ "username": "ann", "message": "hi" }),
        "chat.private" => json!({ "username": "ann", "recipient": "bob", "message": "hi" }),
        "media.played" | "media.queued" | "media.removed" => {
            json!({ "media": media, "username": "ann" })
        }
        "user.joined" | "user.left" | "user.updated" => {
            json!({ "username": "ann", "rank": 2, "is_afk": false })
        }
        "channel.counted" => json!({ "chat_users": 1, "connected_users": 2 }),
        _ => json!({ "anything": [1] }),
    };
    json!({
        "id": "0199ce2f-d200-7000-8000-000000000001",
        "subject": "rosey.events.chat.message",
        "kind": kind,
        "version": 1,
        "source": "cytube",
        "data": data,
        "correlation_id": "67e55044-10b1-426f-9247-bb680e5fe0c8",
        "timestamp_ms": 1_760_000_000_000_u64,
        "priority": 3,
        "metadata": { "room": 1 }
    })
}

/// Where something can be put: every place of the event, and one more of each object.
fn places(event: &Value) -> Vec<String> {
    fn walk(value: &Value, at: &str, places: &mut Vec<String>) {
        let Some(object) = value.as_object() else { return };
        places.push(format!("{at}/unheard_of"));
        for (name, value) in object {
            places.push(format!("{at}/{name}"));
            walk(value, &format!("{at}/{name}"), places);
        }
    }
    let mut places = Vec::new();
    walk(event, "", &mut places);
    places
}

fn odd_values() -> Vec<Option<Value>> {
    let texts = [
        "",
        "x",
        "a.b",
        "a.*",
        "a.*b",
        ">",
        "*",
        "a b",
        "a..b",
        ".a",
        "chat.mesage",
        "plugin.x",
        "A.b",
        "\0",
    ];
    let ids = ["67e55044-10b1-426f-9247-bb680e5fe0c8", "0199CE2F-D200-7000-8000-000000000001"];
    let numbers = [json!(0), json!(1), json!(4), json!(5), json!(256), json!(65_536), json!(-1)];
    let large = [json!(1.5), json!(4_294_967_296_u64), json!(253_402_300_800_000_u64)];
    let lengths = [32, 33, 64, 128, 129, 255, 256, 1024, 1025, 16_384, 16_385];
    let shapes = [Value::Null, json!(true), json!([]), json!({}), json!({ "a": 1 })];
    let mut values: Vec<Value> = texts.iter().chain(&ids).map(|text| json!(text)).collect();
    values.extend(lengths.map(|length| json!("x".repeat(length))));
    values.extend(lengths.map(|length| json!(format!("a.{}", "x".repeat(length)))));
    values.extend(numbers.into_iter().chain(large).chain(shapes));
    values.into_iter().map(Some).chain([None]).collect()
}

fn put(event: &mut Value, place: &str, value: Option<Value>) {
    let (object, name) = place.rsplit_once('/').unwrap();
    let Some(object) = event.pointer_mut(object).and_then(Value::as_object_mut) else { return };
    match value {
        Some(value) => object.insert(name.to_owned(), value),
        None => object.remove(name),
    };
}

fn check(schemas: &Schemas, event: &Value) -> bool {
    let read = Event::decode(event.to_string().as_bytes());
    assert_eq!(schemas.take(event), read.is_ok(), "{event}\n{read:?}");
    read.is_ok()
}

#[test]
fn schemas_and_types_agree_on_each_single_change() {
    let schemas = Schemas::read();
    let (mut taken, mut refused) = (0, 0);
    for kind in KINDS.into_iter().chain(["plugin.started"]) {
        assert!(check(&schemas, &whole(kind)), "{kind}");
        for place in places(&whole(kind)) {
            for value in odd_values() {
                let mut event = whole(kind);
                put(&mut event, &place, value);
                if check(&schemas, &event) { taken += 1 } else { refused += 1 }
            }
        }
    }
    assert!(taken > 500 && refused > 3000, "{taken} taken and {refused} refused");
}

#[test]
fn schemas_and_types_agree_on_many_changes_at_once() {
    let schemas = Schemas::read();
    let change = (any::<prop::sample::Index>(), prop::sample::select(odd_values()));
    let kind = prop::sample::select(&KINDS[..]);
    proptest!(|(kind in kind, changes in prop::collection::vec(change, 1..4))| {
        let mut event = whole(kind);
        for (place, value) in changes {
            let places = places(&event);
            put(&mut event, &places[place.index(places.len())], value);
        }
        check(&schemas, &event);
    });
}

#[test]
fn what_is_written_is_what_the_schemas_take() {
    let (schemas, answer) = (Schemas::read(), schema("answer"));
    for kind in KINDS {
        let event = Event::decode(whole(kind).to_string().as_bytes()).unwrap();
        let written: Value = serde_json::from_slice(&event.encode()).unwrap();
        assert!(schemas.take(&written), "{written}");
    }
    let failures = Code::ALL.map(|code| Err(Failure::new(code, "no")));
    for written in failures.into_iter().chain([Ok(Reply::Done {}), Ok(Reply::Echo(Value::Null))]) {
        let written: Value = serde_json::from_slice(&write_answer(&written)).unwrap();
        assert!(answer.is_valid(&written), "{written}");
    }
    assert!(!answer.is_valid(&json!({ "success": true, "error": "x" })));
}
