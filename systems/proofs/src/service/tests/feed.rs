//! Generated proofs: each line says what the service really answers to it.

use serde_json::Value;

use super::fixture::*;
use crate::feed::users::{Generated, Root};
use crate::feed::{Authenticators, Feed, Plan as FeedPlan, Source};
use crate::service::*;
use crate::webauthn::ChallengeSecret;

const USERS: Generated = Generated { root: Root([1; 32]), users: 5 };
const SECRET: ChallengeSecret = ChallengeSecret([3; 32]);

fn knowing() -> Plan {
    let settings = Settings { challenge_secret: Some(SECRET), ..Settings::default() };
    let registered = USERS.registry(SECRET).signers().copied().collect();
    Plan { settings, registered, ..Plan::default() }
}

async fn enrolled() -> Fixture {
    let service = Fixture::of(knowing());
    service.service.enroll(&USERS.registry(SECRET)).await.unwrap();
    service
}

fn lines(source: Source, mix: &str, seed: u64, count: usize) -> Vec<Value> {
    let mix = mix.parse().unwrap();
    let plan = FeedPlan { source, mix, lifetime_ms: 300_000, replay_after: 10, seed };
    let (mut feed, mut text) = (Feed::new(plan), String::new());
    (0..count).for_each(|_| feed.write(NOW_MS, &mut text));
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn biometric() -> Source {
    let origin = "http://localhost:8000";
    Source::Biometric(Authenticators::new(&USERS, SECRET, "localhost", origin))
}

async fn answer(service: &Fixture, line: &Value) -> Answer {
    service.post(line["path"].as_str().unwrap(), line["body"].to_string()).await
}

/// Posts the lines in turn, and tells which kinds there were.
async fn hold(service: &Fixture, lines: &[Value]) -> Vec<String> {
    let mut kinds = Vec::new();
    for line in lines {
        let answer = answer(service, line).await;
        assert_eq!(answer.status, line["status"].as_u64().unwrap() as u16, "{line}");
        match line["code"].as_str() {
            Some(code) => assert_eq!(answer.refusal().1, code, "{line}"),
            None => assert_eq!(answer.json["verified"], true, "{line}: {}", answer.text),
        }
        assert_eq!(answer.json["verified"], line["verified"]);
        kinds.push(line["kind"].as_str().unwrap().to_owned());
    }
    kinds.sort();
    kinds.dedup();
    kinds
}

#[tokio::test]
async fn every_kind_of_envelope_is_answered_as_its_line_says() {
    let service = enrolled().await;
    let mix = "valid=4,invalid=1,expired=1,replayed=2,revoked=1";
    let sources: [fn() -> Source; 3] = [
        || Source::verify(USERS.signers()),
        || Source::login(USERS.signers()),
        || Source::transaction(USERS.signers()),
    ];
    for source in sources {
        let kinds = hold(&service, &lines(source(), mix, 1, 120)).await;
        assert_eq!(kinds, ["expired", "invalid", "replayed", "revoked", "valid"]);
    }
}

#[tokio::test]
async fn every_kind_of_assertion_is_answered_as_its_line_says() {
    let service = enrolled().await;
    let mix = "valid=4,invalid=1,expired=1,replayed=2";
    let kinds = hold(&service, &lines(biometric(), mix, 1, 80)).await;
    assert_eq!(kinds, ["expired", "invalid", "replayed", "valid"]);
}

#[tokio::test]
async fn a_batch_is_answered_proof_by_proof_as_its_line_says() {
    let service = enrolled().await;
    let mix = "valid=16,invalid=1,expired=1,replayed=1,revoked=1";
    let mut kinds = Vec::new();
    for line in lines(Source::batch(USERS.signers(), 2..=6), mix, 1, 60) {
        let answer = answer(&service, &line).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        for count in ["total_count", "verified_count", "failed_count"] {
            assert_eq!(answer.json[count], line[count], "{line}");
        }
        let results = answer.json["results"].as_array().unwrap();
        let codes = results.iter().map(|result| result["code"].clone()).collect();
        assert_eq!(Value::Array(codes), line["codes"], "{line}");
        assert_eq!(line["verified"], answer.json["failed_count"] == 0);
        assert!(answer.json["verified"].is_null(), "a batch has counts");
        kinds.push(line["kind"].as_str().unwrap().to_owned());
    }
    assert!(kinds.contains(&"valid".to_owned()) && kinds.contains(&"mixed".to_owned()));
}

#[tokio::test]
async fn a_sealed_challenge_is_used_once_even_across_a_restart() {
    let service = enrolled().await;
    let line = &lines(biometric(), "valid=1", 2, 1)[0];
    assert_eq!(answer(&service, line).await.status, 200);
    assert_eq!(answer(&service, line).await.refusal(), (401, "wrong_challenge"));
    let service = service.again(knowing());
    assert_eq!(answer(&service, line).await.refusal(), (401, "wrong_challenge"));
    let other = &lines(biometric(), "valid=1", 3, 1)[0];
    assert_eq!(answer(&service, other).await.status, 200, "credentials outlast the restart");
    service.wait(300_000);
    let late = &lines(biometric(), "valid=1", 4, 1)[0];
    assert_eq!(answer(&service, late).await.refusal(), (401, "wrong_challenge"));
}

#[tokio::test]
async fn without_the_secret_no_sealed_challenge_is_taken() {
    let service = Fixture::of(Plan::default());
    service.service.enroll(&USERS.registry(SECRET)).await.unwrap();
    let line = &lines(biometric(), "valid=1", 2, 1)[0];
    assert_eq!(answer(&service, line).await.refusal(), (401, "wrong_challenge"));
}

#[tokio::test]
async fn what_a_registry_revoked_stays_revoked_without_it_and_is_written_down_once() {
    let service = enrolled().await;
    let rows = crate::audit::verify(&service.database()).unwrap().sequence;
    assert_eq!(rows, 6, "five authenticators and one revoked key");
    service.service.enroll(&USERS.registry(SECRET)).await.unwrap();
    assert_eq!(crate::audit::verify(&service.database()).unwrap().sequence, rows);
    let service = service.again(knowing());
    let line = &lines(Source::login(USERS.signers()), "revoked=1", 1, 1)[0];
    assert_eq!(answer(&service, line).await.refusal(), (403, "key_revoked"));
}

#[tokio::test]
async fn a_registry_cannot_give_an_authenticator_another_key() {
    let service = enrolled().await;
    let other = Generated { root: Root([2; 32]), ..USERS };
    let error = service.service.enroll(&other.registry(SECRET)).await.unwrap_err();
    assert_eq!(error.code(), "credential_taken");
}
