//! What the machine allows a load to do.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use super::LoadError;
use crate::schedule::Curve;
use crate::workload::{Protocol, Schedule, Workload};

/// Files this process has open for other ends: feeds, the terminal, the history.
const SPARE: u64 = 64;

/// The protocol with no more connections than may be open. Users who each need one are refused
/// instead: fewer of them would be another load.
pub(super) fn fitting(workload: &Workload) -> Result<Protocol, LoadError> {
    let mut protocol = workload.protocol.clone();
    let wanted = match &workload.schedule {
        Schedule::Users(legs) => Curve::new(legs).users(),
        Schedule::Rate { .. } => protocol.connections,
    };
    let needed = u64::from(wanted) + SPARE;
    let limit = raised(needed);
    if needed <= limit {
        return Ok(protocol);
    }
    match &workload.schedule {
        Schedule::Users(_) => Err(LoadError::Descriptors { needed, limit }),
        Schedule::Rate { .. } => {
            let most = limit.saturating_sub(SPARE).max(1);
            protocol.connections = u32::try_from(most).unwrap_or(u32::MAX);
            Ok(protocol)
        }
    }
}

/// The limit on open files, raised as far as needed and allowed.
fn raised(needed: u64) -> u64 {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let now = current.unwrap_or(u64::MAX);
    if needed <= now {
        return now;
    }
    let possible = needed.min(maximum.unwrap_or(u64::MAX));
    let raised = setrlimit(Resource::Nofile, Rlimit { current: Some(possible), maximum });
    if raised.is_ok() { possible } else { now }
}
