use proptest::prelude::*;

use super::{Jar, date};

const NOW: i64 = 1_700_000_000_000;

fn jar(cookies: &[(&str, &str)]) -> Jar {
    let mut jar = Jar::default();
    for (path, cookie) in cookies {
        jar.store(cookie.as_bytes(), path, NOW);
    }
    jar
}

fn sent(jar: &Jar, path: &str, secure: bool, now_ms: i64) -> String {
    let mut out = Vec::new();
    let any = jar.write_value(path, secure, now_ms, &mut out);
    assert_eq!(any, !out.is_empty());
    String::from_utf8(out).unwrap()
}

#[test]
fn cookies_are_sent_back_as_they_were_set() {
    let jar = jar(&[("/", "a=1"), ("/", " b = x=y \t; HttpOnly; SameSite=Lax"), ("/", "c=\"q\"")]);
    assert_eq!(sent(&jar, "/any", false, NOW), "a=1; b=x=y; c=\"q\"");
    let mut out = b"Host: a\r\n".to_vec();
    jar.write_line("/", false, NOW, &mut out);
    assert_eq!(out, b"Host: a\r\nCookie: a=1; b=x=y; c=\"q\"\r\n");
}

#[test]
fn without_cookies_there_is_no_line() {
    let mut out = b"Host: a\r\n".to_vec();
    Jar::default().write_line("/", true, NOW, &mut out);
    assert_eq!(out, b"Host: a\r\n");
}

#[test]
fn a_cookie_is_replaced_in_its_place_by_one_of_its_name_and_path() {
    let mut jar = jar(&[("/", "a=1"), ("/", "b=2"), ("/", "a=3"), ("/", "a=4; Path=/x")]);
    assert_eq!(sent(&jar, "/", false, NOW), "a=3; b=2");
    assert_eq!(sent(&jar, "/x", false, NOW), "a=4; a=3; b=2");
    jar.clear();
    assert!(jar.is_empty());
}

#[test]
fn a_path_holds_for_what_is_below_it() {
    for (requested, cookie, path, holds) in [
        ("/", "a=1; Path=/x", "/x", true),
        ("/", "a=1; Path=/x", "/x/y?q=1", true),
        ("/", "a=1; Path=/x", "/x?q=/x", true),
        ("/", "a=1; Path=/x", "/xy", false),
        ("/", "a=1; Path=/x", "/", false),
        ("/", "a=1; Path=/x/", "/x", false),
        ("/", "a=1; Path=/x/", "/x/y", true),
        ("/x/login?to=/y/z", "a=1", "/x/other", true),
        ("/x/login?to=/y/z", "a=1", "/y", false),
        ("/x/login", "a=1; path=relative", "/x", true),
        ("/x/login", "a=1; PATH=/", "/y", true),
        ("/login", "a=1", "/y", true),
        ("", "a=1", "/y", true),
    ] {
        let sent = sent(&jar(&[(requested, cookie)]), path, false, NOW);
        assert_eq!(!sent.is_empty(), holds, "{cookie} set at {requested}, sent to {path}");
    }
}

#[test]
fn a_secure_cookie_is_sent_on_secure_connections_only() {
    let jar = jar(&[("/", "a=1; secure"), ("/", "b=2")]);
    assert_eq!(sent(&jar, "/", false, NOW), "b=2");
    assert_eq!(sent(&jar, "/", true, NOW), "a=1; b=2");
}

#[test]
fn a_cookie_lives_as_long_as_its_age_or_date_says() {
    let past = "Expires=Sun, 06 Nov 1994 08:49:37 GMT";
    let future = "Expires=Tue, 14 Nov 2023 22:13:30 GMT";
    for (attributes, lives_ms) in [
        ("Max-Age=10", Some(10_000)),
        ("max-age = 10", Some(10_000)),
        (future, Some(10_000)),
        (&format!("{past}; Max-Age=10"), Some(10_000)),
        (&format!("Max-Age=20; {future}"), Some(20_000)),
        ("Max-Age=99999999999999999999999", None),
        ("Max-Age=1x", None),
        ("Max-Age=", None),
        ("Expires=tomorrow", None),
    ] {
        let jar = jar(&[("/", &format!("a=1; {attributes}"))]);
        assert_eq!(sent(&jar, "/", false, NOW), "a=1", "{attributes}");
        let ends = lives_ms.unwrap_or(i64::MAX - NOW - 1);
        assert_eq!(sent(&jar, "/", false, NOW + ends - 1), "a=1", "{attributes}");
        let gone = sent(&jar, "/", false, NOW + ends);
        assert_eq!(gone.is_empty(), lives_ms.is_some(), "{attributes}");
    }
}

#[test]
fn an_expired_cookie_deletes_the_one_of_its_name_and_path() {
    for attributes in [
        "Max-Age=0",
        "Max-Age=-1",
        "Max-Age=-99999999999999999999999",
        "Expires=Thu, 01 Jan 1970 00:00:00 GMT",
        "Expires=Tue, 14 Nov 2023 22:13:20 GMT",
    ] {
        let one = ("/", "a=1; Path=/x");
        let other = format!("a=; {attributes}");
        assert!(jar(&[one, ("/", &format!("{other}; Path=/x"))]).is_empty(), "{attributes}");
        assert!(!jar(&[one, ("/", &other)]).is_empty(), "{attributes}");
    }
}

#[test]
fn what_is_no_cookie_is_ignored() {
    for text in [&b"a"[..], b"=1", b"", b";a=1", b"a=\xff", b"a=1\r\nX: y", b"a=1\0", b"a=1; b\x07"]
    {
        let mut jar = Jar::default();
        jar.store(text, "/", NOW);
        assert!(jar.is_empty(), "{}", text.escape_ascii());
    }
}

#[test]
fn a_host_that_sets_ever_more_cookies_keeps_the_latest() {
    let mut jar = Jar::default();
    for number in 0..1000 {
        jar.store(format!("c{number}=1").as_bytes(), "/", NOW);
    }
    let sent = sent(&jar, "/", false, NOW);
    assert_eq!(sent.split("; ").count(), 200);
    assert!(sent.starts_with("c800=1; ") && sent.ends_with("; c999=1"));
}

#[test]
fn dates_are_read_as_python_writes_them() {
    let rows: Vec<(i64, String, String)> =
        serde_json::from_str(include_str!("../../testdata/dates.json")).unwrap();
    let rows = rows.into_iter().filter(|(ms, ..)| *ms >= -11_644_473_600_000);
    let mut count = 0;
    for (ms, _, text) in rows {
        assert_eq!(date::parse(&text), Some(ms.div_euclid(1000) * 1000), "{text}");
        count += 1;
    }
    assert!(count > 300);
}

#[test]
fn dates_are_read_in_the_forms_that_servers_use() {
    let at = Some(784_111_777_000);
    for (text, expected) in [
        ("Sunday, 06-Nov-94 08:49:37 GMT", at),
        ("Sun Nov  6 08:49:37 1994", at),
        ("6 november 1994 8:49:37", at),
        ("Thu, 01 Jan 70 00:00:00 GMT", Some(0)),
        ("Fri, 01-Jan-69 00:00:00 GMT", Some(3_124_224_000_000)),
        ("Sun, 06 Nov 1994", None),
        ("Sun, 06 Nov 1994 24:00:00 GMT", None),
        ("Sun, 32 Nov 1994 08:49:37 GMT", None),
        ("Sun, 06 Foo 1994 08:49:37 GMT", None),
        ("Sun, 06 Nov 1600 08:49:37 GMT", None),
        ("06 Nov 99999 08:49:37", None),
        ("", None),
    ] {
        assert_eq!(date::parse(text), expected, "{text}");
    }
}

proptest! {
    #[test]
    fn whatever_is_set_what_is_sent_is_one_header_of_pairs(
        headers in prop::collection::vec(
            "([a-c=; \"\r\n\u{e4}]|Path=/|Max-Age=-?|Expires=|[0-9:]| Nov ){0,12}", 0..6),
    ) {
        let mut jar = Jar::default();
        for header in &headers {
            jar.store(header.as_bytes(), "/a/b", NOW);
        }
        let sent = sent(&jar, "/a/b", true, NOW);
        prop_assert!(!sent.contains(['\r', '\n']));
        prop_assert!(sent.is_empty() || sent.split("; ").all(|pair| pair.contains('=')));
    }
}
