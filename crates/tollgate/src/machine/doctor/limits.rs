//! What the machine offers, and where it ends.

use super::{Check, Rating, rate, unknown};
use crate::quantity::{Dimension, show};
use crate::run::Machine;

pub(super) fn cores(cores: u32) -> Check {
    let (rating, meaning) = match cores {
        0 | 1 => (
            Rating::Poor,
            "The measured program and whatever drives it share one processor, so each slows the \
             other down.",
        ),
        2 | 3 => (
            Rating::Fair,
            "A service and the load on it compete as soon as either needs more than one processor.",
        ),
        _ => (Rating::Good, "A service and the load on it need not compete for processors."),
    };
    Check { name: "cores", value: cores.to_string(), rating, meaning: meaning.to_owned() }
}

pub(super) fn container(machine: &Machine) -> Check {
    let name = "container limits";
    let limits: Vec<String> =
        machine.limits.iter().map(|(name, limit)| format!("{name} {limit}")).collect();
    let (rating, meaning) = if machine.limits.contains_key("cpu") {
        (
            Rating::Fair,
            "Once the container has used its share of a period, often 100 ms, all of it stands \
             still until the next: tail latencies show the limit and not the program.",
        )
    } else if machine.limits.contains_key("memory") {
        (
            Rating::Good,
            "A program that outgrows the memory limit is killed, and cached files count towards it.",
        )
    } else {
        (Rating::Good, "No limit of a container stands between the program and the machine.")
    };
    let value = if limits.is_empty() { "none".to_owned() } else { limits.join(", ") };
    Check { name, value, rating, meaning: meaning.to_owned() }
}

pub(super) fn descriptors(limits: &str) -> Check {
    let name = "file descriptors";
    let Some(soft) = parse_open_files(limits) else {
        return unknown(name, "The kernel does not say how many files a process may open.");
    };
    let value =
        if soft == f64::INFINITY { "unlimited".to_owned() } else { show(soft, Dimension::COUNT) };
    Check {
        name,
        value,
        rating: rate(-soft, -8192.0, -1024.0),
        meaning: "Every connection takes a descriptor on each side, so a load of more users than \
                  this fails to connect: raise it by `ulimit -n`."
            .to_owned(),
    }
}

/// The soft limit.
fn parse_open_files(limits: &str) -> Option<f64> {
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"))?;
    let soft = line.split_whitespace().next()?;
    if soft == "unlimited" { Some(f64::INFINITY) } else { soft.parse().ok() }
}

pub(super) fn ports(range: Option<&str>) -> Check {
    let name = "outgoing ports";
    let Some(ports) = range.and_then(parse_ports) else {
        return unknown(name, "The kernel does not say which ports connections may start from.");
    };
    Check {
        name,
        value: show(ports, Dimension::COUNT),
        rating: rate(-ports, -20_000.0, -5_000.0),
        meaning: "A closed connection keeps its port for a minute, so a load that opens a new \
                  connection for each request cannot exceed a sixtieth of this a second for long."
            .to_owned(),
    }
}

fn parse_ports(range: &str) -> Option<f64> {
    let (first, last) = range.trim().split_once(char::is_whitespace)?;
    let (first, last): (u16, u16) = (first.parse().ok()?, last.trim().parse().ok()?);
    Some(f64::from(last.checked_sub(first)?) + 1.0)
}

pub(super) fn backlog(somaxconn: Option<&str>) -> Check {
    let name = "connection backlog";
    let Some(most) = somaxconn.and_then(|text| text.parse::<f64>().ok()) else {
        return unknown(name, "The kernel does not say how many connections may wait.");
    };
    Check {
        name,
        value: show(most, Dimension::COUNT),
        rating: rate(-most, -1024.0, -128.0),
        meaning: "When more users than this connect at once, the rest waits a second and tries \
                  again, which looks like a slow service."
            .to_owned(),
    }
}

pub(super) fn valgrind(installed: bool) -> Check {
    let (value, rating, meaning) = if installed {
        ("installed", Rating::Good, "Instructions can be counted, which hardly vary.")
    } else {
        (
            "not installed",
            Rating::Fair,
            "Instructions cannot be counted: apt-get install valgrind gives a metric that hardly \
             varies on noisy machines.",
        )
    };
    Check { name: "valgrind", value: value.to_owned(), rating, meaning: meaning.to_owned() }
}

pub(super) fn nats_server(installed: bool) -> Check {
    let (value, rating, meaning) = if installed {
        ("installed", Rating::Good, "Cases with `serve = \"nats\"` have a bus of their own.")
    } else {
        (
            "not installed",
            Rating::Fair,
            "Cases with `serve = \"nats\"` cannot be measured: apt-get install nats-server. Other \
             messages go over the bus inside the process, which needs nothing.",
        )
    };
    Check { name: "nats-server", value: value.to_owned(), rating, meaning: meaning.to_owned() }
}

pub(super) fn counters(paranoid: Option<&str>) -> Check {
    let name = "hardware counters";
    let Some(level) = paranoid.and_then(|text| text.parse::<f64>().ok()) else {
        return unknown(name, "The kernel offers no performance counters; Tollgate needs none.");
    };
    let meaning = if level <= 1.0 {
        "Profilers such as perf may look into programs and the kernel here."
    } else {
        "Profilers such as perf see programs only, or nothing; Tollgate itself needs none of it."
    };
    Check {
        name,
        value: format!("perf_event_paranoid {level}"),
        rating: rate(level, 1.0, f64::INFINITY),
        meaning: meaning.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn one_core_is_poor() {
        let ratings = [0, 1, 2, 4].map(|count| cores(count).rating);
        assert_eq!(ratings, [Rating::Poor, Rating::Poor, Rating::Fair, Rating::Good]);
    }

    #[test]
    fn a_limit_on_processors_spoils_tails() {
        let with = |name: &str| Machine {
            limits: BTreeMap::from([(name.to_owned(), "2 cores".to_owned())]),
            ..Machine::default()
        };
        assert_eq!(container(&with("cpu")).rating, Rating::Fair);
        assert_eq!(container(&with("memory")).rating, Rating::Good);
        assert_eq!(container(&Machine::default()).value, "none");
    }

    #[test]
    fn the_soft_limit_of_open_files_counts() {
        let limits = |soft: &str| {
            format!(
                "Limit   Soft Limit Hard Limit Units\nMax open files            {soft}     20000    files\n"
            )
        };
        assert_eq!(descriptors(&limits("1024")).rating, Rating::Fair);
        assert_eq!(descriptors(&limits("20000")).value, "20,000");
        assert_eq!(descriptors(&limits("256")).rating, Rating::Poor);
        assert_eq!(descriptors(&limits("unlimited")).rating, Rating::Good);
        assert_eq!(descriptors("").value, "unknown");
        assert_eq!(descriptors(&limits("many")).value, "unknown");
    }

    #[test]
    fn the_range_of_ports_is_counted_with_both_ends() {
        assert_eq!(parse_ports("32768\t60999\n"), Some(28_232.0));
        assert_eq!(ports(Some("32768 60999")).rating, Rating::Good);
        assert_eq!(ports(Some("40000 41000")).rating, Rating::Poor);
        for bad in ["", "1", "9 1", "1 70000"] {
            assert_eq!(ports(Some(bad)).value, "unknown", "{bad}");
        }
    }

    #[test]
    fn a_short_backlog_and_missing_tools_are_told() {
        assert_eq!(backlog(Some("4096")).rating, Rating::Good);
        assert_eq!(backlog(Some("128")).rating, Rating::Fair);
        assert_eq!(backlog(Some("5")).rating, Rating::Poor);
        assert_eq!(backlog(Some("x")).value, "unknown");
        assert_eq!(valgrind(true).rating, Rating::Good);
        assert_eq!(valgrind(false).rating, Rating::Fair);
        assert_eq!(nats_server(true).rating, Rating::Good);
        assert_eq!(nats_server(false).rating, Rating::Fair);
        assert_eq!(counters(Some("4")).rating, Rating::Fair);
        assert_eq!(counters(Some("-1")).rating, Rating::Good);
        assert_eq!(counters(None).value, "unknown");
    }
}
