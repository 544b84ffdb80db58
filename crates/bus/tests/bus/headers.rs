//! Headers as text, both ways.

use proptest::prelude::*;
use tollgate_bus::{Headers, HeadersError};

#[test]
fn they_are_written_as_nats_writes_them() {
    let mut headers = Headers::new();
    assert_eq!(headers.as_bytes(), b"NATS/1.0\r\n\r\n");
    headers.append("Name", "one").unwrap();
    headers.append("Name", "two: three").unwrap();
    headers.append("other", "").unwrap();
    let text = "NATS/1.0\r\nName: one\r\nName: two: three\r\nother: \r\n\r\n";
    assert_eq!(headers.as_bytes(), text.as_bytes());
    assert_eq!(Headers::parse(text), Ok(headers.clone()));
    assert_eq!(headers.get("Name"), Some("one"));
    assert_eq!(headers.get_all("Name").collect::<Vec<_>>(), ["one", "two: three"]);
    assert_eq!((headers.get("name"), headers.status()), (None, None));
}

#[test]
fn a_status_stands_in_the_first_line() {
    let mut headers = Headers::with_status(503, "No Responders").unwrap();
    headers.append("a", "b").unwrap();
    assert_eq!(headers.as_bytes(), b"NATS/1.0 503 No Responders\r\na: b\r\n\r\n");
    let read = Headers::parse(headers.as_bytes().to_vec()).unwrap();
    assert_eq!((read.status(), read.description()), (Some(503), Some("No Responders")));
    assert_eq!(read.get("a"), Some("b"));
    assert_eq!(Headers::with_status(503, "").unwrap().as_bytes(), b"NATS/1.0 503\r\n\r\n");
    assert!(Headers::with_status(503, "a\r\nb: c").is_err());
}

#[test]
fn what_is_no_header_is_refused() {
    for text in ["", "NATS/1.0", "NATS/1.0\r\n", "NATS/1.0\r\na: b\r\n", "NATS/1.0\r\n\r\nx"] {
        assert_eq!(Headers::parse(text), Err(HeadersError::End), "{text:?}");
    }
    for text in ["\r\n\r\n", "HTTP/1.1\r\n\r\n", "nats/1.0\r\n\r\n"] {
        assert_eq!(Headers::parse(text), Err(HeadersError::Version), "{text:?}");
    }
    for line in ["NATS/1.0 abc", "NATS/1.01", "NATS/1.0 5030"] {
        let text = format!("{line}\r\n\r\n");
        assert_eq!(Headers::parse(text), Err(HeadersError::Line(line.to_owned())));
    }
    for line in ["a", ": b", "a b: c", ""] {
        let text = format!("NATS/1.0\r\nx: y\r\n{line}\r\n\r\n");
        assert_eq!(Headers::parse(text), Err(HeadersError::Line(line.to_owned())));
    }
    let mut headers = Headers::new();
    for (name, value) in [("", "x"), ("a:b", "x"), ("a b", "x"), ("a", "x\r\nb: y"), ("a\n", "x")] {
        assert!(headers.append(name, value).is_err(), "{name:?}");
    }
    assert_eq!(headers, Headers::new());
}

proptest! {
    #[test]
    fn what_was_appended_is_read(pairs in proptest::collection::vec(("[!-9;-~]{1,8}", "[ -~é]{0,12}"), 0..6)) {
        let mut headers = Headers::new();
        for (name, value) in &pairs {
            headers.append(name, value).unwrap();
        }
        let read = Headers::parse(headers.as_bytes().to_vec()).unwrap();
        let expected: Vec<(&str, &str)> =
            pairs.iter().map(|(name, value)| (name.as_str(), value.trim())).collect();
        prop_assert_eq!(read.iter().collect::<Vec<_>>(), expected);
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes: Vec<u8>) {
        for text in [bytes.clone(), [b"NATS/1.0\r\n", &bytes[..], b"\r\n\r\n"].concat()] {
            if let Ok(headers) = Headers::parse(text.clone()) {
                prop_assert_eq!(headers.as_bytes(), &text[..]);
                let _ = (headers.status(), headers.description(), headers.iter().count());
            }
        }
    }
}
