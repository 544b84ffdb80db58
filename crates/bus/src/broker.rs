//! A bus with a door, on a thread of its own: what a test or a load needs of a server.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::{self, JoinHandle};

use tokio::runtime;
use tokio::sync::oneshot;

use crate::bus::Bus;
use crate::door::Door;

/// Stops when it is dropped.
pub struct Broker {
    bus: Bus,
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Broker {
    /// Opens a free port of the loopback device. Clients that come from now on are let in.
    pub fn start() -> io::Result<Broker> {
        Broker::with(Bus::new())
    }

    /// Opens the door to a bus that exists.
    pub fn with(bus: Bus) -> io::Result<Broker> {
        let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
        let (stop, stopped) = oneshot::channel();
        let (opened, answer) = sync_channel(1);
        let inside = bus.clone();
        let thread = thread::Builder::new()
            .name("broker".to_owned())
            .spawn(move || runtime.block_on(run(inside, &opened, stopped)))?;
        let address = answer.recv().unwrap_or_else(|lost| Err(io::Error::other(lost)))?;
        Ok(Broker { bus, address, stop: Some(stop), thread: Some(thread) })
    }

    /// Where clients of NATS connect to.
    #[must_use]
    pub fn url(&self) -> String {
        format!("nats://{}", self.address)
    }

    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    #[must_use]
    pub fn bus(&self) -> Bus {
        self.bus.clone()
    }
}

async fn run(
    bus: Bus,
    opened: &SyncSender<io::Result<SocketAddr>>,
    stopped: oneshot::Receiver<()>,
) {
    // Whoever starts it waits for the answer, and for the end.
    let told = match Door::open(bus, (Ipv4Addr::LOCALHOST, 0).into()).await {
        Ok(door) => {
            let told = opened.send(Ok(door.address()));
            let _ = stopped.await;
            door.close().await;
            told
        }
        Err(error) => opened.send(Err(error)),
    };
    drop(told);
}

impl Drop for Broker {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A panic in there was told by its thread; it is over either way.
            let _ = thread.join();
        }
    }
}
