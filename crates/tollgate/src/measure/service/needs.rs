//! What a service needs while it is under load: processor, memory, threads and descriptors of all
//! its processes, a few times a second.

use std::time::Duration;

use crate::measure::gauge::Gauge;
use crate::measure::launcher::Observed;
use crate::measure::process::single;
use crate::measure::tree::{Tree, ticks_per_second};
use crate::run::{Batch, Data, Series};

/// Processor time is told by requests in stretches of this length or more: the kernel counts it in
/// hundredths of a second.
const STRETCH: Duration = Duration::from_secs(1);

/// Looks at the processes below one, and remembers.
#[derive(Clone)]
pub(super) struct Needs {
    /// Whose children they are; none if the service was not started here.
    parent: Option<i32>,
    last: Option<(Duration, u64)>,
    cpu: Gauge,
    memory: Gauge,
    threads: Gauge,
    descriptors: Gauge,
    /// The largest of the single processes' own records.
    peak: u64,
    cost: Cost,
}

/// Processor time by successful requests.
#[derive(Clone, Default)]
struct Cost {
    /// When the stretch under way began, with the ticks and the successes until then.
    begun: Option<(Duration, u64, u64)>,
    /// Nanoseconds and requests of each stretch.
    stretches: Vec<Batch>,
}

/// Stretches that are kept at most; then each two become one.
const STRETCHES: usize = 4096;

impl Needs {
    pub fn of_children(parent: i32) -> Needs {
        Needs { parent: Some(parent), ..Needs::of_nobody() }
    }

    pub fn of_nobody() -> Needs {
        Needs {
            parent: None,
            last: None,
            cpu: Gauge::default(),
            memory: Gauge::default(),
            threads: Gauge::default(),
            descriptors: Gauge::default(),
            peak: 0,
            cost: Cost::default(),
        }
    }

    /// Takes a look, when so many requests had succeeded; what is seen during the warm-up does not
    /// count.
    pub fn look(&mut self, at: Duration, warming: bool, succeeded: u64) {
        let Some(parent) = self.parent else { return };
        let tree = Tree::below(parent);
        if tree.threads == 0 {
            // Nobody is there, which says nothing of what somebody needs.
            (self.last, self.cost.begun) = (None, None);
            return;
        }
        let before = self.last.replace((at, tree.cpu_ticks));
        if warming {
            return;
        }
        let at_ns = at.as_nanos() as f64;
        if let Some((then, ticks)) = before
            && at > then
        {
            // A process that ended took its share of the sum with it.
            let spent = tree.cpu_ticks.saturating_sub(ticks) as f64 / ticks_per_second();
            self.cpu.push(at_ns, spent / (at - then).as_secs_f64());
        }
        self.memory.push(at_ns, tree.resident as f64);
        self.threads.push(at_ns, tree.threads as f64);
        self.descriptors.push(at_ns, tree.descriptors as f64);
        self.peak = self.peak.max(tree.resident).max(tree.peak);
        self.cost.look(at, tree.cpu_ticks, succeeded);
    }

    /// What was seen, and what the launcher observed of the whole life of the service.
    pub fn series(self, observed: &Observed) -> Vec<Series> {
        self.with_peak(observed.tree_bytes.max(observed.usage.largest_bytes))
    }

    /// What was seen until now.
    pub fn so_far(&self) -> Vec<Series> {
        self.with_peak(0)
    }

    fn with_peak(&self, whole: u64) -> Vec<Series> {
        if self.memory.is_empty() {
            return Vec::new();
        }
        let mut series = vec![
            of("server memory", self.memory.points()),
            of("server threads", self.threads.points()),
            of("server descriptors", self.descriptors.points()),
            single("server peak memory", self.peak.max(whole) as f64, None),
        ];
        if !self.cpu.is_empty() {
            series.push(of("server cpu", self.cpu.means()));
        }
        if !self.cost.stretches.is_empty() {
            series.push(of("server cpu per request", Data::Batches(self.cost.stretches.clone())));
        }
        series
    }
}

impl Cost {
    fn look(&mut self, at: Duration, ticks: u64, succeeded: u64) {
        let Some((begun, before, answered)) = self.begun else {
            self.begun = Some((at, ticks, succeeded));
            return;
        };
        // A search counts anew at each rate, and a service that was started again its time.
        if succeeded < answered || ticks < before {
            self.begun = Some((at, ticks, succeeded));
        } else if at >= begun + STRETCH && succeeded > answered {
            let spent = ticks.saturating_sub(before) as f64 / ticks_per_second();
            let iterations = (succeeded - answered) as f64;
            self.stretches.push(Batch { total: spent * 1e9, iterations });
            self.begun = Some((at, ticks, succeeded));
        }
        if self.stretches.len() > STRETCHES {
            let join = |pair: &[Batch]| Batch {
                total: pair.iter().map(|batch| batch.total).sum(),
                iterations: pair.iter().map(|batch| batch.iterations).sum(),
            };
            self.stretches = self.stretches.chunks(2).map(join).collect();
        }
    }
}

fn of(name: &str, data: Data) -> Series {
    Series { data, ..single(name, 0.0, None) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_seen_while_warming_does_not_count() {
        let parent = i32::try_from(std::os::unix::process::parent_id()).unwrap();
        let mut needs = Needs::of_children(parent);
        needs.look(Duration::from_millis(1), true, 0);
        assert!(needs.so_far().is_empty());
        let mut needs = Needs::of_children(parent);
        needs.look(Duration::from_millis(1), true, 0);
        needs.look(Duration::from_millis(2), false, 0);
        let series = needs.so_far();
        let names: Vec<&str> = series.iter().map(|series| series.metric.as_str()).collect();
        assert!(names.contains(&"server cpu") && names.contains(&"server peak memory"));
    }

    #[test]
    fn processor_time_is_told_by_the_requests_of_a_second() {
        let mut cost = Cost::default();
        for (seconds, ticks, succeeded) in
            [(0.0, 100, 10), (0.5, 105, 15), (1.0, 110, 20), (1.5, 130, 20), (2.5, 150, 60)]
        {
            cost.look(Duration::from_secs_f64(seconds), ticks, succeeded);
        }
        let of = |cs: f64, iterations: f64| Batch { total: cs / 100.0 * 1e9, iterations };
        assert_eq!(cost.stretches, [of(10.0, 10.0), of(40.0, 40.0)]);
    }

    #[test]
    fn a_service_that_was_started_again_counts_anew() {
        let mut cost = Cost::default();
        for (seconds, ticks, succeeded) in [(0, 90, 0), (2, 10, 5), (3, 30, 15)] {
            cost.look(Duration::from_secs(seconds), ticks, succeeded);
        }
        assert_eq!(cost.stretches, [Batch { total: 0.2e9, iterations: 10.0 }]);
    }

    #[test]
    fn a_second_without_an_answer_belongs_to_the_next_that_has_one() {
        let mut cost = Cost::default();
        for (seconds, ticks, succeeded) in [(0, 0, 0), (2, 50, 0), (3, 60, 5)] {
            cost.look(Duration::from_secs(seconds), ticks, succeeded);
        }
        assert_eq!(cost.stretches, [Batch { total: 0.6e9, iterations: 5.0 }]);
    }
}
