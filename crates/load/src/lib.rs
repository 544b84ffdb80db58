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
pub use run::{LoadError, run};
pub use script::ScriptError;
pub use tls::TlsError;
