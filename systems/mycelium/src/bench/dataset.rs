//! The dataset that has a baseline: five samples of the demo's ranges, on one thread; first their
//! rows alone, as they were timed, then with the file.

use std::path::PathBuf;
use std::sync::atomic::AtomicBool;

use tollgate_harness::Bench;

use super::scene;
use crate::dataset::{self, Plan, Preset, Report, Row};
use crate::features::Options;
use crate::settings::Settings;

const SAMPLES: usize = 5;

pub(super) fn measure(bench: &mut Bench) {
    let plan = plan();
    bench.run("dataset / demo", || rows(&plan));
    let operation = bench.operation("dataset / one sample");
    operation.per_part("time per sample", SAMPLES as u64).run(|| rows(&plan));
    let folder = Folder::new();
    bench.run("dataset / file", || folder.fill(&plan));
    bench.run("pipeline / with dataset", || {
        let (field, history) = scene::run(&Settings::demo());
        (scene::features(&field, &history), folder.fill(&plan))
    });
}

fn plan() -> Plan {
    let demo = Preset::named("demo").expect("the demo has a name").plan();
    Plan { samples: SAMPLES, ..demo }
}

fn rows(plan: &Plan) -> Vec<Row> {
    let (options, stop) = (Options::default(), AtomicBool::new(false));
    let draws = plan.draws();
    let rows = draws.iter().map(|draw| draw.compute(&options, &stop));
    rows.map(|row| row.expect("the settings are allowed").expect("nobody stops it")).collect()
}

/// A folder among the temporary files, which goes with it.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Folder {
        let name = format!("mycelium-bench-{}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).expect("the folder for temporary files can be written to");
        Folder(path)
    }

    fn fill(&self, plan: &Plan) -> Report {
        let (file, stop) = (self.0.join("rows.csv"), AtomicBool::new(false));
        dataset::generate(plan, &file, 1, &stop, |_| ()).expect("the file can be written")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // A folder left behind does no harm.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
