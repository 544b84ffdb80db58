//! What the writer and the bus count themselves, written with the rest.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, NoLabelSet};
use prometheus_client::metrics::MetricType;
use prometheus_client::registry::Unit;

use crate::bus::Traffic;
use crate::writer::{COMMIT_BOUNDS_US, Counters};

/// The last that was read; clones share it.
#[derive(Clone, Debug, Default)]
pub struct Mirror(Arc<Mutex<Others>>);

#[derive(Clone, Debug, Default)]
pub struct Others {
    pub writer: Counters,
    pub traffic: Traffic,
    pub is_connected: bool,
    pub in_flight: u64,
}

impl Mirror {
    pub fn set(&self, others: Others) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = others;
    }
}

impl Others {
    /// What only rises.
    fn counters(&self) -> [(&'static str, &'static str, u64); 10] {
        let Others { writer, traffic, .. } = self;
        let outbox = traffic.outbox;
        [
            ("reconnects", "Times the broker was lost and found again", traffic.reconnects),
            ("unread_dropped", "Messages lost because nobody read them in time", traffic.slow),
            ("outbox_buffered", "Messages that waited for the broker", outbox.buffered),
            ("outbox_refused", "Messages refused while the broker was away", outbox.refused),
            ("outbox_dropped", "Messages dropped while the broker was away", outbox.dropped),
            ("writer_overflowed", "Events and operations without room", writer.overflowed),
            ("writer_operations", "Operations that the writer did", writer.operations),
            ("writer_failed", "Events that failed with the database", writer.failed),
            ("batches", "Transactions with events", writer.batches),
            ("batched_events", "Events in all transactions", writer.stored + writer.duplicates),
        ]
    }

    /// What rises and falls.
    fn gauges(&self) -> [(&'static str, &'static str, u64); 6] {
        let (writer, held) = (&self.writer, self.traffic.outbox.held);
        [
            ("connected", "Whether the broker is there", u64::from(self.is_connected)),
            ("in_flight", "Events taken and not yet answered for", self.in_flight),
            ("outbox_held", "Messages that wait for the broker now", held),
            ("writer_queue", "Events and operations that wait for the writer", writer.depth),
            ("writer_healthy", "Whether the last commit went well", u64::from(writer.is_healthy)),
            ("largest_batch", "Events in the largest transaction", writer.largest_batch),
        ]
    }
}

impl Collector for Mirror {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let others = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        for (name, help, value) in others.counters() {
            let mut metric =
                encoder.encode_descriptor(name, &sentence(help), None, MetricType::Counter)?;
            metric.encode_counter::<NoLabelSet, _, f64>(&value, None)?;
        }
        for (name, help, value) in others.gauges() {
            let mut metric =
                encoder.encode_descriptor(name, &sentence(help), None, MetricType::Gauge)?;
            metric.encode_gauge(&i64::try_from(value).unwrap_or(i64::MAX))?;
        }
        let us = Unit::Other("microseconds".to_owned());
        let help = "How long transactions took";
        let mut metric = encoder.encode_descriptor(
            "commit",
            &sentence(help),
            Some(&us),
            MetricType::Histogram,
        )?;
        let writer = &others.writer;
        let bounds = COMMIT_BOUNDS_US.iter().map(|us| *us as f64).chain([f64::INFINITY]);
        let buckets: Vec<(f64, u64)> = bounds.zip(writer.commit_classes).collect();
        let (sum, count) = (writer.commit_us as f64, writer.commit_classes.iter().sum());
        metric.encode_histogram::<NoLabelSet>(sum, count, &buckets, None)
    }
}

/// The registry ends the help of its own metrics so.
fn sentence(help: &str) -> String {
    format!("{help}.")
}
