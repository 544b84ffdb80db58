//! Publishes on a subject of a NATS server. The connection is made when it is first needed, and
//! given up once something fails: what it still held would be sent later, and told twice.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_nats::connection::State;
use async_nats::{Client, ConnectOptions, Event, ServerAddr};
use futures_util::StreamExt;
use tokio::runtime::Handle;
use tokio::time::{sleep, timeout};

/// The way to a server.
#[derive(Debug)]
pub(super) struct Line {
    /// As the server shows the connection.
    name: &'static str,
    runtime: Handle,
    /// With the address that it leads to.
    open: Option<(String, Client)>,
    /// What the server said last that it would not do.
    refused: Arc<Mutex<Option<String>>>,
}

/// How long one message may take, the connection included.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long the news that something is refused takes from one task to another.
const FOR_A_REFUSAL: Duration = Duration::from_millis(20);

impl Line {
    pub fn new(name: &'static str, runtime: Handle) -> Line {
        Line { name, runtime, open: None, refused: Arc::default() }
    }

    /// The server has it when this returns with success.
    pub fn publish(&mut self, server: &str, subject: &str, body: &str) -> Result<(), String> {
        let runtime = self.runtime.clone();
        let send = async { timeout(PATIENCE, self.send(server, subject, body)).await };
        let sent = runtime
            .block_on(send)
            .unwrap_or_else(|_| Err(format!("no answer within {PATIENCE:?}")));
        sent.map_err(|why| {
            self.open = None;
            format!("failed to publish on {subject} at {}: {why}", shown(server))
        })
    }

    async fn send(&mut self, server: &str, subject: &str, body: &str) -> Result<(), String> {
        let client = self.client(server).await?;
        let failed = |error: &dyn std::error::Error| error.to_string();
        self.refused();
        // A server takes what comes over one connection in its order: once the second message is
        // back, the first one has arrived.
        let inbox = client.new_inbox();
        let mut back = client.subscribe(inbox.clone()).await.map_err(|error| failed(&error))?;
        for (subject, body) in [(subject.to_owned(), body.to_owned()), (inbox, String::new())] {
            client.publish(subject, body.into()).await.map_err(|error| failed(&error))?;
        }
        back.next().await.ok_or_else(|| "the connection was lost".to_owned())?;
        // What is not allowed is told before, but to another task, and the connection goes on.
        sleep(FOR_A_REFUSAL).await;
        self.refused().map_or(Ok(()), Err)
    }

    /// Forgets it.
    fn refused(&self) -> Option<String> {
        self.refused.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    async fn client(&mut self, server: &str) -> Result<Client, String> {
        let is_open = |(to, client): &(String, Client)| {
            to == server && client.connection_state() == State::Connected
        };
        if let Some((_, client)) = self.open.as_ref().filter(|open| is_open(open)) {
            return Ok(client.clone());
        }
        let address = address(server)?;
        let options = ConnectOptions::new().name(self.name).ignore_discovered_servers();
        let options = match (address.username(), address.password()) {
            (Some(name), Some(word)) => options.user_and_password(name.into(), word.into()),
            (Some(token), None) => options.token(token.into()),
            (None, _) => options,
        };
        let refused = Arc::clone(&self.refused);
        let options = options.event_callback(move |event| {
            if let Event::ServerError(error) = event {
                let mut refused = refused.lock().unwrap_or_else(PoisonError::into_inner);
                *refused = Some(error.to_string());
            }
            std::future::ready(())
        });
        // Who tries again, and when, is decided elsewhere.
        let options = options.max_reconnects(1).connection_timeout(PATIENCE);
        let client = options.connect(address).await.map_err(|error| error.to_string())?;
        self.open = Some((server.to_owned(), client.clone()));
        Ok(client)
    }
}

/// Whether a server can be reached by it.
pub fn address(server: &str) -> Result<ServerAddr, String> {
    let read = server.parse::<ServerAddr>().map_err(|error| error.to_string())?;
    let is_plain = server.starts_with("nats://") || server.starts_with("tls://");
    match (is_plain, read.host().is_empty()) {
        (true, false) => Ok(read),
        (true, true) => Err("it names no host".to_owned()),
        (false, _) => Err("it does not begin with nats:// or tls://".to_owned()),
    }
}

/// Without what nobody else is to read.
fn shown(server: &str) -> &str {
    server.rsplit('@').next().unwrap_or(server)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_reached_is_told_without_its_password() {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let mut line = Line::new("test", runtime.handle().clone());
        let error = line.publish("nats://a:secret@127.0.0.1:1", "x.y", "{}").unwrap_err();
        assert!(error.starts_with("failed to publish on x.y at 127.0.0.1:1: "), "{error}");
        assert!(!error.contains("secret"), "{error}");
    }

    #[test]
    fn what_a_server_does_not_allow_was_not_told() {
        let folder = tempfile::tempdir().unwrap();
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let config = folder.path().join("server.conf");
        let permissions = "permissions: {publish: [\"good.>\", \"_INBOX.>\"]}";
        let user = format!("authorization: {{users: [{{user: a, password: b, {permissions}}}]}}");
        std::fs::write(&config, format!("listen: \"127.0.0.1:{port}\"\n{user}\n")).unwrap();
        let mut command = std::process::Command::new("nats-server");
        command.arg("-c").arg(&config).stderr(std::process::Stdio::null());
        let child = command.spawn();
        let mut child = child.expect("nats-server is installed; `cargo xtask ci setup` does that");
        let server = format!("nats://a:b@127.0.0.1:{port}");
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let mut line = Line::new("test", runtime.handle().clone());
        while line.publish(&server, "good.news", "{}").is_err() {
            std::thread::sleep(Duration::from_millis(20));
            assert!(child.try_wait().unwrap().is_none(), "nats-server ended");
        }
        let error = line.publish(&server, "bad.news", "{}").unwrap_err();
        let again = line.publish(&server, "good.news", "{}");
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(error.to_lowercase().contains("permissions violation"), "{error}");
        assert_eq!(again, Ok(()));
    }

    #[test]
    fn an_address_is_that_of_a_server() {
        assert!(address("nats://bus:4222").is_ok() && address("tls://a:b@bus").is_ok());
        for bad in ["bus:4222", "http://bus", "nats://", "", "ws://bus"] {
            assert!(address(bad).is_err(), "{bad}");
        }
    }
}
