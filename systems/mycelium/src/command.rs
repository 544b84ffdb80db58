//! The command line: what each command takes, and which exit code it ends with.

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Simulate electric potentials in a mycelium, describe them, learn from them and serve them.
#[derive(Debug, Parser)]
#[command(name = "mycelium", version)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {}

/// Runs a command; its errors are told here and nowhere else.
#[must_use]
pub fn run(cli: Cli) -> ExitCode {
    match cli.command {}
}
