use proptest::prelude::*;
use serde_json::json;

use super::*;

fn map(value: Value) -> Map<String, Value> {
    let Value::Object(map) = value else { panic!("{value} is no object") };
    map
}

fn schema(fields: &Value) -> Result<Schema, Refusal> {
    Schema::read(Fields::of("schema", "schema.", json!({ "fields": fields })).unwrap())
}

fn scores() -> Schema {
    schema(&json!([
        { "name": "a", "type": "integer" },
        { "name": "b", "type": "integer" },
        { "name": "c", "type": "integer" },
        { "name": "name", "type": "string", "required": true },
    ]))
    .unwrap()
}

fn holds(filters: Value, row: Value) -> bool {
    Filter::read(&map(filters), &scores()).unwrap().holds(&map(row))
}

#[test]
fn a_branch_of_several_fields_stays_together_and_its_siblings_stay() {
    let either = json!({ "$or": [{ "a": 1, "b": 2 }, { "c": 3 }] });
    assert!(holds(either.clone(), json!({ "a": 1, "b": 2 })));
    assert!(holds(either.clone(), json!({ "c": 3 })));
    assert!(!holds(either.clone(), json!({ "a": 1, "b": 0 })));
    let beside = json!({ "name": "x", "$or": either["$or"] });
    assert!(!holds(beside.clone(), json!({ "c": 3, "name": "y" })));
    assert!(holds(beside, json!({ "c": 3, "name": "x" })));
}

#[test]
fn each_operator_means_what_it_says() {
    let row = || json!({ "a": 5, "name": "R\u{F6}d_100%" });
    for (filters, expected) in [
        (json!({}), true),
        (json!({ "a": 5 }), true),
        (json!({ "a": { "$eq": 5.0 } }), true),
        (json!({ "a": { "$ne": 5 } }), false),
        (json!({ "b": { "$ne": 5 } }), true),
        (json!({ "a": { "$gt": 4, "$lt": 6 } }), true),
        (json!({ "a": { "$gt": 4, "$lt": 5 } }), false),
        (json!({ "a": { "$gte": 5, "$lte": 5 } }), true),
        (json!({ "b": { "$lt": 9 } }), false),
        (json!({ "name": { "$gt": 4 } }), false),
        (json!({ "a": { "$in": [1, 5] } }), true),
        (json!({ "a": { "$in": [] } }), false),
        (json!({ "a": { "$nin": [1, 5] } }), false),
        (json!({ "name": { "$like": "R_d%" } }), true),
        (json!({ "name": { "$like": "r_d%" } }), false),
        (json!({ "name": { "$ilike": "r\u{D6}D%" } }), true),
        (json!({ "name": { "$like": "R" } }), false),
        (json!({ "name": { "$like": "%1%0%" } }), true),
        (json!({ "b": { "$null": true } }), true),
        (json!({ "b": { "$exists": true } }), false),
        (json!({ "a": { "$exists": true } }), true),
        (json!({ "b": null }), true),
        (json!({ "$not": { "a": 5 } }), false),
        (json!({ "$and": [{ "a": 5 }, { "$not": { "b": 1 } }] }), true),
    ] {
        assert_eq!(holds(filters.clone(), row()), expected, "{filters}");
    }
}

#[test]
fn a_filter_that_means_nothing_is_refused_by_its_name() {
    for (filters, said) in [
        (json!({ "x": 1 }), "filters.x is 1, not about a field of the table"),
        (json!({ "a": { "$near": 1 } }), "filters.a.$near is 1, not an operator"),
        (json!({ "$or": [] }), "filters.$or is [], not a list of one or more"),
        (json!({ "$nor": [{}] }), "filters.$nor is [{}], not about a field"),
        (json!({ "a": { "$in": 1 } }), "filters.a.$in is 1, not a list of values"),
        (json!({ "a": { "$null": 1 } }), "filters.a.$null is 1, not true or false"),
    ] {
        let refusal = Filter::read(&map(filters), &scores()).unwrap_err().to_string();
        assert!(refusal.starts_with(said), "{refusal}");
    }
}

#[test]
fn updates_compute_with_what_is_there() {
    let update = |operations: Value, row: Value| {
        let mut row = map(row);
        Update::read(&map(operations))?.apply(&mut row)?;
        Ok::<_, Refusal>(Value::Object(row))
    };
    for (operations, row, expected) in [
        (json!({ "$set": { "a": "x" } }), json!({ "a": 1 }), json!({ "a": "x" })),
        (json!({ "$inc": { "a": 2 } }), json!({ "a": 1 }), json!({ "a": 3 })),
        (json!({ "$inc": { "a": 2 } }), json!({}), json!({ "a": 2 })),
        (json!({ "$dec": { "a": 0.5 } }), json!({ "a": 1 }), json!({ "a": 0.5 })),
        (json!({ "$mul": { "a": 3 } }), json!({ "a": 2 }), json!({ "a": 6 })),
        (json!({ "$max": { "a": 3 } }), json!({ "a": 2 }), json!({ "a": 3 })),
        (json!({ "$max": { "a": 1 } }), json!({ "a": 2 }), json!({ "a": 2 })),
        (json!({ "$min": { "a": 1 } }), json!({ "a": 2 }), json!({ "a": 1 })),
        (json!({ "$min": { "a": 9 } }), json!({ "a": null }), json!({ "a": 9 })),
    ] {
        assert_eq!(update(operations, row), Ok(expected));
    }
    for (operations, row) in [
        (json!({ "$inc": { "a": 1 } }), json!({ "a": i64::MAX })),
        (json!({ "$inc": { "a": 1 } }), json!({ "a": "x" })),
        (json!({ "$inc": { "a": "x" } }), json!({})),
        (json!({ "$inc": { "a": 1 }, "$set": { "a": 1 } }), json!({})),
        (json!({ "$push": { "a": 1 } }), json!({})),
    ] {
        assert!(update(operations.clone(), row).is_err(), "{operations}");
    }
}

#[test]
fn a_row_that_does_not_fit_its_table_is_refused() {
    let check = |row: Value| scores().check(&map(row)).map_err(|refusal| refusal.to_string());
    assert_eq!(check(json!({ "name": "x", "a": null })), Ok(()));
    for (row, said) in [
        (json!({}), "data.name is missing"),
        (json!({ "name": null }), "data.name is missing"),
        (json!({ "name": "x", "a": 1.5 }), "data.a is 1.5, not a whole number"),
        (json!({ "name": "x".repeat(256) }), "data.name is \"xxx"),
        (json!({ "name": "x", "id": 1 }), "data.id is 1, which nobody asked for"),
    ] {
        assert!(check(row).unwrap_err().starts_with(said));
    }
}

#[test]
fn a_table_that_is_none_is_refused() {
    for fields in [
        json!([]),
        json!([{ "name": "id", "type": "text" }]),
        json!([{ "name": "Name", "type": "text" }]),
        json!([{ "name": "a; DROP TABLE x", "type": "text" }]),
        json!([{ "name": "a", "type": "blob" }]),
        json!([{ "name": "a", "type": "text" }, { "name": "a", "type": "text" }]),
        json!([{ "name": "a", "type": "text", "unique": true }]),
        json!({}),
    ] {
        assert!(schema(&fields).is_err(), "{fields}");
    }
}

#[test]
fn rows_are_sorted_by_each_field_and_last_by_id() {
    let rows = [json!({ "id": 1, "a": 2 }), json!({ "id": 2, "a": 10 }), json!({ "id": 3 })];
    let mut rows = [rows[1].clone(), rows[2].clone(), rows[0].clone()].map(map);
    let ids = |rows: &[Map<String, Value>]| {
        rows.iter().map(|row| row["id"].as_u64().unwrap()).collect::<Vec<_>>()
    };
    sort(&mut rows, &[Sort { field: "a".to_owned(), order: Order::Desc }]);
    assert_eq!(ids(&rows), [2, 1, 3]);
    sort(&mut rows, &[]);
    assert_eq!(ids(&rows), [1, 2, 3]);
}

/// The pattern with every possible split, as slow as that is.
fn is_like_by_trying(text: &[char], pattern: &[char]) -> bool {
    match pattern.split_first() {
        None => text.is_empty(),
        Some(('%', rest)) => (0..=text.len()).any(|at| is_like_by_trying(&text[at..], rest)),
        Some((letter, rest)) => text.split_first().is_some_and(|(first, text)| {
            (*letter == '_' || letter == first) && is_like_by_trying(text, rest)
        }),
    }
}

proptest! {
    #[test]
    fn a_pattern_fits_if_some_split_does(text in "[ab]{0,8}", pattern in "[ab%_]{0,6}") {
        let [letters, wanted] = [&text, &pattern].map(|t| t.chars().collect::<Vec<_>>());
        let found = holds(json!({ "name": { "$like": pattern } }), json!({ "name": text }));
        prop_assert_eq!(found, is_like_by_trying(&letters, &wanted));
    }
}
