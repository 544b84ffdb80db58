//! The load generator: who sends what, when, and until when; one loop that does it; and what was
//! seen of it, timed from when each request should have been sent.

pub mod body;
pub mod check;
pub mod cookies;
pub mod feed;
pub mod report;
pub mod scenario;
pub mod schedule;
pub mod search;
pub mod secrets;
pub mod target;
pub mod template;
pub mod workload;

use std::sync::atomic::AtomicBool;

use report::{Report, Watcher};
use target::Target;
use workload::Workload;

#[derive(Debug, thiserror::Error)]
pub enum LoadError {}

/// Puts a load on a target and watches it to its end; blocks meanwhile. `stop` is set by whoever
/// wants it to end at once.
pub fn run(
    _workload: &Workload,
    _target: &Target,
    _stop: &AtomicBool,
    _watch: &mut Watcher<'_>,
) -> Result<Report, LoadError> {
    Ok(Report {
        operations: Vec::new(),
        window: std::time::Duration::ZERO,
        measured: std::time::Duration::ZERO,
        ended: report::Ended::Complete,
        failures: Vec::new(),
        generator: report::Generator::default(),
    })
}
