//! What a service needs while it is under load: processor, memory, threads and descriptors of all
//! its processes, a few times a second.

use std::fs;
use std::time::Duration;

use crate::measure::launcher::{Observed, children};
use crate::measure::process::single;
use crate::run::{Data, Point, Series};

/// Looks at the processes below one, and remembers.
#[derive(Clone)]
pub(super) struct Needs {
    /// Whose children they are; none if the service was not started here.
    parent: Option<i32>,
    last: Option<(Duration, u64)>,
    cpu: Vec<f64>,
    memory: Vec<Point>,
    threads: Vec<Point>,
    descriptors: Vec<Point>,
    /// The largest of the single processes' own records.
    peak: u64,
}

/// Everything below a process at one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Tree {
    cpu_ticks: u64,
    resident: u64,
    peak: u64,
    threads: u64,
    descriptors: u64,
}

/// More processes than this are not looked at.
const MOST: usize = 1024;

impl Needs {
    pub fn of_children(parent: i32) -> Needs {
        Needs { parent: Some(parent), ..Needs::of_nobody() }
    }

    pub fn of_nobody() -> Needs {
        Needs {
            parent: None,
            last: None,
            cpu: Vec::new(),
            memory: Vec::new(),
            threads: Vec::new(),
            descriptors: Vec::new(),
            peak: 0,
        }
    }

    /// Takes a look; what is seen during the warm-up does not count.
    pub fn look(&mut self, at: Duration, warming: bool) {
        let Some(parent) = self.parent else { return };
        let tree = Tree::below(parent);
        let before = self.last.replace((at, tree.cpu_ticks));
        if warming {
            return;
        }
        if let Some((then, ticks)) = before
            && at > then
        {
            // A process that ended took its share of the sum with it.
            let spent = tree.cpu_ticks.saturating_sub(ticks) as f64 / ticks_per_second();
            self.cpu.push(spent / (at - then).as_secs_f64());
        }
        let at_ns = at.as_nanos() as f64;
        let point = |value: u64| Point { at_ns, value: value as f64 };
        self.memory.push(point(tree.resident));
        self.threads.push(point(tree.threads));
        self.descriptors.push(point(tree.descriptors));
        self.peak = self.peak.max(tree.resident).max(tree.peak);
    }

    /// What was seen, and what the launcher observed of the whole life of the service.
    pub fn series(self, observed: &Observed) -> Vec<Series> {
        self.with_peak(observed.tree_bytes.max(observed.usage.largest_bytes))
    }

    /// What was seen until now.
    pub fn so_far(&self) -> Vec<Series> {
        self.clone().with_peak(0)
    }

    fn with_peak(self, whole: u64) -> Vec<Series> {
        if self.memory.is_empty() {
            return Vec::new();
        }
        let mut series = vec![
            of("server memory", Data::Points(self.memory)),
            of("server threads", Data::Points(self.threads)),
            of("server descriptors", Data::Points(self.descriptors)),
            single("server peak memory", self.peak.max(whole) as f64, None),
        ];
        if !self.cpu.is_empty() {
            series.push(of("server cpu", Data::Samples(self.cpu)));
        }
        series
    }
}

fn of(name: &str, data: Data) -> Series {
    Series { data, ..single(name, 0.0, None) }
}

impl Tree {
    fn below(parent: i32) -> Tree {
        let mut waiting = below(parent);
        let mut tree = Tree::default();
        let mut seen = 0;
        while let Some(pid) = waiting.pop() {
            seen += 1;
            if seen > MOST {
                break;
            }
            tree.add(pid);
            waiting.extend(below(pid));
        }
        tree
    }

    /// A process may end while it is looked at; then it needs nothing.
    fn add(&mut self, pid: i32) {
        let Ok(stat) = fs::read_to_string(format!("/proc/{pid}/stat")) else { return };
        let Ok(status) = fs::read_to_string(format!("/proc/{pid}/status")) else { return };
        self.cpu_ticks += cpu_ticks(&stat).unwrap_or(0);
        let field = |name: &str| field(&status, name).unwrap_or(0);
        self.resident += field("VmRSS:") * 1024;
        self.peak = self.peak.max(field("VmHWM:") * 1024);
        self.threads += field("Threads:");
        if let Ok(open) = fs::read_dir(format!("/proc/{pid}/fd")) {
            self.descriptors += open.count() as u64;
        }
    }
}

/// One that has ended has none.
fn below(pid: i32) -> Vec<i32> {
    children(&pid.to_string()).unwrap_or_default()
}

/// User and system time of the process and of the children it waited for: fields 14 to 17, counted
/// behind the name, which may hold anything.
fn cpu_ticks(stat: &str) -> Option<u64> {
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_ascii_whitespace().collect();
    fields.get(11..15)?.iter().map(|field| field.parse::<u64>().ok()).sum()
}

fn field(status: &str, name: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    line.split_ascii_whitespace().next()?.parse().ok()
}

/// Linux fixes it at 100 for programs on every architecture that has a C library.
fn ticks_per_second() -> f64 {
    100.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_processor_time_is_that_of_a_process_and_its_children() {
        let stat = "7 (a) b) S 1 7 7 0 -1 4194560 1 2 3 4 10 20 30 40 20 0 1 0 9 8 7";
        assert_eq!(cpu_ticks(stat), Some(100));
        assert_eq!(cpu_ticks("7 (x"), None);
        assert_eq!(cpu_ticks("7 (x) S 1 2"), None);
    }

    #[test]
    fn a_field_is_found_by_its_name() {
        let status = "Name:\tx\nVmHWM:\t  2048 kB\nVmRSS:\t  1024 kB\nThreads:\t3\n";
        assert_eq!(field(status, "VmRSS:"), Some(1024));
        assert_eq!(field(status, "Threads:"), Some(3));
        assert_eq!(field(status, "VmSwap:"), None);
    }

    #[test]
    fn this_process_is_below_its_parent() {
        let parent = i32::try_from(std::os::unix::process::parent_id()).unwrap();
        let tree = Tree::below(parent);
        assert!(tree.resident > 0 && tree.threads > 0 && tree.descriptors > 0, "{tree:?}");
    }

    #[test]
    fn what_is_seen_while_warming_does_not_count() {
        let parent = i32::try_from(std::os::unix::process::parent_id()).unwrap();
        let mut needs = Needs::of_children(parent);
        needs.look(Duration::from_millis(1), true);
        assert!(needs.so_far().is_empty());
        let mut needs = Needs::of_children(parent);
        needs.look(Duration::from_millis(1), true);
        needs.look(Duration::from_millis(2), false);
        let series = needs.so_far();
        let names: Vec<&str> = series.iter().map(|series| series.metric.as_str()).collect();
        assert!(names.contains(&"server cpu") && names.contains(&"server peak memory"));
    }
}
