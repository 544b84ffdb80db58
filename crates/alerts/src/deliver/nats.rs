//! Publishes on a subject of a NATS server. The connection is made when it is first needed, and
//! given up once something fails: what it still held would be sent later, and told twice.

use std::time::Duration;

use async_nats::connection::State;
use async_nats::{Client, ConnectOptions, ServerAddr};
use futures_util::StreamExt;
use tokio::runtime::Handle;
use tokio::time::timeout;

/// The way to a server.
#[derive(Debug)]
pub(super) struct Line {
    /// As the server shows the connection.
    name: &'static str,
    runtime: Handle,
    /// With the address that it leads to.
    open: Option<(String, Client)>,
}

/// How long one message may take, the connection included.
const PATIENCE: Duration = Duration::from_secs(5);

impl Line {
    pub fn new(name: &'static str, runtime: Handle) -> Line {
        Line { name, runtime, open: None }
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
        // A server takes what comes over one connection in its order: once the second message is
        // back, the first one has arrived.
        let inbox = client.new_inbox();
        let mut back = client.subscribe(inbox.clone()).await.map_err(|error| failed(&error))?;
        for (subject, body) in [(subject.to_owned(), body.to_owned()), (inbox, String::new())] {
            client.publish(subject, body.into()).await.map_err(|error| failed(&error))?;
        }
        back.next().await.map(drop).ok_or_else(|| "the connection was lost".to_owned())
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
    fn an_address_is_that_of_a_server() {
        assert!(address("nats://bus:4222").is_ok() && address("tls://a:b@bus").is_ok());
        for bad in ["bus:4222", "http://bus", "nats://", "", "ws://bus"] {
            assert!(address(bad).is_err(), "{bad}");
        }
    }
}
