//! Ctrl-C and termination: what runs ends after the step or row at hand, and says so.

use std::sync::atomic::{AtomicBool, Ordering};

/// Set when a person or the system asks to end.
pub static STOP: AtomicBool = AtomicBool::new(false);

/// Listens from now on. A second signal ends the process the hard way.
pub fn listen() {
    let handler = || {
        if STOP.swap(true, Ordering::SeqCst) {
            #[expect(clippy::exit, reason = "the second ctrl-C asks for exactly this")]
            std::process::exit(130);
        }
    };
    // Without a handler ctrl-C still ends the process.
    let _ = ctrlc::set_handler(handler);
}

pub fn is_asked() -> bool {
    STOP.load(Ordering::Relaxed)
}
