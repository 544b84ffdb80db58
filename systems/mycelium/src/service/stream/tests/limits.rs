//! Clients that are too many, too slow, too silent or too loud harm nobody but themselves.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::fixture::{Client, LIVE, Service, patient};
use crate::service::stream::Limits;
use crate::service::{Options, State, listen};

async fn with(limits: Limits) -> Service {
    Service::start(Options { compute_threads: 2, ..Options::default() }, limits).await
}

/// Looks until it holds.
async fn until(mut holds: impl FnMut() -> bool) {
    let looked = async {
        while !holds() {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), looked).await.expect("it holds in the end");
}

#[tokio::test]
async fn where_there_is_no_place_a_client_is_refused_before_it_is_connected() {
    let service = with(Limits { connections: 1, ..Limits::default() }).await;
    let first = service.client(LIVE).await;
    assert_eq!(service.connect(LIVE, &[]).await.err().unwrap(), 503);
    assert!(service.metric("mycelium_stream_connections_refused_total") > 0.0);
    drop(first);
    until(|| service.metric("mycelium_stream_connections") < 1.0).await;
    service.client(LIVE).await;
}

#[tokio::test]
async fn a_slow_reader_loses_updates_and_keeps_nobody_else_from_theirs() {
    let limits = Limits { waiting: 20, waiting_bytes: 1 << 20, ..patient() };
    let service = with(limits).await;
    let mut slow = service.client(LIVE).await;
    slow.subscribe(
        "a",
        json!({
            "model": "schnakenberg", "grid_size": 128, "steps": 600,
            "include_full_state": true, "encoding": "binary",
        }),
    )
    .await;
    // It does not read until others have got all of theirs.
    until(|| service.metric("mycelium_stream_messages_dropped_total") > 0.0).await;
    let mut quick = service.client(LIVE).await;
    quick.subscribe("b", json!({ "grid_size": 8, "steps": 50, "pace": 1000 })).await;
    let (updates, complete) = quick.all().await;
    assert_eq!((updates.len(), &complete["dropped"]), (50, &json!(0)));

    let (updates, complete) = slow.all().await;
    let steps: Vec<u64> = updates.iter().map(|(told, _)| told["step"].as_u64().unwrap()).collect();
    assert!(steps.windows(2).all(|pair| pair[0] < pair[1]), "{steps:?}");
    assert_eq!(steps.last(), Some(&600));
    assert!(updates.iter().all(|(_, cells)| cells.len() == 128 * 128));
    let dropped = complete["dropped"].as_u64().unwrap();
    assert!(dropped > 0 && dropped + steps.len() as u64 == 600, "{dropped} and {}", steps.len());
}

#[tokio::test]
async fn a_client_is_asked_for_a_sign_of_life_and_lives_on_if_it_gives_one() {
    let limits = Limits {
        heartbeat: Duration::from_millis(20),
        silence: Duration::from_secs(3600),
        ..Limits::default()
    };
    let mut client = with(limits).await.client(LIVE).await;
    for _ in 0..5 {
        client.told("heartbeat").await;
        client.say(json!({ "type": "pong" })).await;
    }
}

#[tokio::test]
async fn a_client_that_gives_none_is_left() {
    let limits = Limits {
        heartbeat: Duration::from_millis(20),
        silence: Duration::from_millis(90),
        ..Limits::default()
    };
    let service = with(limits).await;
    let mut client = service.client(LIVE).await;
    let (told, frame) = client.rest().await;
    // On a machine that does not let the service run meanwhile it comes to no heartbeat.
    let (close, asked) = told.split_last().unwrap();
    assert!(asked.iter().all(|told| told["type"] == "heartbeat"), "{told:?}");
    assert_eq!(close["payload"]["reason"], "nothing was heard for too long");
    assert_eq!(u16::from(frame.unwrap().code), 1008);
    until(|| service.metric("mycelium_stream_connections") < 1.0).await;
}

#[tokio::test]
async fn a_message_that_is_too_large_ends_the_connection() {
    let service = with(Limits::default()).await;
    let mut client = service.client(LIVE).await;
    client.announce(17 << 10).await;
    let (told, frame) = client.rest().await;
    let reasons: Vec<&Value> = told.iter().map(|told| &told["payload"]["reason"]).collect();
    assert_eq!(reasons, ["a message was too large"]);
    assert_eq!(u16::from(frame.unwrap().code), 1009);
    until(|| service.metric("mycelium_stream_connections") < 1.0).await;
}

#[tokio::test]
async fn the_end_of_the_service_is_told_to_each_client_and_waits_for_all_of_them() {
    let state = State::new(Options { compute_threads: 1, ..Options::default() }).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (end, ended) = tokio::sync::oneshot::channel::<()>();
    let service = Service { state: state.clone(), address };
    let serving = tokio::spawn(async move {
        listen(&state, listener, async { drop(ended.await) }).await;
    });
    let mut clients: Vec<Client> = Vec::new();
    for _ in 0..3 {
        let mut client = service.client(LIVE).await;
        client.subscribe("a", json!({ "grid_size": 8, "steps": 10_000, "pace": 500 })).await;
        clients.push(client);
    }
    end.send(()).unwrap();
    for client in &mut clients {
        let (told, frame) = client.rest().await;
        assert_eq!(told.last().unwrap()["payload"]["reason"], "the service ends");
        assert_eq!(u16::from(frame.unwrap().code), 1001);
    }
    serving.await.unwrap();
}
