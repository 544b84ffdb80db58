//! Reactions that form patterns: their flags, their run, and the wavelength they come to.

use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use crate::command::described::{Described, Preset};
use crate::command::output::count;
use crate::command::progress::Progress;
use crate::command::simulate::run::Looks;
use crate::command::table::Table;
use crate::command::{BadInput, stop};
use crate::error::Error;
use crate::field::{Field, History};
use crate::pattern::{
    Pattern, PatternSettings, Reaction, measured_wavelength, predicted_wavelength,
};

#[derive(Debug, Default, Args)]
#[command(next_help_heading = "A pattern in place of the membrane")]
pub struct PatternFlags {
    /// Simulate a reaction that forms patterns
    #[arg(long, value_name = "NAME")]
    pattern: Option<Name>,
    /// How fast u is fed (Gray-Scott)
    #[arg(long, value_name = "RATE", allow_negative_numbers = true)]
    feed: Option<f64>,
    /// How fast v is removed beside that (Gray-Scott)
    #[arg(long, value_name = "RATE", allow_negative_numbers = true)]
    kill: Option<f64>,
    /// How fast u is made (Schnakenberg)
    #[arg(short = 'a', long = "a", value_name = "RATE", allow_negative_numbers = true)]
    a: Option<f64>,
    /// How fast v is made (Schnakenberg)
    #[arg(short = 'b', long = "b", value_name = "RATE", allow_negative_numbers = true)]
    b: Option<f64>,
    /// How fast u diffuses; a cell is 1 wide
    #[arg(long, value_name = "D", allow_negative_numbers = true)]
    diffusion_u: Option<f64>,
    /// How fast v diffuses
    #[arg(long, value_name = "D", allow_negative_numbers = true)]
    diffusion_v: Option<f64>,
    /// The time that a step stands for
    #[arg(long, value_name = "TIME", allow_negative_numbers = true)]
    time_step: Option<f64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Name {
    /// Turing's mechanism close to where patterns begin: linear theory tells the wavelength
    Schnakenberg,
    /// Gray and Scott's reaction, as spots unless --feed and --kill say otherwise
    GrayScott,
    /// Gray-Scott: spots that divide
    Spots,
    /// Gray-Scott: stripes out of the uniform state
    Stripes,
}

/// What a run came to.
pub struct Ran {
    /// Of u in Schnakenberg's reaction, and of v in that of Gray and Scott.
    pub field: Field,
    pub history: Option<History>,
    pub steps_done: usize,
    pub is_complete: bool,
}

impl PatternFlags {
    pub fn is_asked_for(&self) -> bool {
        self.pattern.is_some()
    }

    /// A flag that means nothing without a pattern.
    pub fn given_beside(&self) -> Option<&'static str> {
        let flags = [
            ("--feed", self.feed),
            ("--kill", self.kill),
            ("--a", self.a),
            ("--b", self.b),
            ("--diffusion-u", self.diffusion_u),
            ("--diffusion-v", self.diffusion_v),
            ("--time-step", self.time_step),
        ];
        flags.into_iter().find_map(|(flag, value)| value.map(|_| flag))
    }

    pub fn settings(&self, described: &Described) -> Result<PatternSettings, BadInput> {
        let alien = described.membrane.given().or(described.config.as_ref().map(|_| "--config"));
        let alien = alien.or(described.streams.map(|_| "--streams"));
        if let Some(flag) = alien {
            return Err(BadInput(format!("`{flag}` is about the membrane, not about patterns")));
        }
        let name = match self.pattern {
            Some(Name::Schnakenberg) | None => "schnakenberg",
            Some(Name::GrayScott | Name::Spots) => "spots",
            Some(Name::Stripes) => "stripes",
        };
        let mut settings = PatternSettings::preset(name).unwrap_or_default();
        if described.preset == Some(Preset::Demo) {
            settings.grid_size = 32;
        }
        self.change_reaction(&mut settings.reaction)?;
        settings.grid_size = described.grid_size.unwrap_or(settings.grid_size);
        settings.steps = described.steps.unwrap_or(settings.steps);
        settings.seed = described.seed.unwrap_or(settings.seed);
        settings.boundary = described.boundary.map_or(settings.boundary, Into::into);
        settings.diffusion.0 = self.diffusion_u.unwrap_or(settings.diffusion.0);
        settings.diffusion.1 = self.diffusion_v.unwrap_or(settings.diffusion.1);
        settings.time_step = self.time_step.unwrap_or(settings.time_step);
        settings.validate().map_err(|error| BadInput(error.to_string()))?;
        Ok(settings)
    }

    fn change_reaction(&self, reaction: &mut Reaction) -> Result<(), BadInput> {
        let (alien, name) = match reaction {
            Reaction::GrayScott { feed, kill } => {
                (*feed, *kill) = (self.feed.unwrap_or(*feed), self.kill.unwrap_or(*kill));
                ([("--a", self.a), ("--b", self.b)], "Gray-Scott")
            }
            Reaction::Schnakenberg { a, b } => {
                (*a, *b) = (self.a.unwrap_or(*a), self.b.unwrap_or(*b));
                ([("--feed", self.feed), ("--kill", self.kill)], "Schnakenberg")
            }
        };
        match alien.into_iter().find(|(_, value)| value.is_some()) {
            Some((flag, _)) => Err(BadInput(format!("`{flag}` means nothing to {name}"))),
            None => Ok(()),
        }
    }
}

/// Shows the cells after every so many steps to `see`.
pub fn run(
    settings: &PatternSettings,
    keeps_history: bool,
    every: usize,
    mut see: impl FnMut(&[f64]),
) -> Result<Ran, Error> {
    let mut pattern = Pattern::new(settings)?;
    let size = settings.grid_size;
    let mut history = keeps_history.then(|| History::with_room(size, settings.steps));
    let progress = Progress::new(settings.steps as u64, "steps");
    let is_stopped = |done: usize| {
        progress.reached(done as u64);
        stop::is_asked()
    };
    let looks = Looks { steps: settings.steps, every, keeps_history };
    while let Some(steps) = looks.until_next(pattern.steps_done()) {
        if !pattern.run_unless(steps, is_stopped)? {
            break;
        }
        let cells = shown(&pattern, settings.reaction);
        if looks.is_seen(pattern.steps_done()) {
            see(cells);
        }
        if let Some(history) = &mut history {
            history.push(cells);
        }
    }
    progress.finish();
    Ok(Ran {
        field: Field::new(size, shown(&pattern, settings.reaction).to_vec())?,
        history,
        steps_done: pattern.steps_done(),
        is_complete: pattern.steps_done() == settings.steps,
    })
}

fn shown(pattern: &Pattern, reaction: Reaction) -> &[f64] {
    match reaction {
        Reaction::GrayScott { .. } => pattern.v(),
        Reaction::Schnakenberg { .. } => pattern.u(),
    }
}

/// In the pattern's own unit.
struct Summary {
    min: f64,
    max: f64,
    mean: f64,
    deviation: f64,
    wavelength: Option<f64>,
    predicted: Option<f64>,
}

impl Summary {
    fn of(settings: &PatternSettings, ran: &Ran) -> Summary {
        // The field's own is in thousandths.
        let thousandths = ran.field.summary();
        let deviation = thousandths.deviation / 1000.0;
        let is_pattern = deviation > 1e-6;
        Summary {
            min: thousandths.min / 1000.0,
            max: thousandths.max / 1000.0,
            mean: thousandths.mean / 1000.0,
            deviation,
            wavelength: is_pattern
                .then(|| measured_wavelength(ran.field.cells(), ran.field.size())),
            predicted: predicted_wavelength(settings),
        }
    }
}

pub fn text(settings: &PatternSettings, ran: &Ran) -> String {
    let size = settings.grid_size;
    let steps = count(ran.steps_done as u64, "step");
    let (name, substance) = match settings.reaction {
        Reaction::GrayScott { feed, kill } => (format!("Gray-Scott, F {feed}, k {kill}"), "v"),
        Reaction::Schnakenberg { a, b } => (format!("Schnakenberg, a {a}, b {b}"), "u"),
    };
    let mut text = format!("{name}: {size} x {size} cells, {steps}\n\n");
    let summary = Summary::of(settings, ran);
    let mut table = Table::new(["Substance", substance]);
    for (name, value) in [
        ("least", summary.min),
        ("most", summary.max),
        ("mean", summary.mean),
        ("standard deviation", summary.deviation),
    ] {
        table.row(name, [format!("{value:.6}")]);
    }
    text.push_str(&table.render());
    text.push('\n');
    let shown = |cells: Option<f64>| cells.map_or("-".to_owned(), |cells| format!("{cells:.3}"));
    let mut waves = Table::new(["Wavelength", "cells"]);
    waves.row("measured", [shown(summary.wavelength)]);
    waves.row("by linear theory", [shown(summary.predicted)]);
    text.push_str(&waves.render());
    text
}

pub fn json(settings: &PatternSettings, ran: &Ran) -> anyhow::Result<Value> {
    let summary = Summary::of(settings, ran);
    Ok(json!({
        "settings": serde_json::to_value(settings)?,
        "steps_done": ran.steps_done,
        "is_complete": ran.is_complete,
        "min": summary.min,
        "max": summary.max,
        "mean": summary.mean,
        "std": summary.deviation,
        "wavelength_cells": summary.wavelength,
        "predicted_wavelength_cells": summary.predicted,
    }))
}
