//! Events over NATS, and the service that stores them and answers questions about them.

pub mod bench;
pub mod bus;
pub mod clock;
pub mod command;
pub mod event;
pub mod fields;
pub mod http;
pub mod operation;
pub mod projection;
pub mod row;
pub mod service;
pub mod store;
pub mod subject;
pub mod writer;
