//! How many messages a second go from a publisher to its subscribers inside the process: a record
//! a line, for several ways to read. `throughput [MESSAGES] [BYTES]`

use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use bytes::Bytes;
use serde_json::json;
use tollgate_bus::{Bus, Subscription};

/// So many messages may be on their way: fewer than a subscription holds.
const WINDOW: u64 = 16_384;
/// The publisher looks this often at what has arrived, and lets others go on.
const EVERY: u64 = 64;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let numbers: Result<Vec<u64>, _> = std::env::args().skip(1).map(|word| word.parse()).collect();
    let numbers = numbers?;
    let messages = numbers.first().copied().unwrap_or(4_000_000);
    let bytes = numbers.get(1).copied().unwrap_or(128);
    let payload = Bytes::from(vec![b'x'; usize::try_from(bytes)?]);
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let mut out = std::io::stdout().lock();
    for (way, subscribers, most) in [("next", 1, 1), ("next_many", 1, 1024), ("next_many", 4, 1024)]
    {
        let load = Load { messages, payload: payload.clone(), subscribers, most };
        let seconds = runtime.block_on(load.run())?;
        let rate = messages as f64 / seconds;
        let record = json!({
            "way": way,
            "subscribers": subscribers,
            "bytes": bytes,
            "messages": messages,
            "seconds": seconds,
            "messages_per_second": rate.round(),
        });
        writeln!(out, "{record}")?;
    }
    Ok(())
}

struct Load {
    messages: u64,
    payload: Bytes,
    subscribers: usize,
    most: usize,
}

impl Load {
    async fn run(self) -> Result<f64, Box<dyn std::error::Error>> {
        let bus = Bus::new();
        let arrived: Vec<Arc<AtomicU64>> = (0..self.subscribers).map(|_| Arc::default()).collect();
        let mut readers = Vec::new();
        for count in &arrived {
            let subscription = bus.subscribe("chat.message.*")?;
            readers.push(tokio::spawn(read(
                subscription,
                Arc::clone(count),
                self.messages,
                self.most,
            )));
        }
        #[expect(clippy::disallowed_methods, reason = "the time is what is measured")]
        let begun = Instant::now();
        let publisher = tokio::spawn(publish(bus, arrived, self.messages, self.payload));
        publisher.await??;
        for reader in readers {
            let dropped = reader.await?;
            if dropped > 0 {
                return Err(format!("{dropped} messages were dropped").into());
            }
        }
        Ok(begun.elapsed().as_secs_f64())
    }
}

async fn publish(
    bus: Bus,
    arrived: Vec<Arc<AtomicU64>>,
    messages: u64,
    payload: Bytes,
) -> Result<(), tollgate_bus::BusError> {
    let least = || arrived.iter().map(|count| count.load(Ordering::Relaxed)).min().unwrap_or(0);
    for sent in 0..messages {
        if sent % EVERY == 0 {
            tokio::task::yield_now().await;
            while sent - least() > WINDOW {
                tokio::task::yield_now().await;
            }
        }
        bus.publish("chat.message.sent", payload.clone())?;
    }
    Ok(())
}

async fn read(mut from: Subscription, count: Arc<AtomicU64>, messages: u64, most: usize) -> u64 {
    let mut batch = Vec::with_capacity(most);
    let mut seen = 0;
    while seen < messages {
        if most == 1 {
            seen += from.next().await.map_or(messages, |_| 1);
        } else {
            batch.clear();
            let read = from.next_many(&mut batch, most).await;
            seen += if read == 0 { messages } else { read as u64 };
        }
        count.store(seen, Ordering::Relaxed);
    }
    from.dropped()
}
