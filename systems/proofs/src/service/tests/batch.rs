//! Many proofs in one request.

use serde_json::{Value, json};

use super::fixture::*;

const PATH: &str = "/api/batch-verify-proofs";

fn batch(proofs: &[String]) -> String {
    format!(r#"{{"proofs":[{}]}}"#, proofs.join(","))
}

#[tokio::test]
async fn each_proof_has_its_verdict_in_the_order_of_the_request() {
    let service = Fixture::new();
    assert_eq!(service.verify(proof(3)).await.status, 200);
    let proofs = [
        proof(1),
        "{}".to_owned(),
        changed(2, "context_type", json!("transaction")),
        proof(3),
        proof(4),
        proof(1),
    ];
    let answer = service.post(PATH, batch(&proofs)).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let code = |item: &Value| item["code"].as_str().map(str::to_owned);
    let codes: Vec<_> = answer.json["results"].as_array().unwrap().iter().map(code).collect();
    let wanted = [
        None,
        Some("malformed"),
        Some("policy_violated"),
        Some("replayed"),
        None,
        Some("replayed"),
    ];
    assert_eq!(codes, wanted.map(|code| code.map(str::to_owned)));
    let counts = ["total_count", "verified_count", "failed_count"].map(|key| &answer.json[key]);
    assert_eq!(counts, [6, 2, 4]);
    let failed = answer.json["failed_proofs"].as_array().unwrap();
    let failed: Vec<_> = failed.iter().map(|item| (&item["index"], &item["code"])).collect();
    assert_eq!(failed[0], (&json!(1), &json!("malformed")));
    assert_eq!(failed.len(), 4);
    assert_eq!(answer.json["results"][0]["verification_id"], "verify-000002");
    assert_eq!(answer.json["results"][4]["verification_id"], "verify-000003");
    let id = answer.json["batch_id"].as_str().unwrap();
    assert_eq!(id, format!("batch-{}", answer.header("x-request-id")));
}

#[tokio::test]
async fn a_batch_of_256_is_judged_apart_and_all_of_it_is_accepted() {
    let service = Fixture::new();
    let proofs: Vec<String> = (0..=255).map(proof).collect();
    let answer = service.post(PATH, batch(&proofs)).await;
    assert_eq!(answer.json["verified_count"], 256, "{}", answer.text);
    let answer = service.post(PATH, batch(&proofs)).await;
    assert_eq!(answer.json["failed_count"], 256);
    assert!(
        answer.json["failed_proofs"].as_array().unwrap().iter().all(|f| f["code"] == "replayed")
    );
}

#[tokio::test]
async fn what_is_no_batch_is_malformed() {
    let service = Fixture::new();
    let many = batch(&vec!["1".to_owned(); 257]);
    for body in ["", "[]", "{}", r#"{"proofs":[]}"#, r#"{"proofs":1}"#, &many, &proof(1)] {
        let answer = service.post(PATH, body.to_owned()).await;
        assert_eq!(answer.refusal(), (400, "malformed"), "{body:.50}");
    }
}

#[tokio::test]
async fn batches_are_limited_in_size() {
    let service = Fixture::new();
    let answer = service.post(PATH, vec![b' '; (1 << 20) + 1]).await;
    assert_eq!(answer.refusal(), (413, "body_too_large"));
    let answer = service.post(PATH, vec![b' '; 1 << 20]).await;
    assert_eq!(answer.refusal(), (400, "malformed"));
}

#[tokio::test]
async fn legacy_batches_are_taken_where_they_are_asked_for() {
    let body = json!({ "proofs": [legacy_bundle(1), legacy_bundle(2)], "client_id": "c" });
    let answer = Fixture::new().post(PATH, body.to_string()).await;
    assert_eq!(answer.refusal(), (400, "malformed"));
    let mut plan = Plan::default();
    plan.settings.legacy = true;
    let service = Fixture::of(plan);
    for (body, verified) in [(body.to_string(), 2), (body.to_string(), 0)] {
        assert_eq!(service.post(PATH, body).await.json["verified_count"], verified);
    }
    assert_eq!(service.post(PATH, batch(&[proof(1)])).await.json["verified_count"], 1);
}
