//! The list of runs: chosen by what they were about, a page at a time, two of them to compare.

use axum::extract::State;
use maud::{Markup, html};
use serde::Deserialize;
use tollgate::history::{Choices, Filter, Listed};
use tollgate::judge::Outcome;
use tollgate::report::phrase;

use crate::ask::{Asked, given};
use crate::dashboard::Dashboard;
use crate::error::Failure;
use crate::layout::{Page, Tab};
use crate::reader::Read;
use crate::words::name;
use crate::{link, time, verdict};

/// Runs a page shows.
const ROWS: u32 = 50;

/// Stands for runs without an environment where a name is asked for.
pub(crate) const NO_ENVIRONMENT: &str = "(none)";

const OUTCOMES: [Outcome; 4] =
    [Outcome::Exceeded, Outcome::NotMeasured, Outcome::CannotTell, Outcome::Within];

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Query {
    project: Option<String>,
    case: Option<String>,
    environment: Option<String>,
    branch: Option<String>,
    outcome: Option<String>,
    /// Only runs before this one: the next page.
    before: Option<String>,
}

impl Query {
    pub(crate) fn filter(&self, limit: u32) -> Result<Filter, Failure> {
        let outcome = given(self.outcome.as_deref()).map(outcome_named).transpose()?;
        let own = |field: &Option<String>| given(field.as_deref()).map(str::to_owned);
        let environment = own(&self.environment);
        Ok(Filter {
            project: own(&self.project),
            branch: own(&self.branch),
            case: own(&self.case),
            environment: environment.map(|name| (name != NO_ENVIRONMENT).then_some(name)),
            outcome,
            before: own(&self.before),
            limit: Some(limit),
            ..Filter::default()
        })
    }

    fn is_restricted(&self) -> bool {
        let fields = [&self.project, &self.case, &self.environment, &self.branch, &self.outcome];
        fields.into_iter().any(|field| given(field.as_deref()).is_some())
    }

    /// The same list, from behind that run.
    fn after(&self, before: Option<&str>) -> String {
        let fields = [
            ("project", &self.project),
            ("case", &self.case),
            ("environment", &self.environment),
            ("branch", &self.branch),
            ("outcome", &self.outcome),
        ];
        let mut parameters: Vec<(&str, Option<&str>)> =
            fields.map(|(key, field)| (key, given(field.as_deref()))).into();
        parameters.push(("before", before));
        link::query("/runs", &parameters)
    }
}

fn outcome_named(text: &str) -> Result<Outcome, Failure> {
    let found = OUTCOMES.into_iter().find(|outcome| outcome_key(*outcome) == text);
    found.ok_or_else(|| {
        let known = OUTCOMES.map(outcome_key).join(", ");
        Failure::BadQuery(format!("no run comes to `{text}`; outcomes: {known}"))
    })
}

/// As it stands in an address.
fn outcome_key(outcome: Outcome) -> String {
    phrase::outcome(outcome).replace(' ', "-")
}

pub(crate) async fn show(
    State(dashboard): State<Dashboard>,
    Asked(query): Asked<Query>,
) -> Result<Page, Failure> {
    // One more tells whether there is another page.
    let filter = query.filter(ROWS + 1)?;
    let Read { edition, found: (mut runs, choices) } =
        dashboard.read(move |history| Ok((history.list(&filter)?, history.choices()?))).await?;
    let more = runs.len() > ROWS as usize;
    runs.truncate(ROWS as usize);
    let main = html! {
        h1 { "Runs" }
        (form(&query, &choices))
        @if runs.is_empty() {
            (nothing(&query))
        } @else {
            (table(&runs, !choices.environments.is_empty()))
        }
        p.row {
            @if query.before.is_some() { a href=(query.after(None)) { "Newest" } }
            @if let Some(last) = runs.last().filter(|_| more) {
                a rel="next" href=(query.after(Some(&last.head.id))) { "Earlier runs" }
            }
        }
    };
    Ok(Page { title: "Runs".into(), tab: Tab::Runs, edition, main })
}

fn nothing(query: &Query) -> Markup {
    html! {
        @if query.is_restricted() || query.before.is_some() {
            p { "No such runs. " a href="/runs" { "All runs" } }
        } @else {
            p { "The history holds no runs yet: " code { "tollgate check" } " stores one." }
        }
    }
}

fn form(query: &Query, choices: &Choices) -> Markup {
    let environments: Vec<String> = match choices.environments.is_empty() {
        true => Vec::new(),
        false => choices.environments.iter().cloned().chain([NO_ENVIRONMENT.to_owned()]).collect(),
    };
    let outcomes: Vec<String> = OUTCOMES.map(outcome_key).into();
    html! {
        form.filter method="get" action="/runs" role="search" aria-label="Which runs" {
            @if choices.projects.len() > 1 {
                (select("project", "Project", &choices.projects, query.project.as_deref()))
            }
            (select("case", "Case", &choices.cases, query.case.as_deref()))
            @if !environments.is_empty() {
                (select("environment", "Environment", &environments, query.environment.as_deref()))
            }
            (select("branch", "Branch", &choices.branches, query.branch.as_deref()))
            (select("outcome", "Outcome", &outcomes, query.outcome.as_deref()))
            button type="submit" { "Show" }
        }
    }
}

/// A choice of one or any. What was asked for stays chosen, though no run has it.
pub(crate) fn select(key: &str, title: &str, options: &[String], chosen: Option<&str>) -> Markup {
    let chosen = given(chosen);
    let unknown = chosen.filter(|name| !options.iter().any(|option| option == name));
    html! {
        label {
            (title)
            select name=(key) {
                option value="" { "any" }
                @for option in options.iter().map(String::as_str).chain(unknown) {
                    option value=(option) selected[chosen == Some(option)] { (name(option)) }
                }
            }
        }
    }
}

fn table(runs: &[Listed], with_environment: bool) -> Markup {
    html! {
        form method="get" action="/compare" {
            div.wide {
                table {
                    thead {
                        tr {
                            th scope="col" { "Run" }
                            th scope="col" { "Started" }
                            th scope="col" { "Outcome" }
                            @if with_environment { th scope="col" { "Environment" } }
                            th scope="col" { "Commit" }
                            th scope="col" { "Branch" }
                            th.number scope="col" { "Cases" }
                            th.number scope="col" { "Trials" }
                            th.number scope="col" { "Took" }
                            th scope="col" { "Machine" }
                            th scope="col" { abbr title="the earlier of two to compare" { "A" } }
                            th scope="col" { abbr title="the later of two to compare" { "B" } }
                        }
                    }
                    tbody {
                        @for (place, run) in runs.iter().enumerate() {
                            (row(run, with_environment, place))
                        }
                    }
                }
            }
            @if runs.len() > 1 {
                p { button type="submit" { "Compare A with B" } }
            }
        }
    }
}

fn row(run: &Listed, with_environment: bool, place: usize) -> Markup {
    let head = &run.head;
    let commit = head.commit.as_ref();
    let mut cases: Vec<&str> = head.planned.iter().map(|own| own.case.as_str()).collect();
    cases.sort_unstable();
    cases.dedup();
    html! {
        tr {
            th.nowrap scope="row" { a href=(link::run(&head.id)) { (head.id) } }
            td { (time::moment(head.started_ms)) }
            td { (verdict::run(run)) }
            @if with_environment {
                td { @if let Some(own) = &head.environment { (name(own)) } }
            }
            td.mono {
                @if let Some(commit) = commit {
                    (commit.hash.chars().take(12).collect::<String>())
                    @if commit.dirty { abbr title="with changes that were not committed" { "+" } }
                }
            }
            td { @if let Some(branch) = commit.and_then(|c| c.branch.as_ref()) { (name(branch)) } }
            td.number { (cases.len()) }
            td.number { (run.trials) }
            td.number { (time::took(head.started_ms, head.ended_ms)) }
            td { (name(&head.machine.host)) }
            td { (radio("a", run, place == 1)) }
            td { (radio("b", run, place == 0)) }
        }
    }
}

fn radio(key: &str, run: &Listed, chosen: bool) -> Markup {
    let label = format!("{} as {}", run.head.id, key.to_uppercase());
    html! {
        input type="radio" name=(key) value=(run.head.id) checked[chosen] aria-label=(label);
    }
}
