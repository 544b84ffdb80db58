//! A breach that the budget file bears until a date.

use crate::budget::Accept;
use crate::calendar::Date;

use super::against::Bench;
use super::verdict::undecided_outcome;
use super::{Finding, Outcome, Strictness, Verdict};

/// Turns a breach into a warning while the date and the wider limit hold.
pub(super) fn accept(bench: &Bench<'_>, verdict: &mut Verdict, strictness: Strictness) {
    let Some(Accept { limit, until, reason }) = &bench.budget.accept else { return };
    if !matches!(verdict.finding, Finding::Exceeded | Finding::CannotTell) {
        return;
    }
    let Some(last) = Date::parse(until) else {
        verdict.hint = Some(format!("accepted until `{until}`, which is not a date"));
        return;
    };
    if Date::of(bench.run.head.started_ms) > last {
        verdict.hint = Some(format!("accepted until {until}; that day has passed"));
        return;
    }
    let wider = match bench.against(limit) {
        Ok(wider) => wider,
        Err(lack) => {
            verdict.hint = Some(format!("accepted `{}`, but {}", limit.text, lack.reason));
            return;
        }
    };
    let keeps = limit.op.holds(wider.estimate.value, wider.value);
    let asked = bench.budget.on_cannot_tell;
    let borne = match wider.finding {
        Finding::Within => true,
        Finding::CannotTell => undecided_outcome(asked, keeps, strictness) == Outcome::Within,
        _ => false,
    };
    if borne {
        verdict.finding = Finding::Warned;
        verdict.outcome = Outcome::Within;
        verdict.accepted = Some(format!("`{}` until {until}: {reason}", limit.text));
        return;
    }
    verdict.hint = Some(match wider.finding {
        Finding::Exceeded => format!("even the accepted `{}` is exceeded", limit.text),
        _ => format!("nor does the interval show the accepted `{}` to be kept", limit.text),
    });
}
