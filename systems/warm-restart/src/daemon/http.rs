//! What is answered over HTTP: reports are taken, numbers and alerts are shown.

use std::future::IntoFuture;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::SyncSender;
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, oneshot};
use tokio::time::sleep;

use super::text::Shown;
use super::watch::{Post, Refusal, Request};
use crate::event;
use crate::export::MEDIA_TYPE;

#[derive(Clone, Debug)]
pub struct Door {
    requests: SyncSender<Request>,
    /// It is ending, and takes nothing more.
    is_ending: Arc<AtomicBool>,
    shows: Arc<Semaphore>,
}

/// Texts that are written at a time, so that memory is bounded; others wait for their turn.
const MOST_SHOWS: usize = 2;

/// Some ten thousand lines.
const LONGEST_BODY: usize = 1 << 20;

/// Answers until it is closed; then those whose requests are under way, for so long at most.
pub async fn serve(
    listener: TcpListener,
    door: Door,
    closed: oneshot::Receiver<()>,
    limit: Duration,
) -> io::Result<()> {
    let (begin, begun) = oneshot::channel();
    let last = async {
        // Whoever could close it is gone as well.
        let _ = closed.await;
        let _ = begin.send(());
    };
    let serving = axum::serve(listener, router(door)).with_graceful_shutdown(last);
    let over = async {
        let _ = begun.await;
        sleep(limit).await;
    };
    tokio::select! {
        served = serving.into_future() => served,
        () = over => Ok(()),
    }
}

fn router(door: Door) -> Router {
    Router::new()
        .route("/events", post(events))
        .route("/metrics", get(metrics))
        .route("/metrics.json", get(json))
        .route("/alerts", get(alerts))
        .route("/health", get(async || (StatusCode::OK, "alive\n")))
        .route("/ready", get(ready))
        .layer(DefaultBodyLimit::max(LONGEST_BODY))
        .with_state(door)
}

/// Lines of JSON, all of which are on the disk when this is answered with success.
async fn events(State(door): State<Door>, body: String) -> Response {
    let reports = match event::read(&body) {
        Ok(reports) => reports,
        Err(error) => return said(StatusCode::BAD_REQUEST, &error.to_string()),
    };
    let (answer, answered) = oneshot::channel();
    let is_taken = door.ask(Request::Report(Post { lines: body, reports, answer }));
    outcome(is_taken, answered.await, "saved")
}

fn outcome<E>(is_taken: bool, answer: Result<Result<(), Refusal>, E>, good: &str) -> Response {
    match (is_taken, answer) {
        (true, Ok(Ok(()))) => said(StatusCode::OK, good),
        (true, Ok(Err(Refusal::Names(why)))) => said(StatusCode::UNPROCESSABLE_ENTITY, &why),
        (true, Ok(Err(Refusal::Unsaved(why)))) => said(StatusCode::SERVICE_UNAVAILABLE, &why),
        (false, _) | (_, Err(_)) => busy(),
    }
}

async fn metrics(State(door): State<Door>) -> Response {
    door.show(Shown::Metrics, MEDIA_TYPE).await
}

async fn json(State(door): State<Door>) -> Response {
    door.show(Shown::Json, "application/json").await
}

async fn alerts(State(door): State<Door>) -> Response {
    door.show(Shown::Alerts, "application/json").await
}

/// Whether the thread that does the work answers, and can save.
async fn ready(State(door): State<Door>) -> Response {
    let (answer, answered) = oneshot::channel();
    let is_taken = door.ask(Request::Ready { answer });
    outcome(is_taken, answered.await, "ready")
}

impl Door {
    #[must_use]
    pub fn new(requests: SyncSender<Request>, is_ending: Arc<AtomicBool>) -> Door {
        Door { requests, is_ending, shows: Arc::new(Semaphore::new(MOST_SHOWS)) }
    }

    fn ask(&self, request: Request) -> bool {
        !self.is_ending.load(Ordering::Relaxed) && self.requests.try_send(request).is_ok()
    }

    async fn show(&self, what: Shown, media_type: &'static str) -> Response {
        match self.text(what).await {
            Some(text) => ([(CONTENT_TYPE, media_type)], text).into_response(),
            None => busy(),
        }
    }

    /// Written by a thread of its own, which goes on to its end though whoever asks may be gone.
    async fn text(&self, what: Shown) -> Option<String> {
        let turn = Arc::clone(&self.shows).acquire_owned().await.ok()?;
        let (answer, answered) = oneshot::channel();
        let is_taken = self.ask(Request::Show { what, answer });
        let picture = answered.await.ok().filter(|_| is_taken)?;
        let write = move || {
            let text = picture.text(what);
            drop(turn);
            text
        };
        tokio::task::spawn_blocking(write).await.ok()
    }
}

fn busy() -> Response {
    said(StatusCode::SERVICE_UNAVAILABLE, "busy or ending: try again")
}

fn said(status: StatusCode, text: &str) -> Response {
    (status, format!("{text}\n")).into_response()
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Receiver, sync_channel};

    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpStream;
    use tokio::task::JoinHandle;

    use super::*;
    use crate::daemon::text::Picture;

    /// One that is served for so long after its end, and has sent these bytes.
    async fn asked(
        limit: Duration,
        request: &str,
    ) -> (TcpStream, Receiver<Request>, oneshot::Sender<()>, JoinHandle<io::Result<()>>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (requests, taken) = sync_channel(8);
        let (close, closed) = oneshot::channel();
        let door = Door::new(requests, Arc::default());
        let serving = tokio::spawn(serve(listener, door, closed, limit));
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        (stream, taken, close, serving)
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn what_was_saved_before_the_end_is_answered_after_it() {
        let line = r#"{"event":"warm_start","device":"a"}"#;
        let head = format!("POST /events HTTP/1.1\r\nhost: a\r\ncontent-length: {}", line.len());
        let request = format!("{head}\r\n\r\n{line}");
        let (mut stream, taken, close, serving) = asked(Duration::from_secs(60), &request).await;
        let taken = tokio::task::spawn_blocking(move || taken.recv()).await.unwrap();
        let Ok(Request::Report(Post { answer, .. })) = taken else { panic!("{taken:?}") };
        close.send(()).unwrap();
        tokio::task::yield_now().await;
        answer.send(Ok(())).unwrap();
        let mut said = String::new();
        // The connection is not kept.
        stream.read_to_string(&mut said).await.unwrap();
        assert!(said.starts_with("HTTP/1.1 200") && said.ends_with("saved\n"), "{said}");
        serving.await.unwrap().unwrap();
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn whoever_never_ends_a_request_is_not_waited_for_without_end() {
        let half = "POST /events HTTP/1.1\r\nhost: a\r\ncontent-length: 9\r\n\r\n{";
        let (_stream, _taken, close, serving) = asked(Duration::from_millis(50), half).await;
        close.send(()).unwrap();
        serving.await.unwrap().unwrap();
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn two_texts_are_written_at_a_time_and_the_third_is_when_one_of_them_is() {
        let scrape = "GET /metrics HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";
        let (mut first, taken, _close, _serving) = asked(Duration::from_secs(60), scrape).await;
        let address = first.peer_addr().unwrap();
        let mut others = Vec::new();
        for request in [scrape, scrape, "GET /ready HTTP/1.1\r\nhost: a\r\n\r\n"] {
            let mut stream = TcpStream::connect(address).await.unwrap();
            stream.write_all(request.as_bytes()).await.unwrap();
            others.push(stream);
        }
        let next = || taken.recv_timeout(Duration::from_secs(60)).unwrap();
        let mut shows = Vec::new();
        for request in [next(), next(), next()] {
            match request {
                Request::Show { answer, .. } => shows.push(answer),
                other => assert!(matches!(other, Request::Ready { .. }), "{other:?}"),
            }
        }
        assert_eq!(shows.len(), 2, "who asks whether it is ready does not wait for texts");
        for answer in shows {
            answer.send(Picture::default()).unwrap();
        }
        let Request::Show { answer, .. } = next() else { panic!("it is the third one's turn") };
        answer.send(Picture::default()).unwrap();
        let mut said = String::new();
        first.read_to_string(&mut said).await.unwrap();
        assert!(said.ends_with("\nwarm_restart_subjects 0\n"), "{said}");
    }
}
