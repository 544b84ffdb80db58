//! One case over runs: a chart of every budget and the numbers behind it.

use axum::extract::State;
use maud::{Markup, html};
use serde::Deserialize;
use tollgate::course::Step;
use tollgate::history::{Environment, Filter, History};
use tollgate::judge::Verdict;
use tollgate::quantity::{self, Dimension};
use tollgate::report::phrase;

use crate::ask::{Asked, given};
use crate::chart::{Course, headroom, legend, line, shapes, table};
use crate::dashboard::Dashboard;
use crate::error::Failure;
use crate::judged::{Judged, Subject, Turns};
use crate::layout::{Page, Tab};
use crate::reader::Read;
use crate::words::{name, shown};
use crate::{link, verdict};

const RUNS: [u32; 5] = [20, 50, 100, 200, 500];
const USUAL_RUNS: u32 = 50;
/// How many changes of level are told in words; all are drawn.
const STEPS: usize = 2;

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Wanted {
    name: String,
    project: Option<String>,
    environment: Option<String>,
    runs: Option<u32>,
}

/// What the page is made from.
struct Found {
    /// Those of the project in which the case was run.
    environments: Vec<Option<String>>,
    shown: Environment,
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
    let mut places = history.environments(Some(&asked.name))?;
    if let Some(project) = given(asked.project.as_deref()) {
        places.retain(|place| place.project == project);
    }
    let Some(place) = asked.place(&places) else {
        return Err(Failure::Unknown(format!("no run has a case `{}`", shown(&asked.name))));
    };
    let filter = Filter {
        project: Some(place.project.clone()),
        case: Some(asked.name.clone()),
        environment: Some(place.name.clone()),
        limit: Some(asked.count()),
        ..Filter::default()
    };
    let judged = Judged::read(history, &filter)?;
    places.retain(|other| other.project == place.project);
    let environments = places.into_iter().map(|other| other.name).collect();
    Ok(Found { environments, shown: place, judged })
}

impl Wanted {
    /// Of those the case was run in, the latest first, the one to show; none where it never was.
    fn place(&self, places: &[Environment]) -> Option<Environment> {
        let latest = places.first()?;
        // An empty text is what a form sends for none.
        let name = given(self.environment.as_deref()).map(str::to_owned);
        match places.iter().find(|place| place.name == name) {
            Some(place) => Some(place.clone()),
            None if self.environment.is_none() => Some(latest.clone()),
            None => Some(Environment { project: latest.project.clone(), name }),
        }
    }

    fn count(&self) -> u32 {
        self.runs.unwrap_or(USUAL_RUNS).clamp(1, RUNS[RUNS.len() - 1])
    }
}

fn page(asked: &Wanted, found: &Found) -> Markup {
    let subjects = found.judged.subjects(&asked.name);
    let turns = found.judged.turns(&asked.name);
    let mut operations: Vec<&Option<String>> = Vec::new();
    for subject in &subjects {
        if !operations.contains(&&subject.operation) {
            operations.push(&subject.operation);
        }
    }
    html! {
        h1 { (name(&asked.name)) " " small { (name(&found.shown.project)) } }
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
                        (budget(&found.judged, &turns, &asked.name, subject))
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
            input type="hidden" name="project" value=(found.shown.project);
            label {
                "Environment"
                select name="environment" {
                    @for environment in &found.environments {
                        @let text = environment.as_deref().unwrap_or("");
                        option value=(text) selected[*environment == found.shown.name] {
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

fn budget(judged: &Judged, turns: &Turns<'_>, case: &str, subject: &Subject) -> Markup {
    let steps = turns.of(subject);
    let begun = steps.iter().map(|(place, _)| *place).collect();
    let course = Course { turns: begun, ..judged.course(case, subject) };
    let latest = judged.judgements.last().and_then(|judgement| subject.find(case, judgement));
    html! {
        section.budget aria-label=(course.subject) {
            h3 { (name(&course.subject)) }
            @match latest {
                Some(latest) => (now(latest)),
                None => p.quiet { "The latest run has no such budget." },
            }
            @for (_, step) in steps.iter().take(STEPS) { (turned(step, course.dimension)) }
            (line(&course))
            details {
                summary { "Numbers" }
                (table(&course))
            }
        }
    }
}

/// `+20 % since 20261121-021600-7f3a: from 9.8 ms to 11.8 ms, worse`.
fn turned(step: &Step, dimension: Dimension) -> Markup {
    let class = if step.is_worse { "warned" } else { "within" };
    html! {
        p {
            span.strong.(class) {
                @if let Some(change) = step.change { (phrase::percent(change)) ", " }
                (if step.is_worse { "worse" } else { "better" })
            }
            " since " a.mono href=(link::run(&step.run)) { (step.run) }
            @if let Some(commit) = &step.commit { ", " (name(&phrase::commit(commit))) }
            ": from " (quantity::show(step.before, dimension)) " to " (quantity::show(step.after, dimension))
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
mod tests;
