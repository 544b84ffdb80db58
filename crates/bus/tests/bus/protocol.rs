//! The reader of operations: wherever a stream is cut it says the same, whatever is in it.

use proptest::prelude::*;
use tollgate_bus::protocol::{LONGEST_LINE, Operation, Parsed, Wrong, parse};

const MOST: usize = 1000;

/// All operations of a stream, and how it ends.
fn all(mut bytes: &[u8]) -> (Vec<String>, Option<Wrong>) {
    let mut operations = Vec::new();
    loop {
        match parse(bytes, MOST) {
            Parsed::Incomplete => return (operations, None),
            Parsed::Wrong(wrong) => return (operations, Some(wrong)),
            Parsed::Done(operation, used) => {
                assert!(used > 0 && used <= bytes.len());
                operations.push(format!("{operation:?}"));
                bytes = &bytes[used..];
            }
        }
    }
}

/// The same, read from a buffer into which the stream comes in pieces.
fn piecewise(bytes: &[u8], cuts: &[usize]) -> (Vec<String>, Option<Wrong>) {
    let mut ends: Vec<usize> = cuts.iter().map(|cut| cut % (bytes.len() + 1)).collect();
    ends.push(bytes.len());
    ends.sort_unstable();
    let (mut operations, mut at) = (Vec::new(), 0);
    for end in ends {
        loop {
            match parse(&bytes[at..end], MOST) {
                Parsed::Incomplete => break,
                Parsed::Wrong(wrong) => return (operations, Some(wrong)),
                Parsed::Done(operation, used) => {
                    operations.push(format!("{operation:?}"));
                    at += used;
                }
            }
        }
    }
    (operations, None)
}

/// What a client may well say, and what it had better not.
fn said() -> impl Strategy<Value = Vec<u8>> {
    let text = |text: String| text.into_bytes();
    let payload = proptest::collection::vec(any::<u8>(), 0..40);
    let message = ("[a-c.*]{1,6}", proptest::option::of("[r-t.]{1,3}"), 0..5_usize, payload)
        .prop_map(|(subject, reply, headers, payload)| {
            let reply = reply.map(|reply| format!("{reply} ")).unwrap_or_default();
            let (headers, total) = (headers.min(payload.len()), payload.len());
            let line = if headers > 0 {
                format!("HPUB {subject} {reply}{headers} {total}\r\n")
            } else {
                format!("pub {subject}  {reply}{total}\r\n")
            };
            [line.as_bytes(), &payload, b"\r\n"].concat()
        });
    prop_oneof![
        8 => message,
        2 => "(SUB|sub) [a-c.>*]{1,4} ([qw] )?[0-9]{1,2}\r?\n".prop_map(text),
        2 => "(UNSUB|Unsub)\t[0-9]( [0-9x])?\r\n".prop_map(text),
        2 => "(PING|PONG|ping|[+]OK|INFO) ?\r\n".prop_map(text),
        1 => "CONNECT [{]\"a\":[0-9][}]\r\n".prop_map(text),
        1 => "(H?PUB|SUB|UNSUB|PI|-ERR)[ a0-9-]{0,9}\r\n".prop_map(text),
        1 => proptest::collection::vec(any::<u8>(), 0..12),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn a_stream_says_the_same_wherever_it_is_cut(
        said in proptest::collection::vec(said(), 0..8),
        cuts: Vec<usize>,
    ) {
        let bytes = said.concat();
        let every: Vec<usize> = (0..bytes.len()).collect();
        prop_assert_eq!(piecewise(&bytes, &cuts), all(&bytes));
        prop_assert_eq!(piecewise(&bytes, &every), all(&bytes));
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes: Vec<u8>) {
        all(&bytes);
    }
}

#[test]
fn a_message_is_read_with_all_its_parts() {
    let bytes = b"HPUB a.b c.d 3 8\r\nabc\r\nxyz\r\nPING\r\n";
    let operation = Operation::Pub {
        subject: "a.b",
        reply: Some("c.d"),
        headers: Some(b"abc"),
        payload: b"\r\nxyz",
    };
    assert_eq!(parse(bytes, 8), Parsed::Done(operation, bytes.len() - 6));
    assert_eq!(parse(bytes, 7), Parsed::Wrong(Wrong::TooLarge));
}

#[test]
fn what_is_too_large_is_refused_before_it_comes() {
    assert_eq!(parse(b"PUB a 1001\r\n", MOST), Parsed::Wrong(Wrong::TooLarge));
    assert_eq!(parse(b"PUB a 1000\r\n", MOST), Parsed::Incomplete);
    let huge = format!("PUB a {}\r\n", usize::MAX);
    assert_eq!(parse(huge.as_bytes(), usize::MAX - 100), Parsed::Wrong(Wrong::TooLarge));
    let line = |bytes: usize| [b"SUB ", &vec![b'a'; bytes - 7][..], b" 1\n"].concat();
    assert!(matches!(parse(&line(LONGEST_LINE), MOST), Parsed::Done(_, LONGEST_LINE)));
    let longer = line(LONGEST_LINE + 1);
    for end in [LONGEST_LINE, LONGEST_LINE + 1] {
        assert_eq!(parse(&longer[..end], MOST), Parsed::Wrong(Wrong::LongLine));
    }
    assert_eq!(parse(&longer[..LONGEST_LINE - 1], MOST), Parsed::Incomplete);
}
