//! The command `event-bus`.

use std::process::ExitCode;

use clap::Parser;
use event_bus::command::{Cli, run};

fn main() -> ExitCode {
    run(Cli::parse())
}
