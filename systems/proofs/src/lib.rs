//! Verifies signed proofs: that somebody approved something, lately, once, and has not taken it
//! back.

pub mod audit;
pub mod batch;
pub mod bench;
pub mod command;
pub mod context;
pub mod encoding;
pub mod envelope;
pub mod feed;
pub mod key;
pub mod legacy;
pub mod refusal;
pub mod registry;
pub mod replay;
pub mod revocation;
pub mod service;
pub mod signed;
pub mod verify;
pub mod webauthn;

#[cfg(test)]
mod oracle;
