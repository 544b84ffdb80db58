//! How a client says who it is, where the key did not come with the request: browsers send no
//! headers of their own with WebSockets.

use serde::Deserialize;
use thiserror::Error;

/// Why a client is not let in.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum Refused {
    #[error("the payload has no `api_key` and `timestamp`")]
    Malformed,
    #[error("the API key is unknown")]
    Unknown,
    #[error("the timestamp is more than five minutes off")]
    Late,
}

#[derive(Deserialize)]
struct Told {
    #[serde(default)]
    api_key: String,
    /// Milliseconds since 1970.
    timestamp: f64,
}

/// How far the client's clock may be off.
const MOST_OFF_MS: f64 = 300_000.0;

/// Whether what a client says of itself is enough.
pub fn check(
    payload: Option<&str>,
    now_ms: u64,
    lets_in: impl FnOnce(&[u8]) -> bool,
) -> Result<(), Refused> {
    let told: Told =
        payload.and_then(|text| serde_json::from_str(text).ok()).ok_or(Refused::Malformed)?;
    if !lets_in(told.api_key.as_bytes()) {
        return Err(Refused::Unknown);
    }
    if (told.timestamp - now_ms as f64).abs() > MOST_OFF_MS {
        return Err(Refused::Late);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: u64 = 1_700_000_000_000;

    fn checked(payload: &str) -> Result<(), Refused> {
        check(Some(payload), NOW, |key| key == b"right")
    }

    #[test]
    fn the_right_key_lets_in_within_five_minutes() {
        for timestamp in [NOW, NOW - 300_000, NOW + 300_000] {
            let payload = format!(r#"{{"api_key": "right", "timestamp": {timestamp}}}"#);
            assert_eq!(checked(&payload), Ok(()));
        }
        for timestamp in ["1700000300001", "1699999699999", "0", "-1e300"] {
            let payload = format!(r#"{{"api_key": "right", "timestamp": {timestamp}}}"#);
            assert_eq!(checked(&payload), Err(Refused::Late), "{timestamp}");
        }
    }

    #[test]
    fn a_wrong_key_is_unknown_whatever_the_time() {
        for key in ["", "righ", "right "] {
            let payload = format!(r#"{{"api_key": "{key}", "timestamp": 0}}"#);
            assert_eq!(checked(&payload), Err(Refused::Unknown), "{key}");
        }
    }

    #[test]
    fn what_says_nothing_is_malformed() {
        for payload in ["{}", "null", "[]", r#"{"api_key": "right"}"#, r#"{"api_key": 1}"#, ""] {
            assert_eq!(checked(payload), Err(Refused::Malformed), "{payload}");
        }
        assert_eq!(check(None, NOW, |_| true), Err(Refused::Malformed));
    }
}
