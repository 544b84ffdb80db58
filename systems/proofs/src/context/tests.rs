//! Contexts in good and in bad form.

use proptest::prelude::*;

use super::*;
use crate::oracle::envelopes;

const LOGIN: &str =
    r#"{"action":"login","authentication_method":"key","timestamp":1760000000,"user_id":"u"}"#;

#[track_caller]
fn refused(context: &[u8], code: &str, words: &str) {
    let refusal = check(ContextType::Login, context).expect_err(words);
    assert_eq!(refusal.code(), code, "{refusal}");
    assert!(refusal.to_string().contains(words), "{words} is not in: {refusal}");
}

#[test]
fn contexts_of_each_type_pass_as_their_own_type_and_as_no_other() {
    assert_eq!(check(ContextType::Login, LOGIN.as_bytes()), Ok(()));
    for envelope in envelopes() {
        for kind in ContextType::ALL {
            let verdict = check(kind, &envelope.claims.context);
            assert_eq!(verdict.is_ok(), kind == envelope.claims.context_type, "{verdict:?}");
        }
    }
}

#[test]
fn each_required_field_is_missed_by_name_and_each_optional_one_is_not() {
    for kind in ContextType::ALL {
        let mut names = [fields::required(kind), fields::optional(kind)].concat();
        names.sort_unstable();
        for left_out in &names {
            let kept = names.iter().filter(|name| *name != left_out);
            let parts: Vec<String> =
                kept.map(|name| format!("\"{name}\":{}", value(name))).collect();
            let context = format!("{{{}}}", parts.join(","));
            let expected = match fields::required(kind).contains(left_out) {
                true => Err(Refusal::policy(format!("{left_out} is missing"))),
                false => Ok(()),
            };
            assert_eq!(check(kind, context.as_bytes()), expected, "{context}");
        }
    }
}

fn value(name: &str) -> &'static str {
    match name {
        "amount" | "amount_usd_cents" | "timestamp" => "12",
        _ => "\"x\"",
    }
}

#[test]
fn names_and_their_other_names_mean_the_same_type() {
    for (name, alias, byte) in [
        ("fintech_transfer", "wire_transfer", 1),
        ("biometric_auth", "biometric_approval", 2),
        ("audit_log", "audit_event", 3),
        ("login", "authentication", 4),
        ("transaction", "transaction_approval", 5),
    ] {
        assert_eq!(ContextType::named(name), ContextType::named(alias));
        assert_eq!(ContextType::named(name).map(ContextType::byte), Some(byte));
    }
    assert_eq!(ContextType::named("Login"), None);
    assert_eq!(ContextType::named(""), None);
}

#[test]
fn fields_that_are_forbidden_or_of_no_meaning_are_named() {
    let with =
        |field: &str| LOGIN.replace("\"timestamp\"", &format!("\"{field}\":\"x\",\"timestamp\""));
    refused(with("ip_address").as_bytes(), "policy_violated", "ip_address is forbidden");
    refused(with("session_id").as_bytes(), "policy_violated", "session_id is forbidden");
    refused(with("resource").as_bytes(), "policy_violated", "\"resource\" is no field of login");
    assert!(with("s\\u0000").contains("\\u0000"));
    refused(with("s\\u0000").as_bytes(), "policy_violated", "is no field of login");
}

#[test]
fn values_of_another_kind_are_named() {
    for (old, new, words) in [
        ("\"u\"", "1", "user_id is not a text"),
        ("\"u\"", "true", "user_id is not a text"),
        ("\"u\"", "\"\"", "user_id has 0 bytes"),
        ("\"u\"", "\"\\n\"", "user_id has a control character"),
        ("1760000000", "-1", "timestamp is not a whole number"),
        ("1760000000", "1.5", "timestamp is not a whole number"),
        ("1760000000", "1e3", "timestamp is not a whole number"),
        ("1760000000", "false", "timestamp is not a whole number"),
    ] {
        refused(LOGIN.replace(old, new).as_bytes(), "policy_violated", words);
    }
    let long = LOGIN.replace("\"u\"", &format!("\"{}\"", "u".repeat(257)));
    refused(long.as_bytes(), "policy_violated", "user_id has 257 bytes, and 1 to 256 are allowed");
    let date = LOGIN.replace("1760000000", "\"2025-10-09T08:53:20Z\"");
    assert_eq!(check(ContextType::Login, date.as_bytes()), Ok(()));
}

#[test]
fn amounts_are_whole_numbers_or_decimal_texts() {
    let of = |amount: &str| {
        let context = format!(
            "{{\"action\":\"a\",\"amount\":{amount},\"currency\":\"EUR\",\"initiator_id\":\"u\",\
             \"timestamp\":1,\"transaction_type\":\"wire\"}}"
        );
        check(ContextType::Transaction, context.as_bytes()).is_ok()
    };
    for amount in ["0", "12", "\"12\"", "\"12.50\"", "\"0.1\""] {
        assert!(of(amount), "{amount}");
    }
    for amount in
        ["-1", "1.5", "\"\"", "\".5\"", "\"5.\"", "\"1.2.3\"", "\"-1\"", "\"1e3\"", "true"]
    {
        assert!(!of(amount), "{amount}");
    }
}

#[test]
fn what_is_not_one_flat_object_in_canonical_form_is_malformed() {
    let swapped = LOGIN.replace("\"action\":\"login\",", "").replace("}", ",\"action\":\"login\"}");
    let doubled = LOGIN.replace("\"user_id\":\"u\"", "\"user_id\":\"u\",\"user_id\":\"v\"");
    for (context, words) in [
        ("", "EOF"),
        ("{", "EOF"),
        ("[]", "expected an object"),
        ("\"text\"", "expected an object"),
        (&LOGIN.replace(':', ": "), "space between tokens"),
        (&LOGIN.replace(',', ",\n"), "space between tokens"),
        (&format!("{LOGIN} "), "space between tokens"),
        (&format!("{LOGIN}{LOGIN}"), "trailing characters"),
        (&swapped, "names do not rise"),
        (&doubled, "a name is given twice"),
        (&LOGIN.replace("\"u\"", "null"), "expected a text, a number or a truth value"),
        (&LOGIN.replace("\"u\"", "{}"), "expected a text, a number or a truth value"),
        (&LOGIN.replace("\"u\"", "[1]"), "expected a text, a number or a truth value"),
    ] {
        refused(context.as_bytes(), "malformed", words);
    }
    let wide = "{\"\u{fb33}\":1,\"\u{1f600}\":1}";
    refused(wide.as_bytes(), "policy_violated", "is no field of login");
    assert_eq!(check_form(wide.as_bytes()).unwrap_err().code(), "malformed");
    assert_eq!(check_form("{\"\u{1f600}\":1,\"\u{fb33}\":1}".as_bytes()), Ok(()));
    let broken = LOGIN.as_bytes().iter().map(|byte| if *byte == b'u' { 0xff } else { *byte });
    refused(&broken.collect::<Vec<u8>>(), "malformed", "context");
    let spaced = LOGIN.replace("\"u\"", "\"u \\\" v\"");
    assert_eq!(check(ContextType::Login, spaced.as_bytes()), Ok(()));
}

#[test]
fn a_legacy_context_has_any_form_and_a_timestamp_in_seconds() {
    let time = |text: &str| legacy_timestamp_ms(text.as_bytes()).map_err(|refusal| refusal.code());
    assert_eq!(time(r#"{"user_agent": "x", "timestamp": 12, "a": -1}"#), Ok(12_000));
    assert_eq!(time(r#"{"timestamp":1.5}"#), Ok(1500));
    for text in [
        "{}",
        "",
        "[]",
        r#"{"timestamp":"12"}"#,
        r#"{"timestamp":-1}"#,
        r#"{"timestamp":1e300}"#,
        r#"{"timestamp":18446744073709551615}"#,
        r#"{"timestamp":1,"a":2,"timestamp":1}"#,
    ] {
        assert_eq!(time(text), Err("malformed"), "{text}");
    }
}

proptest! {
    #[test]
    fn any_text_is_a_context_or_a_refusal(text in "[\\PC\\s]{0,80}", kind in 0..5_usize) {
        prop_assert!(check(ContextType::ALL[kind], text.as_bytes()).is_err());
        let _ = legacy_timestamp_ms(text.as_bytes());
    }
}
