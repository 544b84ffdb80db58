//! What making rules costs, a whole look at a fleet, and a copy of it.

use tollgate_alerts::engine::Engine;
use tollgate_harness::Bench;

use super::scene::{below, moment};
use crate::core::Core;
use crate::event::{Event, Report, Subject};
use crate::rules;

const PORTS: usize = 1000;
/// As many as there may be.
const MOST_PORTS: usize = 20_000;
const BEGIN_MS: i64 = 1_700_000_000_000;

pub(super) fn measure(bench: &mut Bench) {
    for rules in [1, 1000] {
        let make = move || Engine::new(below(rules, 50.0));
        bench.operation(format!("make / {rules} rules")).elements(rules).run(make);
    }
    if bench.chooses("look / 1000 ports") {
        let mut core = fleet(PORTS);
        let mut now_ms = BEGIN_MS;
        let look = move || {
            now_ms += 1000;
            core.tick(moment(now_ms)).changes.len()
        };
        bench.operation("look / 1000 ports").elements(PORTS as u64).run(look);
    }
    // What a scrape takes of the time of the thread that evaluates.
    if bench.chooses("copy / 20000 ports") {
        let core = fleet(MOST_PORTS);
        let copy = move || core.fleet().clone();
        bench.operation("copy / 20000 ports").elements(MOST_PORTS as u64).run(copy);
    }
}

/// Ports that start once each and are well, under the default rules. Their last backups are of a
/// time to come, so that none is missing however long they are looked at.
fn fleet(ports: usize) -> Core {
    let mut core = Core::new(rules::default_settings());
    for (event, at) in [(Event::WarmStart, BEGIN_MS), (Event::BackupCreated, 2 * BEGIN_MS)] {
        let report = |number: usize| {
            let port = Some(format!("Ethernet{number}"));
            let subject = Subject { device: "leaf-1".to_owned(), port };
            Report { subject, event, times: 1 }
        };
        let reports: Vec<Report> = (0..ports).map(report).collect();
        core.record(&reports, moment(at)).expect("there is room for them");
    }
    core
}
