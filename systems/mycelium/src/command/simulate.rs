//! `simulate`: one simulation, told, drawn and saved.

mod drawn;
mod pattern;
pub mod run;
mod saved;
mod told;

use clap::Args;

use self::drawn::Drawn;
use self::pattern::PatternFlags;
use self::saved::Saved;
use super::described::Described;
use super::output::{self, Format, count, note};
use super::{BadInput, Exit};

/// Runs a simulation of the membrane, or with --pattern one of a reaction that forms patterns.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Simulate {
    #[command(flatten)]
    described: Described,
    #[command(flatten)]
    pattern: PatternFlags,
    #[command(flatten)]
    drawn: Drawn,
    #[command(flatten)]
    saved: Saved,
    /// How the result is printed
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t)]
    format: Format,
    /// The same as --format json
    #[arg(long, conflicts_with = "format")]
    json: bool,
}

const EXAMPLES: &str = "\
Examples:
  mycelium simulate --preset demo
  mycelium simulate -g 128 -t 500 --seed 7 --png field.png --history run.npz
  mycelium simulate --pattern spots -g 128 --animate spots.png
  mycelium simulate --pattern gray-scott --feed 0.03 --kill 0.055 --steps 5000 --json";

/// A range is written in millivolts, and cells are in volts.
const MILLI: f64 = 0.001;

impl Simulate {
    pub fn run(&self) -> anyhow::Result<Exit> {
        self.drawn.check()?;
        self.saved.check()?;
        if self.pattern.is_asked_for() { self.pattern() } else { self.membrane() }
    }

    fn membrane(&self) -> anyhow::Result<Exit> {
        if let Some(flag) = self.pattern.given_beside() {
            return Err(
                BadInput(format!("`{flag}` is about patterns: say which by --pattern")).into()
            );
        }
        let settings = self.described.settings()?;
        self.saved.check_size(settings.grid_size, settings.steps)?;
        let mut reel = self.drawn.reel(settings.grid_size, settings.steps)?;
        let keeps_history = self.saved.wants_history();
        let ran = run::run(&settings, keeps_history, reel.every(), |cells| reel.see(cells))?;
        self.drawn.draw(ran.field.cells(), &reel, MILLI)?;
        self.saved.save(&ran.field, ran.history.as_ref())?;
        match self.is_json() {
            true => output::json(&told::json(&settings, &ran)?),
            false => output::result(&told::text(&settings, &ran)),
        }?;
        Ok(ended(ran.is_complete, ran.steps_done, settings.steps))
    }

    fn pattern(&self) -> anyhow::Result<Exit> {
        let settings = self.pattern.settings(&self.described)?;
        self.saved.check_size(settings.grid_size, settings.steps)?;
        let mut reel = self.drawn.reel(settings.grid_size, settings.steps)?;
        let keeps_history = self.saved.wants_history();
        let ran = pattern::run(&settings, keeps_history, reel.every(), |cells| reel.see(cells))?;
        self.drawn.draw(ran.field.cells(), &reel, 1.0)?;
        self.saved.save(&ran.field, ran.history.as_ref())?;
        match self.is_json() {
            true => output::json(&pattern::json(&settings, &ran)?),
            false => output::result(&pattern::text(&settings, &ran)),
        }?;
        Ok(ended(ran.is_complete, ran.steps_done, settings.steps))
    }

    fn is_json(&self) -> bool {
        self.json || self.format == Format::Json
    }
}

/// Says where a run was stopped.
fn ended(is_complete: bool, steps_done: usize, steps: usize) -> Exit {
    if is_complete {
        return Exit::Done;
    }
    let done = count(steps_done as u64, "step");
    note(&format!("STOPPED after {done} of {}", output::grouped(steps as u64)));
    Exit::Interrupted
}
