//! The arguments of `tollgate load`.

use std::path::PathBuf;
use std::time::Duration;

use clap::builder::PossibleValuesParser;
use clap::{Args, ValueEnum};
use tollgate::quantity::{Dimension, Quantity};
use tollgate_load::scenario::PRESETS;
use tollgate_load::workload::Think;

/// Puts a load on a URL.
#[derive(Debug, Args)]
pub struct Load {
    /// What to request, such as http://127.0.0.1:8080/path; slots such as {{uuid}} or {{int 1 9}}
    /// are filled for each request
    pub url: String,
    #[command(flatten)]
    pub amount: Amount,
    #[command(flatten)]
    pub request: Request,
    #[command(flatten)]
    pub travel: Travel,
    #[command(flatten)]
    pub shown: Shown,
}

/// How much is sent, and when.
#[derive(Debug, Args)]
#[command(next_help_heading = "Load")]
pub struct Amount {
    /// Users at the same time, each waiting for its answer before it goes on; by default 50
    #[arg(short = 'c', long, value_name = "N", value_parser = at_least_one())]
    pub users: Option<u32>,
    /// Requests a second, whatever the answers, such as 500 or 500/s
    #[arg(short, long, value_name = "N/s", value_parser = rate, conflicts_with = "users")]
    pub rate: Option<f64>,
    /// How requests are spread at a rate
    #[arg(long, value_enum, value_name = "HOW")]
    pub arrivals: Option<Spread>,
    /// How long the users or the rate are held; by default 10s
    #[arg(short = 'd', long = "for", value_name = "TIME", value_parser = positive)]
    pub time: Option<Duration>,
    /// Stop after so many requests
    #[arg(short = 'n', long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub requests: Option<u64>,
    /// Do not count what is sent in this time at the beginning; by default the ramp
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub warmup: Option<Duration>,
    /// Take so long to reach the users or the rate
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub ramp: Option<Duration>,
    /// A named shape, lightest first; other options lie over it
    #[arg(long, value_name = "NAME", value_parser = PossibleValuesParser::new(PRESETS))]
    pub scenario: Option<String>,
    /// Time a user waits between two requests, such as 500ms or 1s..2s
    #[arg(long, value_name = "TIME", value_parser = think)]
    pub think: Option<Think>,
    /// With the scenario `capacity`: the highest p99 that still counts as keeping up; by default
    /// ten times that of the first rate
    #[arg(long, value_name = "TIME", value_parser = positive)]
    pub limit_p99: Option<Duration>,
    /// With the scenario `capacity`: the highest part of requests that may fail; by default 1%
    #[arg(long, value_name = "SHARE", value_parser = share)]
    pub limit_errors: Option<f64>,
    /// Seed of everything that is drawn
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Spread {
    /// As a clock does
    Even,
    /// Independent of each other, as those of many people are
    Poisson,
}

/// What is sent, and what is expected.
#[derive(Debug, Args)]
#[command(next_help_heading = "Request")]
pub struct Request {
    /// By default GET, or POST with a body; of a message PUBLISH, REQUEST or STORE (JetStream)
    #[arg(short = 'X', long, value_name = "NAME")]
    pub method: Option<String>,
    /// Of messages: so many subscribers, each of which receives what is published
    #[arg(long, value_name = "N", default_value_t = 1,
        value_parser = clap::value_parser!(u32).range(0..=64))]
    pub subscribers: u32,
    /// A header such as 'Accept: text/html' (repeatable); {{env NAME}} keeps secrets out of sight
    #[arg(short = 'H', long = "header", value_name = "NAME: VALUE")]
    pub headers: Vec<String>,
    /// Text to send, with slots
    #[arg(short, long, value_name = "TEXT", conflicts_with = "body_file")]
    pub body: Option<String>,
    /// A file to send as it is
    #[arg(long, value_name = "FILE")]
    pub body_file: Option<PathBuf>,
    /// Rows for {{feed}} and {{feed.NAME}}: a .csv with a header line, .jsonl, or lines of text
    #[arg(long, value_name = "FILE")]
    pub feed: Option<PathBuf>,
    /// The status of a success; by default any below 400
    #[arg(long, value_name = "CODE", value_parser = clap::value_parser!(u16).range(100..=599))]
    pub expect_status: Option<u16>,
    /// Text that a success contains
    #[arg(long, value_name = "TEXT")]
    pub expect_text: Option<String>,
}

/// How requests travel.
#[derive(Debug, Args)]
#[command(next_help_heading = "Connection")]
pub struct Travel {
    /// 1.1 or 2
    #[arg(long, value_enum, value_name = "VERSION", default_value_t = Version::One)]
    pub http: Version,
    /// Open a connection for every request
    #[arg(long)]
    pub no_keep_alive: bool,
    /// Ask for compressed answers
    #[arg(long)]
    pub compression: bool,
    /// Follow so many redirects in a row
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub redirects: u32,
    /// A request that takes longer has failed
    #[arg(long, value_name = "TIME", value_parser = positive, default_value = "30s")]
    pub timeout: Duration,
    /// Requests under way at the same time at a rate
    #[arg(long, value_name = "N", value_parser = at_least_one(), default_value_t = 1000)]
    pub connections: u32,
    /// Believe any certificate
    #[arg(long, conflicts_with = "authority")]
    pub insecure: bool,
    /// Believe certificates that are signed by those of this file alone
    #[arg(long, value_name = "FILE")]
    pub authority: Option<PathBuf>,
    /// Another machine that may be loaded (repeatable); by default only this one
    #[arg(long = "allow-host", value_name = "NAME")]
    pub allowed_hosts: Vec<String>,
    /// Threads that send; by default half of the processors where the target is this machine
    #[arg(long, value_name = "N", value_parser = at_least_one())]
    pub threads: Option<u32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Version {
    #[value(name = "1.1")]
    One,
    #[value(name = "2")]
    Two,
}

/// How the outcome is told.
#[derive(Debug, Args)]
#[command(next_help_heading = "Output")]
pub struct Shown {
    /// Write into a folder: the summary as text and JSON, the CSV files of Locust, and the log and
    /// percentile table of HdrHistogram
    #[arg(long, value_name = "FOLDER")]
    pub out: Option<PathBuf>,
    /// Print the figures as JSON
    #[arg(long)]
    pub json: bool,
    /// Nothing while it runs
    #[arg(long, short)]
    pub quiet: bool,
}

fn at_least_one() -> clap::builder::RangedI64ValueParser<u32> {
    clap::value_parser!(u32).range(1..)
}

/// The longest time that may be asked for: what does not end within a month is a mistake.
const LONGEST: Duration = Duration::from_secs(31 * 86_400);

fn time(text: &str) -> Result<Duration, String> {
    let ns = quantity(text, Dimension::TIME)?;
    if !(0.0..=LONGEST.as_nanos() as f64).contains(&ns) {
        return Err("a time is between 0 and 31 days".to_owned());
    }
    Ok(Duration::from_secs_f64(ns / 1e9))
}

pub(super) fn positive(text: &str) -> Result<Duration, String> {
    match time(text)? {
        Duration::ZERO => Err("a time of nothing is no time".to_owned()),
        time => Ok(time),
    }
}

/// `1s..2s`, or one time for both.
fn think(text: &str) -> Result<Think, String> {
    let (shortest, longest) = text.split_once("..").unwrap_or((text, text));
    let think = Think { shortest: time(shortest)?, longest: time(longest)? };
    if think.longest < think.shortest {
        return Err("the shorter time comes first".to_owned());
    }
    Ok(think)
}

fn rate(text: &str) -> Result<f64, String> {
    let found = Quantity::parse(text).map_err(|error| error.to_string())?;
    if found.dimension != Dimension::RATE && found.dimension != Dimension::COUNT {
        return Err(format!("a rate is {}", Dimension::RATE.units()));
    }
    if found.value <= 0.0 || found.value > 1e7 {
        return Err("a rate is more than 0 and at most 10,000,000 a second".to_owned());
    }
    Ok(found.value)
}

fn share(text: &str) -> Result<f64, String> {
    let share = quantity(text, Dimension::SHARE)?;
    if (0.0..=1.0).contains(&share) { Ok(share) } else { Err("a share is 0 to 100 %".to_owned()) }
}

fn quantity(text: &str, dimension: Dimension) -> Result<f64, String> {
    let found = Quantity::parse(text).map_err(|error| error.to_string())?;
    if found.dimension == dimension {
        Ok(found.value)
    } else {
        Err(format!("it needs a unit: {}", dimension.units()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_need_a_unit_and_an_end() {
        assert_eq!(time("1.5s"), Ok(Duration::from_millis(1_500)));
        assert_eq!(time("0s"), Ok(Duration::ZERO));
        for text in ["10", "", "s", "-1s", "40d", "1e300s", "10%", "nans"] {
            assert!(time(text).is_err(), "{text}");
        }
        assert!(positive("0s").is_err());
    }

    #[test]
    fn a_think_time_is_one_time_or_a_range() {
        let both = |shortest, longest| {
            let of = Duration::from_millis;
            Ok(Think { shortest: of(shortest), longest: of(longest) })
        };
        assert_eq!(think("500ms"), both(500, 500));
        assert_eq!(think("1s..2s"), both(1_000, 2_000));
        for text in ["2s..1s", "..", "1s..", "1..2"] {
            assert!(think(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_rate_is_a_second_unless_told() {
        for (text, expected) in [("500", 500.0), ("500/s", 500.0), ("60/min", 1.0), ("1,000", 1e3)]
        {
            assert!((rate(text).unwrap() - expected).abs() < 1e-9, "{text}");
        }
        for text in ["0", "-1", "10ms", "1e9", "fast", "5%"] {
            assert!(rate(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_share_is_a_percentage() {
        assert!((share("1%").unwrap() - 0.01).abs() < 1e-15);
        assert!(share("0.01").is_err());
        assert!(share("101%").is_err());
    }
}
