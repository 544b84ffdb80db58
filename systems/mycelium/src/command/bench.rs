//! `bench`: the program that measures, found beside this one.

use std::process::Command;

use anyhow::{Context as _, anyhow};
use clap::Args;

use super::Exit;

const PROGRAM: &str = "mycelium-bench";

#[derive(Debug, Args)]
#[command(disable_help_flag = true)]
pub struct Bench {
    /// What mycelium-bench takes; --help tells it
    #[arg(value_name = "ARGUMENT", trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<String>,
}

impl Bench {
    pub fn run(&self) -> anyhow::Result<Exit> {
        let here = std::env::current_exe().context("could not find this program itself")?;
        let name = format!("{PROGRAM}{}", std::env::consts::EXE_SUFFIX);
        let program = here.with_file_name(name);
        if !program.exists() {
            let how = "build it by `cargo build --release --package mycelium --bin mycelium-bench`";
            return Err(anyhow!("{} is not there: {how}", program.display()));
        }
        let ended = Command::new(&program)
            .args(&self.arguments)
            .status()
            .with_context(|| format!("could not run {}", program.display()))?;
        Ok(match ended.code() {
            Some(0) => Exit::Done,
            Some(2) => Exit::BadInput,
            Some(130) => Exit::Interrupted,
            _ => Exit::Failed,
        })
    }
}
