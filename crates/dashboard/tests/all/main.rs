//! The dashboard over real history files, asked as a browser asks.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod api;
mod documents;
mod edition;
mod frame;
mod listener;
mod pages;
mod scene;
mod standing;
mod watch;
