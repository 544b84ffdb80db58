use proptest::prelude::*;

use super::Secrets;

fn by_name(text: &str) -> String {
    Secrets::default().redact(text)
}

#[test]
fn a_secret_is_hidden_wherever_it_appears() {
    let secrets = Secrets::new(["s3cr3t-value".to_owned(), "ab\"c/d".to_owned()]);
    for (text, expected) in [
        ("got s3cr3t-value.", "got ***."),
        ("s3cr3t-values3cr3t-value", "***"),
        ("/a?x=s3cr3t-value&y=1", "/a?x=***&y=1"),
        (r#"{"a":"ab\"c/d"}"#, r#"{"a":"***"}"#),
        ("/a?x=ab%22c%2Fd", "/a?x=***"),
        ("s3cr3t-valu", "s3cr3t-valu"),
    ] {
        assert_eq!(secrets.redact(text), expected);
    }
}

#[test]
fn overlapping_secrets_leave_nothing_of_each_other() {
    let secrets = Secrets::new(["abcdef".to_owned(), "defghi".to_owned(), "cdef".to_owned()]);
    assert_eq!(secrets.redact("-abcdefghi-"), "-***-");
    assert_eq!(Secrets::new(["aaaa".to_owned()]).redact("baaaaaaab"), "b***b");
}

#[test]
fn a_secret_that_the_mask_would_complete_is_hidden_too() {
    let secrets = Secrets::new(["x***y".to_owned(), "hidden".to_owned()]);
    assert_eq!(secrets.redact("xhiddeny"), "***");
    assert_eq!(Secrets::new(["****".to_owned()]).redact("**********"), "***");
}

#[test]
fn short_values_are_not_hidden() {
    assert_eq!(Secrets::new(["abc".to_owned(), String::new()]).redact("abc abc"), "abc abc");
}

#[test]
fn values_captured_by_a_user_are_hidden_besides() {
    let secrets = Secrets::new(["fixed".to_owned()]);
    assert_eq!(secrets.redact_also("fixed or moving", ["moving"]), "*** or ***");
}

#[test]
fn secret_headers_are_hidden_to_the_end_of_the_line() {
    for (text, expected) in [
        ("Authorization: Bearer a b\r\nHost: x\r\n", "Authorization: ***\r\nHost: x\r\n"),
        ("AUTHORIZATION:abc", "AUTHORIZATION:***"),
        ("Proxy-Authorization: Basic QQ==", "Proxy-Authorization: ***"),
        ("Cookie: a=1; b=2\nAccept: */*", "Cookie: ***\nAccept: */*"),
        ("set-cookie: sid=1; Path=/; HttpOnly", "set-cookie: ***"),
        ("X-Api-Key:\t12", "X-Api-Key:\t***"),
        ("authorization:", "authorization:"),
        ("cookie: \"a\"; b=2", "cookie: ***"),
        (r#"{"authorization": "Bearer x", "a": 1}"#, r#"{"authorization": "***", "a": 1}"#),
        (r#"[("cookie", "a=1"), ("a", "b")]"#, r#"[("cookie", "***"), ("a", "b")]"#),
    ] {
        assert_eq!(by_name(text), expected);
    }
}

#[test]
fn secret_fields_are_hidden_by_how_their_names_end() {
    for (text, expected) in [
        (r#"{"password":"a\"b\\","c":"d"}"#, r#"{"password":"***","c":"d"}"#),
        (r#"{"accessToken" : "x y", "n": 2}"#, r#"{"accessToken" : "***", "n": 2}"#),
        (r#"{"api_key":12345}"#, r#"{"api_key":***}"#),
        (r#"{"key":["a",{"b":"c"}],"d":1}"#, r#"{"key":***,"d":1}"#),
        (r#""{\"token\":\"a\\\"b\",\"c\":1}""#, r#""{\"token\":\"***\",\"c\":1}""#),
        ("a=1&client_secret=x%20y&b=2", "a=1&client_secret=***&b=2"),
        ("/login?token=abc#top", "/login?token=***"),
        ("password[]=abc&x=1", "password[]=***&x=1"),
        ("token: Bearer abc def", "token: *** def"),
        ("password = 'a b' c", "password = '***' c"),
        (r#"{"secret":"cut of"#, r#"{"secret":"***"#),
        (r#"{"secret":"","a":1}"#, r#"{"secret":"","a":1}"#),
        ("keys=1&tokens=2&secretary=3", "keys=1&tokens=2&secretary=3"),
        ("no such key, try again", "no such key, try again"),
    ] {
        assert_eq!(by_name(text), expected);
    }
}

#[test]
fn the_user_of_an_address_is_hidden() {
    for (text, expected) in [
        ("http://u:p@host:80/a@b", "http://***@host:80/a@b"),
        ("see https://u:p@q@host?x=1", "see https://***@host?x=1"),
        ("http://host/a@b", "http://host/a@b"),
        ("\"ftp://host\" me@host", "\"ftp://host\" me@host"),
        ("://@", "://@"),
    ] {
        assert_eq!(by_name(text), expected);
    }
}

proptest! {
    #[test]
    fn a_secret_of_four_characters_never_survives(
        secret in "\\PC{4,12}|[*a\"\\\\:=]{4,8}",
        others in prop::collection::vec("\\PC{0,6}|[*a]{4,6}", 0..4),
        before in "\\PC{0,12}|[*a]{0,6}|token=|\"key\":\"|http://",
        after in "\\PC{0,12}|[*a]{0,6}|\"|@host",
        joined in any::<bool>(),
    ) {
        let text = match joined {
            true => format!("{before}{secret}{after}"),
            false => format!("{before}{secret}{secret} {after}{secret}\n"),
        };
        let all = others.iter().cloned().chain([secret.clone()]);
        let redacted = Secrets::new(all).redact(&text);
        prop_assert!(!redacted.contains(&secret), "{redacted:?}");
        let redacted = Secrets::new(others).redact_also(&text, [secret.as_str()]);
        prop_assert!(!redacted.contains(&secret), "{redacted:?}");
    }

    #[test]
    fn the_value_of_a_secret_field_never_survives_in_json_or_a_form(
        value in "[a-z]{6,12}",
        odd in "[ -~\u{e4}\u{4e2d}]{0,8}",
        name in "password|apiKey|ACCESS_TOKEN|x-secret",
    ) {
        let json = serde_json::json!({ "a": 1, &name: format!("{odd}{value}{odd}"), "z": 2 });
        let inner = serde_json::json!({ "body": json.to_string() }).to_string();
        let deep = serde_json::json!({ "body": inner }).to_string();
        for text in [json.to_string(), inner, deep] {
            let redacted = by_name(&text);
            prop_assert!(!redacted.contains(&value), "{redacted}");
            prop_assert!(redacted.ends_with('}'), "{redacted}");
        }
        let form = format!("b=1&{name}={value}&c=kept");
        let redacted = by_name(&form);
        prop_assert!(!redacted.contains(&value) && redacted.ends_with("&c=kept"), "{redacted}");
    }

    #[test]
    fn any_text_is_read_and_one_without_separators_is_left_alone(
        text in "(\\PC|\r|\n|token=|\"key\":|\\\\|://|@|\\[|\\{){0,24}",
    ) {
        by_name(&text);
        let plain = text.replace([':', '=', ','], " ");
        prop_assert_eq!(by_name(&plain), plain);
    }
}
