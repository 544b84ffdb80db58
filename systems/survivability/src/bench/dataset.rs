//! Logging decisions to a file.

use std::path::{Path, PathBuf};

use tollgate_harness::{Bench, Form};

use super::scene::{self, K};
use crate::dataset::{DatasetLogger, LoggerOptions};
use crate::state::State;
use crate::transition::{Meta, Transition, WindowTag};

pub(super) fn measure(bench: &mut Bench) {
    let network = scene::network(scene::topology("nsfnet"), K);
    let decisions = scene::transitions(&network, 300.0, 1000);
    log(bench, "log transition / four paths", &decisions);
    log(bench, "log transition / no path", &[without_paths()]);
}

fn log(bench: &mut Bench, name: &str, transitions: &[Transition]) {
    if !bench.chooses(name) {
        return;
    }
    let file = place();
    let options = LoggerOptions::of(&file);
    let mut logger = DatasetLogger::create(&file, options).expect("the folder can be written to");
    let mut next = 0;
    let mut most = 0;
    bench.operation(name).elements(1).form(Form::Batches).run(|| {
        next = (next + 1) % transitions.len();
        let logged = logger.log(&transitions[next]);
        most = most.max(logger.buffered());
        // A disk that fills up ends the measurement.
        logged.expect("the file takes every line");
        restart_if_large(&mut logger, &file, options);
    });
    bench.group(name).value("most buffered", (most as f64, ""));
    bench.group(name).value("buffer memory", (logger.buffer_bytes() as f64, "B"));
    drop(logger);
    // A file left behind in the temporary folder does no harm.
    let _ = std::fs::remove_file(&file);
}

/// Begins the file anew every million lines, so that the disk does not fill up.
fn restart_if_large(logger: &mut DatasetLogger, file: &Path, options: LoggerOptions) {
    if logger.count() == 1_000_000 {
        *logger = DatasetLogger::create(file, options).expect("the file was created before");
    }
}

fn place() -> PathBuf {
    std::env::temp_dir().join(format!("survivability-bench-{}.jsonl", std::process::id()))
}

/// The transition of the requirement's own test, which has no paths.
fn without_paths() -> Transition {
    let meta = Meta {
        decision_time_ms: 0.0,
        restoration_latency_ms: 0.0,
        window: WindowTag::Pre,
        backup_available: false,
        was_groomed: false,
    };
    Transition {
        t: 0,
        seed: None,
        state: State { dst: 1, ..State::default() },
        action: 0,
        reward: 1.0,
        next_state: None,
        action_mask: vec![true],
        meta,
    }
}
