//! `features`: the eighteen numbers of a simulation, or of a field that a file holds.

mod field_file;
mod threshold;

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use serde_json::{Map, Value, json};

use self::field_file::Frames;
use self::threshold::threshold;
use super::described::{Described, Preset};
use super::output::{self, Format, note};
use super::simulate::run;
use super::table::Table;
use super::{BadInput, Exit};
use crate::features::{Connectivity, Features as Vector, NAMES, Options, Running, Threshold};

/// Describes a simulation, or a field in a file, by eighteen numbers. Those of time need a history.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Features {
    /// A field: .npy with two axes, or three, of which the first is time; .npz as `simulate
    /// --history` saves it; .csv with a row a line. Without a file the simulation is run
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    /// The file is in millivolts, not in volts
    #[arg(long, requires = "file")]
    millivolts: bool,
    #[command(flatten)]
    described: Described,
    #[command(flatten)]
    options: OptionFlags,
    /// How the result is printed
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t)]
    format: Format,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "How it is looked at")]
pub struct OptionFlags {
    /// Compute as that version did: fixed thresholds, truncated box sizes
    #[arg(long, value_name = "VERSION")]
    compat: Option<Compat>,
    /// Above what a cell is active: `fixed` in mV, `percentile`, `mean-plus` so many standard
    /// deviations, or `otsu`; with levels of your own as fixed:-65,-60,-55 [default:
    /// mean-plus:1,1.5,2]
    #[arg(long, value_name = "MODE", allow_hyphen_values = true, value_parser = threshold)]
    threshold: Option<Threshold>,
    /// How many sizes of boxes, 2 to 20 [default: 5; of the demo 3]
    #[arg(long, value_name = "N")]
    num_scales: Option<usize>,
    /// The side of the smallest box in cells
    #[arg(long, value_name = "CELLS")]
    min_box: Option<usize>,
    /// Which neighbours belong to a cluster: 4 or 8
    #[arg(long, value_name = "N", value_parser = connectivity)]
    connectivity: Option<Connectivity>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Compat {
    #[value(name = "v4.1")]
    V4_1,
}

const EXAMPLES: &str = "\
Examples:
  mycelium features --preset demo
  mycelium features --threshold percentile:50,75,90 -g 128 --format json
  mycelium features --preset demo --streams numpy --compat v4.1
  mycelium simulate --history run.npz && mycelium features run.npz";

impl Features {
    pub fn run(&self) -> anyhow::Result<Exit> {
        let options = self.options.options(self.described.preset == Some(Preset::Demo))?;
        let (vector, about) = match &self.file {
            Some(path) => {
                let frames = Frames::read(path, self.millivolts)?;
                let mut running = Running::new(frames.size);
                frames.all().for_each(|frame| running.push(frame));
                (running.finish(&options)?, path.display().to_string())
            }
            None => {
                let settings = self.described.settings()?;
                let mut running = Running::new(settings.grid_size);
                let ran = run::run(&settings, false, 1, |cells| running.push(cells))?;
                if !ran.is_complete {
                    note(&format!("STOPPED after step {}; no features", ran.steps_done));
                    return Ok(Exit::Interrupted);
                }
                let size = settings.grid_size;
                let steps = output::count(ran.steps_done as u64, "step");
                let about = format!("{size} x {size} cells, {steps}, seed {}", settings.seed);
                (running.finish(&options)?, about)
            }
        };
        match self.format {
            Format::Text => output::result(&text(&about, &vector)),
            Format::Json => output::json(&json(&vector)),
        }?;
        for warning in vector.warnings() {
            note(&format!("warning: {warning}"));
        }
        Ok(Exit::Done)
    }
}

impl OptionFlags {
    fn options(&self, is_demo: bool) -> Result<Options, BadInput> {
        let mut options = match (self.compat, is_demo) {
            (None, false) => Options::default(),
            (None, true) => Options::demo(),
            (Some(Compat::V4_1), false) => Options::v4_1(),
            (Some(Compat::V4_1), true) => Options::v4_1_demo(),
        };
        options.threshold = self.threshold.unwrap_or(options.threshold);
        options.num_scales = self.num_scales.unwrap_or(options.num_scales);
        options.min_box = self.min_box.unwrap_or(options.min_box);
        options.connectivity = self.connectivity.unwrap_or(options.connectivity);
        options.validate().map_err(|error| BadInput(error.to_string()))?;
        Ok(options)
    }
}

fn connectivity(text: &str) -> Result<Connectivity, String> {
    match text {
        "4" => Ok(Connectivity::Four),
        "8" => Ok(Connectivity::Eight),
        _ => Err("it must be 4 or 8".to_owned()),
    }
}

fn text(about: &str, vector: &Vector) -> String {
    let mut table = Table::new(["Feature", "value"]);
    for (name, value) in NAMES.into_iter().zip(vector.values()) {
        table.row(name, [format!("{value:.6}")]);
    }
    format!("{about}\n\n{}", table.render())
}

fn json(vector: &Vector) -> Value {
    let named = NAMES.into_iter().zip(vector.values());
    let named: Map<String, Value> =
        named.map(|(name, value)| (name.to_owned(), json!(value))).collect();
    named.into()
}
