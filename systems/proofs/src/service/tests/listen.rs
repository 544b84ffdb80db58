//! Connections as clients have them, good and bad ones.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::fixture::*;
use crate::service::{Connections, listen};

const FREE: Connections =
    Connections { most: 100, silence: Duration::from_secs(60), patience: Duration::from_secs(60) };

struct Listening {
    address: SocketAddr,
    end: oneshot::Sender<()>,
    served: JoinHandle<()>,
    _fixture: Fixture,
}

async fn start(connections: Connections) -> Listening {
    let fixture = Fixture::new();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (end, ended) = oneshot::channel();
    let service = fixture.service.clone();
    let served = tokio::spawn(async move {
        listen(&service, listener, connections, async { ended.await.unwrap() }).await;
    });
    Listening { address, end, served, _fixture: fixture }
}

async fn connected(listening: &Listening) -> TcpStream {
    TcpStream::connect(listening.address).await.unwrap()
}

async fn health(stream: &mut TcpStream) -> io::Result<String> {
    stream.write_all(b"GET /health HTTP/1.1\r\nhost: x\r\n\r\n").await?;
    let mut answer = vec![0; 4096];
    let length = stream.read(&mut answer).await?;
    Ok(String::from_utf8(answer[..length].to_vec()).unwrap())
}

/// Begins a proof whose body does not come, and returns once the service is waiting for it.
async fn begin_a_request(stream: &mut TcpStream) {
    let head = "POST /api/verify-proof HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\n\
                content-type: application/json\r\ncontent-length: 9\r\n\r\n";
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = [0; 25];
    stream.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 100 Continue\r\n\r\n");
}

#[tokio::test]
async fn a_connection_serves_many_requests() {
    let listening = start(FREE).await;
    let mut stream = connected(&listening).await;
    for _ in 0..3 {
        assert!(health(&mut stream).await.unwrap().starts_with("HTTP/1.1 200 OK"));
    }
}

#[tokio::test]
async fn a_connection_on_which_nothing_comes_is_closed() {
    for begun in ["", "GET /health HTTP/1.1\r\nhost: x\r\nx-slow"] {
        let listening = start(Connections { silence: Duration::from_millis(20), ..FREE }).await;
        let mut stream = connected(&listening).await;
        stream.write_all(begun.as_bytes()).await.unwrap();
        let mut rest = Vec::new();
        stream.read_to_end(&mut rest).await.unwrap();
    }
}

#[tokio::test]
async fn who_is_one_too_many_waits_for_a_place() {
    let listening = start(Connections { most: 1, ..FREE }).await;
    let mut first = connected(&listening).await;
    health(&mut first).await.unwrap();
    let mut second = connected(&listening).await;
    let answered = tokio::spawn(async move { health(&mut second).await });
    health(&mut first).await.unwrap();
    assert!(!answered.is_finished());
    drop(first);
    assert!(answered.await.unwrap().unwrap().starts_with("HTTP/1.1 200 OK"));
}

#[tokio::test]
async fn idle_connections_do_not_keep_a_service_from_ending() {
    let listening = start(FREE).await;
    let mut stream = connected(&listening).await;
    health(&mut stream).await.unwrap();
    listening.end.send(()).unwrap();
    listening.served.await.unwrap();
    assert_eq!(health(&mut stream).await.unwrap_or_default(), "");
    assert!(TcpStream::connect(listening.address).await.is_err());
}

#[tokio::test]
async fn a_request_at_hand_is_answered_before_the_end() {
    let listening = start(FREE).await;
    let mut stream = connected(&listening).await;
    begin_a_request(&mut stream).await;
    listening.end.send(()).unwrap();
    stream.write_all(b"{\"v\": 2 }").await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 400 Bad Request"), "{answer}");
    listening.served.await.unwrap();
}

#[tokio::test]
async fn a_request_that_does_not_end_is_not_waited_for() {
    let listening = start(Connections { patience: Duration::from_millis(20), ..FREE }).await;
    let mut stream = connected(&listening).await;
    begin_a_request(&mut stream).await;
    listening.end.send(()).unwrap();
    listening.served.await.unwrap();
}
