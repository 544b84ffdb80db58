use proptest::prelude::*;

use super::*;

fn read(text: &str) -> Result<Option<Head>, String> {
    head(text.as_bytes(), false)
}

fn body(text: &str) -> (Length, bool) {
    let head = read(text).unwrap().unwrap();
    (head.body, head.keep_alive)
}

#[test]
fn a_length_and_the_version_say_when_the_next_answer_begins() {
    let cases = [
        ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", (Length::Bytes(5), true)),
        ("HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\n", (Length::Bytes(5), false)),
        (
            "HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 5\r\n\r\n",
            (Length::Bytes(5), true),
        ),
        (
            "HTTP/1.1 200 OK\r\ncontent-length:5\r\nconnection: foo, Close\r\n\r\n",
            (Length::Bytes(5), false),
        ),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", (Length::Chunked, true)),
        ("HTTP/1.1 200 OK\r\n\r\n", (Length::UntilClose, false)),
        ("HTTP/1.1 204 No Content\r\n\r\n", (Length::Bytes(0), true)),
        ("HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n", (Length::Bytes(0), true)),
        ("HTTP/1.1 100 Continue\r\n\r\n", (Length::Bytes(0), true)),
    ];
    for (text, expected) in cases {
        assert_eq!(body(text), expected, "{text}");
    }
    let of_head = head(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", true).unwrap().unwrap();
    assert_eq!(of_head.body, Length::Bytes(0));
}

#[test]
fn what_is_no_answer_is_refused() {
    for text in [
        "SSH-2.0-OpenSSH_9.2\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: +5\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
        "HTTP/1.1 2xx OK\r\n\r\n",
    ] {
        assert!(read(text).is_err(), "{text}");
    }
    let endless = format!("HTTP/1.1 200 OK\r\nA: {}", "a".repeat(LONGEST_HEAD));
    assert!(read(&endless).is_err());
}

#[test]
fn a_head_that_is_cut_anywhere_is_not_there_yet() {
    let text = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nServer: x\r\n\r\n";
    for end in 0..text.len() {
        assert_eq!(read(&text[..end]), Ok(None), "{end}");
    }
}

#[test]
fn a_chunked_body_is_taken_apart_wherever_it_is_cut() {
    let text =
        b"4;name=value\r\nWiki\r\n6\r\npedia \r\nE\r\nin \r\n\r\nchunks.\r\n0\r\nA: b\r\n\r\nrest";
    for cut in 0..text.len() {
        let (mut chunks, mut body) = (Chunks::default(), Vec::new());
        let mut taken = chunks.take(&text[..cut], |piece| body.extend_from_slice(piece)).unwrap();
        taken += chunks.take(&text[taken..], |piece| body.extend_from_slice(piece)).unwrap();
        assert_eq!(body, b"Wikipedia in \r\n\r\nchunks.", "{cut}");
        assert!(chunks.is_done());
        assert_eq!(&text[taken..], b"rest");
    }
}

#[test]
fn a_broken_chunk_is_refused() {
    for text in
        ["\r\n", "xyz\r\n", "4\r\nWikipedia\r\n", "fffffffffffffffff\r\n", "4\nWiki", "4\r\nWiki4"]
    {
        let taken = Chunks::default().take(text.as_bytes(), |_| {});
        assert!(taken.is_err(), "{text}");
    }
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = head(&bytes, false);
        let mut chunks = Chunks::default();
        let mut length = 0;
        if let Ok(taken) = chunks.take(&bytes, |piece| length += piece.len()) {
            prop_assert!(taken <= bytes.len() && length <= taken);
        }
    }
}
