//! The `tollgate` command.

mod args;
mod commands;
mod exit;
mod output;
mod progress;
mod project;
mod stop;

use std::process::ExitCode;

use anyhow::Result;
use clap::Parser as _;
use tollgate::budget::mistake::Mistakes;
use tollgate::history::HistoryError;
use tollgate::measure::launcher::Launcher;

use args::{Cli, Command};
use exit::Exit;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let colour = output::colour_errors(cli.global.color);
    match run(cli) {
        Ok(exit) => exit.into(),
        Err(error) => {
            match error.downcast_ref::<Mistakes>() {
                Some(mistakes) => output::note(&mistakes.render(colour)),
                None => output::note(&format!("tollgate: {}", output::chain(&error))),
            }
            if let Some(hint) = error.downcast_ref().and_then(HistoryError::hint) {
                output::note(&hint);
            }
            Exit::BadInput.into()
        }
    }
}

fn run(cli: Cli) -> Result<Exit> {
    let global = cli.global;
    match cli.command {
        Command::Check(args) => {
            // Measured programs start from a process that was split off while this one was small.
            let launcher = Launcher::fork()?;
            stop::listen();
            commands::check::check(&global, &args, launcher)
        }
        Command::Bench(args) => {
            let launcher = Launcher::fork()?;
            stop::listen();
            commands::bench::bench(&global, &args, launcher)
        }
        Command::Load(args) => {
            stop::listen();
            commands::load::load(&global, &args)
        }
        Command::Plan(args) => commands::plan::plan(&global, &args),
        Command::Judge(args) => commands::judge::judge(&global, &args),
        Command::Compare(args) => commands::compare::compare(&global, &args),
        Command::Report(args) => commands::report::report(&global, &args),
        Command::History(args) => commands::history::history(&global, &args.action),
        Command::Serve(args) => commands::serve::serve(&global, &args),
        Command::Explain(args) => commands::explain::explain(&args),
        Command::Doctor => commands::doctor::doctor(&global),
        Command::Init(args) => commands::init::init(&args),
        Command::Completions { shell } => commands::complete::completions(shell),
        Command::Man => commands::complete::man(),
    }
}
