//! The latest outcome as a picture for a README: of everything, or of one case.

use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};
use maud::{Markup, html};
use tollgate::judge::{Judgement, Outcome};
use tollgate::report::{phrase, visible};

use crate::ask::Asked;
use crate::dashboard::Dashboard;
use crate::error::Failure;
use crate::pages::runs::Query;

/// Characters of a name that is the label.
const LABEL: usize = 40;

/// Where no run is found the badge says so: an image with an error in it is shown as broken.
pub(super) async fn show(
    State(dashboard): State<Dashboard>,
    Asked(query): Asked<Query>,
) -> Result<Response, Failure> {
    let filter = query.filter(1)?;
    let case = filter.case.clone();
    let read = dashboard.read(move |history| Ok(history.judgements(&filter)?));
    let (word, colour) = match read.await {
        Ok(read) => match read.found.first() {
            Some(judgement) => told(outcome(judgement, case.as_deref())),
            None => ("no runs", GREY),
        },
        Err(Failure::NoHistory { .. }) => ("no runs", GREY),
        Err(failure) => return Err(failure),
    };
    let label: String = case.as_deref().unwrap_or("budgets").chars().take(LABEL).collect();
    let picture = picture(&visible(&label), word, colour).into_string();
    let headers = [(CONTENT_TYPE, "image/svg+xml"), (CACHE_CONTROL, "no-cache")];
    Ok((headers, picture).into_response())
}

/// Of the whole run, or what its budgets on one case come to; none if it has none there.
fn outcome(judgement: &Judgement, case: Option<&str>) -> Outcome {
    let Some(case) = case else { return judgement.outcome };
    let own = judgement.verdicts.iter().filter(|verdict| verdict.case == case);
    own.map(|verdict| verdict.outcome).max().unwrap_or(Outcome::NotMeasured)
}

const GREY: &str = "#5d6269";

fn told(outcome: Outcome) -> (&'static str, &'static str) {
    let colour = match outcome {
        Outcome::Within => "#1d6b3a",
        Outcome::CannotTell => "#6a3f96",
        Outcome::NotMeasured => GREY,
        Outcome::Exceeded => "#b0201f",
    };
    (phrase::outcome(outcome), colour)
}

fn picture(label: &str, word: &str, colour: &str) -> Markup {
    // Letters of 11 px Verdana are about 6.5 px wide; `textLength` makes it so.
    let width = |text: &str| text.chars().count() as u32 * 13 / 2;
    let (left, right) = (width(label) + 12, width(word) + 12);
    let text = |text: &str, from: u32| {
        html! {
            text x=(from + 6) y="14" textLength=(width(text)) lengthAdjust="spacingAndGlyphs" { (text) }
        }
    };
    html! {
        svg xmlns="http://www.w3.org/2000/svg" width=(left + right) height="20" role="img"
            aria-label=(format!("{label}: {word}")) {
            title { (label) ": " (word) }
            rect width=(left + right) height="20" rx="3" fill="#3b4046" {}
            rect x=(left) width=(right) height="20" rx="3" fill=(colour) {}
            g fill="#fff" font-family="Verdana,Geneva,DejaVu Sans,sans-serif" font-size="11" {
                (text(label, 0))
                (text(word, left))
            }
        }
    }
}
