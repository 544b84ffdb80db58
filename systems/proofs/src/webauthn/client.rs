//! What the browser states: what was asked, with which challenge, and by whose page.

use std::borrow::Cow;

use serde::Deserialize;

use crate::encoding::fixed;
use crate::refusal::Refusal;

/// The client data of an assertion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientData {
    pub is_get: bool,
    pub challenge: [u8; 32],
    pub origin: String,
    /// Whether the page lay in a page of another origin.
    pub cross_origin: bool,
}

/// Browsers may add fields, so others are let pass; none of these may be given twice.
#[derive(Deserialize)]
struct Raw<'a> {
    #[serde(borrow, rename = "type")]
    kind: Cow<'a, str>,
    #[serde(borrow)]
    challenge: Cow<'a, str>,
    #[serde(borrow)]
    origin: Cow<'a, str>,
    #[serde(default, rename = "crossOrigin")]
    cross_origin: bool,
}

impl ClientData {
    pub fn parse(bytes: &[u8]) -> Result<Self, Refusal> {
        let raw: Raw<'_> = serde_json::from_slice(bytes)
            .map_err(|error| Refusal::json("client_data_json", &error))?;
        Ok(Self {
            is_get: raw.kind == "webauthn.get",
            // A challenge of another length is none that was issued.
            challenge: fixed("challenge", &raw.challenge).map_err(|_| Refusal::WrongChallenge)?,
            origin: raw.origin.into_owned(),
            cross_origin: raw.cross_origin,
        })
    }

    /// Checks what was asked and where; a page within another's is not one of the origins.
    pub fn check(&self, origins: &[String]) -> Result<(), Refusal> {
        if !self.is_get {
            return Err(Refusal::WrongType);
        }
        if self.cross_origin || !origins.contains(&self.origin) {
            return Err(Refusal::WrongOrigin);
        }
        Ok(())
    }
}
