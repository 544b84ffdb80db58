//! Where things stand: what fires, and the latest verdict on every case in every environment.

mod standing;

use axum::extract::State;
use maud::{Markup, html};
use tollgate::history::{Environment, Filter, History};
use tollgate::judge::Judgement;
use tollgate::report::phrase;

use self::standing::{Standing, standings};
use crate::chart::{headroom, sparkline};
use crate::dashboard::Dashboard;
use crate::error::Failure;
use crate::judged::{Judged, Subject};
use crate::layout::{Page, Tab};
use crate::pages::alerts;
use crate::reader::Read;
use crate::time::moment;
use crate::words::{name, shown};
use crate::{link, verdict};

/// How many runs of an environment the small pictures show.
const RUNS: u32 = 30;

pub(crate) async fn show(State(dashboard): State<Dashboard>) -> Result<Page, Failure> {
    let Read { edition, found } = dashboard.read(environments).await?;
    let main = html! {
        h1 { "Overview" }
        (alerts::now(&dashboard.live))
        @if found.is_empty() { (nothing_yet()) }
        @for latest in &found { (latest.section(&found)) }
    };
    Ok(Page { title: "Overview".into(), tab: Tab::Overview, edition, main })
}

fn nothing_yet() -> Markup {
    html! {
        p.lead { "No run has been judged yet." }
        p {
            code { "tollgate check" } " measures what " code { "tollgate.toml" }
            " promises and stores the run; the page then shows it by itself."
        }
    }
}

/// The latest runs of one environment, at least one of them judged.
struct Latest {
    place: Environment,
    judged: Judged,
}

fn environments(history: &History) -> Result<Vec<Latest>, Failure> {
    let mut found = Vec::new();
    for place in history.environments(None)? {
        let filter = Filter {
            project: Some(place.project.clone()),
            environment: Some(place.name.clone()),
            limit: Some(RUNS),
            ..Filter::default()
        };
        let judged = Judged::read(history, &filter)?;
        if !judged.judgements.is_empty() {
            found.push(Latest { place, judged });
        }
    }
    Ok(found)
}

impl Latest {
    fn section(&self, all: &[Latest]) -> Markup {
        let standings = standings(&self.judged);
        let Environment { project, name: environment } = &self.place;
        let is_one_project = all.iter().all(|other| other.place.project == *project);
        html! {
            section {
                @if all.len() > 1 || environment.is_some() {
                    h2 {
                        @if !is_one_project { (name(project)) " · " }
                        (name(environment.as_deref().unwrap_or("No environment")))
                    }
                }
                @if let Some(latest) = self.judged.judgements.last() { (head(latest)) }
                @if standings.is_empty() {
                    p.quiet { "Its runs have no budgets." }
                } @else {
                    (self.cases(&standings))
                }
            }
        }
    }

    fn cases(&self, standings: &[Standing<'_>]) -> Markup {
        html! {
            div.wide tabindex="0" role="group" aria-label="Cases" {
                table.standings {
                    thead {
                        tr {
                            th scope="col" { "Case" }
                            th scope="col" { "Verdict" }
                            th scope="col" { "Worst budget" }
                            th.number scope="col" { "Estimate" }
                            th.number scope="col" { "Limit" }
                            th.number scope="col" { "Headroom" }
                            th scope="col" { "Last " (self.judged.judgements.len()) " runs" }
                        }
                    }
                    tbody { @for standing in standings { (self.row(standing)) } }
                }
            }
        }
    }

    fn row(&self, standing: &Standing<'_>) -> Markup {
        let Standing { worst, judgement, .. } = standing;
        let subject = Subject::of(worst);
        let course = self.judged.course(&worst.case, &subject);
        let case = link::case(&worst.case, &self.place.project, self.place.name.as_deref());
        let latest = self.judged.judgements.last().map(|latest| &latest.run.id);
        let estimate = worst.estimate.as_ref();
        html! {
            tr {
                th.name scope="row" { a href=(case) { (name(&worst.case)) } }
                td {
                    (verdict::finding(worst.finding)) " " small.nowrap { (standing.share()) }
                    @if latest != Some(&judgement.run.id) {
                        br;
                        small.nowrap {
                            "in " a href=(link::run(&judgement.run.id)) { (judgement.run.id) }
                        }
                    }
                }
                td.name {
                    @if let Some(operation) = &worst.operation { (name(operation)) " · " }
                    (name(&subject.words()))
                    @if let Some(reason) = &worst.reason { br; small { (name(reason)) } }
                }
                td.number {
                    (estimate.map(|one| phrase::estimate(one, worst.dimension)).unwrap_or_default())
                }
                td.number { (shown(&phrase::deciding_limit(worst))) }
                td.number { (headroom(worst.headroom)) }
                td { a href=(case) tabindex="-1" { (sparkline(&course)) } }
            }
        }
    }
}

/// The latest run: which it is, and what it came to.
fn head(latest: &Judgement) -> Markup {
    let run = &latest.run;
    html! {
        p.row {
            span {
                "Latest run " a.mono href=(link::run(&run.id)) { (run.id) }
                ", " (moment(run.started_ms))
                @if let Some(commit) = &run.commit { ", " (name(&phrase::commit(commit))) }
            }
            (verdict::counts(latest))
        }
    }
}
