//! Where things stand: the latest run of every environment.

use axum::extract::State;
use maud::{Markup, html};
use tollgate::history::Filter;
use tollgate::run::RunHead;

use crate::dashboard::Dashboard;
use crate::error::Failure;
use crate::layout::{Page, Tab};
use crate::link;
use crate::reader::Read;
use crate::words::name;

pub(crate) async fn show(State(dashboard): State<Dashboard>) -> Result<Page, Failure> {
    let latest = |history: &tollgate::history::History| {
        Ok(history.list(&Filter { limit: Some(1), ..Filter::default() })?)
    };
    let Read { edition, found } = dashboard.read(latest).await?;
    let main = html! {
        h1 { "Overview" }
        @match found.first() {
            Some(run) => {
                p { "The latest run is " a href=(link::run(&run.head.id)) { (run.head.id) } "." }
                ul { @for own in &run.head.planned { li { (case(&own.case, &run.head)) } } }
            },
            None => p { "The history holds no runs yet: " code { "tollgate check" } " stores one." },
        }
    };
    Ok(Page { title: "Overview".into(), tab: Tab::Overview, edition, main })
}

fn case(own: &str, run: &RunHead) -> Markup {
    html! { a href=(link::case(own, run.environment.as_deref())) { (name(own)) } }
}
