//! The figures of a load as the tools of others write them, for those who have such files read.

use std::fs;
use std::path::Path;

use tollgate_load::report::Report;
use tollgate_load::{hdr, locust};

use crate::machine::now_ms;

/// Writes `CASE_stats.csv` and its sisters as Locust names them, and the latencies as HdrHistogram
/// logs and percentiles. The error says which file could not be written.
pub(super) fn write(folder: &Path, case: &str, report: &Report) -> Result<(), String> {
    let measured_ms = i64::try_from(report.measured.as_millis()).unwrap_or(i64::MAX);
    let start_ms = u64::try_from(now_ms() - measured_ms).unwrap_or(0);
    let failed = |path: &Path, error: String| format!("cannot write {}: {error}", path.display());
    fs::create_dir_all(folder).map_err(|error| failed(folder, error.to_string()))?;
    let log = hdr::log(report, start_ms).map_err(|error| failed(folder, error.to_string()))?;
    let name = case.replace('/', "-");
    for (ending, text) in [
        ("_stats.csv", locust::stats(report)),
        ("_failures.csv", locust::failures(report)),
        ("_stats_history.csv", locust::history(report, start_ms / 1000)),
        (".hlog", log),
        (".hgrm", hdr::table(&report.total().latency)),
    ] {
        let path = folder.join(format!("{name}{ending}"));
        fs::write(&path, text).map_err(|error| failed(&path, error.to_string()))?;
    }
    Ok(())
}
