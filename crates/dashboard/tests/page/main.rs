//! The pages in a real browser: nothing is blocked, charts lead to runs, a phone is wide enough,
//! and so is the keyboard.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "../all/scene.rs"]
#[allow(dead_code, reason = "the scene is shared with the tests without a browser")]
mod scene;

mod charts;
mod site;
