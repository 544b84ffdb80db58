//! Envelopes in good and in bad form.

use proptest::prelude::*;

use super::*;
use crate::oracle::{ORACLE, envelopes};

fn text() -> &'static str {
    &ORACLE.envelopes[0].envelope
}

/// The text with the value of a field replaced by another JSON value, or left out.
fn with(field: &str, value: Option<&str>) -> String {
    let (before, rest) = text().split_once(&format!("\"{field}\":")).unwrap();
    let end = rest.find([',', '}']).unwrap();
    let after = &rest[end..];
    match value {
        Some(value) => format!("{before}\"{field}\":{value}{after}"),
        None => format!("{before}{after}").replace(",,", ",").replace("{,", "{").replace(",}", "}"),
    }
}

#[track_caller]
fn refused(text: &str, code: &str, place: &str) {
    let refusal = Envelope::parse(text.as_bytes()).expect_err(text);
    assert_eq!(refusal.code(), code, "{refusal}: {text}");
    assert!(refusal.to_string().contains(place), "{place} is not named: {refusal}");
}

const ALWAYS: [&str; 10] = [
    "v",
    "alg",
    "public_key",
    "nonce",
    "issued_at",
    "expires_at",
    "context_type",
    "context",
    "body_sha256",
    "signature",
];

#[test]
fn a_field_that_is_missing_doubled_null_or_of_another_type_is_named() {
    for field in ALWAYS {
        refused(&with(field, None), "malformed", field);
        refused(&with(field, Some("null")), "malformed", field);
        refused(&with(field, Some("[]")), "malformed", field);
        refused(&with(field, Some("true")), "malformed", field);
        let number = matches!(field, "v" | "issued_at" | "expires_at");
        refused(&with(field, Some(if number { "\"1\"" } else { "1" })), "malformed", field);
        let (_, rest) = text().split_once(&format!("\"{field}\":")).unwrap();
        let value = &rest[..rest.find([',', '}']).unwrap()];
        let doubled = with(field, Some(&format!("{value},\"{field}\":{value}")));
        refused(&doubled, "malformed", field);
    }
}

#[test]
fn bytes_of_another_length_or_form_are_malformed() {
    for (field, length) in
        [("public_key", 43), ("nonce", 22), ("body_sha256", 43), ("signature", 86)]
    {
        for text in [
            String::new(),
            "A".repeat(length - 1),
            "A".repeat(length + 1),
            format!("{}=", "A".repeat(length)),
            format!("{}B", "A".repeat(length - 1)),
            format!("{}+", "A".repeat(length - 1)),
            format!("{} ", "A".repeat(length - 1)),
        ] {
            refused(&with(field, Some(&format!("\"{text}\""))), "malformed", field);
        }
    }
    for text in ["A", "AB", "AA==", "+A"] {
        refused(&with("context", Some(&format!("\"{text}\""))), "malformed", "context");
    }
}

#[test]
fn numbers_that_are_negative_broken_or_beyond_2_to_the_53_are_malformed() {
    for field in ["issued_at", "expires_at"] {
        for number in ["-1", "1.5", "1e3", "9007199254740992", "18446744073709551616"] {
            refused(&with(field, Some(number)), "malformed", field);
        }
        assert!(Envelope::parse(with(field, Some("9007199254740991")).as_bytes()).is_ok());
    }
}

#[test]
fn another_version_or_algorithm_is_unsupported_and_an_unknown_type_malformed() {
    refused(&with("v", Some("2")), "unsupported_version", "v is 2");
    refused(&with("v", Some("0")), "unsupported_version", "v is 0");
    refused(&with("alg", Some("\"none\"")), "unsupported_algorithm", "alg");
    refused(&with("alg", Some("\"ed25519\"")), "unsupported_algorithm", "alg");
    refused(&with("context_type", Some("\"Login\"")), "malformed", "context_type");
}

#[test]
fn exactly_one_of_kid_and_public_key_is_given() {
    let kid = &ORACLE.envelopes[0].kid;
    refused(&with("v", Some(&format!("1,\"kid\":\"{kid}\""))), "malformed", "kid");
    let named = text().replace("public_key", "kid");
    assert!(matches!(Envelope::parse(named.as_bytes()).unwrap().signed_by, SignedBy::Id(_)));
    refused(&named.replace("\"kid\":\"", "\"kid\":\"A"), "malformed", "kid");
}

#[test]
fn what_is_no_envelope_is_malformed() {
    for text in ["", "{", "[]", "1", "null", "{}", "\u{feff}{}", "{\"v\":1}"] {
        refused(text, "malformed", "malformed");
    }
    refused(&format!("{} x", text()), "malformed", "envelope");
    refused(&format!("{}{}", text(), text()), "malformed", "envelope");
    refused(&with("v", Some("1,\"extra\":1")), "malformed", "extra");
    refused(&with("v", Some("1,\"V\":1")), "malformed", "\"V\"");
    let broken = [&b"{\"v\":1,\"alg\":\""[..], &[0xff], b"\"}"].concat();
    assert_eq!(Envelope::parse(&broken).unwrap_err().code(), "malformed");
}

#[test]
fn an_unknown_name_is_cut_short_in_the_refusal() {
    let long = "x".repeat(1000);
    let refusal = Envelope::parse(format!("{{\"{long}\":1}}").as_bytes()).unwrap_err();
    assert!(refusal.to_string().len() < 150, "{refusal}");
}

#[test]
fn a_value_of_another_type_is_not_repeated() {
    for (field, value) in [("v", "\"hunter2, expected x: `\""), ("issued_at", "\"hunter2\"")] {
        let refusal = Envelope::parse(with(field, Some(value)).as_bytes()).unwrap_err();
        let text = refusal.to_string();
        assert!(text.contains(field) && text.contains("invalid type, expected u64"), "{text}");
        assert!(!text.contains("hunter2"), "{text}");
    }
}

#[test]
fn a_context_of_16_kib_fits_and_one_byte_more_does_not() {
    let of =
        |bytes| with("context", Some(&format!("\"{}\"", encoding::base64url(&vec![1; bytes]))));
    let parsed = Envelope::parse(of(CONTEXT_LIMIT).as_bytes()).unwrap();
    assert_eq!(parsed.claims.context.len(), CONTEXT_LIMIT);
    refused(&of(CONTEXT_LIMIT + 1), "too_large", "context has 16385 bytes");
    refused(&of(ENVELOPE_LIMIT), "too_large", "envelope");
}

#[test]
fn escapes_and_space_around_the_fields_change_nothing() {
    let loose = text().replace("\"alg\":\"Ed", " \"\\u0061lg\" : \"\\u0045d");
    assert_eq!(Envelope::parse(loose.as_bytes()), Envelope::parse(text().as_bytes()));
}

#[test]
fn an_envelope_that_names_its_key_is_read_as_written() {
    for envelope in envelopes() {
        let named = envelope.naming_its_key();
        assert_eq!(Envelope::parse(named.to_json().as_bytes()), Ok(named));
    }
}

proptest! {
    #[test]
    fn any_bytes_are_an_envelope_or_a_refusal(
        bytes in proptest::collection::vec(any::<u8>(), 0..300),
    ) {
        prop_assert!(Envelope::parse(&bytes).is_err());
    }

    #[test]
    fn what_is_read_can_be_written_and_read_again(
        at in 0..text().len(),
        byte in any::<u8>(),
        cut in any::<bool>(),
    ) {
        let mut bytes = text().as_bytes().to_vec();
        if cut {
            bytes.remove(at);
        } else {
            bytes[at] = byte;
        }
        if let Ok(envelope) = Envelope::parse(&bytes) {
            prop_assert_eq!(Envelope::parse(envelope.to_json().as_bytes()), Ok(envelope));
        }
    }
}
