//! Any bytes, read as the output of a measured program: series that agree with their records, or
//! an error. What is read as a record is written and read again as the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tollgate::measure::records::read;
use tollgate_harness::record::Record;

fuzz_target!(|bytes: &[u8]| {
    for line in String::from_utf8_lossy(bytes).lines() {
        if let Ok(Some(record)) = Record::parse_line(line) {
            let mut printed = Vec::new();
            record.print(&mut printed).expect("a record that was read can be printed");
            let text = String::from_utf8(printed).expect("a line of JSON is text");
            assert_eq!(Record::parse_line(text.trim_end()), Ok(Some(record)));
        }
    }
    for within in [None, Some("size=3")] {
        for series in read(bytes, within).unwrap_or_default() {
            assert!(!series.metric.is_empty());
        }
    }
});
