//! Where a load goes: `http://127.0.0.1:8080/base`.

use std::net::SocketAddr;

/// A service's address, resolved once: looking names up is not part of any latency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    pub secure: bool,
    pub host: String,
    pub port: u16,
    pub address: SocketAddr,
    /// Put before every path; without a slash at its end.
    pub base: String,
}
