//! A history in a folder of its own, runs to put there, and somebody who asks.

use std::path::PathBuf;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt as _;
use tempfile::TempDir;
use tollgate::budget::parse::limit;
use tollgate::budget::{Budget, Place};
use tollgate::history::{History, new_id};
use tollgate::judge::{Strictness, judge};
use tollgate::metric::Key;
use tollgate::quantity::Dimension;
use tollgate::run::{
    Commit, Data, FORMAT, Machine, Outcome, PlannedTrials, Resolution, RunHead, RunState, Series,
    Trial,
};
use tollgate_dashboard::{Dashboard, Live};
use tower::ServiceExt as _;

/// 2026-11-21 02:16:00 UTC.
pub(crate) const EPOCH_MS: i64 = 1_795_227_360_000;

pub(crate) struct Scene {
    folder: TempDir,
}

/// What came back.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) bytes: Vec<u8>,
}

/// A run to store: one case, budgets on the latency of its operations.
#[derive(Clone)]
pub(crate) struct Recorded {
    pub(crate) minute: i64,
    pub(crate) project: String,
    pub(crate) case: String,
    pub(crate) operation: Option<String>,
    pub(crate) environment: Option<String>,
    pub(crate) branch: String,
    pub(crate) milliseconds: f64,
    /// Of the trials, this one failed.
    pub(crate) failed: Option<u32>,
    pub(crate) host: String,
}

impl Default for Recorded {
    fn default() -> Recorded {
        Recorded {
            minute: 0,
            project: "shop".to_owned(),
            case: "checkout".to_owned(),
            operation: None,
            environment: None,
            branch: "main".to_owned(),
            milliseconds: 10.0,
            failed: None,
            host: "bench-1".to_owned(),
        }
    }
}

impl Scene {
    pub(crate) fn new() -> Scene {
        Scene { folder: TempDir::new().unwrap() }
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join(".tollgate").join("history.db")
    }

    pub(crate) fn history(&self) -> History {
        History::open(&self.path()).unwrap()
    }

    /// Stores the run, judged, and returns its id.
    pub(crate) fn record(&self, run: &Recorded) -> String {
        let mut history = self.history();
        let id = begin(&mut history, run);
        let ended_ms = EPOCH_MS + run.minute * 60_000 + 20_000;
        history.finish(&id, ended_ms, RunState::Complete).unwrap();
        let stored = history.load(&id).unwrap();
        history.set_judgement(&id, &judge(&stored, &[], Strictness::Usual)).unwrap();
        id
    }

    pub(crate) fn router(&self) -> Router {
        Dashboard::new(self.path(), Live::still()).router()
    }

    pub(crate) async fn get(&self, address: &str) -> Answer {
        ask(self.router(), Request::get(address).body(Body::empty()).unwrap()).await
    }
}

/// A run with its trials that has not ended.
pub(crate) fn begin(history: &mut History, run: &Recorded) -> String {
    let id = history.begin(&head(run)).unwrap();
    for number in 1..=5 {
        history.add_trial(&id, &trial(run, number)).unwrap();
    }
    id
}

fn head(run: &Recorded) -> RunHead {
    let started_ms = EPOCH_MS + run.minute * 60_000;
    RunHead {
        format: FORMAT,
        id: new_id(started_ms, 0x7f3a),
        project: run.project.clone(),
        started_ms,
        ended_ms: None,
        state: RunState::Open,
        environment: run.environment.clone(),
        seed: 42,
        commit: Some(Commit {
            hash: format!("{:040x}", run.minute + 0x3f2a91),
            branch: Some(run.branch.clone()),
            dirty: false,
        }),
        machine: Machine { host: run.host.clone(), cores: 2, ..Machine::default() },
        planned: vec![PlannedTrials { case: run.case.clone(), operation: None, trials: 5 }],
        budgets: vec![budget(run, "wall median", "<= 15ms"), budget(run, "wall max", "<= 90ms")],
        tool: "0.1.0".to_owned(),
    }
}

fn budget(run: &Recorded, key: &str, words: &str) -> Budget {
    Budget {
        case: run.case.clone(),
        operation: run.operation.clone(),
        key: Key::parse(key),
        hard: limit(words).ok(),
        soft: None,
        on_cannot_tell: None,
        baseline: None,
        any_machine: false,
        accept: None,
        confidence: 0.95,
        place: Place { file: "tollgate.toml".to_owned(), line: 7, column: 1 },
    }
}

/// Values around the wanted one, the same in every run.
fn trial(run: &Recorded, number: u32) -> Trial {
    let wave = |n: u32| 1.0 + f64::from((n * 37 + number * 11) % 100) / 2_000.0;
    let values = (0..40).map(|n| run.milliseconds * 1e6 * wave(n)).collect();
    let series = Series {
        operation: run.operation.clone(),
        metric: "wall".to_owned(),
        dimension: Dimension::TIME,
        data: Data::Samples(values),
        resolution: Resolution::Exact,
    };
    let outcome = match run.failed {
        Some(failed) if failed == number => Outcome::Failed {
            reason: "exit code 3".to_owned(),
            output: "thread <main> panicked & died".to_owned(),
        },
        _ => Outcome::Complete,
    };
    Trial {
        case: run.case.clone(),
        operation: None,
        number,
        position: number,
        started_ms: EPOCH_MS + run.minute * 60_000,
        elapsed_ns: 4_000_000_000,
        outcome,
        series: vec![series],
    }
}

pub(crate) fn request(method: &str, address: &str, headers: &[(&str, &str)]) -> Request<Body> {
    let mut request = Request::builder().method(method).uri(address);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(Body::empty()).unwrap()
}

/// Asks by the name a browser on this machine uses, unless the request names another.
pub(crate) async fn ask(router: Router, mut request: Request<Body>) -> Answer {
    request.headers_mut().entry("host").or_insert("localhost:7400".parse().unwrap());
    let response = router.oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let bytes = body.collect().await.unwrap().to_bytes().to_vec();
    Answer { status: parts.status, headers: parts.headers, bytes }
}

impl Answer {
    /// Fails the test with what came unless the status is this one.
    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Answer {
        assert_eq!(self.status.as_u16(), status, "{}", self.text());
        self
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.bytes.clone()).unwrap()
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.bytes).unwrap()
    }

    #[track_caller]
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).unwrap_or_else(|| panic!("{name} is missing")).to_str().unwrap()
    }
}
