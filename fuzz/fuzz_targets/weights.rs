//! Any bytes, read as a file of weights: an error, or a policy that chooses among what is feasible
//! and whose weights are written and read again as the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use survivability::policy::learned::LearnedPolicy;
use survivability::policy::weights::{Wanted, read, to_bytes};
use survivability::state::State;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(model) = read("input", bytes, Wanted::default()) {
        let written = to_bytes(&model);
        let again = read("input", &written, Wanted::default()).expect("what was written is read");
        assert_eq!(again, model);
        assert_eq!(to_bytes(&again), written);
        let mut mask = vec![false; model.k()];
        mask[model.k() / 2] = true;
        let chosen = LearnedPolicy::new(model).select(&State::default(), &mask);
        assert_eq!(chosen.map(usize::from), Some(mask.len() / 2));
    }
});
