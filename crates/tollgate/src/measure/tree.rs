//! What all the processes below one need at one moment, as `/proc` shows it.

use std::fs;

use super::launcher::children;

/// Everything below a process at one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Tree {
    pub cpu_ticks: u64,
    pub resident: u64,
    pub peak: u64,
    pub threads: u64,
    pub descriptors: u64,
}

/// More processes than this are not looked at.
const MOST: usize = 1024;

impl Tree {
    pub fn below(parent: i32) -> Tree {
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
pub(super) fn ticks_per_second() -> f64 {
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
}
