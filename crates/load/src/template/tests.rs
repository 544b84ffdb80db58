use std::collections::HashSet;

use proptest::prelude::*;
use rand::SeedableRng;
use rand::rngs::Xoshiro256PlusPlus;
use serde_json::json;

use super::{Piece, RenderError, Slot, Template, Values, near_miss};
use crate::check::Captured;
use crate::feed::Row;

fn rendered(text: &str, seed: u64) -> Result<String, RenderError> {
    let row = Row::from_json("orders", 7, json!({ "id": 5, "a": { "b": ["x", null] } }));
    let mut captured = Captured::default();
    captured.push("token".into(), "old".to_owned());
    captured.push("token".into(), "new".to_owned());
    let values = Values { now_ms: 1_234, user: 42, row: Some(&row), captured: &captured };
    let mut out = Vec::new();
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
    Template::parse(text).unwrap().render(&values, &mut rng, &mut out)?;
    Ok(String::from_utf8(out).unwrap())
}

fn error(text: &str) -> String {
    Template::parse(text).unwrap_err().to_string()
}

#[test]
fn every_slot_is_read_with_and_without_spaces() {
    for (text, slot) in [
        ("{{uuid}}", Slot::Uuid),
        ("{{ uuid }}", Slot::Uuid),
        ("{{uuid 7}}", Slot::UuidOfNow),
        ("{{letters 128}}", Slot::Letters(128)),
        ("{{int 1 100}}", Slot::Int(1, 100)),
        ("{{  int  -5\t-5 }}", Slot::Int(-5, -5)),
        ("{{now}}", Slot::Now),
        ("{{now  ms}}", Slot::NowMs),
        ("{{env API_TOKEN}}", Slot::Env("API_TOKEN".to_owned())),
        ("{{user}}", Slot::User),
        ("{{feed}}", Slot::Row),
        ("{{feed.a.b}}", Slot::Field("a.b".to_owned())),
        ("{{ feed.first name }}", Slot::Field("first name".to_owned())),
        ("{{order_id}}", Slot::Captured("order_id".to_owned())),
        ("{{x-request-id}}", Slot::Captured("x-request-id".to_owned())),
        ("{{feeds}}", Slot::Captured("feeds".to_owned())),
    ] {
        assert_eq!(Template::parse(text).unwrap().pieces, [Piece::Slot(slot)], "{text}");
    }
}

#[test]
fn slots_are_filled_between_texts() {
    for (text, expected) in [
        ("", ""),
        ("/orders/{{feed.id}}?user={{user}}", "/orders/5?user=42"),
        (r#"{"a":{"b":{{feed.id}}}}"#, r#"{"a":{"b":5}}"#),
        ("{{feed}}", r#"{"a":{"b":["x",null]},"id":5}"#),
        ("{{feed.a.b.0}}{{feed.a.b.1}}{{feed.a}}", r#"xnull{"b":["x",null]}"#),
        ("{{token}}", "new"),
        ("{{now ms}} {{now}}", "1234 1970-01-01T00:00:01.234Z"),
        ("{{{{uuid}}", "{{uuid}}"),
        ("{{{{{{user}}}}", "{{42}}"),
        ("{ {a} }}", "{ {a} }}"),
        ("\u{4e2d}{{user}}\u{e4}", "\u{4e2d}42\u{e4}"),
    ] {
        assert_eq!(rendered(text, 1).unwrap(), expected);
    }
}

#[test]
fn what_is_no_slot_is_refused_with_its_place_and_what_was_expected() {
    for (text, expected) in [
        ("a{{uuid", "slot `{{uuid` at character 2: expected `}}` after it"),
        ("\u{4e2d}{{a {{b}}", "slot `{{a {{b}}` at character 2: expected `}}` after it"),
        ("{{}}", "slot `{{}}` at character 1: expected a name between"),
        (
            "{{{uuid}}}",
            "slot `{{{uuid}}` at character 1: expected `uuid`, `uuid 7`, `int LOW HIGH`",
        ),
        ("{{int 1}}", "expected `int` and two whole numbers"),
        ("{{int 1 2 3}}", "expected `int` and two whole numbers"),
        ("{{int 1 9223372036854775808}}", "expected `int` and two whole numbers"),
        ("{{int 2 1}}", "expected the smaller number of `int` first"),
        ("{{env}}", "expected `env` and the name of a variable"),
        ("{{env A-B}}", "expected `env` and the name of a variable"),
        ("{{now s}}", "expected `now` or `now ms`"),
        ("{{user 1}}", "expected nothing after the name"),
        ("{{feed a}}", "expected `feed` or a field of it"),
        ("{{feed.}}", "expected names between the dots"),
        ("{{feed.a..b}}", "expected names between the dots"),
        ("{{1st}}", "or the name of a captured value"),
        ("{{itn 1 5}}", "or the name of a captured value; did you mean `int`?"),
        ("{{feeed.id}}", "or the name of a captured value; did you mean `feed`?"),
    ] {
        let error = error(text);
        assert!(error.contains(expected), "{text}: {error}");
    }
    let long = error(&format!("{{{{{}", "x".repeat(1000)));
    assert!(long.len() < 120, "{long}");
}

#[test]
fn a_name_close_to_a_slot_is_told_and_others_are_not() {
    for (name, expected) in [
        ("uid", Some("uuid")),
        ("uuuid", Some("uuid")),
        ("UUID", Some("uuid")),
        ("fed", Some("feed")),
        ("nwo", Some("now")),
        ("usr", Some("user")),
        ("uuid", None),
        ("order_id", None),
        ("", None),
    ] {
        assert_eq!(near_miss(name), expected, "{name}");
    }
}

#[test]
fn a_template_without_slots_is_fixed() {
    let fixed = |text| Template::parse(text).unwrap().fixed().map(str::to_owned);
    assert_eq!(fixed(""), Some(String::new()));
    assert_eq!(fixed("a {{{{b}} c"), Some("a {{b}} c".to_owned()));
    assert_eq!(fixed("a{{user}}"), None);
    assert_eq!(Template::text("{{user}}".to_owned()).fixed(), Some("{{user}}"));
    assert_eq!(Template::text(String::new()), Template::parse("").unwrap());
}

#[test]
fn what_a_template_needs_is_told() {
    let template = Template::parse("{{a}}{{user}}{{b}}{{a}}{{feed.x}}").unwrap();
    assert_eq!(template.captured().collect::<Vec<_>>(), ["a", "b", "a"]);
    assert_eq!(template.slots().count(), 5);
    assert!(template.uses_feed());
    assert!(!Template::parse("{{a}}").unwrap().uses_feed());
}

#[test]
fn environment_variables_become_text_before_a_load() {
    let template = Template::parse("a{{env ONE}}b{{env TWO}}").unwrap();
    let known = |name: &str| Some(name.to_lowercase());
    assert_eq!(template.resolved(&known).unwrap().fixed(), Some("aonebtwo"));
    let none = |name: &str| (name == "ONE").then(String::new);
    assert_eq!(template.resolved(&none), Err("TWO".to_owned()));
    // A value is text, whatever it looks like.
    let slot = |_: &str| Some("{{uuid}}".to_owned());
    assert_eq!(template.resolved(&slot).unwrap().fixed(), Some("a{{uuid}}b{{uuid}}"));
}

#[test]
fn a_slot_that_cannot_be_filled_is_named() {
    assert_eq!(rendered("{{none}}", 1).unwrap_err().to_string(), "nothing was captured as `none`");
    assert_eq!(
        rendered("{{feed.a.c}}", 1).unwrap_err().to_string(),
        "feed `orders`, row 7: no field `a.c`"
    );
    let env = rendered("{{env A}}", 1).unwrap_err().to_string();
    assert_eq!(env, "`{{env A}}` was not resolved before the load");
    let captured = Captured::default();
    let values = Values { now_ms: 0, user: 1, row: None, captured: &captured };
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(1);
    for text in ["{{feed}}", "{{feed.a}}"] {
        let template = Template::parse(text).unwrap();
        let rendered = template.render(&values, &mut rng, &mut Vec::new());
        assert_eq!(rendered, Err(RenderError::NoRow));
    }
}

#[test]
fn the_same_seed_draws_the_same_and_uuids_differ() {
    let text = "{{uuid}} {{int 0 1000000}}";
    assert_eq!(rendered(text, 5).unwrap(), rendered(text, 5).unwrap());
    let uuids: HashSet<String> =
        (0..1000).map(|seed| rendered("{{uuid}}", seed).unwrap()).collect();
    assert_eq!(uuids.len(), 1000);
}

#[test]
fn a_uuid_of_version_7_begins_with_the_time_and_letters_are_as_many_as_asked_for() {
    for seed in 0..50 {
        let uuid = rendered("{{uuid 7}}", seed).unwrap();
        // 1,234 ms since 1970.
        assert!(uuid.starts_with("00000000-04d2-7"), "{uuid}");
        assert!(matches!(uuid.as_bytes()[19], b'8' | b'9' | b'a' | b'b'), "{uuid}");
        let letters = rendered("{{letters 131}}", seed).unwrap();
        assert!(letters.len() == 131 && letters.bytes().all(|b| b.is_ascii_lowercase()));
    }
    assert!(Template::parse("{{letters 0}}").is_err() && Template::parse("{{uuid 5}}").is_err());
}

#[test]
fn a_uuid_has_its_version_and_variant_and_is_random_elsewhere() {
    let (mut ones, mut zeros) = (0_u128, 0_u128);
    for seed in 0..200 {
        let uuid = rendered("{{uuid}}", seed).unwrap();
        let groups: Vec<usize> = uuid.split('-').map(str::len).collect();
        assert_eq!(groups, [8, 4, 4, 4, 12]);
        let bits = u128::from_str_radix(&uuid.replace('-', ""), 16).unwrap();
        ones |= bits;
        zeros |= !bits;
    }
    // Bits 48 to 51 are 0100 and bits 64 and 65 are 10, counted from the highest (RFC 9562).
    assert_eq!(!ones, 0b1011 << 76 | 0b01 << 62);
    assert_eq!(!zeros, 0b0100 << 76 | 0b10 << 62);
}

#[test]
fn a_drawn_number_takes_every_value_of_its_range_and_no_other() {
    let drawn: HashSet<i64> =
        (0..500).map(|seed| rendered("{{int -2 3}}", seed).unwrap().parse().unwrap()).collect();
    assert_eq!(drawn, HashSet::from([-2, -1, 0, 1, 2, 3]));
    let widest = format!("{{{{int {} {}}}}}", i64::MIN, i64::MAX);
    let signs: HashSet<bool> =
        (0..50).map(|seed| rendered(&widest, seed).unwrap().starts_with('-')).collect();
    assert_eq!(signs.len(), 2);
    let high = i64::MAX;
    assert_eq!(rendered(&format!("{{{{int {high} {high}}}}}"), 1).unwrap(), high.to_string());
}

#[test]
fn times_are_written_as_python_writes_them() {
    let rows: Vec<(i64, String, String)> =
        serde_json::from_str(include_str!("../../testdata/dates.json")).unwrap();
    assert!(rows.len() > 400);
    for (ms, expected, _) in rows {
        let mut out = Vec::new();
        super::date::write(ms, &mut out);
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }
    for (ms, expected) in
        [(i64::MIN, "0000-01-01T00:00:00.000Z"), (i64::MAX, "9999-12-31T23:59:59.999Z")]
    {
        let mut out = Vec::new();
        super::date::write(ms, &mut out);
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused_at_a_place_within_it(text in "(\\PC|\\{|\\}|\\{\\{|\\}\\}){0,20}") {
        match Template::parse(&text) {
            Ok(template) => {
                let together = |pair: &[Piece]| matches!(pair, [Piece::Text(_), Piece::Text(_)]);
                prop_assert!(!template.pieces.windows(2).any(together));
                let empty = Piece::Text(String::new());
                prop_assert!(!template.pieces.contains(&empty));
            }
            Err(error) => {
                let at: String = text.chars().skip(error.at - 1).take(2).collect();
                prop_assert_eq!(at, "{{");
            }
        }
    }

    #[test]
    fn text_with_its_braces_doubled_is_that_text(text in "([a-z ]|\\}|\\{){0,20}") {
        // Two braces become four, and a brace before a slot is told from it only in pairs.
        let escaped = text.replace("{{", "{{{{");
        prop_assume!(!text.contains("{{{"));
        let template = Template::parse(&escaped).unwrap();
        prop_assert_eq!(template.fixed(), Some(text.as_str()));
    }
}
