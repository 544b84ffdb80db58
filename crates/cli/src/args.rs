//! The command line as a value.

mod load;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::exit::HELP;
pub use load::{Load, Request, Spread, Travel, Version};

/// Performance budgets: measure, judge with honest statistics, fail the build.
#[derive(Debug, Parser)]
#[command(name = "tollgate", version, after_help = HELP, max_term_width = 100)]
pub struct Cli {
    #[command(flatten)]
    pub global: Global,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Args)]
pub struct Global {
    /// The budget file; by default the nearest tollgate.toml upwards
    // An id of its own: a command's argument `file` would otherwise set this one as well.
    #[arg(id = "budget-file", long = "file", short = 'f', global = true, value_name = "PATH")]
    pub file: Option<PathBuf>,
    /// The environment whose values are laid over the file
    #[arg(long, global = true, env = "TOLLGATE_ENV", value_name = "NAME")]
    pub env: Option<String>,
    /// The history; by default .tollgate/history.db beside the budget file
    #[arg(long, global = true, env = "TOLLGATE_HISTORY", value_name = "PATH")]
    pub history: Option<PathBuf>,
    /// When to colour
    #[arg(long, global = true, value_enum, default_value_t = Colour::Auto, value_name = "WHEN")]
    pub color: Colour,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Colour {
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Measure the cases and judge their budgets
    Check(Check),
    /// Show what would be measured, how long it takes, and the smallest change it can show
    Plan(Plan),
    /// Judge a stored run, or results of other tools, without measuring
    Judge(Judge),
    /// Compare two runs of the history
    Compare(Compare),
    /// Print the report of a run of the history again
    Report(Report),
    /// Look after the stored runs and baselines
    History(History),
    /// Show the runs of the history as pages, and as an API
    Serve(Serve),
    /// Explain a metric, a statistic or a key of the budget file
    Explain(Explain),
    /// Examine this machine: what its noise means for measurements
    Doctor,
    /// Write a commented budget file from what this folder holds
    Init(Init),
    /// Time one or several commands, without a budget file
    Bench(Bench),
    /// Put a load on a URL and show how it answers, without a budget file
    Load(Box<Load>),
    /// Print a completion script for a shell
    Completions { shell: clap_complete::Shell },
    /// Print the manual page
    Man,
}

#[derive(Debug, Args)]
pub struct Selection {
    /// Cases by name or glob; by default those of the set
    #[arg(value_name = "CASE")]
    pub cases: Vec<String>,
    /// The set of cases: `quick`, `full` (all), or one of the file's own
    #[arg(long, conflicts_with = "cases", value_name = "SET")]
    pub set: Option<String>,
    /// The scenario every service is loaded by; without cases or a set, only services are chosen
    #[arg(long, value_name = "NAME")]
    pub scenario: Option<String>,
    /// Trials of every case, in place of the file's numbers
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub trials: Option<u32>,
    /// Seed of the trials' order; by default from the clock, and stored with the run
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
}

#[derive(Debug, Args)]
pub struct Check {
    #[command(flatten)]
    pub selection: Selection,
    #[command(flatten)]
    pub output: Output,
    /// Start over, even where a long load was cut short and could be taken up again
    #[arg(long)]
    pub fresh: bool,
    /// Keep and sum up loads that often, however short they are, to try how they are taken up
    #[arg(long, hide = true, value_name = "TIME", value_parser = load::positive)]
    pub checkpoint_every: Option<Duration>,
    /// Measure nothing: figures follow from the seed, to try reports and pipelines
    #[arg(long, hide = true)]
    pub fake: bool,
}

/// How verdicts are told.
#[derive(Debug, Args)]
pub struct Output {
    /// Count every "cannot tell" as a failure
    #[arg(long)]
    pub strict: bool,
    /// Show only what is not within, and no progress
    #[arg(long, short)]
    pub quiet: bool,
    /// Also write a report: terminal, json, markdown, junit, csv, github-summary,
    /// github-annotations (repeatable)
    #[arg(long = "report", value_name = "FORMAT=FILE")]
    pub reports: Vec<String>,
}

#[derive(Debug, Args)]
pub struct Plan {
    #[command(flatten)]
    pub selection: Selection,
    /// Show every trial in its order
    #[arg(long)]
    pub order: bool,
}

#[derive(Debug, Args)]
pub struct Judge {
    /// A run (id, `last`, `last~1`) or result files of other tools
    #[arg(value_name = "RUN or FILE", required = true)]
    pub what: Vec<String>,
    /// The format of the files; detected by default
    #[arg(long, value_name = "NAME")]
    pub format: Option<String>,
    /// The case whose budgets hold for the files; by default the import case that names them
    #[arg(long, value_name = "NAME")]
    pub case: Option<String>,
    /// A budget given here, such as "latency p99 <= 150ms" (repeatable)
    #[arg(long = "budget", value_name = "BUDGET")]
    pub budgets: Vec<String>,
    #[command(flatten)]
    pub output: Output,
}

#[derive(Debug, Args)]
pub struct Compare {
    /// The earlier run: an id, `last~1`, …
    pub left: String,
    /// The later run
    #[arg(default_value = "last")]
    pub right: String,
    /// terminal, markdown or json
    #[arg(long, default_value = "terminal", value_name = "NAME")]
    pub format: String,
}

#[derive(Debug, Args)]
pub struct Report {
    /// The run (an id, `last`, `last~1`, …), or a JSON report
    #[arg(value_name = "RUN or FILE", default_value = "last")]
    pub run: String,
    /// terminal, json, markdown, junit, csv, github-summary or github-annotations
    #[arg(long, default_value = "terminal", value_name = "NAME")]
    pub format: String,
    /// Show only what is not within
    #[arg(long, short)]
    pub quiet: bool,
}

#[derive(Debug, Args)]
pub struct History {
    #[command(subcommand)]
    pub action: HistoryAction,
}

#[derive(Debug, Subcommand)]
pub enum HistoryAction {
    /// List runs, newest first
    List {
        /// How many at the most
        #[arg(long, short = 'n', default_value_t = 20, value_name = "N")]
        limit: u32,
        #[arg(long, value_name = "NAME")]
        branch: Option<String>,
        #[arg(long, value_name = "NAME")]
        case: Option<String>,
    },
    /// Show one run: machine, commit, trials, verdicts
    Show {
        #[arg(default_value = "last")]
        run: String,
    },
    /// Show where figures went from one level to another and stayed, over many runs
    Steps {
        /// Only those of a case
        case: Option<String>,
        /// How many runs to look at, the latest
        #[arg(long, short = 'n', default_value_t = 200, value_name = "N")]
        limit: u32,
        /// Only runs of a branch
        #[arg(long, value_name = "NAME")]
        branch: Option<String>,
        /// Only what got worse
        #[arg(long, short)]
        quiet: bool,
    },
    /// Remove old runs; those a named baseline holds stay
    Prune {
        /// Keep that many of the newest runs
        #[arg(long, value_name = "N")]
        keep: Option<u32>,
        /// Keep runs younger than this, such as 90d
        #[arg(long, value_name = "AGE")]
        younger: Option<String>,
        /// Only say what would be removed
        #[arg(long)]
        dry_run: bool,
    },
    /// Write runs as JSON lines
    Export {
        /// The file; standard output by default
        file: Option<PathBuf>,
        /// A run (repeatable); all by default
        #[arg(long = "run", value_name = "RUN")]
        runs: Vec<String>,
    },
    /// Add runs from an export; those already there are left alone
    Import {
        /// The file; `-` for standard input
        file: PathBuf,
    },
    /// Named sets of runs that relative limits refer to
    Baseline {
        #[command(subcommand)]
        action: BaselineAction,
    },
}

#[derive(Debug, Subcommand)]
pub enum BaselineAction {
    /// Make a baseline of one or several runs
    Set {
        name: String,
        #[arg(default_value = "last")]
        runs: Vec<String>,
    },
    /// Show one baseline, or all
    #[command(visible_alias = "list")]
    Show { name: Option<String> },
    /// Forget a baseline; its runs stay
    Clear { name: String },
}

#[derive(Debug, Args)]
pub struct Serve {
    /// Where to listen; port 0 is any that is free. Whoever reaches it reads every run: there is no
    /// login
    #[arg(long, default_value = "127.0.0.1:7400", value_name = "ADDRESS", value_parser = address)]
    pub listen: SocketAddr,
    /// A name browsers may ask by, beside those of this machine (repeatable)
    #[arg(long = "host", value_name = "NAME")]
    pub hosts: Vec<String>,
    /// The rules that alert, and who is told; by default those of docs/dashboard.md, which tell
    /// the log alone
    #[arg(long, value_name = "FILE")]
    pub rules: Option<PathBuf>,
    /// How often the rules are evaluated, beside each time a run was judged
    #[arg(long, default_value = "10s", value_name = "TIME", value_parser = load::positive)]
    pub interval: Duration,
    /// Alert on runs of this branch alone
    #[arg(long, value_name = "NAME")]
    pub branch: Option<String>,
    /// The NATS server for rules that publish
    #[arg(long, value_name = "URL")]
    pub nats: Option<String>,
}

#[derive(Debug, Args)]
pub struct Explain {
    /// A metric, a statistic, a key, or one of: all, keys, slots, scenarios, metrics, statistics,
    /// units, limits, verdicts, exit-codes
    pub topic: Vec<String>,
}

#[derive(Debug, Args)]
pub struct Init {
    /// Print the file instead of writing it
    #[arg(long)]
    pub print: bool,
}

#[derive(Debug, Args)]
pub struct Bench {
    /// Commands, each as one word in quotes; several are compared
    #[arg(value_name = "COMMAND", required_unless_present = "words")]
    pub commands: Vec<String>,
    /// One command with its arguments
    #[arg(last = true, value_name = "PROGRAM", conflicts_with = "commands")]
    pub words: Vec<String>,
    /// Trials of each command; by default 10, and more until 3 seconds are spent
    #[arg(long, short = 'r', visible_alias = "trials", value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub runs: Option<u32>,
    /// Warm-ups before them
    #[arg(long, short, default_value_t = 1, value_name = "N")]
    pub warmup: u32,
    /// Run the commands through `sh -c`
    #[arg(long, short = 'S', conflicts_with = "words")]
    pub shell: bool,
    /// Run before every trial, not timed
    #[arg(long, short, value_name = "COMMAND")]
    pub prepare: Option<String>,
    /// Go on when a command fails
    #[arg(long, short)]
    pub ignore_failure: bool,
    /// A file given as standard input
    #[arg(long, value_name = "FILE")]
    pub input: Option<PathBuf>,
    /// Write the figures as JSON
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,
    /// Seed of the trials' order
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
}

fn address(text: &str) -> Result<SocketAddr, String> {
    let told = "it has to be a number of this machine and a port, such as 127.0.0.1:7400";
    text.parse().map_err(|_| told.to_owned())
}
