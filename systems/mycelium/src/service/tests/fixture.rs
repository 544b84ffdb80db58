//! A service to be asked.

use std::net::SocketAddr;
use std::time::Duration;

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Method, Request, StatusCode};
use axum::response::Response;
use http_body_util::BodyExt;
use serde_json::Value;
use tower::ServiceExt;

use crate::service::*;

/// A service with one thread that computes; each test changes what it is about.
pub struct Fixture {
    pub state: State,
}

pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub json: Value,
    pub text: String,
}

impl Fixture {
    pub fn new() -> Fixture {
        Fixture::of(options())
    }

    pub fn of(options: Options) -> Fixture {
        Fixture { state: State::new(options).unwrap() }
    }

    pub async fn send(&self, request: Request<Body>) -> Answer {
        Answer::of(app(&self.state).oneshot(request).await.unwrap()).await
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(getting(path)).await
    }

    pub async fn post(&self, path: &str, body: impl Into<Body>) -> Answer {
        self.send(posting(path, body)).await
    }

    /// Waits until the pool is as the test needs it.
    pub async fn until(&self, holds: impl Fn(Load) -> bool) {
        while !holds(self.state.pool().load()) {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }
}

impl Answer {
    async fn of(response: Response) -> Answer {
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        let json = serde_json::from_str(&text).unwrap_or(Value::Null);
        Answer { status: parts.status, headers: parts.headers, json, text }
    }

    /// The status and the code of an error, which has the shape of all errors.
    pub fn refusal(&self) -> (u16, &str) {
        assert!(self.json["message"].is_string(), "{}", self.text);
        assert!(self.json["detail"].is_array(), "{}", self.text);
        assert_eq!(self.json["request_id"], self.header("x-request-id"), "{}", self.text);
        (self.status.as_u16(), self.json["error_code"].as_str().unwrap())
    }

    /// The fields that a body is refused for.
    pub fn fields(&self) -> Vec<&str> {
        assert_eq!(self.refusal(), (422, "validation_error"));
        let mistakes = self.json["detail"].as_array().unwrap().iter();
        mistakes.map(|mistake| mistake["field"].as_str().unwrap()).collect()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers[name].to_str().unwrap()
    }

    pub fn number(&self, field: &str) -> f64 {
        self.json[field].as_f64().unwrap_or_else(|| panic!("{field} is not in {}", self.text))
    }
}

pub fn options() -> Options {
    Options { compute_threads: 1, queue_per_thread: 1, ..Options::default() }
}

pub fn getting(path: &str) -> Request<Body> {
    Request::get(path).body(Body::empty()).unwrap()
}

pub fn posting(path: &str, body: impl Into<Body>) -> Request<Body> {
    let request = Request::builder().method(Method::POST).uri(path);
    request.header("content-type", "application/json").body(body.into()).unwrap()
}

pub fn with(name: &'static str, value: &str, mut request: Request<Body>) -> Request<Body> {
    request.headers_mut().insert(name, value.parse().unwrap());
    request
}

pub fn from(peer: &str, mut request: Request<Body>) -> Request<Body> {
    let peer: SocketAddr = peer.parse().unwrap();
    request.extensions_mut().insert(ConnectInfo(peer));
    request
}
