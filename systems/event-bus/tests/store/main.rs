//! The store and its writer from outside, each fact over SQLite and over PostgreSQL.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a test may panic and tell")]

mod child;
mod cluster;
mod crash;
mod events;
mod migrations;
mod place;
mod projections;
mod requests;
mod writer;
