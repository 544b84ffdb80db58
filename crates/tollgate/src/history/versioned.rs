//! JSON that was stored under a version of its own, which is read first: of a later form nothing
//! else is known.

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::fault::Fault;

/// Reads a value whose versions are known up to `known`; `what` names it in messages.
pub(super) fn read<T: DeserializeOwned>(
    text: &str,
    what: impl Fn() -> String,
    known: u32,
) -> Result<T, Fault> {
    let damaged = |error: serde_json::Error| Fault::Damaged(format!("{}: {error}", what()));
    let Version { format: found } = serde_json::from_str(text).map_err(damaged)?;
    if found > known {
        return Err(Fault::NewerFormat { what: what(), found, known });
    }
    serde_json::from_str(text).map_err(damaged)
}

/// What a rejected line of an export has beyond what is known.
pub(super) fn beyond(what: &str, found: u32, known: u32) -> Option<String> {
    (found > known).then(|| {
        format!("{what} has format {found}, this version of Tollgate knows formats up to {known}")
    })
}

#[derive(Deserialize)]
pub(super) struct Version {
    pub(super) format: u32,
}
