//! The reports of a run as files to take away, the same that the command writes.

use axum::extract::{Path, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{MethodRouter, get};
use tollgate::report::{Format, Style, render};

use crate::dashboard::Dashboard;
use crate::error::Failure;
use crate::link;

/// One format, and what a browser is to take it for.
pub(crate) struct Report {
    path: &'static str,
    format: Format,
    kind: &'static str,
}

const fn report(path: &'static str, format: Format, kind: &'static str) -> Report {
    Report { path, format, kind }
}

pub(crate) const ALL: [Report; 7] = [
    report("/runs/{id}/report.txt", Format::Terminal, "text/plain; charset=utf-8"),
    report("/runs/{id}/report.md", Format::Markdown, "text/markdown; charset=utf-8"),
    report("/runs/{id}/report.json", Format::Json, "application/json"),
    report("/runs/{id}/report.xml", Format::Junit, "application/xml"),
    report("/runs/{id}/report.csv", Format::Csv, "text/csv; charset=utf-8"),
    report("/runs/{id}/summary.md", Format::GithubSummary, "text/markdown; charset=utf-8"),
    report("/runs/{id}/annotations.txt", Format::GithubAnnotations, "text/plain; charset=utf-8"),
];

const STYLE: Style = Style { colour: false, width: 100, quiet: false };

pub(crate) fn table() -> Vec<(&'static str, MethodRouter<Dashboard>)> {
    let entry = |report: &'static Report| {
        let answer = async move |State(dashboard): State<Dashboard>, Path(run): Path<String>| {
            report.of(&dashboard, run).await
        };
        (report.path, get(answer))
    };
    ALL.iter().map(entry).collect()
}

impl Report {
    pub(crate) fn file(&self) -> &'static str {
        self.path.rsplit('/').next().unwrap_or(self.path)
    }

    pub(crate) fn address(&self, run: &str) -> String {
        format!("{}/{}", link::run(run), self.file())
    }

    async fn of(&self, dashboard: &Dashboard, reference: String) -> Result<Response, Failure> {
        let format = self.format;
        let read = dashboard.read(move |history| {
            let id = history.head(&reference)?.id;
            let judgement = history.judgement(&id)?.ok_or_else(|| unjudged(&id))?;
            Ok((render(&judgement, format, &STYLE), id))
        });
        let (text, id) = read.await?.found;
        // Ids hold nothing that a header would interpret.
        let disposition = format!("attachment; filename=\"{id}-{}\"", self.file());
        let headers = [(CONTENT_TYPE, self.kind.to_owned()), (CONTENT_DISPOSITION, disposition)];
        Ok((headers, text).into_response())
    }
}

pub(crate) fn unjudged(id: &str) -> Failure {
    Failure::Unknown(format!("run {id} was never judged; `tollgate report {id}` judges it"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_format_can_be_taken_away() {
        for format in Format::ALL {
            assert!(ALL.iter().any(|report| report.format == format), "{}", format.name());
        }
    }
}
