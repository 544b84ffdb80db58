//! One run: what it was, what was found on every budget, and what went wrong.

mod budgets;

use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use maud::{Markup, html};
use tollgate::history::{Filter, History, Listed};
use tollgate::judge::Judgement;
use tollgate::report::phrase;
use tollgate::run::{Outcome, RunState, Trial};

use crate::dashboard::Dashboard;
use crate::error::Failure;
use crate::layout::{Page, Tab};
use crate::reader::Read;
use crate::words::{name, shown};
use crate::{link, pages, time, verdict};

/// Failed trials that are shown; a service that does not start fails in each of them.
const FAILED: usize = 20;

/// All that the page tells.
struct Told {
    run: Listed,
    judgement: Option<Judgement>,
    notes: Vec<String>,
    failed: Vec<Trial>,
    /// The run before on the same branch, to compare with.
    previous: Option<String>,
}

pub(crate) async fn show(
    State(dashboard): State<Dashboard>,
    Path(reference): Path<String>,
) -> Result<Response, Failure> {
    let wanted = reference.clone();
    let Read { edition, found: told } =
        dashboard.read(move |history| read(history, &wanted)).await?;
    if told.run.head.id != reference {
        // `last` is another run tomorrow, so what is shown carries its own address.
        return Ok(Redirect::temporary(&link::run(&told.run.head.id)).into_response());
    }
    let title = format!("Run {}", told.run.head.id);
    let main = html! {
        h1 { "Run " (told.run.head.id) }
        p.row { (outcome(&told)) }
        (notices(&told))
        (facts(&told))
        @if let Some(judgement) = &told.judgement { (budgets::table(judgement)) }
        (failures(&told.failed))
        (ways_on(&told))
    };
    Ok(Page { title: title.into(), tab: Tab::Runs, edition, main }.into_response())
}

fn read(history: &History, reference: &str) -> Result<Told, Failure> {
    let run = history.listed(reference)?;
    let head = &run.head;
    let same = Filter {
        project: Some(head.project.clone()),
        environment: Some(head.environment.clone()),
        branch: head.commit.as_ref().and_then(|commit| commit.branch.clone()),
        before: Some(head.id.clone()),
        limit: Some(1),
        ..Filter::default()
    };
    let previous = history.list(&same)?.into_iter().next();
    Ok(Told {
        judgement: history.judgement(&head.id)?,
        notes: history.notes(&head.id)?,
        failed: history.failed_trials(&head.id)?,
        previous: previous.map(|Listed { head, .. }| head.id),
        run,
    })
}

fn outcome(told: &Told) -> Markup {
    html! {
        @match &told.judgement {
            Some(judgement) if !judgement.verdicts.is_empty() => {
                span.lead { (verdict::outcome(judgement.outcome)) }
                span.quiet { "of " (phrase::count(judgement.verdicts.len() as u64)) " budgets" }
                (verdict::counts(judgement))
            },
            Some(_) => span.verdict.not-measured { "no budgets were judged" },
            None if told.run.head.state == RunState::Open => {
                span.verdict.not-measured { "being measured, or its process died" }
            },
            None => {
                span { "never judged: " code { "tollgate report " (told.run.head.id) } " judges it" }
            },
        }
    }
}

fn notices(told: &Told) -> Markup {
    let judged = told.judgement.iter().flat_map(|judgement| &judgement.notes);
    let notes: Vec<&String> = judged.chain(&told.notes).collect();
    html! {
        @if !notes.is_empty() {
            div.notice { @for note in notes { p { (shown(note)) } } }
        }
    }
}

fn facts(told: &Told) -> Markup {
    let head = &told.run.head;
    let planned: u64 = head.planned.iter().map(|own| u64::from(own.trials)).sum();
    html! {
        dl.facts {
            dt { "Project" } dd { (name(&head.project)) }
            @if let Some(own) = &head.environment { dt { "Environment" } dd { (name(own)) } }
            dt { "Started" }
            dd {
                (time::moment(head.started_ms))
                @if head.ended_ms.is_some() {
                    ", took " (time::took(head.started_ms, head.ended_ms))
                }
            }
            dt { "Commit" }
            dd { (head.commit.as_ref().map_or("none".to_owned(), |own| shown(&phrase::commit(own)))) }
            dt { "Machine" }
            dd {
                (shown(&phrase::machine(&head.machine)))
                br;
                small { (shown(&head.machine.fingerprint())) }
            }
            dt { "Trials" } dd { (told.run.trials) " of " (planned) }
            @if let Some(baseline) = told.judgement.as_ref().and_then(|own| own.baseline.as_ref()) {
                dt { "Baseline" }
                dd {
                    (name(&baseline.name)) ": "
                    @for (place, id) in baseline.runs.iter().enumerate() {
                        @if place > 0 { ", " }
                        a href=(link::compare(id, &head.id)) { (shown(id)) }
                    }
                }
            }
            dt { "Seed" } dd { (head.seed) }
            dt { "Tollgate" } dd { (shown(&head.tool)) }
        }
    }
}

fn failures(failed: &[Trial]) -> Markup {
    html! {
        @if !failed.is_empty() {
            h2 #failed { "Failed trials" }
            @for trial in failed.iter().take(FAILED) { (failure(trial)) }
            @if failed.len() > FAILED { p.quiet { (failed.len() - FAILED) " more failed." } }
        }
    }
}

fn failure(trial: &Trial) -> Markup {
    let Outcome::Failed { reason, output } = &trial.outcome else { return html! {} };
    html! {
        details {
            summary {
                (name(&trial.case))
                @if let Some(operation) = &trial.operation { " / " (name(operation)) }
                ", trial " (trial.number) ": " (shown(reason))
            }
            pre tabindex="0" {
                @for line in output.lines() { (shown(line)) "\n" }
            }
        }
    }
}

fn ways_on(told: &Told) -> Markup {
    let id = &told.run.head.id;
    html! {
        h2 { "Further" }
        @if let Some(previous) = &told.previous {
            p { a href=(link::compare(previous, id)) { "Compare with the run before, " (previous) } }
        }
        @if told.judgement.is_some() {
            p.row {
                "Reports: "
                @for report in &pages::report::ALL {
                    a href=(report.address(id)) download { (report.file()) }
                }
            }
        }
    }
}
