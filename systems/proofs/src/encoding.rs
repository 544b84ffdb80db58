//! Text to bytes, in one way only: base64url without padding and without stray bits, and for the
//! legacy shapes hex in either case.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::refusal::Refusal;

/// The bytes as base64url without padding.
pub fn base64url(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Exactly `N` bytes from base64url.
pub fn fixed<const N: usize>(field: &'static str, text: &str) -> Result<[u8; N], Refusal> {
    // The decoder rounds its room up to whole groups of three.
    const ROOM: usize = 96;
    const { assert!(N + 3 <= ROOM) };
    let length = (N * 4).div_ceil(3);
    if text.len() != length {
        let reason = format!("{} characters instead of the {length} of {N} bytes", text.len());
        return Err(Refusal::malformed(field, reason));
    }
    let mut room = [0; ROOM];
    URL_SAFE_NO_PAD.decode_slice(text, &mut room).map_err(|_| no_base64url(field))?;
    let mut bytes = [0; N];
    bytes.copy_from_slice(&room[..N]);
    Ok(bytes)
}

/// At most `limit` bytes from base64url.
pub fn bounded(field: &'static str, text: &str, limit: usize) -> Result<Vec<u8>, Refusal> {
    let bytes = text.len() * 3 / 4;
    if bytes > limit {
        return Err(Refusal::TooLarge { field, bytes, limit });
    }
    URL_SAFE_NO_PAD.decode(text).map_err(|_| no_base64url(field))
}

/// At most `limit` bytes from hex; the case of a digit means nothing.
pub fn hex(field: &'static str, text: &str, limit: usize) -> Result<Vec<u8>, Refusal> {
    let bytes = text.len() / 2;
    if bytes > limit {
        return Err(Refusal::TooLarge { field, bytes, limit });
    }
    let digit = |byte: u8| (byte as char).to_digit(16).map(|digit| digit as u8);
    let (pairs, []) = text.as_bytes().as_chunks::<2>() else {
        return Err(Refusal::malformed(field, "an odd number of hex digits"));
    };
    let pair = |[high, low]: &[u8; 2]| Some(digit(*high)? << 4 | digit(*low)?);
    let bytes: Option<Vec<u8>> = pairs.iter().map(pair).collect();
    bytes.ok_or_else(|| Refusal::malformed(field, "not hex"))
}

fn no_base64url(field: &'static str) -> Refusal {
    Refusal::malformed(field, "not base64url without padding in its one canonical form")
}

#[cfg(test)]
mod tests;
