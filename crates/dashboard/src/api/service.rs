//! Whether the dashboard itself is well, for those who look after it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::{MatchedPath, Request, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use super::Refused;
use crate::dashboard::Dashboard;
use crate::picture::Picture;

/// Requests by route and status. Routes are few; what leads nowhere is one of them.
#[derive(Debug, Default)]
pub(crate) struct Counts(Mutex<BTreeMap<(String, u16), u64>>);

/// Counts what is answered.
pub(crate) async fn counted(
    State(counts): State<Arc<Counts>>,
    request: Request,
    next: Next,
) -> Response {
    let route = request.extensions().get::<MatchedPath>();
    let route = route.map_or("none", MatchedPath::as_str).to_owned();
    let answer = next.run(request).await;
    let mut all = counts.0.lock().unwrap_or_else(PoisonError::into_inner);
    *all.entry((route, answer.status().as_u16())).or_default() += 1;
    answer
}

/// The process answers.
pub(super) async fn health() -> Response {
    ([(CACHE_CONTROL, "no-store")], "well\n").into_response()
}

/// The history can be read.
pub(super) async fn ready(State(dashboard): State<Dashboard>) -> Result<Response, Refused> {
    dashboard.read(|_| Ok(())).await?;
    Ok(([(CACHE_CONTROL, "no-store")], "ready\n").into_response())
}

/// In the text format of Prometheus, version 0.0.4.
pub(super) async fn metrics(State(dashboard): State<Dashboard>) -> Response {
    let is_readable = dashboard.read(|_| Ok(())).await.is_ok();
    let mut text = String::new();
    write_counts(&mut text, &dashboard.counts);
    let gauge = |text: &mut String, name: &str, about: &str, value: f64| {
        let _ = writeln!(text, "# HELP {name} {about}\n# TYPE {name} gauge\n{name} {value}");
    };
    gauge(
        &mut text,
        "tollgate_dashboard_history_readable",
        "1 if the history can be read.",
        f64::from(u8::from(is_readable)),
    );
    if dashboard.live.is_watched() {
        write_alerts(&mut text, &dashboard.live.picture());
    }
    let headers = [(CONTENT_TYPE, "text/plain; version=0.0.4"), (CACHE_CONTROL, "no-store")];
    (headers, text).into_response()
}

fn write_counts(text: &mut String, counts: &Counts) {
    let name = "tollgate_dashboard_requests_total";
    let _ = writeln!(text, "# HELP {name} Requests answered.\n# TYPE {name} counter");
    let all = counts.0.lock().unwrap_or_else(PoisonError::into_inner);
    for ((route, status), count) in all.iter() {
        // Routes are written here, so none holds a quote.
        let _ = writeln!(text, "{name}{{route=\"{route}\",status=\"{status}\"}} {count}");
    }
}

fn write_alerts(text: &mut String, picture: &Picture) {
    // No number, where nothing is known: a 0 would say that all is well.
    if let Some(ms) = picture.evaluated_ms {
        let name = "tollgate_dashboard_alerts";
        let _ = writeln!(text, "# HELP {name} Alerts by state.\n# TYPE {name} gauge");
        for state in ["firing", "pending", "resolved"] {
            let count = picture.alerts.iter().filter(|own| own.state == state).count();
            let _ = writeln!(text, "{name}{{state=\"{state}\"}} {count}");
        }
        let name = "tollgate_dashboard_evaluated_seconds";
        let about = "When the rules were evaluated last, since 1970.";
        let seconds = ms as f64 / 1e3;
        let _ = writeln!(text, "# HELP {name} {about}\n# TYPE {name} gauge\n{name} {seconds}");
    }
    let own = &picture.deliveries;
    let name = "tollgate_dashboard_deliveries_waiting";
    let about = "Messages to people that wait.";
    let _ = writeln!(text, "# HELP {name} {about}\n# TYPE {name} gauge\n{name} {}", own.waiting);
    let name = "tollgate_dashboard_deliveries_total";
    let about = "What became of messages to people.";
    let _ = writeln!(text, "# HELP {name} {about}\n# TYPE {name} counter");
    let all = [
        ("done", own.done),
        ("retried", own.retried),
        ("dead", own.dead),
        ("refused", own.refused),
    ];
    for (result, count) in all {
        let _ = writeln!(text, "{name}{{result=\"{result}\"}} {count}");
    }
}
