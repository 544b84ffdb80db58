//! A door for clients of NATS.

use std::io;
use std::net::SocketAddr;

use crate::bus::Bus;

/// Lets clients of NATS in, until it is closed.
pub struct Door {
    address: SocketAddr,
}

impl Door {
    pub async fn open(_bus: Bus, address: SocketAddr) -> io::Result<Door> {
        Ok(Door { address })
    }

    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    pub async fn close(self) {}
}
