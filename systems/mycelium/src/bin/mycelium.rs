//! The command `mycelium`.

use std::process::ExitCode;

use clap::Parser;
use mycelium::command::{Cli, run};

fn main() -> ExitCode {
    run(Cli::parse())
}
