//! Why a request cannot be answered, told to people as a page and to programs as JSON.

use std::path::PathBuf;

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use maud::html;
use serde_json::json;
use tollgate::history::HistoryError;

use crate::layout::{Page, Tab};
use crate::words::shown;

#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error("there is no page at this address")]
    NoPage,
    /// There is no such run, case or the like.
    #[error("{0}")]
    Unknown(String),
    #[error("{0}")]
    BadQuery(String),
    #[error("there is no history at {} yet", path.display())]
    NoHistory { path: PathBuf, edition: String },
    #[error("{error}")]
    History { error: Box<HistoryError>, edition: String },
    #[error("the page could not be made: a fault in Tollgate itself")]
    Broken,
}

impl Failure {
    /// Short, for programs.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Failure::NoPage => "no-page",
            Failure::Unknown(_) => "unknown",
            Failure::BadQuery(_) => "bad-query",
            Failure::NoHistory { .. } => "no-history",
            Failure::History { .. } => "unreadable",
            Failure::Broken => "broken",
        }
    }

    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Failure::NoPage | Failure::Unknown(_) => StatusCode::NOT_FOUND,
            Failure::BadQuery(_) => StatusCode::BAD_REQUEST,
            Failure::NoHistory { .. } | Failure::History { .. } => StatusCode::SERVICE_UNAVAILABLE,
            Failure::Broken => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// A page that tells of it is true as long as this edition is.
    pub(crate) fn at(mut self, now: String) -> Failure {
        if let Failure::NoHistory { edition, .. } | Failure::History { edition, .. } = &mut self {
            *edition = now;
        }
        self
    }

    /// Nothing where no run can change the page.
    fn edition(&self) -> &str {
        match self {
            Failure::NoHistory { edition, .. } | Failure::History { edition, .. } => edition,
            _ => "",
        }
    }

    fn title(&self) -> &'static str {
        match self {
            Failure::NoPage | Failure::Unknown(_) => "Not found",
            Failure::BadQuery(_) => "Not understood",
            Failure::NoHistory { .. } => "No runs yet",
            Failure::History { .. } => "The history cannot be read",
            Failure::Broken => "Something broke",
        }
    }

    /// What a person can do about it.
    fn hint(&self) -> Option<String> {
        match self {
            Failure::NoPage => Some("docs/dashboard.md lists the addresses there are".to_owned()),
            Failure::Unknown(_) => Some("the list of runs shows those there are".to_owned()),
            Failure::BadQuery(_) => None,
            Failure::NoHistory { .. } => {
                let hint = "`tollgate check` begins it; the page then shows the run by itself";
                Some(hint.to_owned())
            }
            Failure::History { error, .. } => error.hint(),
            Failure::Broken => Some("what was printed to standard error says where".to_owned()),
        }
    }

    /// For programs.
    pub(crate) fn json(&self) -> Response {
        let body = json!({
            "version": crate::api::VERSION,
            "kind": self.kind(),
            "error": self.to_string(),
            "hint": self.hint(),
        });
        (self.status(), Json(body)).into_response()
    }
}

/// For people.
impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let main = html! {
            h1 { (self.title()) }
            p.lead { (shown(&self.to_string())) "." }
            @if let Some(hint) = self.hint() {
                p { (shown(&hint)) "." }
            }
        };
        let page = Page {
            title: self.title().into(),
            tab: Tab::None,
            edition: self.edition().to_owned(),
            main,
        };
        (self.status(), page).into_response()
    }
}
