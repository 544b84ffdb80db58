//! Result files of other tools, read into series.
//!
//! Reading is pure: bytes in, series out. Only `read_path` and `files` touch the disk. Nothing is
//! a success by default: a file without a measurement is an error, a result the tool could not
//! give is left out and said, and what the tool itself called a failure is handed on.

mod ab;
mod autocannon;
mod bencher;
mod collect;
mod criterion;
mod detect;
mod divan;
mod fault;
mod github_action_benchmark;
mod go_bench;
mod google_benchmark;
mod hey;
mod hyperfine;
mod jmh;
mod json;
mod k6;
mod locust;
mod nats_bench;
mod number;
mod oha;
mod pytest_benchmark;
mod table;
#[cfg(test)]
mod tests;
mod vegeta;
mod wrk;

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

pub use detect::detect;
pub use fault::{ImportError, Problem};

use collect::Collector;
use fault::Fault;

use crate::run::Series;

/// Larger files are refused instead of filling the memory.
const LARGEST: u64 = 1 << 28;

/// A tool's way of writing results.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    Criterion,
    CargoCriterion,
    Hyperfine,
    PytestBenchmark,
    LocustStats,
    LocustHistory,
    LocustJson,
    K6,
    GoBench,
    GoogleBenchmark,
    Jmh,
    Oha,
    Vegeta,
    Wrk,
    Hey,
    Ab,
    Autocannon,
    Divan,
    NatsBench,
    BencherMetricFormat,
    GithubActionBenchmark,
}

impl Format {
    pub const ALL: &'static [Format] = &[
        Format::Criterion,
        Format::CargoCriterion,
        Format::Hyperfine,
        Format::PytestBenchmark,
        Format::LocustStats,
        Format::LocustHistory,
        Format::LocustJson,
        Format::K6,
        Format::GoBench,
        Format::GoogleBenchmark,
        Format::Jmh,
        Format::Oha,
        Format::Vegeta,
        Format::Wrk,
        Format::Hey,
        Format::Ab,
        Format::Autocannon,
        Format::Divan,
        Format::NatsBench,
        Format::BencherMetricFormat,
        Format::GithubActionBenchmark,
    ];

    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Format::Criterion => "criterion",
            Format::CargoCriterion => "cargo-criterion",
            Format::Hyperfine => "hyperfine",
            Format::PytestBenchmark => "pytest-benchmark",
            Format::LocustStats => "locust-stats",
            Format::LocustHistory => "locust-history",
            Format::LocustJson => "locust-json",
            Format::K6 => "k6",
            Format::GoBench => "go-bench",
            Format::GoogleBenchmark => "google-benchmark",
            Format::Jmh => "jmh",
            Format::Oha => "oha",
            Format::Vegeta => "vegeta",
            Format::Wrk => "wrk",
            Format::Hey => "hey",
            Format::Ab => "ab",
            Format::Autocannon => "autocannon",
            Format::Divan => "divan",
            Format::NatsBench => "nats-bench",
            Format::BencherMetricFormat => "bencher",
            Format::GithubActionBenchmark => "github-action-benchmark",
        }
    }

    #[must_use]
    pub fn parse(name: &str) -> Option<Format> {
        Format::ALL.iter().copied().find(|format| format.name() == name)
    }
}

/// What a result file says.
#[derive(Clone, Debug, PartialEq)]
pub struct Imported {
    pub format: Format,
    /// One entry a metric and operation; the operation is the benchmark, command or endpoint.
    pub series: Vec<Series>,
    /// What the tool itself reported as failed: crashed benchmarks, failed commands, missed
    /// thresholds. Unless told otherwise, they fail the trial.
    pub failures: Vec<String>,
    /// What a reader of the numbers should know about them.
    pub notes: Vec<String>,
}

/// Reads the content of a result file; `name` serves messages, and names the result of formats
/// that do not name it themselves.
pub fn read(name: &str, bytes: &[u8], format: Option<Format>) -> Result<Imported, ImportError> {
    import(name, bytes, format).map_err(|fault| fault.in_file(name))
}

/// Reads a result file, or the directory tree that criterion leaves.
pub fn read_path(path: &Path, format: Option<Format>) -> Result<Imported, ImportError> {
    let name = path.display().to_string();
    let imported = match (path.is_dir(), format) {
        (false, _) => contents(path).and_then(|bytes| import(&name, &bytes, format)),
        (true, None | Some(Format::Criterion)) => tree(path),
        (true, Some(_)) => Err(Fault::expected("this path", "a file", "a directory")),
    };
    imported.map_err(|fault| fault.in_file(&name))
}

fn tree(path: &Path) -> Result<Imported, Fault> {
    let mut out = Collector::default();
    let results = criterion::results(path).map_err(Problem::Io)?;
    if results.is_empty() {
        let hint = "of folders only criterion's are read; name the files of other tools";
        return Err(Problem::Empty { hint: Some(hint) }.into());
    }
    for result in results {
        let sample = result.join("sample.json");
        let measured = if sample.exists() { sample } else { result.join("estimates.json") };
        let mut read = || {
            let (benchmark, measured) =
                (contents(&result.join("benchmark.json"))?, contents(&measured)?);
            criterion::tree(text(&benchmark)?, text(&measured)?, &mut out)
        };
        read().map_err(|fault| fault.within(&result.display().to_string()))?;
    }
    out.finish(Format::Criterion)
}

/// The files that `read_path` reads, to see how old they are: criterion keeps the results of
/// benchmarks that no longer exist.
pub fn files(path: &Path) -> std::io::Result<Vec<PathBuf>> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let results = criterion::results(path)?.into_iter();
    let names = ["benchmark.json", "sample.json", "estimates.json"];
    let files = results.flat_map(|result| names.map(|name| result.join(name)));
    Ok(files.filter(|file| file.exists()).collect())
}

fn contents(path: &Path) -> Result<Vec<u8>, Fault> {
    let read = || {
        let mut bytes = Vec::new();
        File::open(path)?.take(LARGEST + 1).read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    let bytes = read().map_err(Problem::Io)?;
    if bytes.len() as u64 > LARGEST {
        return Err(Problem::TooLarge { limit: LARGEST }.into());
    }
    Ok(bytes)
}

fn import(name: &str, bytes: &[u8], format: Option<Format>) -> Result<Imported, Fault> {
    let text = text(bytes)?;
    if text.trim().is_empty() {
        return Err(Fault::empty());
    }
    let format = format
        .or_else(|| detect(name, bytes))
        .ok_or_else(|| Fault::from(Problem::UnknownFormat))?;
    let mut out = Collector::default();
    match format {
        Format::Criterion => criterion::file(text, name, &mut out),
        Format::CargoCriterion => criterion::lines(text, &mut out),
        Format::Hyperfine => hyperfine::read(text, &mut out),
        Format::PytestBenchmark => pytest_benchmark::read(text, &mut out),
        Format::LocustStats => locust::stats(text, &mut out),
        Format::LocustHistory => locust::history(text, &mut out),
        Format::LocustJson => locust::json(text, &mut out),
        Format::K6 => k6::read(text, &mut out),
        Format::GoBench => go_bench::read(text, &mut out),
        Format::GoogleBenchmark => google_benchmark::read(text, &mut out),
        Format::Jmh => jmh::read(text, &mut out),
        Format::Oha => oha::read(text, &mut out),
        Format::Vegeta => vegeta::read(text, &mut out),
        Format::Wrk => wrk::read(text, &mut out),
        Format::Hey => hey::read(text, &mut out),
        Format::Ab => ab::read(text, &mut out),
        Format::Autocannon => autocannon::read(text, &mut out),
        Format::Divan => divan::read(text, &mut out),
        Format::NatsBench => nats_bench::read(text, &mut out),
        Format::BencherMetricFormat => bencher::read(text, &mut out),
        Format::GithubActionBenchmark => github_action_benchmark::read(text, &mut out),
    }?;
    out.finish(format)
}

/// The content as text, without a byte order mark.
fn text(bytes: &[u8]) -> Result<&str, Fault> {
    let content = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    std::str::from_utf8(content).map_err(|error| {
        let offset = bytes.len() - content.len() + error.valid_up_to();
        let line = 1 + bytes[..offset].iter().filter(|&&byte| byte == b'\n').count();
        let utf16 = bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff");
        Fault::from(Problem::NotText { offset, utf16 }).at_line(line)
    })
}
