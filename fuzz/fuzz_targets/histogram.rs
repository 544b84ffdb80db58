//! Any bytes, decoded as a histogram of ours and as an HdrHistogram: an error, or a histogram that
//! is written and read again as the same and whose figures can be asked for.
#![no_main]

use std::io::Write;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use flate2::Compression;
use flate2::write::ZlibEncoder;
use libfuzzer_sys::fuzz_target;
use tollgate_stats::histogram::Histogram;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(histogram) = Histogram::decode(bytes) {
        assert_eq!(histogram.encode(), bytes);
        ask(&histogram);
    }
    if let Ok(histogram) = Histogram::from_hdr_base64(&wrapped(bytes)) {
        ask(&histogram);
    }
    if let Ok(text) = std::str::from_utf8(bytes)
        && let Ok(histogram) = Histogram::from_hdr_base64(text)
    {
        ask(&histogram);
    }
});

/// Bytes as the inside of an HdrHistogram's payload: chance never finds a valid checksum of zlib.
fn wrapped(inner: &[u8]) -> String {
    let mut deflated = ZlibEncoder::new(Vec::new(), Compression::fast());
    deflated.write_all(inner).expect("memory can be written to");
    let deflated = deflated.finish().expect("memory can be written to");
    let mut payload = vec![0x1c, 0x84, 0x93, 0x14];
    payload.extend((deflated.len() as u32).to_be_bytes());
    payload.extend(deflated);
    BASE64_STANDARD.encode(payload)
}

fn ask(histogram: &Histogram) {
    assert_eq!(Histogram::decode(&histogram.encode()).as_ref(), Ok(histogram));
    if let Ok(text) = histogram.to_hdr_base64() {
        let read = Histogram::from_hdr_base64(&text).expect("what was written can be read");
        assert_eq!(read.count(), histogram.count());
    }
    let mut twice = histogram.clone();
    twice.merge(histogram);
    for q in [0.0, 0.5, 0.999, 1.0] {
        assert_eq!(histogram.quantile(q).is_none(), histogram.is_empty());
    }
    if let (Some(min), Some(mean), Some(max)) = (histogram.min(), histogram.mean(), histogram.max())
    {
        assert!(min <= max && mean.is_finite() && histogram.total().is_finite());
        assert!(histogram.over(mean).certain <= histogram.count());
    }
}
