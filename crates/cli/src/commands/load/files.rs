//! The folder of results: for people, for programs, and for the tools of others.

use std::path::Path;

use anyhow::{Context as _, Result};
use tollgate::report::Style;
use tollgate_load::report::Report;
use tollgate_load::{hdr, locust};

use super::{json, summary};

/// Makes the folder, before a load whose results could not be kept.
pub fn prepare(folder: &Path) -> Result<()> {
    std::fs::create_dir_all(folder)
        .with_context(|| format!("could not make the folder {}", folder.display()))
}

/// Writes every form of a report into its folder. `told` is the load in a line, `start_ms` when its
/// measured part began, in milliseconds since 1970.
pub fn write(folder: &Path, told: &str, report: &Report, start_ms: u64) -> Result<()> {
    let style = Style { colour: false, width: 100, quiet: false };
    let texts = [
        ("summary.txt", format!("{told}\n\n{}", summary::text(report, &style))),
        ("summary.json", format!("{:#}\n", json::json(told, report))),
        ("load_stats.csv", locust::stats(report)),
        ("load_failures.csv", locust::failures(report)),
        ("load_stats_history.csv", locust::history(report, start_ms / 1_000)),
        ("latency.hlog", hdr::log(report, start_ms)?),
        ("latency.hgrm", hdr::table(&report.total().latency)),
    ];
    for (name, text) in texts {
        let path = folder.join(name);
        std::fs::write(&path, text)
            .with_context(|| format!("could not write {}", path.display()))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use tollgate::measure::import::read_path;
    use tollgate::metric::Statistic;
    use tollgate::run::Data;

    use super::super::sample;
    use super::*;

    #[test]
    fn our_own_readers_understand_the_csv_files() {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), "a load", &sample::troubled(), 1_700_000_000_000).unwrap();
        let stats = read_path(&folder.path().join("load_stats.csv"), None).unwrap();
        let operations: BTreeSet<Option<&str>> =
            stats.series.iter().map(|series| series.operation.as_deref()).collect();
        assert!(operations.contains(&Some("GET /list")), "{operations:?}");
        assert_eq!(operations.len(), 3);
        let latency = stats
            .series
            .iter()
            .find(|series| series.operation.is_none() && series.metric == "latency")
            .unwrap();
        let Data::Summary(summary) = &latency.data else { panic!("{:?}", latency.data) };
        let max = summary.values.get(&Statistic::Max).unwrap().value;
        let expected = sample::troubled().total().latency.max().unwrap() as f64;
        // To the microsecond.
        assert!((max - expected).abs() <= 500.0, "{max} {expected}");
        let history = read_path(&folder.path().join("load_stats_history.csv"), None).unwrap();
        assert!(history.series.iter().any(|series| series.metric == "users"));
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_named() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let error = prepare(&file.path().join("x")).unwrap_err();
        assert!(error.to_string().contains("could not make the folder"), "{error}");
    }
}
