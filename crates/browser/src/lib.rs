//! A browser without a window, for tests of pages: it opens them, presses keys, asks what is shown
//! and keeps every error. A test that uses it panics, and says why, where it cannot go on.

mod base64;
mod browser;
mod process;

pub use browser::{Browser, Key};
