//! The service through its router: every documented status and code, on a clock that stands still.

mod access;
mod batch;
mod biometric;
mod feed;
mod fixture;
mod interface;
mod listen;
mod manage;
mod single;
mod watch;
