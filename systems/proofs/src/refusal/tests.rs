//! Every refusal has a code of its own, a status that HTTP knows and a sentence.

use std::collections::BTreeSet;

use super::*;

fn all() -> Vec<Refusal> {
    vec![
        Refusal::malformed("nonce", "missing"),
        Refusal::UnsupportedVersion { found: 2 },
        Refusal::UnsupportedAlgorithm { field: "alg", expected: "Ed25519" },
        Refusal::TooLarge { field: "context", bytes: 2, limit: 1 },
        Refusal::policy("action is missing"),
        Refusal::Expired { ago_ms: 1 },
        Refusal::NotYetValid { ahead_ms: 1 },
        Refusal::LivesTooLong { lives_ms: 2, limit_ms: 1 },
        Refusal::UnknownKey,
        Refusal::WeakKey,
        Refusal::InvalidSignature,
        Refusal::WrongBody,
        Refusal::Revoked { what: Revoked::Proof },
        Refusal::Revoked { what: Revoked::Key },
        Refusal::Replayed,
        Refusal::Busy,
        Refusal::WrongType,
        Refusal::WrongChallenge,
        Refusal::WrongOrigin,
        Refusal::WrongRelyingParty,
        Refusal::UserNotPresent,
        Refusal::UserNotVerified,
        Refusal::CounterNotRaised,
        Refusal::UnknownCredential,
    ]
}

#[test]
fn each_refusal_has_a_code_of_its_own_in_snake_case() {
    let codes: BTreeSet<&str> = all().iter().map(Refusal::code).collect();
    assert_eq!(codes.len(), all().len());
    for code in codes {
        assert!(code.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'), "{code}");
    }
}

#[test]
fn the_statuses_are_those_of_the_contract() {
    let status = |code: &str| all().iter().find(|kind| kind.code() == code).map(Refusal::status);
    for (code, expected) in [
        ("malformed", 400),
        ("invalid_signature", 401),
        ("revoked", 403),
        ("key_revoked", 403),
        ("replayed", 409),
        ("expired", 410),
        ("too_large", 413),
        ("policy_violated", 422),
        ("busy", 503),
    ] {
        assert_eq!(status(code), Some(expected), "{code}");
    }
    assert!(all().iter().all(|refusal| (400..=503).contains(&refusal.status())));
}

#[test]
fn each_refusal_is_a_fragment_of_a_sentence_of_one_line() {
    for refusal in all() {
        let text = refusal.to_string();
        assert!(text.len() > 10 && !text.contains('\n') && !text.ends_with('.'), "{text}");
    }
}
