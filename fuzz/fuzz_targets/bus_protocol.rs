//! Any bytes, read as what a client of NATS says: operations that were all in the bytes, and then
//! a mistake or a beginning; and the same operations when the bytes come in two pieces.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tollgate_bus::protocol::{Operation, Parsed, parse};

const MOST: usize = 1 << 10;

fuzz_target!(|input: (u16, &[u8])| {
    let (cut, bytes) = input;
    let cut = usize::from(cut) % (bytes.len() + 1);
    let mut at = 0;
    while let Parsed::Done(operation, used) = parse(&bytes[at..], MOST) {
        assert!(used > 0 && used <= bytes.len() - at);
        if let Operation::Pub { headers, payload, .. } = operation {
            assert!(headers.map_or(0, <[u8]>::len) + payload.len() <= MOST.min(used));
        }
        if (at..at + used).contains(&cut) {
            match parse(&bytes[at..cut], MOST) {
                Parsed::Incomplete => {}
                other => panic!("{operation:?} begins with {other:?}"),
            }
        }
        at += used;
    }
    if let Parsed::Wrong(wrong) = parse(&bytes[at..], MOST) {
        let more = [&bytes[at..], b"\r\nPING\r\n"].concat();
        assert_eq!(parse(&more, MOST), Parsed::Wrong(wrong));
    }
});
