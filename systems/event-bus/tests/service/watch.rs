//! What those see who watch the service: its health, whether it is ready, and its metrics.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

use event_bus::http::Http;
use serde_json::Value;

use crate::scene::{PATIENCE, Scene, ask, publish, until};

/// The names that docs/operations.md explains.
fn documented() -> Vec<String> {
    let page = include_str!("../../docs/operations.md");
    let rows = page.lines().filter_map(|line| line.strip_prefix("| `event_bus_"));
    rows.map(|row| format!("event_bus_{}", row.split('`').next().unwrap())).collect()
}

pub async fn get(address: SocketAddr, path: &str) -> (u16, String) {
    let request = format!("GET {path} HTTP/1.1\r\nhost: test\r\nconnection: close\r\n\r\n");
    tokio::task::spawn_blocking(move || {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let status = answer.split(' ').nth(1).unwrap().parse().unwrap();
        (status, answer.split_once("\r\n\r\n").unwrap().1.to_owned())
    })
    .await
    .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_of_metrics_lists_every_documented_name_and_no_other() {
    let scene = Scene::new();
    let service = scene.core().await;
    let http = Http::listen(([127, 0, 0, 1], 0).into(), service.shared()).await.unwrap();
    let bus = scene.bus().await;
    publish(&bus, 3).await;
    bus.publish(event_bus::bus::Message::new("rosey.events.a.b", "{")).await.unwrap();
    ask(&bus, "stats", b"").await;
    scene.until_stored(3).await;
    let (status, page) = get(http.address(), "/metrics").await;
    assert_eq!(status, 200);
    assert!(page.ends_with("# EOF\n"));
    let types = page.lines().filter_map(|line| line.strip_prefix("# TYPE "));
    let mut listed: Vec<&str> = types.map(|line| line.split(' ').next().unwrap()).collect();
    let mut documented = documented();
    listed.sort_unstable();
    documented.sort_unstable();
    assert_eq!(listed, documented);
    assert_eq!(page.matches("le=\"+Inf\"").count(), page.matches("_count").count());
    service.drain(PATIENCE).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_service_is_ready_as_long_as_broker_and_database_are_there() {
    let mut scene = Scene::new();
    let service = scene.core().await;
    let http = Http::listen(([127, 0, 0, 1], 0).into(), service.shared()).await.unwrap();
    let address = http.address();
    let ready = async || {
        let (status, body) = get(address, "/ready").await;
        (status, serde_json::from_str::<Value>(&body).unwrap())
    };
    assert_eq!(ready().await.0, 200);
    assert_eq!(get(address, "/health").await.0, 200);
    assert_eq!(get(address, "/nothing").await.0, 404);
    let lock = rusqlite::Connection::open(scene.database()).unwrap();
    lock.execute_batch("BEGIN IMMEDIATE").unwrap();
    let (status, body) = ready().await;
    assert_eq!((status, &body["status"]), (503, &Value::from("not_ready")));
    assert!(body["checks"]["store"].is_string(), "{body}");
    lock.execute_batch("COMMIT").unwrap();
    scene.broker.kill();
    let (status, body) = ready().await;
    assert_eq!(status, 503);
    assert_eq!(body["checks"]["is_connected"], false, "{body}");
    assert_eq!(get(address, "/health").await.0, 200);
    scene.broker.start_again();
    let shared = service.shared();
    until("it is connected", || shared.metrics().contains("event_bus_connected 1")).await;
    assert_eq!(ready().await.0, 200);
    service.drain(PATIENCE).await.unwrap();
    let (status, body) = ready().await;
    assert_eq!((status, &body["checks"]["is_draining"]), (503, &Value::from(true)));
}
