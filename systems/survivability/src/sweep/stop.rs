//! Ctrl-C and termination: running simulations end at once, finished ones stay.

use std::sync::atomic::{AtomicBool, Ordering};

static STOP: AtomicBool = AtomicBool::new(false);

/// Listens from now on and tells when to stop. A second signal ends the process the hard way.
pub fn listen() -> &'static AtomicBool {
    let handler = || {
        if STOP.swap(true, Ordering::SeqCst) {
            #[expect(clippy::exit, reason = "the second ctrl-C asks for exactly this")]
            std::process::exit(130);
        }
    };
    // Without a handler ctrl-C still ends the process; each simulation is already stored.
    let _ = ctrlc::set_handler(handler);
    &STOP
}
