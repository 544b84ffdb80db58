//! The JSON object in which an assertion travels.

use std::borrow::Cow;

use serde::Deserialize;

use super::{Assertion, AuthenticatorData, ClientData};
use crate::context::ContextType;
use crate::encoding::bounded;
use crate::envelope::CONTEXT_LIMIT;
use crate::refusal::Refusal;

/// The largest id that WebAuthn allows.
const ID_LIMIT: usize = 1023;
const AUTHENTICATOR_LIMIT: usize = 1024;
const CLIENT_LIMIT: usize = 4096;
/// A sequence of two numbers of 33 bytes, and their heads.
const SIGNATURE_LIMIT: usize = 72;
const ASSERTION_LIMIT: usize = 32 * 1024;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw<'a> {
    #[serde(borrow)]
    credential_id: Cow<'a, str>,
    #[serde(borrow)]
    authenticator_data: Cow<'a, str>,
    #[serde(borrow)]
    client_data_json: Cow<'a, str>,
    #[serde(borrow)]
    signature: Cow<'a, str>,
    #[serde(borrow)]
    context_type: Cow<'a, str>,
    #[serde(borrow)]
    context: Cow<'a, str>,
}

pub(super) fn parse(bytes: &[u8]) -> Result<Assertion, Refusal> {
    if bytes.len() > ASSERTION_LIMIT {
        let bytes = bytes.len();
        return Err(Refusal::TooLarge { field: "assertion", bytes, limit: ASSERTION_LIMIT });
    }
    let raw: Raw<'_> =
        serde_json::from_slice(bytes).map_err(|error| Refusal::json("assertion", &error))?;
    let context_type = ContextType::named(&raw.context_type);
    let authenticator_bytes =
        bounded("authenticator_data", &raw.authenticator_data, AUTHENTICATOR_LIMIT)?;
    let client_bytes = bounded("client_data_json", &raw.client_data_json, CLIENT_LIMIT)?;
    Ok(Assertion {
        credential_id: bounded("credential_id", &raw.credential_id, ID_LIMIT)?,
        context_type: context_type
            .ok_or_else(|| Refusal::malformed("context_type", "no known type"))?,
        context: bounded("context", &raw.context, CONTEXT_LIMIT)?,
        authenticator: AuthenticatorData::parse(&authenticator_bytes)?,
        client: ClientData::parse(&client_bytes)?,
        signature: bounded("signature", &raw.signature, SIGNATURE_LIMIT)?,
        authenticator_bytes,
        client_bytes,
    })
}
