//! The command `proofs`.

use std::process::ExitCode;

use clap::Parser;
use proofs::command::{Cli, run};

fn main() -> ExitCode {
    run(Cli::parse())
}
