//! `dataset`: logs decisions, tells what a log holds, and converts it.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::{Args, Subcommand};
use survivability::dataset::{
    DatasetLogger, DatasetReader, LoggerOptions, Outcomes, Range, Summary, summary,
};
use survivability::simulation::Simulation;

use super::described::Described;
use super::log;
use super::output::{count, grouped, note, result};
use super::progress::Progress;
use super::table::{Table, bar};
use super::{Exit, stop};

#[derive(Debug, Subcommand)]
pub enum Action {
    /// Simulate every load with every seed, and log each decision
    Log(Log),
    /// Tell what a dataset holds
    Describe {
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// Write a dataset as a table in Parquet
    #[cfg(feature = "parquet")]
    Convert {
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// The table; by default beside the dataset with the ending .parquet
        #[arg(long, short, value_name = "FILE")]
        output: Option<PathBuf>,
    },
}

#[derive(Debug, Args)]
pub struct Log {
    #[command(flatten)]
    described: Described,
    /// The dataset; compressed if its name ends in .zst
    #[arg(long, short, value_name = "FILE")]
    output: PathBuf,
    /// How often the second candidate is taken in place of the policy's choice
    #[arg(long, value_name = "SHARE")]
    epsilon: Option<f64>,
    /// One load in Erlang in place of the experiment's
    #[arg(long, value_name = "ERLANG")]
    load: Option<f64>,
    /// One seed in place of the experiment's
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
}

pub fn dataset(action: &Action) -> anyhow::Result<Exit> {
    match action {
        Action::Log(args) => log(args),
        Action::Describe { file } => {
            let reader = DatasetReader::open(file)?;
            result(&described(&file.display().to_string(), &summary(reader)?));
            Ok(Exit::Done)
        }
        #[cfg(feature = "parquet")]
        Action::Convert { file, output } => convert(file, output.as_deref()),
    }
}

fn log(args: &Log) -> anyhow::Result<Exit> {
    log::check_name(&args.output)?;
    let mut described = Described { file: args.described.file.clone(), set: Vec::new() };
    described.set.clone_from(&args.described.set);
    described.set.extend(args.load.map(|load| format!("loads={load}")));
    described.set.extend(args.seed.map(|seed| format!("seeds={seed}")));
    described.set.extend(args.epsilon.map(|share| format!("dataset.epsilon={share}")));
    let experiment = described.experiment()?;
    let network = experiment.network()?;
    let mut setups = Vec::new();
    for load in &experiment.loads {
        let mut setup = experiment.setup(&network, *load)?;
        log::explore(&experiment, &mut setup)?;
        setups.push(setup);
    }
    let runs = experiment.loads.len() as u64 * experiment.seeds.len() as u64;
    let requests = experiment.traffic.requests.value;
    let mut logger = DatasetLogger::create(&args.output, LoggerOptions::of(&args.output))?;
    let progress = Progress::new(runs * requests, "requests");
    let mut told = 0;
    'all: for setup in &setups {
        for seed in &experiment.seeds {
            let simulation = Simulation::new(&network, setup, *seed).context("could not begin")?;
            let mut simulation = log::recording(simulation, &experiment.dataset);
            if !log::run(&mut simulation, &progress, told, Some(&mut logger))? {
                break 'all;
            }
            told += requests;
        }
    }
    let took = progress.finish();
    let logged = logger.finish()?;
    let file = args.output.display();
    if stop::is_asked() {
        let of = grouped(runs * requests);
        result(&format!("{file}: STOPPED after {} of {of}\n", count(logged, "transition")));
        return Ok(Exit::Interrupted);
    }
    let what = count(logged, "transition");
    result(&format!("{file}: {what} of {}\n", count(runs, "simulation")));
    let speed = logged as f64 / took.as_secs_f64().max(1e-9);
    note(&format!("in {:.2} s, {} a second", took.as_secs_f64(), grouped(speed as u64)));
    Ok(Exit::Done)
}

#[cfg(feature = "parquet")]
fn convert(file: &std::path::Path, output: Option<&std::path::Path>) -> anyhow::Result<Exit> {
    use survivability::dataset::parquet::export;
    let output = output.map_or_else(|| file.with_extension("parquet"), std::path::Path::to_owned);
    if output == file {
        return Err(super::BadInput("the table would replace the dataset".to_owned()).into());
    }
    let exported = export(DatasetReader::open(file)?, &output)?;
    if let Some(line) = exported.torn_line {
        note(&format!("warning: {} ends within line {line}, which has no row", file.display()));
    }
    result(&format!("{}: {}\n", output.display(), count(exported.rows, "row")));
    Ok(Exit::Done)
}

fn described(file: &str, summary: &Summary) -> String {
    let mut text = format!("{file}: {}\n", count(summary.total.transitions(), "transition"));
    if let Some(line) = summary.torn_line {
        text.push_str(&format!("It ends within line {line}, which is not counted.\n"));
    }
    text.push('\n');
    let mut windows = Table::new(["Window", "transitions", "blocked", "share"]);
    let mut row = |name: &str, outcomes: Outcomes| {
        let all = outcomes.transitions();
        let share = outcomes.blocked as f64 / all.max(1) as f64;
        windows.row(name, [grouped(all), grouped(outcomes.blocked), format!("{share:.5}")]);
    };
    for (window, outcomes) in &summary.windows {
        row(window.name(), *outcomes);
    }
    row("all", summary.total);
    text.push_str(&windows.render());
    text.push('\n');
    let mut actions = Table::new(["Action", "share", "transitions"]);
    for (action, number) in &summary.actions {
        let share = *number as f64 / summary.total.transitions().max(1) as f64;
        let name = if *action < 0 { "block".to_owned() } else { action.to_string() };
        let cells = [format!("{share:.5}"), grouped(*number)];
        actions.row(&format!("{name:<6} {}", bar(share * 0.6)), cells);
    }
    text.push_str(&actions.render());
    text.push('\n');
    text.push_str(&ranges(summary));
    if let Some(rate) = summary.mask_rate() {
        let all = count(summary.all_masked, "decision");
        text.push_str(&format!("\n{rate:.5} of candidates masked; in {all} every one\n"));
    }
    text
}

fn ranges(summary: &Summary) -> String {
    let mut table = Table::new(["Feature", "least", "most"]);
    let features: [(&str, Option<Range>); 6] = [
        ("slots_needed", summary.slots_needed),
        ("est_remaining_time", summary.est_remaining_time),
        ("hops", summary.hops),
        ("min_residual_slots", summary.min_residual_slots),
        ("frag_indicator", summary.frag_indicator),
        ("dist_to_disaster_centroid", summary.dist_to_disaster_centroid),
    ];
    for (name, range) in features {
        let shown = |value: f64| {
            if value.fract() > 0.0 { format!("{value:.4}") } else { value.to_string() }
        };
        let ends = range
            .map_or(["-", "-"].map(str::to_owned), |range| [shown(range.low), shown(range.high)]);
        table.row(name, ends);
    }
    table.render()
}
