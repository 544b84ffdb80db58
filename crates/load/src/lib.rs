//! The load generator: who sends what, when, and until when; one loop that does it; and what was
//! seen of it, timed from when each request should have been sent.

pub mod body;
pub mod check;
mod clock;
mod connection;
pub mod cookies;
pub mod feed;
pub mod hdr;
mod http1;
mod http2;
mod lane;
pub mod locust;
mod nats;
pub mod plot;
mod redirect;
pub mod report;
mod run;
pub mod scenario;
pub mod schedule;
mod script;
pub mod search;
pub mod secrets;
mod session;
mod stream;
mod tally;
pub mod target;
pub mod template;
mod tls;
mod watch;
pub mod workload;

#[doc(hidden)]
pub use http1::answer;
pub use nats::BusError;
pub use run::{LoadError, run};
pub use script::ScriptError;
pub use tls::TlsError;

/// An error with all its causes.
#[must_use]
pub fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let more = error.to_string();
        // Some errors repeat their cause.
        if !text.ends_with(&more) {
            text.push_str(": ");
            text.push_str(&more);
        }
        cause = error.source();
    }
    text
}
