//! `dataset`: many simulations, a row each, in a file that an interruption does not lose.

use std::path::{Path, PathBuf};

use clap::builder::{PossibleValuesParser, TypedValueParser as _};
use clap::{Args, ValueEnum};
use serde_json::json;

use super::output::{self, Format, check_place, count, grouped, note};
use super::progress::Progress;
use super::{BadInput, Exit, stop};
use crate::dataset::{PRESETS, Plan, Preset, Recipe, Report, generate};

/// Simulates many times and writes a table: the ending of the name says in which format.
///
/// The same plan and seed give the same bytes. Rows are kept in FILE.partial until all are there,
/// and the same command goes on with them.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Dataset {
    /// A dataset by name
    #[arg(long, value_name = "NAME", value_parser = presets())]
    preset: Option<&'static Preset>,
    /// Ranges to draw from; the same as the presets of these names
    #[arg(long, value_name = "NAME", conflicts_with = "preset")]
    sweep: Option<Sweep>,
    /// Tell the presets
    #[arg(long)]
    list_presets: bool,
    /// Rows [default: those of the preset]
    #[arg(long, short, value_name = "N")]
    num_samples: Option<usize>,
    /// The table
    #[arg(
        long,
        short,
        value_name = "FILE.parquet|csv|npz",
        required_unless_present = "list_presets"
    )]
    output: Option<PathBuf>,
    /// Which random numbers are drawn; a row's simulation has this one plus its number
    #[arg(long, value_name = "N", default_value_t = 42)]
    seed: u64,
    /// Simulations at a time [default: one for each core]; the bytes do not depend on it
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
    /// What stands in the column of that name [default: 1970-01-01T00:00:00Z]
    #[arg(long, value_name = "TEXT")]
    timestamp: Option<String>,
    /// Draw and describe as that version did: NumPy's numbers, fixed thresholds
    #[arg(long, value_name = "VERSION")]
    compat: Option<Compat>,
    /// How the result is printed
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t)]
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Sweep {
    /// Runs of one kind
    Minimal,
    /// Wide ranges
    Default,
    /// Large grids among them
    Extended,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Compat {
    #[value(name = "v4.1")]
    V4_1,
}

const EXAMPLES: &str = "\
Examples:
  mycelium dataset --list-presets
  mycelium dataset --preset small -o small.parquet
  mycelium dataset --sweep extended -n 1000 --seed 7 -o wide.csv";

/// Failed rows that are told one by one.
const TOLD: usize = 5;

impl Dataset {
    pub fn run(&self) -> anyhow::Result<Exit> {
        let Some(out) = self.output.as_deref().filter(|_| !self.list_presets) else {
            output::result(&listed())?;
            return Ok(Exit::Done);
        };
        check_place(out)?;
        let threads = self.threads.map_or_else(cores, usize::from);
        let mut progress = None;
        let report = generate(&self.plan()?, out, threads, &stop::STOP, |now| {
            let progress = progress.get_or_insert_with(|| {
                if now.taken_up > 0 {
                    let rows = count(now.taken_up as u64, "row");
                    note(&format!("taking up {rows} of {}.partial", out.display()));
                }
                Progress::new(now.of as u64, "rows")
            });
            progress.reached(now.done as u64);
        })?;
        let took = progress.map(Progress::finish).unwrap_or_default();
        for (row, error) in report.failed.iter().take(TOLD) {
            note(&format!("warning: row {row} could not be computed: {error}"));
        }
        if report.is_stopped {
            note(&match report.rows {
                0 => "STOPPED before the first row".to_owned(),
                rows => {
                    let (rows, out) = (count(rows as u64, "row"), out.display());
                    format!("STOPPED after {rows}, kept in {out}.partial; the same command goes on")
                }
            });
            return Ok(Exit::Interrupted);
        }
        match self.format {
            Format::Text => output::result(&told(out, &report)),
            Format::Json => output::json(&json(out, &report)),
        }?;
        let computed = (report.rows - report.taken_up) as f64;
        let speed = grouped((computed / took.as_secs_f64().max(1e-9)) as u64);
        note(&format!("in {:.2} s, {speed} rows a second", took.as_secs_f64()));
        Ok(if report.failed.is_empty() { Exit::Done } else { Exit::Failed })
    }

    fn plan(&self) -> Result<Plan, BadInput> {
        let by_sweep = self.sweep.map(|sweep| match sweep {
            Sweep::Minimal => "minimal",
            Sweep::Default => "default",
            Sweep::Extended => "extended",
        });
        let preset = self.preset.or_else(|| Preset::named(by_sweep.unwrap_or("default")));
        let mut plan = preset.unwrap_or(&PRESETS[0]).plan();
        if matches!(plan.recipe, Recipe::Product { .. }) && self.num_samples.is_some() {
            let what = "has a row for each combination: `--num-samples` means nothing to it";
            return Err(BadInput(format!("the preset {what}")));
        }
        plan.samples = self.num_samples.unwrap_or(plan.samples);
        plan.seed = self.seed;
        plan.is_v4_1 = self.compat == Some(Compat::V4_1);
        if let Some(timestamp) = &self.timestamp {
            plan.timestamp.clone_from(timestamp);
        }
        Ok(plan)
    }
}

fn presets() -> impl clap::builder::TypedValueParser<Value = &'static Preset> {
    let names = PossibleValuesParser::new(PRESETS.iter().map(|preset| preset.name));
    names.try_map(|name| Preset::named(&name).ok_or("it is no preset"))
}

fn listed() -> String {
    let line = |preset: &Preset| format!("{:<10} {}\n", preset.name, preset.about);
    PRESETS.iter().map(line).collect()
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

fn told(out: &Path, report: &Report) -> String {
    let (rows, columns) =
        (count(report.rows as u64, "row"), count(report.columns as u64, "column"));
    let mut text = format!("{}: {rows}, {columns}", out.display());
    if !report.failed.is_empty() {
        text.push_str(&format!("; {} FAILED", count(report.failed.len() as u64, "row")));
    }
    text.push('\n');
    text
}

fn json(out: &Path, report: &Report) -> serde_json::Value {
    let failed = report.failed.iter();
    let failed: Vec<_> =
        failed.map(|(row, error)| json!({"row": row, "error": error.to_string()})).collect();
    json!({
        "output": out.display().to_string(),
        "rows": report.rows,
        "columns": report.columns,
        "taken_up": report.taken_up,
        "failed": failed,
    })
}
