//! Every operation, and every way to ask badly: each is answered in the one form.

use serde_json::{Value, json};

use crate::scene::{PATIENCE, Scene, ask, publish};

#[tokio::test(flavor = "multi_thread")]
async fn every_operation_answers() {
    let scene = Scene::new();
    let service = scene.core().await;
    let bus = scene.bus().await;
    publish(&bus, 14).await;
    scene.until_stored(14).await;
    let data = async |name: &str, request: Value| {
        let answer = ask(&bus, name, request.to_string().as_bytes()).await;
        assert_eq!(answer["success"], true, "{name}: {answer}");
        answer["data"].clone()
    };
    assert_eq!(data("stats", json!({})).await["total_users_seen"], 7);
    assert_eq!(data("user", json!({ "username": "user3" })).await["chat_lines"], 2);
    let recent = data("chat.recent", json!({ "limit": 5 })).await;
    assert_eq!(recent.as_array().unwrap().len(), 5);
    let page = data("events", json!({ "kind": "chat.message", "limit": 10 })).await;
    assert_eq!(page["events"].as_array().unwrap().len(), 10);
    assert_eq!(page["events"][0]["subject"], "rosey.events.chat.message");
    let next = data("events", json!({ "after": page["next"], "limit": 10 })).await;
    assert_eq!(next["events"].as_array().unwrap().len(), 4);
    let id = data("outbound.put", json!({ "message": "hello" })).await["id"].clone();
    assert_eq!(data("outbound.get", json!({})).await[0]["message"], "hello");
    data("outbound.failed", json!({ "id": id, "error": "no route" })).await;
    assert_eq!(data("outbound.get", json!({})).await, json!([]), "it is tried again later");
    data("outbound.sent", json!({ "id": id })).await;
    let key = json!({ "plugin": "quiz", "key": "score" });
    data("kv.set", json!({ "plugin": "quiz", "key": "score", "value": { "ann": 3 } })).await;
    assert_eq!(data("kv.get", key.clone()).await, json!({ "exists": true, "value": { "ann": 3 } }));
    assert_eq!(data("kv.list", json!({ "plugin": "quiz" })).await["keys"], json!(["score"]));
    assert_eq!(data("kv.delete", key.clone()).await, json!({ "deleted": true }));
    assert_eq!(data("kv.get", key).await, json!({ "exists": false }));
    let fields = json!([{ "name": "name", "type": "string", "required": true }]);
    let row = |more: Value| {
        let mut request = json!({ "plugin": "quiz", "table": "teams" });
        request.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        request
    };
    data("row.register", row(json!({ "schema": { "fields": fields } }))).await;
    let inserted = data("row.insert", row(json!({ "data": { "name": "reds" } }))).await;
    assert_eq!(inserted["ids"], json!([1]));
    let change = json!({ "id": 1, "operations": { "$set": { "name": "blues" } } });
    data("row.update", row(change)).await;
    assert_eq!(data("row.select", row(json!({ "id": 1 }))).await["data"]["name"], "blues");
    assert_eq!(data("row.search", row(json!({}))).await["rows"].as_array().unwrap().len(), 1);
    data("row.delete", row(json!({ "id": 1 }))).await;
    assert_eq!(data("row.select", row(json!({ "id": 1 }))).await["exists"], false);
    assert_eq!(data("migrate.status", json!({})).await["pending"], json!([]));
    assert_eq!(data("health", json!({})).await["backend"], "sqlite");
    assert_eq!(data("echo", json!([1, { "a": null }])).await, json!([1, { "a": null }]));
    service.drain(PATIENCE).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn every_bad_request_gets_the_code_of_its_mistake() {
    let scene = Scene::new();
    let service = scene.core().await;
    let bus = scene.bus().await;
    let large = json!({ "plugin": "p", "key": "k", "value": "x".repeat(70_000) }).to_string();
    let huge = "x".repeat(200_000);
    let cases: [(&str, &str, &str); 12] = [
        ("user", "", "MISSING_FIELD"),
        ("user", "{", "INVALID_JSON"),
        ("user", "\u{0}", "INVALID_JSON"),
        ("user", "[]", "VALIDATION_ERROR"),
        ("user", r#"{"username":7}"#, "VALIDATION_ERROR"),
        ("user", r#"{"username":"ann","more":1}"#, "VALIDATION_ERROR"),
        ("user", r#"{"username":"nobody"}"#, "NOT_FOUND"),
        ("chat.recent", r#"{"limit":100000}"#, "VALIDATION_ERROR"),
        ("outbound.sent", r#"{"id":12345}"#, "NOT_FOUND"),
        ("kv.set", &large, "VALUE_TOO_LARGE"),
        ("echo", &huge, "VALUE_TOO_LARGE"),
        ("no.such.thing", "{}", "UNKNOWN_OPERATION"),
    ];
    for (name, request, code) in cases {
        let answer = ask(&bus, name, request.as_bytes()).await;
        assert_eq!(answer["success"], false, "{name}: {answer}");
        assert_eq!(answer["error"]["code"], code, "{name}: {answer}");
        assert!(!answer["error"]["message"].as_str().unwrap().is_empty(), "{name}");
    }
    service.drain(PATIENCE).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_instances_one_answers() {
    let scene = Scene::new();
    let services = [scene.core().await, scene.core().await];
    let bus = scene.bus().await;
    let mut inbox = bus.subscribe("answers", None).await.unwrap();
    bus.settle(PATIENCE).await.unwrap();
    for number in 0..50 {
        let mut request =
            event_bus::bus::Message::new("rosey.db.echo", number.to_string().into_bytes());
        request.reply = Some("answers".into());
        bus.publish(request).await.unwrap();
    }
    let mut answers = Vec::new();
    for _ in 0..50 {
        let answer = tokio::time::timeout(PATIENCE, inbox.next()).await.unwrap().unwrap();
        let answer: Value = serde_json::from_slice(&answer.payload).unwrap();
        answers.push(answer["data"].as_u64().unwrap());
    }
    for service in services {
        service.drain(PATIENCE).await.unwrap();
    }
    bus.publish(event_bus::bus::Message::new("answers", "the end")).await.unwrap();
    let last = tokio::time::timeout(PATIENCE, inbox.next()).await.unwrap().unwrap();
    assert_eq!(last.payload, "the end", "somebody answered twice");
    answers.sort_unstable();
    assert_eq!(answers, (0..50).collect::<Vec<u64>>());
}
