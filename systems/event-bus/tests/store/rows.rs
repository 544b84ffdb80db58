//! Rows of plugins, from the request to the answer.

use event_bus::operation::{Code, Operation, write_answer};
use event_bus::store::Store;
use serde_json::{Value, json};

use crate::place::{NOW, Place, facts};

facts!(
    a_row_is_inserted_read_changed_and_deleted,
    a_search_holds_what_fits_in_the_order_asked_for,
    an_insertion_is_taken_whole_or_not_at_all,
    a_table_keeps_its_fields,
    a_table_that_was_not_registered_is_not_found,
);

fn ask(store: &mut Store, name: &str, mut request: Value) -> Result<Value, (Code, String)> {
    request["plugin"] = json!("quiz");
    request["table"] = json!("scores");
    let operation = Operation::read(name, request.to_string().as_bytes());
    let answer = operation.and_then(|operation| store.answer(&operation, NOW));
    let whole: Value = serde_json::from_slice(&write_answer(&answer)).unwrap();
    answer.map(|_| whole["data"].clone()).map_err(|failure| (failure.code, failure.message))
}

fn registered(place: &Place) -> Store {
    let mut store = place.open();
    ask(&mut store, "row.register", schema("integer")).unwrap();
    store
}

fn schema(kind: &str) -> Value {
    json!({ "schema": { "fields": [
        { "name": "name", "type": "string", "required": true },
        { "name": "score", "type": kind },
    ] } })
}

fn a_row_is_inserted_read_changed_and_deleted(place: &Place) {
    let mut store = registered(place);
    let row = json!({ "data": { "name": "ann", "score": 3 } });
    let inserted = ask(&mut store, "row.insert", row).unwrap();
    assert_eq!(inserted, json!({ "ids": [1], "created": 1 }));
    let found = json!({ "exists": true, "data": {
        "id": 1, "name": "ann", "score": 3, "created_at": NOW, "updated_at": NOW,
    } });
    assert_eq!(ask(&mut store, "row.select", json!({ "id": 1 })), Ok(found));
    for (change, score) in [
        (json!({ "id": 1, "operations": { "$inc": { "score": 4 } } }), 7),
        (json!({ "id": 1, "operations": { "$max": { "score": 5 } } }), 7),
        (json!({ "id": 1, "operations": { "$min": { "score": 5 } } }), 5),
        (json!({ "id": 1, "data": { "score": 9 } }), 9),
    ] {
        assert_eq!(ask(&mut store, "row.update", change), Ok(json!({ "updated": true })));
        let found = ask(&mut store, "row.select", json!({ "id": 1 })).unwrap();
        assert_eq!(found["data"]["score"], score);
    }
    let bad = json!({ "id": 1, "data": { "score": "x" } });
    let (code, message) = ask(&mut store, "row.update", bad).unwrap_err();
    assert_eq!(
        (code, &*message),
        (Code::ValidationError, "data.score is \"x\", not a whole number")
    );
    let nobody = json!({ "id": 7, "data": { "score": 9 } });
    assert_eq!(ask(&mut store, "row.update", nobody), Ok(json!({ "updated": false })));
    for deleted in [true, false] {
        let answer = ask(&mut store, "row.delete", json!({ "id": 1 }));
        assert_eq!(answer, Ok(json!({ "deleted": deleted })));
    }
    assert_eq!(ask(&mut store, "row.select", json!({ "id": 1 })), Ok(json!({ "exists": false })));
    // An id is not given again.
    let row = json!({ "data": [{ "name": "bob" }, { "name": "eve" }] });
    let inserted = ask(&mut store, "row.insert", row).unwrap();
    assert_eq!(inserted, json!({ "ids": [2, 3], "created": 2 }));
}

fn a_search_holds_what_fits_in_the_order_asked_for(place: &Place) {
    let mut store = registered(place);
    let rows: Vec<Value> = [("ann", 3), ("bob", 10), ("eve", 2), ("a_x", 10)]
        .map(|(name, score)| json!({ "name": name, "score": score }))
        .into();
    ask(&mut store, "row.insert", json!({ "data": rows })).unwrap();
    let mut search = |request: Value| {
        let found = ask(&mut store, "row.search", request).unwrap();
        let rows = found["rows"].as_array().unwrap();
        assert_eq!(found["count"], rows.len());
        let names: Vec<&str> = rows.iter().map(|row| row["name"].as_str().unwrap()).collect();
        (names.join(" "), found["truncated"].as_bool().unwrap())
    };
    let whole = |names: &str| (names.to_owned(), false);
    assert_eq!(search(json!({})), whole("ann bob eve a_x"));
    let by_score = json!([{ "field": "score", "order": "desc" }, { "field": "name" }]);
    assert_eq!(search(json!({ "sort": by_score })), whole("a_x bob ann eve"));
    let page = json!({ "sort": by_score, "limit": 2, "offset": 1 });
    assert_eq!(search(page), ("bob ann".to_owned(), true));
    let either = json!([{ "name": "bob", "score": 3 }, { "score": 2 }]);
    assert_eq!(search(json!({ "filters": { "$or": either } })), whole("eve"));
    let beside = json!({ "score": 10, "$or": [{ "name": { "$like": "a%" } }, { "score": 2 }] });
    assert_eq!(search(json!({ "filters": beside })), whole("a_x"));
    let (code, message) =
        ask(&mut store, "row.search", json!({ "filters": { "x' OR 1=1 --": 1 } })).unwrap_err();
    assert_eq!(code, Code::ValidationError);
    assert!(message.starts_with("filters.x' OR 1=1 -- is 1, not about a field"), "{message}");
    let sort = json!({ "sort": [{ "field": "nothing" }] });
    assert_eq!(ask(&mut store, "row.search", sort).unwrap_err().0, Code::ValidationError);
}

fn an_insertion_is_taken_whole_or_not_at_all(place: &Place) {
    let mut store = registered(place);
    let rows = json!({ "data": [{ "name": "ann" }, { "score": 1 }] });
    let (code, message) = ask(&mut store, "row.insert", rows).unwrap_err();
    assert_eq!((code, &*message), (Code::MissingField, "data.name is missing"));
    let found = ask(&mut store, "row.search", json!({})).unwrap();
    assert_eq!(found, json!({ "rows": [], "count": 0, "truncated": false }));
}

fn a_table_keeps_its_fields(place: &Place) {
    let mut store = registered(place);
    assert_eq!(ask(&mut store, "row.register", schema("integer")), Ok(json!({})));
    let (code, message) = ask(&mut store, "row.register", schema("float")).unwrap_err();
    let said = "the table \"scores\" is registered with other fields";
    assert_eq!((code, &*message), (Code::ValidationError, said));
}

fn a_table_that_was_not_registered_is_not_found(place: &Place) {
    let mut store = place.open();
    for (name, request) in [
        ("row.insert", json!({ "data": { "name": "ann" } })),
        ("row.select", json!({ "id": 1 })),
        ("row.update", json!({ "id": 1, "data": {} })),
        ("row.delete", json!({ "id": 1 })),
        ("row.search", json!({})),
    ] {
        let (code, message) = ask(&mut store, name, request).unwrap_err();
        let said = "\"quiz\" has registered no table \"scores\"";
        assert_eq!((code, &*message), (Code::NotFound, said), "{name}");
    }
}
