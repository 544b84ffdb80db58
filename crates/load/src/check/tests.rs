use httparse::Header;
use proptest::prelude::*;
use rand::SeedableRng;
use rand::rngs::Xoshiro256PlusPlus;
use serde_json::{Value, json};

use super::{Answer, Captured, Captures, Check, Fault};
use crate::body::BodyError;
use crate::feed::Row;
use crate::template::{Template, Values};
use crate::workload::{Capture, Expect, Expected, Origin, Status};

fn template(text: &str) -> Template {
    Template::parse(text).unwrap()
}

fn header<'a>(name: &'a str, value: &'a str) -> Header<'a> {
    Header { name, value: value.as_bytes() }
}

fn fault(expect: &Expect, status: u16, headers: &[Header<'_>], body: &[u8]) -> Option<Fault> {
    let row = Row::from_json("orders", 3, json!({ "status": 201, "name": "anna" }));
    let mut captured = Captured::default();
    captured.push("id".into(), "17".to_owned());
    let values = Values { now_ms: 0, user: 1, row: Some(&row), captured: &captured };
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(1);
    Check::new(expect).fault(&Answer::new(status, headers, body), &values, &mut rng)
}

fn said(expect: &Expect, status: u16, headers: &[Header<'_>], body: &[u8]) -> String {
    fault(expect, status, headers, body).map_or("none".to_owned(), |fault| fault.to_string())
}

fn status(status: Status) -> Expect {
    Expect { status, ..Expect::default() }
}

fn at(pointer: &str, expected: Expected) -> Expect {
    Expect { json: vec![(pointer.to_owned(), expected)], ..Expect::default() }
}

#[test]
fn by_default_any_status_below_400_will_do() {
    for (status, holds) in [(200, true), (302, true), (399, true), (400, false), (503, false)] {
        assert_eq!(fault(&Expect::default(), status, &[], b"").is_none(), holds, "{status}");
    }
    assert_eq!(said(&Expect::default(), 503, &[], b""), "status 503, expected below 400");
}

#[test]
fn a_status_is_held_against_a_number_or_a_field() {
    assert_eq!(said(&status(Status::Is(204)), 204, &[], b""), "none");
    assert_eq!(said(&status(Status::Is(404)), 404, &[], b""), "none");
    assert_eq!(said(&status(Status::Is(204)), 200, &[], b""), "status 200, expected 204");
    let from = |text| status(Status::From(template(text)));
    assert_eq!(said(&from("{{feed.status}}"), 201, &[], b""), "none");
    assert_eq!(said(&from("{{feed.status}}"), 200, &[], b""), "status 200, expected 201");
    assert_eq!(said(&from("{{feed.name}}"), 200, &[], b""), "status 200, expected anna");
    let none = fault(&from("{{feed.none}}"), 200, &[], b"").unwrap();
    assert_eq!(none, Fault::Feed("feed `orders`, row 3: no field `none`".to_owned()));
    let none = fault(&from("{{none}}"), 200, &[], b"").unwrap();
    assert_eq!(none, Fault::Template("nothing was captured as `none`".to_owned()));
}

#[test]
fn a_header_is_found_in_any_case_and_among_several() {
    let expect = |name: &str, value| Expect {
        headers: vec![(name.to_owned(), template(value))],
        ..Expect::default()
    };
    let headers = [header("X-A", "1"), header("x-a", " 2\t"), header("Etag", "id-17")];
    for (name, value, holds) in [
        ("x-a", "1", true),
        ("X-A", "2", true),
        ("x-a", "3", false),
        ("etag", "id-{{id}}", true),
        ("etag", "ID-17", false),
        ("x-b", "1", false),
    ] {
        let fault = fault(&expect(name, value), 200, &headers, b"");
        let expected = (!holds).then(|| Fault::Header { name: name.to_owned() });
        assert_eq!(fault, expected, "{name}: {value}");
    }
}

#[test]
fn text_is_looked_for_in_any_bytes() {
    let expect = |text| Expect { text: Some(template(text)), ..Expect::default() };
    for (text, body, holds) in [
        ("n{{feed.name}}n", &b"xnannan"[..], true),
        ("anna", b"Anna", false),
        ("anna", b"\xff anna", true),
        ("anna", b"\xff ann", false),
        ("", b"\xff", true),
        ("", b"", true),
        ("a", b"", false),
    ] {
        let expected = (!holds).then_some(Fault::Text);
        assert_eq!(fault(&expect(text), 200, &[], body), expected, "{text}");
    }
}

#[test]
fn json_is_compared_by_value() {
    for (expected, body, holds) in [
        (json!(1), "1.0", true),
        (json!(1.5), "1.50", true),
        (json!(1), "2", false),
        (json!(9_007_199_254_740_993_u64), "9007199254740992", false),
        (json!(-1), "18446744073709551615", false),
        (json!("1"), "1", false),
        (json!({ "a": [1, null], "b": {} }), r#"{"b":{},"a":[1.0,null]}"#, true),
        (json!({ "a": 1 }), r#"{"a":1,"b":2}"#, false),
        (json!([1, 2]), "[1]", false),
        (json!(null), "null", true),
        (json!(null), "false", false),
    ] {
        let fault = fault(&at("", Expected::Is(expected.clone())), 200, &[], body.as_bytes());
        assert_eq!(fault.is_none(), holds, "{expected} and {body}");
    }
}

#[test]
fn json_is_compared_with_the_text_of_a_template() {
    let body = br#"{"id":17,"name":"anna","list":[1,"a"],"a/b":true}"#;
    for (pointer, text, expected) in [
        ("/id", "{{id}}", "none"),
        ("/name", "{{feed.name}}", "none"),
        ("/list", "[1,\"a\"]", "none"),
        ("/list/1", "a", "none"),
        ("/a~1b", "true", "none"),
        ("/id", "{{feed.name}}", "`/id` is 17, expected anna"),
        ("/name", "\"anna\"", "`/name` is \"anna\", expected \"anna\""),
        ("/none", "1", "`/none` is nothing, expected 1"),
    ] {
        assert_eq!(said(&at(pointer, Expected::From(template(text))), 200, &[], body), expected);
    }
    let torn = said(&at("/id", Expected::Is(json!(1))), 200, &[], b"{\"id\":1");
    assert_eq!(torn, "`/id` is no JSON, expected 1");
}

#[test]
fn the_first_thing_that_is_wrong_is_told() {
    let expect = Expect {
        status: Status::Is(200),
        headers: vec![("a".to_owned(), template("1"))],
        text: Some(template("x")),
        json: vec![("/a".to_owned(), Expected::Is(json!(1)))],
    };
    let a = [header("a", "1")];
    let kinds = [
        fault(&expect, 500, &[], b""),
        fault(&expect, 200, &[], b""),
        fault(&expect, 200, &a, b""),
        fault(&expect, 200, &a, b"x"),
        fault(&expect, 200, &a, br#"{"a":1,"b":"x"}"#),
    ];
    let kinds = kinds.map(|fault| fault.map(|fault| fault.kind()));
    assert_eq!(kinds, [Some("status"), Some("header"), Some("text"), Some("json"), None]);
}

#[test]
fn a_check_tells_what_it_needs() {
    let needs = |expect: &Expect| {
        let check = Check::new(expect);
        (check.needs_body(), check.needs_headers())
    };
    let headers = vec![("a".to_owned(), template("1"))];
    assert_eq!(needs(&status(Status::Is(200))), (false, false));
    assert_eq!(needs(&at("", Expected::Is(json!(1)))), (true, false));
    assert_eq!(needs(&Expect { text: Some(template("a")), ..Expect::default() }), (true, false));
    assert_eq!(needs(&Expect { headers, ..Expect::default() }), (false, true));
}

fn captures(origins: &[Origin]) -> Captures {
    let capture =
        |(from, at): (&Origin, usize)| Capture { name: format!("c{at}"), from: from.clone() };
    Captures::new(&origins.iter().zip(0..).map(capture).collect::<Vec<_>>())
}

#[test]
fn values_are_captured_from_json_headers_and_cookies() {
    let origins = [
        Origin::Json("/a/0".to_owned()),
        Origin::Json("/b".to_owned()),
        Origin::Header("LOCATION".to_owned()),
        Origin::Cookie("sid".to_owned()),
    ];
    let headers = [
        header("Location", " /orders/5 "),
        header("location", "/other"),
        header("Set-Cookie", "sid=old; Path=/"),
        header("set-cookie", "sidx=1"),
        header("set-cookie", "sid = a=b ; Secure"),
    ];
    let answer = Answer::new(200, &headers, br#"{"a":["x y"],"b":{"c":[1,2.5]}}"#);
    let mut captured = Captured::default();
    captured.push("c0".into(), "before".to_owned());
    captures(&origins).extract(&answer, &mut captured).unwrap();
    let values = ["c0", "c1", "c2", "c3"].map(|name| captured.get(name).unwrap());
    assert_eq!(values, ["x y", r#"{"c":[1,2.5]}"#, "/orders/5", "a=b"]);
    assert_eq!(captured.values().next(), Some("before"));
    captured.truncate(1);
    assert_eq!((captured.get("c0"), captured.get("c1"), captured.len()), (Some("before"), None, 1));
}

#[test]
fn what_is_not_there_cannot_be_captured() {
    let headers = [header("a", "1"), header("set-cookie", "sid"), header("set-cookie", "=1")];
    let binary = [Header { name: "a", value: b"\xff" }];
    for (from, headers, body) in [
        (Origin::Json("/a".to_owned()), &headers[..], &b"{\"b\":1}"[..]),
        (Origin::Json("/a".to_owned()), &headers, b"no JSON"),
        (Origin::Header("b".to_owned()), &headers, b""),
        (Origin::Header("a".to_owned()), &binary, b""),
        (Origin::Cookie("sid".to_owned()), &headers, b""),
        (Origin::Cookie(String::new()), &headers, b""),
    ] {
        let answer = Answer::new(200, headers, body);
        let fault = captures(&[from]).extract(&answer, &mut Captured::default()).unwrap_err();
        assert_eq!(fault, Fault::Capture { name: "c0".to_owned() });
        assert_eq!(fault.to_string(), "no `c0` to capture");
    }
}

#[test]
fn captures_tell_what_they_need() {
    let needs = |origins: &[Origin]| {
        let captures = captures(origins);
        (captures.needs_body(), captures.needs_headers(), captures.is_empty())
    };
    assert_eq!(needs(&[]), (false, false, true));
    assert_eq!(needs(&[Origin::Json(String::new())]), (true, false, false));
    assert_eq!(needs(&[Origin::Header("a".to_owned())]), (false, true, false));
    assert_eq!(needs(&[Origin::Cookie("a".to_owned())]), (false, true, false));
}

#[test]
fn a_fault_is_short_and_in_one_line() {
    let long = "\u{4e2d}".repeat(500);
    let fault = Fault::Json { pointer: long.clone(), expected: long.clone(), got: long.clone() };
    assert_eq!(fault.to_string().chars().count(), 3 * 83 + "`` is , expected ".len());
    let exact = "a".repeat(80);
    assert_eq!(Fault::Feed(exact.clone()).to_string(), exact);
    let torn = Fault::Malformed(format!("a\nb\u{1b}{long}")).to_string();
    assert!(torn.starts_with("malformed answer: a\\nb\\u{1b}\u{4e2d}"), "{torn}");
}

#[test]
fn a_body_that_cannot_be_decompressed_is_a_fault() {
    assert_eq!(Fault::from(BodyError::TooLarge { limit: 5 }), Fault::TooLarge);
    let unknown = Fault::from(BodyError::Unknown("br".to_owned()));
    assert_eq!(unknown, Fault::Malformed("content encoding `br` is not known".to_owned()));
}

#[test]
fn every_kind_of_fault_has_a_name_and_a_text_of_its_own() {
    let text = String::new;
    let faults = [
        Fault::Status { expected: text(), got: 1 },
        Fault::Text,
        Fault::Header { name: text() },
        Fault::Json { pointer: text(), expected: text(), got: text() },
        Fault::Capture { name: text() },
        Fault::TimedOut,
        Fault::Refused,
        Fault::Reset,
        Fault::Closed,
        Fault::Malformed(text()),
        Fault::TooLarge,
        Fault::Tls(text()),
        Fault::NoDescriptors,
        Fault::NoPorts,
        Fault::Feed("feed".to_owned()),
        Fault::Template("template".to_owned()),
    ];
    let distinct = |texts: Vec<String>| {
        let mut sorted = texts;
        sorted.sort();
        sorted.dedup();
        sorted.len()
    };
    assert_eq!(distinct(faults.iter().map(|fault| fault.kind().to_owned()).collect()), 16);
    assert_eq!(distinct(faults.iter().map(Fault::to_string).collect()), 16);
}

proptest! {
    #[test]
    fn any_answer_can_be_held_against_any_expectation(
        body in prop::collection::vec(any::<u8>(), 0..40),
        pointer in "(/|~|0|a|-){0,6}",
        value in any::<[u8; 3]>(),
    ) {
        let headers = [Header { name: "Set-Cookie", value: &value }];
        let expect = Expect {
            text: Some(Template::text("a".to_owned())),
            json: vec![(pointer.clone(), Expected::Is(Value::Null))],
            ..Expect::default()
        };
        let answer = Answer::new(200, &headers, &body);
        if fault(&expect, 200, &headers, &body).is_none() {
            prop_assert!(body.contains(&b'a') && answer.json().is_some());
        }
        let origins = [Origin::Cookie("a".to_owned()), Origin::Json(pointer)];
        let extracted = captures(&origins).extract(&answer, &mut Captured::default());
        prop_assert!(extracted.is_err() || answer.json().is_some());
    }
}
