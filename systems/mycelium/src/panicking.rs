//! Code of others that panics at some input, where that is an error like any other.

use std::cell::Cell;
use std::panic::{self, UnwindSafe};
use std::sync::Once;

thread_local! {
    static IS_EXPECTED: Cell<bool> = const { Cell::new(false) };
}

/// What `work` gives, or nothing if it panics, of which nothing is printed. Panics of other threads
/// are told as before.
pub fn caught<T>(work: impl FnOnce() -> T + UnwindSafe) -> Option<T> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let usual = panic::take_hook();
        panic::set_hook(Box::new(move |panic| {
            if !IS_EXPECTED.get() {
                usual(panic);
            }
        }));
    });
    let before = IS_EXPECTED.replace(true);
    let result = panic::catch_unwind(work).ok();
    IS_EXPECTED.set(before);
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_no_result_and_those_after_it_are_expected_no_more() {
        assert_eq!(caught(|| 1), Some(1));
        assert_eq!(caught(|| -> i32 { panic!("at this input") }), None);
        assert!(!IS_EXPECTED.get());
    }

    #[test]
    fn within_another_the_outer_one_goes_on_expecting() {
        let outer = caught(|| {
            let inner = caught(|| -> i32 { panic!("at this input") });
            (inner, IS_EXPECTED.get())
        });
        assert_eq!(outer, Some((None, true)));
    }
}
