//! `plot`: a figure of one sweep or of several.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use survivability::aggregate::{METRICS, Summary, metric};
use survivability::sweep::{self, AxisScale, Shown, SweepError};

use super::output::{note, result};
use super::{BadInput, Exit};

#[derive(Debug, Args)]
pub struct Plot {
    /// Folders of complete sweeps
    #[arg(required = true, value_name = "FOLDER")]
    folders: Vec<PathBuf>,
    /// The column of summary.csv that is drawn against the load; `list` names all
    #[arg(long, short, value_name = "NAME", default_value = "bp_overall")]
    metric: String,
    /// How values stand along their axis
    #[arg(long, value_enum, default_value_t = Axis::Auto)]
    scale: Axis,
    /// Draw the course over time of a single sweep instead
    #[arg(long, conflicts_with_all = ["metric", "scale"])]
    time: bool,
    /// The title in place of the one that says what is drawn
    #[arg(long)]
    title: Option<String>,
    /// Where the figure is written; `-` prints it
    #[arg(long, short, value_name = "FILE", default_value = "plot.svg")]
    out: PathBuf,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Axis {
    /// Logarithmic where values differ by a factor of ten or more
    Auto,
    Linear,
    Log,
}

pub fn plot(args: &Plot) -> anyhow::Result<ExitCode> {
    if args.metric == "list" {
        let lines = METRICS.iter().map(|metric| format!("{:26} {}", metric.name, metric.title));
        result(&lines.collect::<Vec<_>>().join("\n"));
        return Ok(Exit::Done.into());
    }
    let summaries = args.folders.iter().map(|folder| sweep::read_summary(folder));
    let summaries: Vec<Summary> = summaries.collect::<Result<_, _>>()?;
    let mut figure = if args.time {
        let [summary] = &summaries[..] else {
            return Err(BadInput("--time draws a single sweep".to_owned()).into());
        };
        sweep::course(summary)
    } else {
        against_load(args, &summaries)?
    };
    if let Some(title) = &args.title {
        figure.title.clone_from(title);
    }
    let svg = figure.svg().map_err(|source| SweepError::Figure { figure: "the plot", source })?;
    if args.out == Path::new("-") {
        result(&svg);
    } else {
        sweep::write_file(&args.out, &svg)?;
        note(&format!("the figure is in {}", args.out.display()));
    }
    Ok(Exit::Done.into())
}

fn against_load(
    args: &Plot,
    summaries: &[Summary],
) -> Result<survivability::plot::Figure, BadInput> {
    let metric = metric(&args.metric).ok_or_else(|| {
        let names = METRICS.iter().map(|metric| metric.name);
        let near = names.max_by(|left, right| {
            let likeness = |name: &str| strsim::jaro_winkler(name, &args.metric);
            likeness(left).total_cmp(&likeness(right))
        });
        let hint = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
        BadInput(format!("no metric is called `{}`{hint}", args.metric))
    })?;
    let scale = match args.scale {
        Axis::Auto => AxisScale::Auto,
        Axis::Linear => AxisScale::Linear,
        Axis::Log => AxisScale::Logarithmic,
    };
    let shown: Vec<Shown> = args
        .folders
        .iter()
        .zip(summaries)
        .map(|(folder, summary)| Shown { name: name(folder), summary })
        .collect();
    Ok(sweep::blocking(&shown, metric, scale))
}

/// The last part of a folder's path that is a name.
fn name(folder: &Path) -> String {
    let name = folder.file_name().map(|name| name.to_string_lossy().into_owned());
    name.unwrap_or_else(|| folder.display().to_string())
}
