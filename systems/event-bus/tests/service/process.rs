//! The program as a process that is killed, and asked to end.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use crate::scene::{PATIENCE, Scene, publish, publish_durably, until, value};
use crate::watch::get;

/// A started `event-bus serve`; it is killed if it is dropped.
pub struct Server {
    child: Child,
    /// What it told before it was ready.
    pub told: Vec<String>,
}

impl Server {
    pub fn start(command: &mut Command) -> Server {
        let child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut server = Server { child, told: Vec::new() };
        let lines = BufReader::new(server.child.stdout.take().unwrap()).lines();
        let told = lines.map_while(Result::ok).take_while(|line| line != "ready");
        server.told.extend(told);
        // Whoever did not become ready has ended.
        assert!(server.child.try_wait().unwrap().is_none(), "it ended before it was ready");
        server
    }

    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    pub fn terminate(&self) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
    }

    pub fn wait(mut self) -> ExitStatus {
        self.child.wait().unwrap()
    }

    /// The address behind a scheme, as it told it.
    pub fn address(&self, scheme: &str) -> String {
        let prefix = format!("listening on {scheme}://");
        let line = self.told.iter().find_map(|line| line.strip_prefix(&prefix));
        format!("{scheme}://{}", line.expect("it told where it listens"))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub fn serve(scene: &Scene, options: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_event-bus"));
    command.env("EVENT_BUS_URL", scene.broker.url());
    command.env("EVENT_BUS_LOG_LEVEL", "error");
    command.env("EVENT_BUS_STORE", scene.store()).arg("serve").args(options);
    command
}

/// `EVENT_BUS_KILLS=100 cargo test -p event-bus --test service` kills more often.
#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_is_killed_again_and_again_stores_each_event_of_a_stream_once() {
    let kills: usize =
        std::env::var("EVENT_BUS_KILLS").map_or(5, |text| text.parse().expect("a number"));
    let scene = Scene::new();
    let options = ["--jetstream", "--ack-wait-ms", "1000", "--batch", "50"];
    let mut server = Server::start(&mut serve(&scene, &options));
    let mut published = Vec::new();
    for kill in 0..kills {
        let durable = scene.durable().await;
        let publishing = tokio::spawn(async move { publish_durably(&durable, 400).await });
        let before = published.len();
        // Different numbers in no order, zero among them.
        until("some are stored", || scene.stored().len() >= before + kill * 79 % 350).await;
        server.kill();
        published.extend(publishing.await.unwrap());
        server = Server::start(&mut serve(&scene, &options));
        scene.until_stored(published.len()).await;
    }
    let stored = scene.stored();
    assert!(published.iter().all(|event| stored.get(&event.id) == Some(&1)));
    server.terminate();
    assert!(server.wait().success());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_is_asked_to_end_stores_what_it_has_taken_and_ends_well() {
    let scene = Scene::new();
    let server = Server::start(&mut serve(&scene, &[]));
    let bus = scene.bus().await;
    publish(&bus, 2000).await;
    server.terminate();
    assert!(server.wait().success());
    scene.until_stored(2000).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_done_in_time_is_told_and_ends_badly() {
    let scene = Scene::new();
    let options = ["--jetstream", "--drain-seconds", "1", "--http", "127.0.0.1:0"];
    let server = Server::start(&mut serve(&scene, &options));
    let lock = rusqlite::Connection::open(scene.database()).unwrap();
    lock.execute_batch("BEGIN IMMEDIATE").unwrap();
    publish_durably(&scene.durable().await, 3).await;
    let address = server.address("http");
    let address = address.strip_prefix("http://").unwrap().parse().unwrap();
    let taken = async {
        while value(&get(address, "/metrics").await.1, "event_bus_in_flight") < 1.0 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(PATIENCE, taken).await.expect("some are taken");
    server.terminate();
    let ended = tokio::task::spawn_blocking(move || server.wait());
    let status = tokio::time::timeout(PATIENCE, ended).await.unwrap().unwrap();
    assert_eq!(status.code(), Some(1));
    lock.execute_batch("COMMIT").unwrap();
    let server = Server::start(&mut serve(&scene, &["--jetstream", "--ack-wait-ms", "500"]));
    scene.until_stored(3).await;
    drop(server);
}
