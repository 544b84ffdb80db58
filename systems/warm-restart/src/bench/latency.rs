//! The latency of an evaluation: 5,000 in a row, each timed by itself, so that percentiles are
//! those of evaluations.

use tollgate_harness::Bench;

use super::scene::{Path, Scene, moment};
use super::{MEASURING, percentiles};
use crate::core::Core;
use crate::event::{Event, Report, Subject};
use crate::rules;

const EVALUATIONS: usize = 5000;

pub(super) fn measure(bench: &mut Bench) {
    for path in Path::ALL {
        let name = format!("latency / one rule {path}");
        if bench.chooses(&name) {
            let mut scene = Scene::new(1, path);
            tell(bench, &name, || scene.evaluate());
        }
    }
    // Writing all numbers of the device and asking who is to be told are part of a look.
    for (path, corruptions) in [(Path::Quiet, 0), (Path::Firing, 9)] {
        let name = format!("latency / default rules {path}");
        if bench.chooses(&name) {
            let (mut core, mut now_ms) = (device(corruptions), BEGIN_MS);
            tell(bench, &name, || {
                now_ms += 1000;
                core.tick(moment(now_ms)).changes.len()
            });
        }
    }
}

fn tell<T>(bench: &mut Bench, name: &str, mut evaluate: impl FnMut() -> T) {
    if bench.is_measuring() {
        percentiles(bench, name, (EVALUATIONS, 1), &mut evaluate);
    }
    bench.operation(name).measuring(MEASURING).run(evaluate);
}

const BEGIN_MS: i64 = 1_700_000_000_000;

/// One with nothing wrong but what was corrupt. Its last backup is one of a time to come, so that
/// none is missing however long it is looked at.
fn device(corruptions: u64) -> Core {
    let subject = Subject { device: "leaf-1".to_owned(), port: None };
    let report = |event, times| Report { subject: subject.clone(), event, times };
    let mut core = Core::new(rules::default_settings());
    let mut reports = vec![report(Event::WarmStart, 10), report(Event::SyncEnded { ms: 4000 }, 10)];
    if corruptions > 0 {
        reports.push(report(Event::Corruption, corruptions));
    }
    core.record(&reports, moment(BEGIN_MS)).expect("there is room for one");
    let backup = report(Event::BackupCreated, 1);
    core.record(&[backup], moment(2 * BEGIN_MS)).expect("it is known");
    core
}
