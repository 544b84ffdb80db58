//! The start of everything a trial consists of, each when the one before is ready, and its end.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::budget::ServeSource;

use super::keeper::Keeper;
use super::ready::{Check, Unready, await_ready};
use super::stage::Stage;

/// Why a load was not begun, and by whose fault.
pub(super) struct Delayed<'a> {
    pub unready: Unready,
    pub who: Option<&'a Keeper>,
}

/// Starts everything, each when the one before is ready.
pub(super) fn begin<'a>(
    stage: &'a Stage,
    source: &ServeSource,
    stop: &AtomicBool,
) -> Result<(), Delayed<'a>> {
    let is_over = || stop.load(Ordering::Relaxed) || stage.keepers().any(Keeper::has_fallen);
    let one = |who: Option<&'a Keeper>, check: Option<&Check<'_>>, timeout| {
        who.inspect(|keeper| keeper.start());
        let name = who.map_or("the service", Keeper::called);
        let ready = check.map_or(Ok(()), |check| await_ready(name, check, timeout, &is_over));
        ready.map_err(|unready| Delayed { unready, who })?;
        who.inspect(|keeper| keeper.note_ready());
        Ok(())
    };
    one(stage.service.as_ref(), Some(&stage.service_check(source)), source.timeout)?;
    for (at, (program, keeper)) in source.beside.iter().zip(&stage.beside).enumerate() {
        one(Some(keeper), stage.check(at, program).as_ref(), program.timeout)?;
    }
    Ok(())
}

/// Ends all, the last first, when it goes: by a panic as well, as otherwise that would wait for
/// the programs, which wait for it.
pub(super) struct EndAll<'a>(pub &'a Stage);

impl Drop for EndAll<'_> {
    fn drop(&mut self) {
        self.0.keepers().rev().for_each(Keeper::finish);
    }
}
