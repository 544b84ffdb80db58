//! Any bytes, read as an assertion and as its parts: a refusal, or an assertion that is judged
//! without a panic and is not accepted under a key that signed nothing.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use proofs::webauthn::{
    Assertion, AuthenticatorData, Challenges, ClientData, Credential, CredentialKey, RelyingParty,
    judge,
};

/// The base point of P-256, whose secret is 1, but signs nothing here.
const KEY: &str = "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296\
                   4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5";

static CREDENTIAL: LazyLock<Credential> = LazyLock::new(|| {
    let point = proofs::encoding::hex("key", KEY, 65).expect("it is hex");
    let key = CredentialKey::from_sec1(&point).expect("it is a point");
    Credential { id: b"credential-1".to_vec(), key, counter: 7 }
});

static PARTY: LazyLock<RelyingParty> =
    LazyLock::new(|| RelyingParty::new("example.org", ["https://login.example.org".to_owned()]));

fuzz_target!(|bytes: &[u8]| {
    let _ = ClientData::parse(bytes);
    if let Ok(data) = AuthenticatorData::parse(bytes) {
        assert!(bytes.len() >= 37);
        let _ = data.check(&PARTY.id_hash);
    }
    let Ok(assertion) = Assertion::parse(bytes) else { return };
    let mut challenges = Challenges::new(1);
    let context = assertion.context_sha256();
    challenges.issue(&[7; 32], context, 2000, 1000).expect("it is the first");
    let mut credential = CREDENTIAL.clone();
    let verdict = judge(&assertion, &mut credential, &PARTY, &mut challenges, 1000);
    assert!(verdict.is_err());
    let _ = assertion.verify(&CREDENTIAL, &PARTY);
});
