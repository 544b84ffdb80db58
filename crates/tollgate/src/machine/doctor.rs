//! How fit this machine is for measuring: what was found, and what it does to measurements.
//!
//! `examine` reads and times; every rating is a pure function of what was read.

mod limits;
mod noise;
mod timing;

use std::fs;
use std::path::Path;

/// One thing that was examined.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    pub name: &'static str,
    pub value: String,
    pub rating: Rating,
    /// One sentence on what it does to measurements.
    pub meaning: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rating {
    Good,
    Fair,
    Poor,
}

/// Examines the machine; takes a little over a second, in which it should be left alone.
#[must_use]
pub fn examine() -> Vec<Check> {
    let machine = super::read();
    let before = super::text("/proc/stat");
    let rounds = timing::fixed_rounds();
    let after = super::text("/proc/stat");
    let stolen = before.zip(after).and_then(|(before, after)| noise::stolen(&before, &after));
    let meminfo = super::text("/proc/meminfo").unwrap_or_default();
    let process_limits = super::text("/proc/self/limits").unwrap_or_default();
    let sys = |path: &str| super::text(&format!("/proc/sys/{path}"));
    vec![
        timing::timer(&timing::clock_steps()),
        timing::clock_source(
            super::text("/sys/devices/system/clocksource/clocksource0/current_clocksource")
                .as_deref(),
        ),
        timing::repeatability(&rounds),
        noise::steal(stolen),
        noise::load(super::text("/proc/loadavg").as_deref(), machine.cores),
        noise::frequency(machine.governor.as_deref(), turbo()),
        noise::memory(&meminfo),
        limits::cores(machine.cores),
        limits::container(&machine),
        limits::descriptors(&process_limits),
        limits::ports(sys("net/ipv4/ip_local_port_range").as_deref()),
        limits::backlog(sys("net/core/somaxconn").as_deref()),
        limits::valgrind(installed("valgrind")),
        limits::nats_server(installed("nats-server") || crate::measure::has_nats_server()),
        limits::counters(sys("kernel/perf_event_paranoid").as_deref()),
    ]
}

/// Whether the processor may raise its frequency for a while; `None` if it does not say.
fn turbo() -> Option<bool> {
    let cpu = "/sys/devices/system/cpu";
    let boost = super::text(&format!("{cpu}/cpufreq/boost")).map(|value| value == "1");
    boost.or_else(|| super::text(&format!("{cpu}/intel_pstate/no_turbo")).map(|value| value == "0"))
}

fn installed(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .any(|folder| fs::metadata(Path::new(&folder).join(program)).is_ok_and(|it| it.is_file()))
}

/// `Good` up to the first bound, `Fair` up to the second, else `Poor`.
fn rate(value: f64, good: f64, fair: f64) -> Rating {
    if value <= good {
        Rating::Good
    } else if value <= fair {
        Rating::Fair
    } else {
        Rating::Poor
    }
}

/// A check of something this machine does not tell.
fn unknown(name: &'static str, meaning: &str) -> Check {
    Check { name, value: "unknown".to_owned(), rating: Rating::Fair, meaning: meaning.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_check_says_what_it_found_and_what_that_means() {
        let checks = examine();
        for check in &checks {
            assert!(!check.value.is_empty(), "{check:?}");
            assert!(check.meaning.ends_with('.'), "{check:?}");
            assert!(check.meaning.len() > 30, "{check:?}");
        }
        let mut names: Vec<&str> = checks.iter().map(|check| check.name).collect();
        let all = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all);
    }
}
