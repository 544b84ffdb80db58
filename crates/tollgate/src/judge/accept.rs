//! A breach that the budget file bears until a date.

use crate::budget::Accept;

use super::against::Bench;
use super::verdict::undecided_outcome;
use super::{Finding, Outcome, Strictness, Verdict};

/// Turns a breach into a warning while the date and the wider limit hold.
pub(super) fn accept(bench: &Bench<'_>, verdict: &mut Verdict, strictness: Strictness) {
    let Some(Accept { limit, until, reason }) = &bench.budget.accept else { return };
    if !matches!(verdict.finding, Finding::Exceeded | Finding::CannotTell) {
        return;
    }
    if date(bench.run.head.started_ms) > *until {
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

/// The UTC day of a time, as `YYYY-MM-DD`.
fn date(ms: i64) -> String {
    // Days to civil date, after Howard Hinnant, "chrono-compatible low-level date algorithms".
    let days = ms.div_euclid(86_400_000) + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}
