//! Findings and outcomes on a page: always the word, and a class that gives it a shape and a
//! colour.

use maud::{Markup, html};
use tollgate::history::Listed;
use tollgate::judge::{Finding, Judgement, Outcome};
use tollgate::run::RunState;

/// The class of a finding in the style sheet.
pub(crate) fn class(finding: Finding) -> &'static str {
    match finding {
        Finding::Within => "within",
        Finding::Warned => "warned",
        Finding::Exceeded => "exceeded",
        Finding::CannotTell => "cannot-tell",
        Finding::NotMeasured => "not-measured",
    }
}

pub(crate) fn finding(finding: Finding) -> Markup {
    html! { span.verdict.(class(finding)) { (finding.words()) } }
}

pub(crate) fn outcome(outcome: Outcome) -> Markup {
    finding(match outcome {
        Outcome::Within => Finding::Within,
        Outcome::CannotTell => Finding::CannotTell,
        Outcome::NotMeasured => Finding::NotMeasured,
        Outcome::Exceeded => Finding::Exceeded,
    })
}

/// What a run came to, or how far it is.
pub(crate) fn run(listed: &Listed) -> Markup {
    match (listed.head.state, listed.outcome) {
        (RunState::Open, _) => html! { span.verdict.not-measured { "not finished" } },
        // No judge calls an interrupted run within; should a store say so, the state wins.
        (RunState::Interrupted, None | Some(Outcome::Within)) => {
            html! { span.verdict.not-measured { "interrupted" } }
        }
        (RunState::Complete, None) => html! { span.quiet { "not judged" } },
        (_, Some(found)) => outcome(found),
    }
}

/// How many budgets came to what, the worst first.
pub(crate) fn counts(judgement: &Judgement) -> Markup {
    const WORST_FIRST: [Finding; 5] = [
        Finding::Exceeded,
        Finding::NotMeasured,
        Finding::CannotTell,
        Finding::Warned,
        Finding::Within,
    ];
    let count = |own| judgement.verdicts.iter().filter(|verdict| verdict.finding == own).count();
    html! {
        @for own in WORST_FIRST {
            @let number = count(own);
            @if number > 0 {
                span.verdict.(class(own)) { (number) " " (own.words()) }
            }
        }
    }
}
