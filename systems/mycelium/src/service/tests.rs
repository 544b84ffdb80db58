//! The service as its clients see it.

mod access;
mod compute;
mod fixture;
mod interface;
mod listen;
mod pool;
mod refused;
mod watch;
