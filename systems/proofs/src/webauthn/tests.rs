//! Assertions, held against those of an independent authenticator.

use proptest::prelude::*;

use super::*;
use crate::oracle::{ORACLE, all_bytes, bytes};

const NOW_MS: u64 = 1000;
const EXPIRES_MS: u64 = 2000;

fn credential() -> Credential {
    let expected = &ORACLE.webauthn;
    Credential {
        id: all_bytes(&expected.credential_id),
        key: CredentialKey::from_sec1(&all_bytes(&expected.public_key)).unwrap(),
        counter: expected.counter,
    }
}

fn party() -> RelyingParty {
    RelyingParty::new(&ORACLE.webauthn.rp_id, [ORACLE.webauthn.origin.clone()])
}

fn challenges() -> Challenges {
    let mut challenges = Challenges::new(10);
    let (nonce, context) = (bytes(&ORACLE.webauthn.nonce), bytes(&ORACLE.webauthn.context_sha256));
    let issued = challenges.issue(&nonce, context, EXPIRES_MS, NOW_MS).unwrap();
    assert_eq!(issued, bytes(&ORACLE.webauthn.challenge));
    challenges
}

fn judged(text: &[u8]) -> Result<u32, Refusal> {
    let mut credential = credential();
    let assertion = Assertion::parse(text)?;
    judge(&assertion, &mut credential, &party(), &mut challenges(), NOW_MS)?;
    Ok(credential.counter)
}

fn valid() -> &'static str {
    &ORACLE.webauthn.cases[0].assertion
}

#[test]
fn assertions_of_an_independent_authenticator_are_judged_as_it_says() {
    for (number, case) in ORACLE.webauthn.cases.iter().enumerate() {
        let verdict = judged(case.assertion.as_bytes());
        let code = verdict.as_ref().map_or_else(Refusal::code, |_| "accepted");
        assert_eq!(code, case.expected, "case {number}: {verdict:?}");
    }
    assert_eq!(judged(valid().as_bytes()), Ok(8));
}

#[test]
fn a_challenge_is_used_once_and_an_attempt_that_fails_does_not_use_it() {
    let assertion = Assertion::parse(valid().as_bytes()).unwrap();
    let stranger = RelyingParty::new("example.com", party().origins);
    let mut credential = credential();
    let mut challenges = challenges();
    let mut judge =
        |party: &RelyingParty| judge(&assertion, &mut credential, party, &mut challenges, NOW_MS);
    assert_eq!(judge(&stranger), Err(Refusal::WrongRelyingParty));
    assert_eq!(judge(&party()), Ok(()));
    assert_eq!(judge(&party()), Err(Refusal::WrongChallenge));
}

#[test]
fn a_challenge_expires_and_is_for_one_context() {
    let (challenge, context) =
        (bytes(&ORACLE.webauthn.challenge), bytes(&ORACLE.webauthn.context_sha256));
    let mut challenges = challenges();
    assert_eq!(challenges.check(&challenge, &context, EXPIRES_MS - 1), Ok(()));
    assert_eq!(challenges.take(&challenge, &context, EXPIRES_MS), Err(Refusal::WrongChallenge));
    assert_eq!(challenges.take(&challenge, &[0; 32], NOW_MS), Err(Refusal::WrongChallenge));
    assert_eq!(challenges.len(), 1);
    challenges.purge(EXPIRES_MS);
    assert!(challenges.is_empty());
}

#[test]
fn open_challenges_are_bounded() {
    let mut challenges = Challenges::new(2);
    let mut issue = |nonce, now_ms| challenges.issue(&[nonce; 32], [0; 32], now_ms + 10, now_ms);
    assert!(issue(1, 0).is_ok() && issue(2, 5).is_ok());
    assert_eq!(issue(3, 9), Err(Refusal::Busy));
    assert!(issue(3, 10).is_ok());
    assert_eq!(issue(4, 14), Err(Refusal::Busy));
}

#[test]
fn another_credential_is_unknown() {
    let assertion = Assertion::parse(valid().as_bytes()).unwrap();
    let mut other = Credential { id: b"credential-2".to_vec(), ..credential() };
    let verdict = judge(&assertion, &mut other, &party(), &mut challenges(), NOW_MS);
    assert_eq!(verdict, Err(Refusal::UnknownCredential));
}

#[test]
fn a_counter_rises_or_stays_zero() {
    let raised = |last, counter| Credential { counter: last, ..credential() }.raise(counter);
    assert_eq!(raised(0, 0), Ok(()));
    assert_eq!(raised(0, 1), Ok(()));
    assert_eq!(raised(1, u32::MAX), Ok(()));
    for (last, counter) in [(1, 1), (1, 0), (u32::MAX, 1)] {
        assert_eq!(raised(last, counter), Err(Refusal::CounterNotRaised));
    }
}

#[test]
fn a_key_is_an_uncompressed_point_of_the_curve() {
    let point = all_bytes(&ORACLE.webauthn.public_key);
    assert_eq!(CredentialKey::from_sec1(&point).unwrap().to_sec1(), point);
    let mut off = point.clone();
    off[64] ^= 1;
    let compressed = [&[2 + (point[64] & 1)][..], &point[1..33]].concat();
    for bytes in [&off[..], &compressed, &point[..64], &[0], &[], &[4; 65]] {
        assert_eq!(CredentialKey::from_sec1(bytes).unwrap_err().code(), "malformed");
    }
}

#[test]
fn what_is_no_assertion_is_malformed_or_too_large() {
    for text in ["", "{}", "[]", "null", &valid().replace("\"context\"", "\"con\"")] {
        assert_eq!(Assertion::parse(text.as_bytes()).unwrap_err().code(), "malformed", "{text}");
    }
    let doubled = valid().replace("{\"", "{\"context\":\"\",\"");
    assert_eq!(Assertion::parse(doubled.as_bytes()).unwrap_err().code(), "malformed");
    let long = valid().replace("\"signature\":\"", &format!("\"signature\":\"{}", "A".repeat(60)));
    assert_eq!(Assertion::parse(long.as_bytes()).unwrap_err().code(), "too_large");
    assert_eq!(Assertion::parse(&[b' '; 40_000]).unwrap_err().code(), "too_large");
}

proptest! {
    #[test]
    fn an_assertion_with_any_one_byte_changed_is_refused_or_still_the_same(
        at in any::<prop::sample::Index>(),
        byte in any::<u8>(),
    ) {
        let mut changed = valid().as_bytes().to_vec();
        changed[at.index(valid().len())] = byte;
        if judged(&changed).is_ok() {
            let same = Assertion::parse(valid().as_bytes());
            prop_assert_eq!(Assertion::parse(&changed), same);
        }
    }

    #[test]
    fn any_bytes_are_data_of_an_authenticator_and_a_client_or_refused(
        bytes in proptest::collection::vec(any::<u8>(), 0..80),
        flags in any::<u8>(),
    ) {
        let _ = ClientData::parse(&bytes);
        let _ = Assertion::parse(&bytes);
        let mut bytes = bytes;
        if let Some(place) = bytes.get_mut(32) {
            *place = flags;
        }
        if let Ok(data) = AuthenticatorData::parse(&bytes) {
            prop_assert!(bytes.len() >= 37 && (bytes.len() == 37 || flags & 0x80 != 0));
            prop_assert_eq!(data.flags, flags);
        }
    }
}
