//! Ctrl-C and termination: measuring ends at once, what was measured stays.

use std::sync::atomic::{AtomicBool, Ordering};

/// Set when a person or the system asks to end.
pub static STOP: AtomicBool = AtomicBool::new(false);

/// Listens from now on. A second signal ends the process the hard way.
pub fn listen() {
    listen_and(|| {});
}

/// The same, with something to do at the first signal.
pub fn listen_and(stop: impl Fn() + Send + 'static) {
    let handler = move || {
        if STOP.swap(true, Ordering::SeqCst) {
            #[expect(clippy::exit, reason = "the second ctrl-C asks for exactly this")]
            std::process::exit(130);
        }
        stop();
    };
    // Without a handler ctrl-C still ends the process; each trial is already stored.
    let _ = ctrlc::set_handler(handler);
}
