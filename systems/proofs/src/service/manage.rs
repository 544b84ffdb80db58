//! Managing what proofs are judged by: challenges, revocations and credentials.

use std::sync::Arc;

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::{Extension, Json};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::Service;
use super::access::Scope;
use super::body::{Body, SINGLE_LIMIT};
use super::clock::timestamp;
use super::failure::Failure;
use super::observe::Asking;
use crate::audit::{Entry, Event};
use crate::encoding::{self, base64url};
use crate::refusal::{Refusal, Revoked};
use crate::replay::signature_id;
use crate::webauthn::{Credential, CredentialKey};

type Answer = Result<(StatusCode, Json<Value>), Failure>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    context_sha256: String,
}

/// Issues a challenge that is good for one assertion about one context.
pub async fn issue_challenge(
    State(service): State<Arc<Service>>,
    Extension(asking): Extension<Asking>,
    Body(body): Body<SINGLE_LIMIT>,
) -> Answer {
    asking.may(&service, Scope::Verify)?;
    let wanted: Wanted = read(&body)?;
    let context_sha256 = encoding::fixed("context_sha256", &wanted.context_sha256)?;
    let mut nonce = [0; 32];
    getrandom::fill(&mut nonce).map_err(|error| {
        tracing::error!(%error, "no randomness for a challenge");
        Failure::Internal
    })?;
    let now_ms = service.clock.now_ms();
    let expires_ms = now_ms.saturating_add(service.settings.challenge_ms);
    let challenge =
        service.memory.challenges().issue(&nonce, context_sha256, expires_ms, now_ms)?;
    let told = json!({
        "challenge": base64url(&challenge),
        "nonce": base64url(&nonce),
        "expires_at": expires_ms,
    });
    Ok((StatusCode::CREATED, Json(told)))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Revocation {
    signature: Option<String>,
    public_key: Option<String>,
    #[serde(default)]
    reason: String,
}

/// The longest reason, in bytes.
const REASON_LIMIT: usize = 1024;

/// Revokes a proof, by its signature, or a key, for ever.
pub async fn revoke(
    State(service): State<Arc<Service>>,
    Extension(asking): Extension<Asking>,
    Body(body): Body<SINGLE_LIMIT>,
) -> Answer {
    asking.may(&service, Scope::Revoke)?;
    let Revocation { signature, public_key, reason } = read(&body)?;
    let bytes = reason.len();
    if bytes > REASON_LIMIT {
        return Err(Refusal::TooLarge { field: "reason", bytes, limit: REASON_LIMIT }.into());
    }
    let (what, target) = match (signature, public_key) {
        (Some(text), None) => (Revoked::Proof, signature_id(&exactly("signature", &text)?)),
        (None, Some(text)) => (Revoked::Key, exactly("public_key", &text)?),
        _ => {
            let wanted = "either signature or public_key has to be given";
            return Err(Refusal::malformed("request", wanted).into());
        }
    };
    // In memory first: should it fail to be written down, it holds until the service ends.
    let is_new = service.memory.revoke(what, target);
    let now_ms = service.clock.now_ms();
    let event = Event::Revoked { what, target, reason };
    let entry = Entry { at_ms: now_ms, client: asking.name(), event };
    service.audit.record(vec![entry]).await?;
    tracing::info!(client = asking.name(), target = base64url(&target), "revoked a {what}");
    let status = if is_new { StatusCode::CREATED } else { StatusCode::OK };
    let told = json!({ "revoked": what.to_string(), "timestamp": timestamp(now_ms) });
    Ok((status, Json(told)))
}

/// Whether a proof (by its signature) or a key is revoked. Which of them it is, is told by the
/// length.
pub async fn revocation(
    State(service): State<Arc<Service>>,
    Extension(asking): Extension<Asking>,
    id: Result<Path<String>, PathRejection>,
) -> Answer {
    asking.may(&service, Scope::Revoke)?;
    let Path(id) = id.map_err(|_| Refusal::malformed("id", "not UTF-8"))?;
    let (what, target) = match id.len() {
        86 | 128 => (Revoked::Proof, signature_id(&exactly("id", &id)?)),
        _ => (Revoked::Key, exactly("id", &id)?),
    };
    let told = json!({
        "is_revoked": service.memory.is_revoked(what, &target),
        "kind": what.to_string(),
        "timestamp": timestamp(service.clock.now_ms()),
    });
    Ok((StatusCode::OK, Json(told)))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Registration {
    credential_id: String,
    public_key: String,
}

/// The longest id of a credential that WebAuthn allows, in bytes.
const ID_LIMIT: usize = 1023;

/// Registers a credential of an authenticator.
pub async fn register(
    State(service): State<Arc<Service>>,
    Extension(asking): Extension<Asking>,
    Body(body): Body<SINGLE_LIMIT>,
) -> Answer {
    asking.may(&service, Scope::Register)?;
    let registration: Registration = read(&body)?;
    let id = encoding::bounded("credential_id", &registration.credential_id, ID_LIMIT)?;
    if id.is_empty() {
        return Err(Refusal::malformed("credential_id", "empty").into());
    }
    let key: [u8; 65] = encoding::fixed("public_key", &registration.public_key)?;
    let credential =
        Credential { id: id.clone(), key: CredentialKey::from_sec1(&key)?, counter: 0 };
    let is_new = service.memory.register(credential)?;
    let now_ms = service.clock.now_ms();
    if is_new {
        let event = Event::Registered { credential: id.clone(), key: key.to_vec() };
        let entry = Entry { at_ms: now_ms, client: asking.name(), event };
        if let Err(error) = service.audit.record(vec![entry]).await {
            service.memory.unregister(&id);
            return Err(error.into());
        }
        tracing::info!(client = asking.name(), id = base64url(&id), "registered a credential");
    }
    let status = if is_new { StatusCode::CREATED } else { StatusCode::OK };
    let told = json!({ "credential_id": base64url(&id), "timestamp": timestamp(now_ms) });
    Ok((status, Json(told)))
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refusal> {
    serde_json::from_slice(body).map_err(|error| Refusal::malformed("request", error.to_string()))
}

/// Exactly `N` bytes from base64url, or from hex in either case: it is the bytes that count.
fn exactly<const N: usize>(field: &'static str, text: &str) -> Result<[u8; N], Refusal> {
    if text.len() != 2 * N {
        return encoding::fixed(field, text);
    }
    let bytes = encoding::hex(field, text, N)?;
    bytes.try_into().map_err(|_| Refusal::malformed(field, "another length"))
}
