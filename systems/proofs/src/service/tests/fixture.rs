//! A service to be asked, and proofs to ask it about.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Method, Request, StatusCode};
use axum::response::Response;
use ed25519_dalek::SigningKey;
use http_body_util::BodyExt;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tempfile::TempDir;
use tower::ServiceExt;

use crate::audit::{Audit, Boot, Durability, Place};
use crate::context::ContextType;
use crate::envelope::Envelope;
use crate::key::KeyRing;
use crate::service::access::{Access, ApiKeys};
use crate::service::*;
use crate::signed::{Claims, sign};
use crate::verify;

pub const NOW_MS: u64 = 1_700_000_000_000;

/// What a service is made of; each test changes what it is about.
pub struct Plan {
    pub settings: Settings,
    pub verifier: verify::Settings,
    pub access: Access,
    /// Keys of signers beside the one of the fixture.
    pub registered: Vec<[u8; 32]>,
    pub boot: &'static str,
}

/// A service with a database of its own.
pub struct Fixture {
    pub service: Arc<Service>,
    pub folder: TempDir,
    now_ms: Arc<AtomicU64>,
}

pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub json: Value,
    pub text: String,
}

impl Default for Plan {
    fn default() -> Plan {
        Plan {
            settings: Settings::default(),
            verifier: verify::Settings::default(),
            access: Access::default(),
            registered: Vec::new(),
            boot: "first",
        }
    }
}

impl Fixture {
    pub fn new() -> Fixture {
        Fixture::of(Plan::default())
    }

    pub fn of(plan: Plan) -> Fixture {
        Fixture::open(plan, TempDir::new().unwrap(), NOW_MS)
    }

    /// A service that anybody with one of three keys may manage.
    pub fn managed(plan: Plan) -> Fixture {
        let api_keys = api_keys();
        Fixture::of(Plan { access: Access { api_keys, is_open: true, tokens: None }, ..plan })
    }

    /// Ends the service and starts one on the same database.
    pub fn again(self, plan: Plan) -> Fixture {
        self.service.close();
        let now_ms = self.now_ms.load(Ordering::Relaxed);
        Fixture::open(plan, self.folder, now_ms)
    }

    fn open(plan: Plan, folder: TempDir, now: u64) -> Fixture {
        let now_ms = Arc::new(AtomicU64::new(now));
        let read = Arc::clone(&now_ms);
        let clock = Clock::new(move || read.load(Ordering::Relaxed));
        let mut ring = KeyRing::new();
        ring.register(&key().verifying_key().to_bytes()).unwrap();
        for key in &plan.registered {
            ring.register(key).unwrap();
        }
        let place = Place::File(folder.path().join("proofs.db"));
        let boot = Boot(Some(plan.boot.to_owned()));
        let audit = Audit::open(&place, Durability::Process, &boot, now).unwrap();
        let verifier = Verifier::new(plan.verifier, ring);
        let service = Service::new(plan.settings, verifier, plan.access, clock, audit).unwrap();
        Fixture { service, folder, now_ms }
    }

    pub fn database(&self) -> PathBuf {
        self.folder.path().join("proofs.db")
    }

    pub fn wait(&self, ms: u64) {
        self.now_ms.fetch_add(ms, Ordering::Relaxed);
    }

    pub async fn send(&self, request: Request<Body>) -> Answer {
        Answer::of(app(&self.service).oneshot(request).await.unwrap()).await
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(Request::get(path).body(Body::empty()).unwrap()).await
    }

    pub async fn post(&self, path: &str, body: impl Into<Body>) -> Answer {
        self.send(post(path, body)).await
    }

    /// Posts with the key that has the scope, if there is one.
    pub async fn manage(&self, path: &str, body: &Value) -> Answer {
        let mut request = post(path, body.to_string());
        request.headers_mut().insert("x-api-key", "all".parse().unwrap());
        self.send(request).await
    }

    pub async fn verify(&self, body: impl Into<Body>) -> Answer {
        self.post("/api/verify-proof", body).await
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

    /// The status and the code of an error.
    pub fn refusal(&self) -> (u16, &str) {
        assert!(self.json["error"].is_string(), "{}", self.text);
        (self.status.as_u16(), self.json["code"].as_str().unwrap())
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers[name].to_str().unwrap()
    }
}

pub fn post(path: &str, body: impl Into<Body>) -> Request<Body> {
    let request = Request::builder().method(Method::POST).uri(path);
    request.header("content-type", "application/json").body(body.into()).unwrap()
}

pub fn from(peer: &str, mut request: Request<Body>) -> Request<Body> {
    let peer: SocketAddr = peer.parse().unwrap();
    request.extensions_mut().insert(ConnectInfo(peer));
    request
}

/// Three keys: `all` may do all, `verify` may only verify, `nothing` may do nothing.
pub fn api_keys() -> ApiKeys {
    let key = |name: &str, scopes: &[&str]| {
        let digest = Sha256::digest(name.as_bytes());
        let sha256: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        json!({ "name": name, "sha256": sha256, "scopes": scopes })
    };
    let all = ["proofs:verify", "proofs:revoke", "proofs:register"];
    let keys = json!([key("all", &all), key("verify", &all[..1]), key("nothing", &[])]);
    ApiKeys::parse(&keys.to_string()).unwrap()
}

/// The registered key.
pub fn key() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}

pub fn context() -> Vec<u8> {
    let time = NOW_MS / 1000;
    let context = format!(
        r#"{{"action":"login","authentication_method":"key","timestamp":{time},"user_id":"u-1"}}"#
    );
    context.into_bytes()
}

pub fn claims(number: u8) -> Claims {
    Claims {
        context_type: ContextType::Login,
        nonce: [number; 16],
        issued_at_ms: NOW_MS - 1000,
        expires_at_ms: NOW_MS + 60_000,
        body_sha256: Sha256::digest(b"the body").into(),
        context: context(),
    }
}

/// A good proof; each number makes another one.
pub fn envelope(number: u8) -> Envelope {
    sign(&key(), &claims(number))
}

pub fn proof(number: u8) -> String {
    envelope(number).to_json()
}

/// The proof with one field changed.
pub fn changed(number: u8, field: &str, value: Value) -> String {
    let mut json: Value = serde_json::from_str(&proof(number)).unwrap();
    json[field] = value;
    json.to_string()
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The shape from before there were envelopes, as the load test of that time sends it.
pub fn legacy_bundle(number: u32) -> Value {
    use ed25519_dalek::Signer;
    let context = format!(
        r#"{{"action": "login", "request": {number}, "timestamp": {}, "user_id": "user-1"}}"#,
        NOW_MS / 1000
    );
    json!({
        "signature": hex(&key().sign(context.as_bytes()).to_bytes()),
        "context": context,
        "public_key": hex(key().verifying_key().as_bytes()),
        "algorithm": "Ed25519",
    })
}

pub fn legacy(number: u32) -> Value {
    let metadata = json!({ "client_version": "1.0.0", "timestamp": NOW_MS / 1000 });
    json!({ "proof_bundle": legacy_bundle(number), "metadata": metadata })
}
