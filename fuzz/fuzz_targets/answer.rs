//! Any bytes, read as an answer in HTTP/1.1: refused, not all there yet, or a status and a body
//! that were all in the bytes; and a shorter beginning is never read as something else.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tollgate_load::answer;

fuzz_target!(|bytes: &[u8]| {
    let Ok(Some((status, body))) = answer(bytes) else { return };
    assert!(body.len() < bytes.len(), "{status}");
    for end in (0..bytes.len()).rev().take(64) {
        if let Ok(Some((before, shorter))) = answer(&bytes[..end]) {
            assert_eq!(before, status);
            assert!(body.starts_with(&shorter));
        }
    }
});
