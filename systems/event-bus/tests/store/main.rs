//! The store and its writer from outside, each fact over SQLite and over PostgreSQL.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod child;
mod cluster;
mod crash;
mod events;
mod migrations;
mod place;
mod projections;
mod requests;
mod rows;
mod writer;
