//! A trial of a service as a part of the plan: what is left of it, what is kept on its way, and the
//! pieces put together.

use crate::budget::ServeSource;
use crate::plan::{Purpose, Unit};
use crate::run::Outcome;

use super::launcher::LauncherError;
use super::process::{Attempt, Stand};
use super::soak::{Diary, joined, rest_of};
use super::{Done, Event, Promised, service, trial};

/// Loads a service, from where an earlier piece of the trial ended if there is one.
pub(super) fn attempt(
    stand: &mut Stand<'_>,
    unit: &Unit,
    source: &ServeSource,
    purpose: Purpose,
    promised: Promised<'_>,
    sink: &mut dyn FnMut(Event<'_>),
) -> Result<Attempt, LauncherError> {
    let soak = promised.soak;
    let source = rest_of(source, soak);
    let budgets = promised.of(&unit.case);
    let service = service::Service {
        source: &source,
        case: &unit.case,
        budgets: &budgets,
        seed: promised.seed,
    };
    let counts = matches!(purpose, Purpose::Trial(_));
    // What came of a disturbance is known only at the end, so that no piece of it can be kept.
    let mut diary =
        Diary::new(soak, &source.load.scenario).filter(|_| counts && source.disturb.is_empty());
    let attempt = service::trial(stand, service, &mut |progress, rate, needs| {
        sink(Event::Loading { unit, progress, rate });
        let Some(diary) = &mut diary else { return };
        if let Some(series) = diary.piece(progress, needs) {
            let elapsed_ns = u64::try_from(diary.measured(progress).as_nanos());
            let (started_ms, outcome) = (promised.started_ms, Outcome::Complete);
            let elapsed_ns = elapsed_ns.unwrap_or(u64::MAX);
            let done = Done { started_ms, elapsed_ns, outcome, series, is_partial: true };
            if let Purpose::Trial(number) = purpose {
                sink(Event::Kept(trial(promised.index, unit, number, done)));
            }
        }
        if let Some(line) = diary.summary(progress, needs) {
            sink(Event::Summed { unit, line });
        }
    })?;
    let before = |series| match &soak.begun {
        Some(begun) => joined(begun.series.clone(), series),
        None => series,
    };
    Ok(match attempt {
        Attempt::Done { outcome: Outcome::Complete, series } => {
            Attempt::Done { outcome: Outcome::Complete, series: before(series) }
        }
        Attempt::Partial { series } => Attempt::Partial { series: before(series) },
        other => other,
    })
}
