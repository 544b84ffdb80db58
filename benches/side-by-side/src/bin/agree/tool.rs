//! The three tools: how each is started, and where it tells the median of a function.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use side_by_side::NAMES;
use tollgate_harness::{Record, Values};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tool {
    Tollgate,
    Divan,
    Criterion,
}

/// How long the tools measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effort {
    Alike,
    AsUsual,
}

/// One process of a tool: nanoseconds by function, and how long it took in all.
pub struct Ran {
    pub medians: BTreeMap<&'static str, f64>,
    pub took: Duration,
}

/// The programs, and a directory that criterion may write to.
pub struct Tools {
    programs: BTreeMap<&'static str, PathBuf>,
    directory: PathBuf,
}

impl Tool {
    pub const ALL: [Tool; 3] = [Tool::Tollgate, Tool::Divan, Tool::Criterion];

    pub fn name(self) -> &'static str {
        match self {
            Tool::Tollgate => "tollgate-harness",
            Tool::Divan => "divan",
            Tool::Criterion => "criterion",
        }
    }

    fn program(self) -> &'static str {
        match self {
            Tool::Tollgate => "with_tollgate",
            Tool::Divan => "with_divan",
            Tool::Criterion => "with_criterion",
        }
    }

    /// As each is meant to be used, ours in many short trials; or, to see whether they agree, so
    /// that all take about as long: divan longer than it would, criterion less.
    fn options(self, effort: Effort) -> &'static [&'static str] {
        match (self, effort) {
            (Tool::Tollgate, Effort::AsUsual) => &["--quick"],
            (Tool::Divan | Tool::Criterion, Effort::AsUsual) | (Tool::Tollgate, _) => &[],
            (Tool::Divan, Effort::Alike) => &["--min-time", "0.15"],
            (Tool::Criterion, Effort::Alike) => {
                &["--warm-up-time", "0.1", "--measurement-time", "0.5", "--nresamples", "1000"]
            }
        }
    }
}

impl Tools {
    pub fn build() -> Result<Tools, String> {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let built = Command::new(cargo)
            .args(["bench", "--no-run", "--quiet", "--message-format", "json"])
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .stderr(Stdio::inherit())
            .output()
            .map_err(|error| format!("could not start cargo: {error}"))?;
        let text = String::from_utf8_lossy(&built.stdout);
        let mut programs = BTreeMap::new();
        for message in text.lines().filter_map(|line| serde_json::from_str(line).ok()) {
            let message: serde_json::Value = message;
            let name = message["target"]["name"].as_str();
            let tool = Tool::ALL.into_iter().find(|tool| Some(tool.program()) == name);
            if let (Some(tool), Some(path)) = (tool, message["executable"].as_str()) {
                programs.insert(tool.program(), PathBuf::from(path));
            }
        }
        if programs.len() < Tool::ALL.len() {
            return Err("could not build the benchmarks".to_owned());
        }
        let directory = std::env::temp_dir().join(format!("agree-{}", std::process::id()));
        Ok(Tools { programs, directory })
    }

    #[expect(clippy::disallowed_methods, reason = "how long a tool takes is what is asked")]
    pub fn run(&self, tool: Tool, effort: Effort) -> Result<Ran, String> {
        let start = Instant::now();
        let ended = Command::new(&self.programs[tool.program()])
            .arg("--bench")
            .args(tool.options(effort))
            .env("CRITERION_HOME", &self.directory)
            .stderr(Stdio::null())
            .output()
            .map_err(|error| format!("could not start {}: {error}", tool.name()))?;
        let took = start.elapsed();
        if !ended.status.success() {
            return Err(format!("{} ended with {}", tool.name(), ended.status));
        }
        let text = String::from_utf8_lossy(&ended.stdout);
        let mut medians = BTreeMap::new();
        for name in NAMES {
            let median = match tool {
                Tool::Tollgate => from_records(&text, name),
                Tool::Divan => from_table(&text, name),
                Tool::Criterion => from_estimates(&self.directory, name),
            };
            let missing = || format!("could not find the median of `{name}` by {}", tool.name());
            medians.insert(name, median.ok_or_else(missing)?);
        }
        Ok(Ran { medians, took })
    }
}

impl Drop for Tools {
    fn drop(&mut self) {
        // What is left in a directory for temporary files harms nobody.
        let _ = fs::remove_dir_all(&self.directory);
    }
}

fn from_records(text: &str, name: &str) -> Option<f64> {
    let records = text.lines().filter_map(|line| Record::parse_line(line).ok().flatten());
    let mut meant = records.filter(|record| record.operation.as_deref() == Some(name));
    let mut timings = match meant.find(|record| record.metric == "time")?.values {
        Values::Samples(samples) => samples,
        Values::Batches(batches) => {
            batches.iter().map(|&(time, runs)| time / runs as f64).collect()
        }
        _ => return None,
    };
    Some(tollgate_stats::quantile::select(&mut timings, 0.5))
}

/// A row of divan's table: the tree and the name with the fastest time, then slowest, median, mean.
fn from_table(text: &str, name: &str) -> Option<f64> {
    let mut rows = text.lines().map(|line| line.trim_start_matches(['├', '╰', '─', '│', ' ']));
    let row = rows.find_map(|row| row.strip_prefix(name).filter(|rest| rest.starts_with(' ')))?;
    let (number, unit) = row.split('│').nth(2)?.trim().split_once(' ')?;
    let scale = match unit {
        "ps" => 1e-3,
        "ns" => 1.0,
        "µs" => 1e3,
        "ms" => 1e6,
        "s" => 1e9,
        _ => return None,
    };
    Some(number.parse::<f64>().ok()? * scale)
}

fn from_estimates(directory: &Path, name: &str) -> Option<f64> {
    let path = directory.join(name).join("new").join("estimates.json");
    let estimates: serde_json::Value = serde_json::from_slice(&fs::read(path).ok()?).ok()?;
    estimates["median"]["point_estimate"].as_f64()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "\
with_divan          fastest       │ slowest       │ median        │ mean          │ samples │ iters
├─ a million        1.942 ms      │ 2.113 ms      │ 2.036 ms      │ 2.032 ms      │ 100     │ 100
╰─ one step         2.449 ns      │ 13.84 ns      │ 3.377 ns      │ 3.484 ns      │ 100     │ 102400
";

    #[test]
    fn the_median_is_the_third_column_of_divans_table() {
        assert_eq!(from_table(TABLE, "one step"), Some(3.377));
        assert_eq!(from_table(TABLE, "a million"), Some(2_036_000.0));
        assert_eq!(from_table(TABLE, "a mil"), None);
        assert_eq!(from_table(&TABLE.replace("ms", "eons"), "a million"), None);
    }

    #[test]
    fn a_batch_is_as_long_as_one_of_its_runs() {
        let line = concat!(
            r#"{"tollgate":1,"operation":"one step","metric":"time","unit":"ns","#,
            r#""batches":[[20,10],[90,30],[70,10]]}"#
        );
        assert_eq!(from_records(line, "one step"), Some(3.0));
        assert_eq!(from_records(line, "a thousand"), None);
        assert_eq!(from_records("timer: period 20 ns", "one step"), None);
    }
}
