//! A week on a clock of its own, looked at once a second: whether the memory that is live grows,
//! where nothing is wrong and where alerts fire and end every day.

use tollgate_harness::{Bench, Counting, Values};

use super::scene::moment;
use crate::core::Core;
use crate::event::Report;
use crate::rules;
use crate::simulate::ready;
use crate::simulate::scenario::Scenario;

const BEGIN_S: u64 = 1_767_225_600;
const HOUR_S: u64 = 3600;
/// Between two points of the series.
const EVERY_S: u64 = 600;

pub(super) fn measure(bench: &mut Bench) {
    for scenario in ["healthy-week", "restless-week"] {
        let name = format!("stability / {scenario}");
        if !bench.chooses(&name) {
            continue;
        }
        let mut week = Week::new(scenario);
        if bench.is_measuring() {
            let points = week.live_memory();
            bench.group(&name).evidence("live memory", "B", Values::Points(points));
            bench.group(&name).value("evaluations", (week.second as f64, ""));
            bench.group(&name).value("notifications", (week.told as f64, ""));
        }
        // Hours of the weeks after it.
        let operation = bench.operation(name).per_part("time per evaluation", HOUR_S);
        operation.run(|| week.go_on(HOUR_S));
    }
}

struct Week {
    core: Core,
    scenario: Scenario,
    second: u64,
    told: usize,
}

impl Week {
    fn new(name: &str) -> Week {
        let text = ready::find(name).expect("it is ready");
        let scenario = Scenario::read(text, name).expect("a test reads it");
        Week { core: Core::new(rules::default_settings()), scenario, second: 0, told: 0 }
    }

    fn go_on(&mut self, seconds: u64) {
        for _ in 0..seconds {
            let now = moment(i64::try_from((BEGIN_S + self.second) * 1000).unwrap_or(i64::MAX));
            let reports = self.scenario.reports(self.second % self.scenario.lasts_s);
            let reports: Vec<Report> = reports.collect();
            if !reports.is_empty() {
                self.core.record(&reports, now).expect("there is room for a few devices");
            }
            self.told += self.core.tick(now).told.len();
            self.second += 1;
        }
    }

    /// Bytes that are live beyond those at the beginning, over the seconds of the whole time.
    fn live_memory(&mut self) -> Vec<(f64, f64)> {
        let looks = self.scenario.lasts_s / EVERY_S;
        let mut points = Vec::with_capacity(looks as usize + 1);
        let Some(counting) = Counting::start() else { return points };
        let before = counting.live();
        for _ in 0..looks {
            points.push((self.second as f64, (counting.live() - before) as f64));
            self.go_on(EVERY_S);
        }
        points.push((self.second as f64, (counting.live() - before) as f64));
        points
    }
}
