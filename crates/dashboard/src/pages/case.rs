//! One case over runs: a chart of every budget and the numbers behind it.

use axum::extract::State;
use maud::{Markup, html};
use serde::Deserialize;
use tollgate::history::{Filter, History};
use tollgate::judge::Verdict;
use tollgate::report::phrase;

use crate::ask::{Asked, given};
use crate::chart::{headroom, legend, line, shapes, table};
use crate::dashboard::Dashboard;
use crate::error::Failure;
use crate::judged::{Judged, Subject};
use crate::layout::{Page, Tab};
use crate::reader::Read;
use crate::verdict;
use crate::words::{name, shown};

const RUNS: [u32; 5] = [20, 50, 100, 200, 500];
const USUAL_RUNS: u32 = 50;

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Wanted {
    name: String,
    environment: Option<String>,
    runs: Option<u32>,
}

/// What the page is made from.
struct Found {
    /// Those in which the case was run.
    environments: Vec<Option<String>>,
    environment: Option<String>,
    judged: Judged,
}

pub(crate) async fn show(
    State(dashboard): State<Dashboard>,
    Asked(asked): Asked<Wanted>,
) -> Result<Page, Failure> {
    let wanted = asked.clone();
    let Read { edition, found } = dashboard.read(move |history| find(history, &wanted)).await?;
    let title = format!("{} · case", shown(&asked.name));
    let main = page(&asked, &found);
    Ok(Page { title: title.into(), tab: Tab::None, edition, main })
}

fn find(history: &History, asked: &Wanted) -> Result<Found, Failure> {
    let environments = history.environments(Some(&asked.name))?;
    let Some(latest) = environments.first() else {
        return Err(Failure::Unknown(format!("no run has a case `{}`", shown(&asked.name))));
    };
    // An empty text is what a form sends for none.
    let wanted = given(asked.environment.as_deref()).map(str::to_owned);
    let is_known = wanted.is_some() || asked.environment.is_some() || environments.contains(&None);
    let environment = if is_known { wanted } else { latest.clone() };
    let filter = Filter {
        case: Some(asked.name.clone()),
        environment: Some(environment.clone()),
        limit: Some(asked.count()),
        ..Filter::default()
    };
    Ok(Found { judged: Judged::read(history, &filter)?, environments, environment })
}

impl Wanted {
    fn count(&self) -> u32 {
        self.runs.unwrap_or(USUAL_RUNS).clamp(1, RUNS[RUNS.len() - 1])
    }
}

fn page(asked: &Wanted, found: &Found) -> Markup {
    let subjects = found.judged.subjects(&asked.name);
    let mut operations: Vec<&Option<String>> = Vec::new();
    for subject in &subjects {
        if !operations.contains(&&subject.operation) {
            operations.push(&subject.operation);
        }
    }
    html! {
        h1 { (name(&asked.name)) }
        (choice(asked, found))
        @if subjects.is_empty() {
            p { "No run of this environment was judged by a budget of this case." }
        } @else {
            (shapes())
            (legend())
            (elsewhere(&found.judged))
            @if operations.len() > 1 { (contents(&operations)) }
            @for (number, operation) in operations.iter().enumerate() {
                @if operations.len() > 1 || operation.is_some() {
                    h2 id={ "operation-" (number + 1) } { (operation_name(operation)) }
                }
                div.charts {
                    @for subject in subjects.iter().filter(|one| one.operation == **operation) {
                        (budget(&found.judged, &asked.name, subject))
                    }
                }
            }
        }
    }
}

fn operation_name(operation: &Option<String>) -> Markup {
    match operation {
        Some(operation) => name(operation),
        None => html! { "the case as a whole" },
    }
}

/// Which runs are shown.
fn choice(asked: &Wanted, found: &Found) -> Markup {
    let count = asked.count();
    let is_listed = RUNS.contains(&count);
    html! {
        form.filter action="/case" {
            input type="hidden" name="name" value=(asked.name);
            label {
                "Environment"
                select name="environment" {
                    @for environment in &found.environments {
                        @let text = environment.as_deref().unwrap_or("");
                        option value=(text) selected[*environment == found.environment] {
                            @if environment.is_some() { (name(text)) } @else { "none" }
                        }
                    }
                }
            }
            label {
                "Runs"
                select name="runs" {
                    @if !is_listed { option value=(count) selected { "last " (count) } }
                    @for runs in RUNS {
                        option value=(runs) selected[runs == count] { "last " (runs) }
                    }
                }
            }
            button { "Show" }
        }
    }
}

fn contents(operations: &[&Option<String>]) -> Markup {
    html! {
        nav.row aria-label="Operations" {
            @for (number, operation) in operations.iter().enumerate() {
                a href={ "#operation-" (number + 1) } { (operation_name(operation)) }
            }
        }
    }
}

/// Figures of different machines are no course of one thing.
fn elsewhere(judged: &Judged) -> Markup {
    let others = || {
        let runs = judged.judgements.iter().map(|judgement| &judgement.run);
        runs.filter(|run| judged.is_elsewhere(&run.machine))
    };
    let Some(latest) = others().next_back() else { return html! {} };
    let (count, of) = (others().count(), judged.judgements.len());
    html! {
        p.quiet {
            (count) " of these " (of) " runs " (if count == 1 { "is" } else { "are" })
            " from another machine than most, lately " (name(&phrase::machine(&latest.machine)))
            "; the lines pass " (if count == 1 { "it" } else { "them" }) " by."
        }
    }
}

fn budget(judged: &Judged, case: &str, subject: &Subject) -> Markup {
    let course = judged.course(case, subject);
    let latest = judged.judgements.last().and_then(|judgement| subject.find(case, judgement));
    html! {
        section.budget aria-label=(course.subject) {
            h3 { (name(&course.subject)) }
            @match latest {
                Some(latest) => (now(latest)),
                None => p.quiet { "The latest run has no such budget." },
            }
            (line(&course))
            details {
                summary { "Numbers" }
                (table(&course))
            }
        }
    }
}

/// What the latest run says.
fn now(latest: &Verdict) -> Markup {
    html! {
        p.row {
            (verdict::finding(latest.finding))
            @if let Some(estimate) = &latest.estimate {
                span { (phrase::estimate(estimate, latest.dimension)) }
            }
            span.quiet { (shown(&phrase::deciding_limit(latest))) }
            (headroom(latest.headroom))
        }
        @if let Some(reason) = &latest.reason { p.quiet { (shown(reason)) } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judged::sample;
    use tollgate::judge::Finding;

    fn asked(runs: Option<u32>) -> Wanted {
        Wanted { name: "pay".to_owned(), environment: None, runs }
    }

    #[test]
    fn the_number_of_runs_is_bounded() {
        let counts = [None, Some(0), Some(7), Some(u32::MAX)].map(|runs| asked(runs).count());
        assert_eq!(counts, [50, 1, 7, 500]);
    }

    #[test]
    fn every_operation_has_its_part_and_every_budget_its_chart() {
        let of = |operation: Option<&str>, metric| Verdict {
            operation: operation.map(str::to_owned),
            ..sample::verdict("pay", metric, Finding::Within, 0.2)
        };
        let run = vec![of(Some("a"), "wall"), of(Some("<b>"), "wall"), of(Some("a"), "cpu")];
        let judged = sample::judged(vec![run.clone(), run]);
        let found = Found { judged, environments: vec![None], environment: None };
        let markup = page(&asked(None), &found).into_string();
        assert_eq!(markup.matches("<h2").count(), 2);
        assert_eq!(markup.matches("class=\"plot\"").count(), 3);
        assert_eq!(markup.matches("<table").count(), 3);
        assert!(markup.contains("&lt;b&gt;") && !markup.contains("<b>"));
    }

    #[test]
    fn runs_of_another_machine_are_told() {
        let run = vec![sample::verdict("pay", "wall", Finding::Within, 0.2)];
        let mut judged = sample::judged(vec![run; 3]);
        assert_eq!(elsewhere(&judged).into_string(), "");
        judged.judgements[1].run.machine.host = "bench-2".to_owned();
        judged.judgements[1].run.machine.cores = 64;
        let told = elsewhere(&judged).into_string();
        assert!(told.contains("1 of these 3 runs is") && told.contains("bench-2"), "{told}");
    }
}
