//! Public keys: decoded once, and only those under which a signature proves something.
//!
//! A key is refused if its 32 bytes are not the one canonical form of a point, or if the point has
//! small order: under such a key one signature fits every message.

mod cache;
mod ring;

use std::fmt;

use ed25519_dalek::ed25519::signature::MultipartVerifier;
use ed25519_dalek::{Signature, VerifyingKey};

pub use cache::KeyCache;
pub use ring::KeyRing;

use crate::encoding::base64url;
use crate::refusal::Refusal;
use crate::signed::sha256;

/// A key's name: the SHA-256 of its bytes. Written as base64url it is a `kid`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KeyId(pub [u8; 32]);

impl KeyId {
    pub fn of(key: &[u8; 32]) -> Self {
        Self(sha256(key))
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&base64url(&self.0))
    }
}

/// A key that is decoded and is not weak.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PublicKey(VerifyingKey);

impl PublicKey {
    pub fn decode(bytes: &[u8; 32]) -> Result<Self, Refusal> {
        if !is_canonical(bytes) {
            return Err(Refusal::malformed("public_key", "not the canonical form of a point"));
        }
        let key = VerifyingKey::from_bytes(bytes)
            .map_err(|_| Refusal::malformed("public_key", "not a point of the curve"))?;
        if key.is_weak() {
            return Err(Refusal::WeakKey);
        }
        Ok(Self(key))
    }

    pub fn as_bytes(&self) -> &[u8; 32] {
        self.0.as_bytes()
    }

    pub fn id(&self) -> KeyId {
        KeyId::of(self.as_bytes())
    }

    /// Checks a signature over the parts, one after the other, with exactly the verdict of strict
    /// verification.
    ///
    /// Strict verification decompresses R to see that it has no small order. The plain one compares
    /// R's bytes with those of a point that it computed, so what it lets pass is canonical, and
    /// leaving out the eight canonical forms of small order beforehand comes to the same, cheaper.
    pub fn verify(&self, parts: &[&[u8]], signature: &[u8; 64]) -> Result<(), Refusal> {
        let signature = Signature::from_bytes(signature);
        if SMALL_ORDER.contains(signature.r_bytes()) {
            return Err(Refusal::InvalidSignature);
        }
        self.0.multipart_verify(parts, &signature).map_err(|_| Refusal::InvalidSignature)
    }
}

/// Whether y is less than 2^255 - 19. The points with x = 0, whose sign could be written in two
/// ways, have small order and are refused as weak.
fn is_canonical(bytes: &[u8; 32]) -> bool {
    let [low, middle @ .., high] = bytes;
    *low < 0xed || high & 0x7f != 0x7f || middle.iter().any(|byte| *byte != 0xff)
}

/// The canonical forms of the eight points whose order divides eight.
const SMALL_ORDER: [[u8; 32]; 8] = [
    point(0x00, 0x00, 0x00),
    point(0x00, 0x00, 0x80),
    point(0x01, 0x00, 0x00),
    point(0xec, 0xff, 0x7f),
    ORDER_EIGHT,
    with_sign(ORDER_EIGHT),
    ORDER_EIGHT_TOO,
    with_sign(ORDER_EIGHT_TOO),
];

const ORDER_EIGHT: [u8; 32] = [
    0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98, 0xf0,
    0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05,
];

const ORDER_EIGHT_TOO: [u8; 32] = [
    0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67, 0x0f,
    0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a,
];

const fn point(low: u8, middle: u8, high: u8) -> [u8; 32] {
    let mut bytes = [middle; 32];
    bytes[0] = low;
    bytes[31] = high;
    bytes
}

const fn with_sign(mut bytes: [u8; 32]) -> [u8; 32] {
    bytes[31] |= 0x80;
    bytes
}

#[cfg(test)]
mod tests;
