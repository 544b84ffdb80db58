//! A relay between a service and everybody who uses it, which can be made a bad network: slow,
//! narrow, or gone.

mod connection;

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener as Bound};
use std::rc::Rc;
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::budget::company::Action;
use connection::{Paces, relay};

/// Ends with everything that goes through it when it is dropped.
pub(super) struct Relay {
    pub address: SocketAddr,
    network: Option<watch::Sender<Network>>,
    thread: Option<JoinHandle<()>>,
}

/// How the network is.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Network {
    /// What goes to the service is held up for so long.
    delay: Duration,
    /// Bytes a second, each way, of all connections together.
    rate: Option<f64>,
    cut: bool,
    /// How often all connections were broken.
    resets: u64,
}

/// Between two attempts to listen again, should somebody else have taken the port meanwhile.
const AGAIN: Duration = Duration::from_millis(10);

impl Relay {
    pub fn start(service: SocketAddr) -> io::Result<Relay> {
        let bound = Bound::bind((Ipv4Addr::LOCALHOST, 0))?;
        bound.set_nonblocking(true)?;
        let address = bound.local_addr()?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let (network, seen) = watch::channel(Network::default());
        let thread = std::thread::Builder::new().name("relay".to_owned()).spawn(move || {
            let here = tokio::task::LocalSet::new();
            here.block_on(&runtime, async move {
                if let Ok(listener) = TcpListener::from_std(bound) {
                    serve(listener, address, service, seen).await;
                }
            });
        })?;
        Ok(Relay { address, network: Some(network), thread: Some(thread) })
    }

    /// Does what is done to a network; anything else is not its business.
    pub fn apply(&self, action: Action) {
        let Some(network) = &self.network else { return };
        network.send_modify(|network| match action {
            Action::Delay(delay) => network.delay = delay,
            Action::Throttle(rate) => network.rate = Some(rate),
            Action::Cut => network.cut = true,
            Action::Reset => network.resets += 1,
            Action::Heal => *network = Network { resets: network.resets, ..Network::default() },
            Action::Kill | Action::Terminate | Action::Stop | Action::Continue | Action::Start => {}
        });
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        drop(self.network.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Takes connections until nobody can change the network any more. While it is cut nobody
/// listens, so that whoever comes is refused.
async fn serve(
    listener: TcpListener,
    address: SocketAddr,
    service: SocketAddr,
    mut network: watch::Receiver<Network>,
) {
    let paces = Rc::new(Paces::default());
    let mut listener = Some(listener);
    loop {
        if network.borrow_and_update().cut {
            listener = None;
            if network.changed().await.is_err() {
                return;
            }
            continue;
        }
        let Some(open) = &listener else {
            match TcpListener::bind(address).await {
                Ok(open) => listener = Some(open),
                Err(_) => tokio::time::sleep(AGAIN).await,
            }
            continue;
        };
        tokio::select! {
            accepted = open.accept() => if let Ok((client, _)) = accepted {
                let (paces, network) = (Rc::clone(&paces), network.clone());
                tokio::task::spawn_local(relay(client, service, paces, network));
            },
            changed = network.changed() => if changed.is_err() {
                return;
            },
        }
    }
}

#[cfg(test)]
mod tests;
