//! One connection through a relay: two pipes, each with a queue of what is held up.

use std::cell::Cell;
use std::io;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::net::tcp::{ReadHalf, WriteHalf};
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep_until};

use super::Network;

/// The most that is read at once, and the pieces that may be held up.
const PIECE: usize = 16 * 1024;
const HELD: usize = 64;
/// Under a rate, pieces are small enough to take no longer than this.
const PACE: f64 = 0.02;

/// Both ways of the network, each shared by all connections.
#[derive(Debug, Default)]
pub(super) struct Paces {
    to_service: Pace,
    from_service: Pace,
}

/// When the way is free for the next piece.
#[derive(Debug, Default)]
struct Pace(Cell<Option<Instant>>);

impl Pace {
    async fn pass(&self, bytes: usize, rate: f64) {
        let begin = self.0.get().map_or_else(Instant::now, |free| free.max(Instant::now()));
        let free = begin + Duration::from_secs_f64(bytes as f64 / rate);
        self.0.set(Some(free));
        sleep_until(free).await;
    }
}

/// Carries what both sides say until one of them or the network has enough.
pub(super) async fn relay(
    mut client: TcpStream,
    service: SocketAddr,
    paces: Rc<Paces>,
    mut network: watch::Receiver<Network>,
) {
    let resets = network.borrow().resets;
    let Ok(mut server) = TcpStream::connect(service).await else {
        // Whoever asks for a service that is not there gets no friendly end.
        let _ = client.set_zero_linger();
        return;
    };
    let _ = client.set_nodelay(true).and(server.set_nodelay(true));
    let seen = network.clone();
    let is_broken = {
        let (from_client, to_client) = client.split();
        let (from_server, to_server) = server.split();
        let both = async {
            tokio::try_join!(
                pipe(from_client, to_server, &paces.to_service, &seen, |now| now.delay),
                pipe(from_server, to_client, &paces.from_service, &seen, |_| Duration::ZERO),
            )
        };
        tokio::select! {
            ended = both => ended.is_err(),
            changed = network.wait_for(|now| now.cut || now.resets != resets) => {
                changed.is_ok_and(|now| !now.cut)
            }
        }
    };
    if is_broken {
        let _ = client.set_zero_linger().and(server.set_zero_linger());
    }
}

async fn pipe(
    mut from: ReadHalf<'_>,
    mut to: WriteHalf<'_>,
    pace: &Pace,
    network: &watch::Receiver<Network>,
    delay: fn(&Network) -> Duration,
) -> io::Result<()> {
    let (hold, mut held) = mpsc::channel::<(Instant, Vec<u8>)>(HELD);
    let take = async move {
        let mut piece = vec![0; PIECE];
        loop {
            let rate = network.borrow().rate;
            let most = rate.map_or(PIECE, |rate| ((rate * PACE) as usize).clamp(1, PIECE));
            let count = from.read(&mut piece[..most]).await?;
            if count == 0 {
                return Ok(());
            }
            // It may have changed while nothing was said.
            let now = *network.borrow();
            if let Some(rate) = now.rate {
                pace.pass(count, rate).await;
            }
            let due = Instant::now() + delay(&now);
            if hold.send((due, piece[..count].to_vec())).await.is_err() {
                return Ok(());
            }
        }
    };
    let give = async {
        while let Some((due, piece)) = held.recv().await {
            if due > Instant::now() {
                sleep_until(due).await;
            }
            to.write_all(&piece).await?;
        }
        to.shutdown().await
    };
    tokio::try_join!(take, give).map(|_| ())
}
