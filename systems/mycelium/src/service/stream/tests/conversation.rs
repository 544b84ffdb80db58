//! What is said on a connection, and what is answered to what should not be said.

use serde_json::json;

use super::fixture::{Client, FEATURES, LIVE, Service};
use crate::service::stream::Limits;
use crate::service::{Environment, Keys, Options, Origins};

async fn with_keys(limits: Limits) -> Service {
    let options = Options {
        keys: Keys::of(["right"]),
        keys_required: true,
        compute_threads: 1,
        ..Options::for_environment(Environment::Prod)
    };
    Service::start(options, limits).await
}

fn auth(key: &str) -> serde_json::Value {
    let timestamp = crate::service::clock::now_ms();
    json!({ "type": "auth", "payload": { "api_key": key, "timestamp": timestamp } })
}

#[tokio::test]
async fn a_message_that_makes_no_sense_is_answered_and_the_next_one_is_too() {
    let mut client = Service::usual().await.client(LIVE).await;
    for bad in [
        "",
        "hello",
        "{}",
        "[1, 2]",
        "{\"type\": 1}",
        "{\"type\": \"dance\"}",
        "{\"type\": \"subscribe\", \"payload\": [",
        "{\"type\": \"unsubscribe\"}",
        "{\"type\": \"unsubscribe\", \"stream_id\": \"none\"}",
        "{\"type\": \"control\", \"stream_id\": \"none\", \"payload\": 1}",
    ] {
        client.send(bad).await;
        let told = client.told("error").await;
        assert!(told["payload"]["message"].is_string(), "{bad}: {told}");
    }
    client.send_binary().await;
    client.told("error").await;
    client.is_answered().await;
}

#[tokio::test]
async fn a_subscription_that_makes_no_sense_is_refused_with_all_its_mistakes() {
    let mut client = Service::usual().await.client(LIVE).await;
    let mut refused = async |payload: serde_json::Value| {
        client.say(json!({ "type": "subscribe", "stream_id": "a", "payload": payload })).await;
        client.told("subscribe_failed").await["payload"].clone()
    };
    let told = refused(json!({ "params": { "grid_size": 7, "alpha": 0.9, "x": 1 } })).await;
    assert_eq!(told["error_code"], "validation_error");
    let fields: Vec<_> =
        told["detail"].as_array().unwrap().iter().map(|one| &one["field"]).collect();
    assert_eq!(fields, ["grid_size", "alpha", "x"]);
    assert_eq!(
        refused(json!({ "stream_type": "stream_features" })).await["detail"][0]["field"],
        "stream_type"
    );
    assert_eq!(refused(json!({ "params": [] })).await["error_code"], "malformed_json");
    assert_eq!(refused(json!([])).await["error_code"], "malformed_json");
    let long = "x".repeat(65);
    client.say(json!({ "type": "subscribe", "stream_id": long, "payload": {} })).await;
    client.told("subscribe_failed").await;
    client.is_answered().await;
}

#[tokio::test]
async fn a_stream_has_a_name_of_its_own_and_there_are_so_many() {
    let mut client = Service::usual().await.client(LIVE).await;
    let slow = json!({ "grid_size": 8, "steps": 1, "pace": 0.01 });
    client.subscribe("a", slow.clone()).await;
    let again = json!({ "type": "subscribe", "stream_id": "a", "payload": { "params": slow } });
    client.say(again.clone()).await;
    client.told("subscribe_failed").await;
    for id in ["b", "c", "d"] {
        client.subscribe(id, slow.clone()).await;
    }
    let mut fifth = again;
    fifth["stream_id"] = json!("e");
    client.say(fifth.clone()).await;
    client.told("subscribe_failed").await;
    client.say(json!({ "type": "unsubscribe", "stream_id": "b" })).await;
    client.told("unsubscribe").await;
    client.say(fifth).await;
    client.told("subscribe_success").await;
    // Without a name it gets one.
    client.say(json!({ "type": "unsubscribe", "stream_id": "c" })).await;
    client.told("unsubscribe").await;
    client.say(json!({ "type": "subscribe", "payload": { "params": slow } })).await;
    assert_eq!(client.told("subscribe_success").await["stream_id"].as_str().unwrap().len(), 36);
}

#[tokio::test]
async fn without_a_key_nothing_is_streamed_and_with_it_everything_is() {
    let service = with_keys(Limits::default()).await;
    let mut client = service.connect(FEATURES, &[]).await.unwrap();
    assert_eq!(client.told("init").await["payload"]["auth_required"], true);
    client.say(json!({ "type": "subscribe", "stream_id": "a" })).await;
    let told = client.told("error").await;
    assert_eq!(told["payload"]["error_code"], "authentication_required");
    client.say(auth("wrong")).await;
    client.told("auth_failed").await;
    client.say(auth("right")).await;
    client.told("auth_success").await;
    client.subscribe("a", json!({ "steps": 1, "grid_size": 8 })).await;
    client.told("feature_update").await;
}

#[tokio::test]
async fn a_key_in_the_head_of_the_request_is_enough() {
    let service = with_keys(Limits::default()).await;
    let mut client = service.connect(LIVE, &[("x-api-key", "right")]).await.unwrap();
    assert_eq!(client.told("init").await["payload"]["auth_required"], false);
    client.subscribe("a", json!({ "steps": 1, "grid_size": 8 })).await;
}

#[tokio::test]
async fn who_guesses_keys_is_sent_away_and_so_is_who_says_nothing() {
    let service = with_keys(Limits::default()).await;
    let mut client = service.connect(LIVE, &[]).await.unwrap();
    for _ in 0..3 {
        client.say(auth("guess")).await;
    }
    let (told, frame) = client.rest().await;
    assert_eq!(told.iter().filter(|told| told["type"] == "auth_failed").count(), 3);
    assert_eq!(told.last().unwrap()["type"], "close");
    assert_eq!(u16::from(frame.unwrap().code), 1008);

    let short = Limits { login: std::time::Duration::from_millis(50), ..Limits::default() };
    let mut silent = with_keys(short).await.connect(LIVE, &[]).await.unwrap();
    let (told, _) = silent.rest().await;
    assert_eq!(told.last().unwrap()["payload"]["reason"], "no API key was told in time");
}

#[tokio::test]
async fn a_page_of_somebody_else_cannot_connect() {
    let service = with_keys(Limits::default()).await;
    let foreign = [("origin", "https://evil.example"), ("x-api-key", "right")];
    assert_eq!(service.connect(LIVE, &foreign).await.err().unwrap(), 403);
    let own = format!("http://{}", service.address);
    assert!(service.connect(LIVE, &[("origin", &own)]).await.is_ok());
    assert_eq!(service.state.options().origins, Origins::None);
}

#[tokio::test]
async fn a_client_that_takes_leave_is_answered() {
    let mut client: Client = Service::usual().await.client(LIVE).await;
    client.say(json!({ "type": "close" })).await;
    let (told, frame) = client.rest().await;
    assert_eq!(told[0]["type"], "close");
    assert_eq!(u16::from(frame.unwrap().code), 1000);
}
