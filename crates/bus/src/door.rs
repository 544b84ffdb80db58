//! A door for clients of NATS: a port at which each connection gets a session of its own.

mod feed;
mod outbound;
mod session;

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

use crate::bus::Bus;
use session::Session;

/// What a client may leave unread, in bytes, as with a server.
const MOST_PENDING: usize = 64 << 20;
/// How long to wait until there may be a free descriptor again.
const PAUSE: Duration = Duration::from_millis(10);

/// Lets clients of NATS in, until it is closed or dropped. What they say is done as a server of
/// version 2.9 does it, with one exception: a message to what is no subject is always refused,
/// where a server delivers it, and complains if the client asked for that.
pub struct Door {
    address: SocketAddr,
    stop: watch::Sender<bool>,
    accepting: JoinHandle<()>,
}

impl Door {
    /// Port 0 asks for a free one.
    pub async fn open(bus: Bus, address: SocketAddr) -> io::Result<Door> {
        Door::open_with(bus, address, MOST_PENDING).await
    }

    /// A client that leaves more than so many bytes unread is sent away.
    pub async fn open_with(bus: Bus, address: SocketAddr, most_pending: usize) -> io::Result<Door> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        let (stop, stopped) = watch::channel(false);
        let guests = Guests { bus, address, most_pending, stopped };
        Ok(Door { address, stop, accepting: tokio::spawn(guests.accept(listener)) })
    }

    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Lets nobody in any more, and waits until all have been written what they were owed, or do
    /// not read it.
    pub async fn close(self) {
        self.stop.send_replace(true);
        // It neither panics nor is aborted; and if it were, it would be closed as well.
        let _ = self.accepting.await;
    }
}

struct Guests {
    bus: Bus,
    address: SocketAddr,
    most_pending: usize,
    stopped: watch::Receiver<bool>,
}

impl Guests {
    async fn accept(mut self, listener: TcpListener) {
        let mut sessions = JoinSet::new();
        loop {
            tokio::select! {
                accepted = listener.accept() => match accepted {
                    Ok((stream, _)) => self.welcome(&mut sessions, stream),
                    Err(_) => tokio::time::sleep(PAUSE).await,
                },
                Some(_) = sessions.join_next() => {}
                _ = self.stopped.changed() => break,
            }
        }
        drop(listener);
        while sessions.join_next().await.is_some() {}
    }

    fn welcome(&self, sessions: &mut JoinSet<()>, stream: TcpStream) {
        // Without it small answers wait; with it nothing but time is lost.
        let _ = stream.set_nodelay(true);
        let session = Session::new(self.bus.clone(), self.address.port(), self.most_pending);
        sessions.spawn(session.serve(stream, self.stopped.clone()));
    }
}
