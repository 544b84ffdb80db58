//! Any bytes, read as an array of NumPy: refused, or written and read again as the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mycelium::dataset::array;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(column) = array::read(bytes) {
        assert!(array::memory(bytes).is_ok(), "what is read takes some memory");
        let written = array::write(&column);
        let again = array::read(&written).expect("what was written is an array");
        // What is not a number is not equal to itself.
        assert_eq!(array::write(&again), written);
    }
});
