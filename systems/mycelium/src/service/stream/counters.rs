//! What is counted of streams.

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

/// Shared by all who count.
#[derive(Clone, Debug, Default)]
pub struct Counters {
    connections: Gauge,
    refused: Counter,
    streams: Counter,
    sent: Counter,
    dropped: Counter,
}

/// A connection, for as long as it is open.
pub struct Open(Gauge);

impl Counters {
    pub fn register(&self, registry: &mut Registry) {
        let connections = self.connections.clone();
        registry.register("mycelium_stream_connections", "Open WebSockets", connections);
        let help = "WebSockets for which there was no place";
        registry.register("mycelium_stream_connections_refused", help, self.refused.clone());
        registry.register("mycelium_streams", "Streams that were begun", self.streams.clone());
        let help = "Messages of streams that were sent";
        registry.register("mycelium_stream_messages_sent", help, self.sent.clone());
        let help = "Messages of streams that a slow reader never got";
        registry.register("mycelium_stream_messages_dropped", help, self.dropped.clone());
    }

    #[must_use]
    pub fn opened(&self) -> Open {
        self.connections.inc();
        Open(self.connections.clone())
    }

    pub fn refused(&self) {
        self.refused.inc();
    }

    pub fn begun(&self) {
        self.streams.inc();
    }

    pub fn sent(&self) {
        self.sent.inc();
    }

    pub fn dropped(&self, messages: u64) {
        self.dropped.inc_by(messages);
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.dec();
    }
}
