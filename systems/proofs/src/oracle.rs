//! What `testdata/oracle.py` made, and proofs made up from it.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::encoding::hex;
use crate::envelope::Envelope;

#[derive(Deserialize)]
pub(crate) struct Oracle {
    pub(crate) now_ms: u64,
    pub(crate) envelopes: Vec<Signed>,
    pub(crate) torsioned: Vec<Torsioned>,
    pub(crate) webauthn: Assertions,
    pub(crate) legacy: Legacy,
}

#[derive(Deserialize)]
pub(crate) struct Signed {
    pub(crate) seed: String,
    pub(crate) kid: String,
    pub(crate) body: String,
    pub(crate) signed: String,
    pub(crate) envelope: String,
}

#[derive(Deserialize)]
pub(crate) struct Torsioned {
    pub(crate) key: String,
    pub(crate) message: String,
    pub(crate) signature: String,
    pub(crate) accepted: bool,
}

#[derive(Deserialize)]
pub(crate) struct Assertions {
    pub(crate) rp_id: String,
    pub(crate) origin: String,
    pub(crate) credential_id: String,
    pub(crate) public_key: String,
    pub(crate) counter: u32,
    pub(crate) nonce: String,
    pub(crate) context_sha256: String,
    pub(crate) challenge: String,
    pub(crate) cases: Vec<Case>,
}

#[derive(Deserialize)]
pub(crate) struct Case {
    pub(crate) expected: String,
    pub(crate) assertion: String,
}

#[derive(Deserialize)]
pub(crate) struct Legacy {
    pub(crate) relayed: String,
    pub(crate) single: String,
    pub(crate) batch: String,
}

pub(crate) static ORACLE: LazyLock<Oracle> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../testdata/oracle.json")).expect("the script wrote it")
});

pub(crate) fn bytes<const N: usize>(digits: &str) -> [u8; N] {
    all_bytes(digits).try_into().expect("the script wrote so many")
}

pub(crate) fn all_bytes(digits: &str) -> Vec<u8> {
    hex("oracle", digits, 1 << 20).expect("the script wrote hex")
}

/// The valid proofs, one of each type.
pub(crate) fn envelopes() -> Vec<Envelope> {
    let parse = |signed: &Signed| Envelope::parse(signed.envelope.as_bytes());
    ORACLE.envelopes.iter().map(parse).collect::<Result<_, _>>().expect("they are in good form")
}

/// The key under which every message is signed by [`FORGED`].
pub(crate) const WEAK_KEY: &str =
    "0100000000000000000000000000000000000000000000000000000000000000";

pub(crate) const FORGED: &str = "5866666666666666666666666666666666666666666666666666666666666666\
     0100000000000000000000000000000000000000000000000000000000000000";
