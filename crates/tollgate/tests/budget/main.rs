//! The budget file: what is read, and how mistakes are told.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod company;
mod messages;
mod mistakes;
mod reading;
mod request_mistakes;
mod service;
mod service_mistakes;

use tollgate::budget::BudgetFile;
use tollgate::budget::mistake::Mistakes;
use tollgate::budget::parse::{Input, parse};

/// The file of the architecture page, with every kind of table.
pub const WHOLE: &str = include_str!("whole.toml");

pub fn read(text: &str) -> Result<BudgetFile, Mistakes> {
    read_for(text, None)
}

pub fn read_for(text: &str, environment: Option<&str>) -> Result<BudgetFile, Mistakes> {
    parse(&Input {
        path: "tollgate.toml",
        text,
        folder: "folder",
        environment,
        variables: &|name| (name == "SET").then(|| "7".to_owned()),
    })
}
