//! Connections as clients have them, good and bad ones.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::fixture::*;
use crate::service::*;

struct Listening {
    address: SocketAddr,
    end: oneshot::Sender<()>,
    served: JoinHandle<()>,
    fixture: Fixture,
}

async fn start(options: Options) -> Listening {
    let fixture = Fixture::of(options);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (end, ended) = oneshot::channel::<()>();
    let state = fixture.state.clone();
    let served = tokio::spawn(async move {
        listen(&state, listener, async { ended.await.unwrap() }).await;
    });
    Listening { address, end, served, fixture }
}

impl Listening {
    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }
}

/// The system holds them: nobody takes them before all are there.
#[tokio::test]
async fn hundreds_of_clients_may_come_at_the_same_moment() {
    let listener = bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let address = listener.local_addr().unwrap();
    let mut all = tokio::task::JoinSet::new();
    for _ in 0..300 {
        all.spawn(TcpStream::connect(address));
    }
    let patience = Duration::from_secs(30);
    let connected = tokio::time::timeout(patience, all.join_all()).await.unwrap();
    assert!(connected.iter().all(Result::is_ok));
}

async fn health(stream: &mut TcpStream) -> io::Result<String> {
    stream.write_all(b"GET /health HTTP/1.1\r\nhost: x\r\n\r\n").await?;
    let mut answer = vec![0; 4096];
    let length = stream.read(&mut answer).await?;
    Ok(String::from_utf8(answer[..length].to_vec()).unwrap())
}

/// Begins a request whose body does not come, and returns once the service waits for it.
async fn begin(stream: &mut TcpStream) {
    let head = "POST /nernst HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\n\
                content-type: application/json\r\ncontent-length: 9\r\n\r\n";
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = [0; 25];
    stream.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 100 Continue\r\n\r\n");
}

async fn rest(stream: &mut TcpStream) -> String {
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

fn simulation(body: &str) -> String {
    format!(
        "POST /simulate HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    )
}

#[tokio::test]
async fn a_connection_serves_many_requests() {
    let listening = start(options()).await;
    let mut stream = listening.connect().await;
    for _ in 0..3 {
        assert!(health(&mut stream).await.unwrap().starts_with("HTTP/1.1 200 OK"));
    }
}

#[tokio::test]
async fn a_connection_on_which_nothing_comes_is_closed() {
    for begun in ["", "GET /health HTTP/1.1\r\nhost: x\r\nx-slow"] {
        let silence = Duration::from_millis(20);
        let listening = start(Options { silence, ..options() }).await;
        let mut stream = listening.connect().await;
        stream.write_all(begun.as_bytes()).await.unwrap();
        rest(&mut stream).await;
    }
}

#[tokio::test]
async fn a_body_that_does_not_come_is_not_waited_for() {
    let body_time = Duration::from_millis(20);
    let listening = start(Options { body_time, ..options() }).await;
    let mut stream = listening.connect().await;
    begin(&mut stream).await;
    let answer = rest(&mut stream).await;
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    assert!(answer.contains(r#""error_code":"slow_body""#), "{answer}");
}

#[tokio::test]
async fn who_is_one_too_many_waits_for_a_place() {
    let listening = start(Options { connections: 1, ..options() }).await;
    let mut first = listening.connect().await;
    health(&mut first).await.unwrap();
    let mut second = listening.connect().await;
    let answered = tokio::spawn(async move { health(&mut second).await });
    health(&mut first).await.unwrap();
    assert!(!answered.is_finished());
    drop(first);
    assert!(answered.await.unwrap().unwrap().starts_with("HTTP/1.1 200 OK"));
}

#[tokio::test]
async fn idle_connections_do_not_keep_a_service_from_ending() {
    let listening = start(options()).await;
    let mut stream = listening.connect().await;
    health(&mut stream).await.unwrap();
    listening.end.send(()).unwrap();
    listening.served.await.unwrap();
    assert_eq!(health(&mut stream).await.unwrap_or_default(), "");
    assert!(TcpStream::connect(listening.address).await.is_err());
}

#[tokio::test]
async fn a_request_at_hand_is_answered_before_the_end() {
    let listening = start(options()).await;
    let mut stream = listening.connect().await;
    begin(&mut stream).await;
    listening.end.send(()).unwrap();
    stream.write_all(b"{\"v\": 2 }").await.unwrap();
    let answer = rest(&mut stream).await;
    assert!(answer.starts_with("HTTP/1.1 422 "), "{answer}");
    listening.served.await.unwrap();
}

#[tokio::test]
async fn a_request_that_does_not_end_is_not_waited_for() {
    let listening = start(Options { grace: Duration::from_millis(20), ..options() }).await;
    let mut stream = listening.connect().await;
    begin(&mut stream).await;
    listening.end.send(()).unwrap();
    listening.served.await.unwrap();
}

#[tokio::test]
async fn a_guest_that_is_no_connection_is_waited_for_as_well() {
    let listening = start(options()).await;
    let mut guest = listening.fixture.state.drain().guest();
    listening.end.send(()).unwrap();
    guest.draining().await;
    assert!(!listening.served.is_finished());
    drop(guest);
    listening.served.await.unwrap();
}

#[tokio::test]
async fn a_client_that_hangs_up_stops_its_simulation() {
    let listening = start(options()).await;
    let mut stream = listening.connect().await;
    let long = simulation(r#"{"grid_size": 256, "steps": 1000, "quantum_jitter": true}"#);
    stream.write_all(long.as_bytes()).await.unwrap();
    listening.fixture.until(|load| load.busy == 1).await;
    drop(stream);
    listening.fixture.until(|load| load.busy == 0).await;
    let text = listening.fixture.get("/metrics").await.text;
    assert!(text.contains("mycelium_simulations_total 0"), "{text}");
    assert!(text.contains(r#"status="499""#), "{text}");
}

#[tokio::test]
async fn an_ended_service_leaves_no_simulation_behind() {
    let listening = start(Options { grace: Duration::from_millis(1), ..options() }).await;
    let mut stream = listening.connect().await;
    let long = simulation(r#"{"grid_size": 256, "steps": 1000, "quantum_jitter": true}"#);
    stream.write_all(long.as_bytes()).await.unwrap();
    listening.fixture.until(|load| load.busy == 1).await;
    listening.end.send(()).unwrap();
    listening.served.await.unwrap();
    drop(stream);
    listening.fixture.until(|load| load.busy == 0).await;
}

#[tokio::test]
async fn serving_begins_with_good_options_and_nothing_else() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let options = Options::for_environment(Environment::Prod);
    let served = serve(options, listener, std::future::pending()).await;
    assert_eq!(served, Err(OptionsError::NoKeys("prod")));
}
