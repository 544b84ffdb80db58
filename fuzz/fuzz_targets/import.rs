//! Any bytes, read as every format: an error, or measurements that are possible.
//!
//! The samples in `crates/tollgate/testdata/import` are its seeds.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tollgate::measure::import::{Format, detect, read};

fuzz_target!(|bytes: &[u8]| {
    let _ = detect("input", bytes);
    for &format in Format::ALL {
        if let Ok(imported) = read("input", bytes, Some(format)) {
            assert!(!imported.series.is_empty() || !imported.failures.is_empty());
        }
    }
});
