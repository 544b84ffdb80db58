//! The command `warm-restart`.

use std::process::ExitCode;

use clap::Parser;
use warm_restart::command::{Cli, run};

fn main() -> ExitCode {
    run(Cli::parse())
}
