//! Which machine this is, which commit is measured, and what time it is.

pub mod commit;
pub mod doctor;
mod keeper;
mod neighbours;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::run::Machine;

pub use commit::commit;
pub use keeper::{is_alive, keeper};
pub use neighbours::{Neighbour, neighbours};

/// Milliseconds since 1970 in UTC.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "the one place that reads the wall clock for a run")]
pub fn now_ms() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.map_or(0, |since| i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

/// What this machine is. What cannot be read stays empty.
#[must_use]
pub fn read() -> Machine {
    let cpuinfo = text("/proc/cpuinfo").unwrap_or_default();
    let online = text("/sys/devices/system/cpu/online").and_then(|list| parse_list(&list));
    Machine {
        host: text("/proc/sys/kernel/hostname").unwrap_or_default(),
        os: text("/etc/os-release")
            .and_then(|release| parse_os(&release))
            .unwrap_or_else(|| std::env::consts::OS.to_owned()),
        kernel: text("/proc/sys/kernel/osrelease").unwrap_or_default(),
        cpu_model: parse_cpu_model(&cpuinfo)
            .unwrap_or_else(|| format!("unknown {}", std::env::consts::ARCH)),
        cores: online.unwrap_or_else(|| parse_cores(&cpuinfo)),
        memory_bytes: text("/proc/meminfo")
            .and_then(|meminfo| parse_meminfo(&meminfo, "MemTotal"))
            .unwrap_or(0),
        governor: text("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"),
        limits: limits(),
    }
}

/// A file of one value or a short table, without the blanks around it.
fn text(path: &str) -> Option<String> {
    let text = fs::read_to_string(path).ok()?.trim().to_owned();
    (!text.is_empty()).then_some(text)
}

/// The container's limits on processors and memory: of the own control group and all above it,
/// the tightest.
fn limits() -> BTreeMap<String, String> {
    let Some(group) = text("/proc/self/cgroup") else { return BTreeMap::new() };
    let root = Path::new("/sys/fs/cgroup");
    let mut found = BTreeMap::new();
    let own = parse_groups(&group);
    let unified = own.iter().find(|(controllers, _)| controllers.is_empty());
    for folder in unified.map_or(Vec::new(), |(_, group)| upwards(root, group)) {
        let read = |name: &str| fs::read_to_string(folder.join(name)).ok();
        keep_least(&mut found, "cpu", read("cpu.max").and_then(|text| parse_cpu_max(&text)));
        keep_least(&mut found, "memory", read("memory.max").and_then(|text| parse_bytes(&text)));
    }
    // The older hierarchies, one a controller, which some container hosts still have.
    for (controllers, group) in &own {
        let has = |name: &str| controllers.split(',').any(|controller| controller == name);
        for folder in upwards(&root.join(controllers), group) {
            let read = |name: &str| fs::read_to_string(folder.join(name)).ok();
            if has("cpu") {
                let quota = read("cpu.cfs_quota_us").zip(read("cpu.cfs_period_us"));
                let cpus = quota.and_then(|(quota, period)| {
                    parse_cpu_max(&format!("{} {}", quota.trim(), period.trim()))
                });
                keep_least(&mut found, "cpu", cpus);
            }
            if has("memory") {
                let bytes = read("memory.limit_in_bytes").and_then(|text| parse_bytes(&text));
                keep_least(&mut found, "memory", bytes);
            }
        }
    }
    found.into_iter().map(|(name, value)| (name.to_owned(), shown(name, value))).collect()
}

fn keep_least(found: &mut BTreeMap<&'static str, f64>, name: &'static str, value: Option<f64>) {
    if let Some(value) = value {
        found.entry(name).and_modify(|least| *least = least.min(value)).or_insert(value);
    }
}

fn shown(name: &str, value: f64) -> String {
    if name == "memory" { format!("{value} B") } else { format!("{value} cores") }
}

/// A group's folder and every folder above it up to the root of the hierarchy.
fn upwards(root: &Path, group: &str) -> Vec<PathBuf> {
    let own = root.join(group.trim_start_matches('/'));
    own.ancestors().take_while(|folder| folder.starts_with(root)).map(Path::to_owned).collect()
}

/// Controllers and group of each line; the controllers of the unified hierarchy are empty.
fn parse_groups(cgroup: &str) -> Vec<(&str, &str)> {
    cgroup
        .lines()
        .filter_map(|line| {
            let mut fields = line.splitn(3, ':').skip(1);
            Some((fields.next()?, fields.next()?))
        })
        .collect()
}

/// `200000 100000` is two processors; `max 100000` or a quota of -1 is no limit.
fn parse_cpu_max(text: &str) -> Option<f64> {
    let mut fields = text.split_whitespace();
    let quota: f64 = fields.next()?.parse().ok()?;
    let period: f64 = fields.next()?.parse().ok()?;
    (quota > 0.0 && period > 0.0).then(|| quota / period)
}

/// `max`, or the older hierarchy's almost endless number, is no limit.
fn parse_bytes(text: &str) -> Option<f64> {
    let bytes: u64 = text.trim().parse().ok()?;
    (bytes < 1 << 60).then_some(bytes as f64)
}

fn parse_os(release: &str) -> Option<String> {
    let field = |name: &str| {
        release
            .lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix('='))
            .map(|value| value.trim_matches(['"', '\'']).to_owned())
    };
    field("PRETTY_NAME").or_else(|| field("ID"))
}

/// The processor's name; ARM kernels give only the numbers of maker and part.
fn parse_cpu_model(cpuinfo: &str) -> Option<String> {
    let field = |name: &str| {
        cpuinfo.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            (key.trim() == name && !value.trim().is_empty()).then(|| value.trim().to_owned())
        })
    };
    field("model name").or_else(|| {
        let part = field("CPU part")?;
        Some(format!("{} part {part}", field("CPU implementer").unwrap_or_default()))
    })
}

fn parse_cores(cpuinfo: &str) -> u32 {
    let cores = cpuinfo.lines().filter(|line| line.starts_with("processor")).count();
    u32::try_from(cores).unwrap_or(0)
}

/// How many processors a list such as `0-3,6` names.
fn parse_list(list: &str) -> Option<u32> {
    list.trim()
        .split(',')
        .map(|part| {
            let (first, last) = part.split_once('-').unwrap_or((part, part));
            let (first, last): (u32, u32) = (first.parse().ok()?, last.parse().ok()?);
            last.checked_sub(first)?.checked_add(1)
        })
        .try_fold(0_u32, |total, part| total.checked_add(part?))
}

/// A line of `/proc/meminfo` in bytes.
fn parse_meminfo(meminfo: &str, name: &str) -> Option<u64> {
    meminfo.lines().find_map(|line| {
        let value = line.strip_prefix(name)?.strip_prefix(':')?;
        value.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()?.checked_mul(1024)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_has_processors_memory_and_a_kernel() {
        let machine = read();
        assert!(machine.cores > 0, "{machine:?}");
        assert!(machine.memory_bytes > 1 << 20, "{machine:?}");
        assert!(!machine.kernel.is_empty() && !machine.cpu_model.is_empty(), "{machine:?}");
        assert_eq!(machine, read());
    }

    #[test]
    fn processors_are_counted_from_a_list() {
        for (list, cores) in
            [("0", Some(1)), ("0-3\n", Some(4)), ("0-1,4,6-7", Some(5)), ("", None), ("3-1", None)]
        {
            assert_eq!(parse_list(list), cores, "{list}");
        }
    }

    #[test]
    fn the_processor_is_named_on_x86_and_numbered_on_arm() {
        let x86 = "processor\t: 0\nmodel name\t: AMD EPYC 7B13\nprocessor\t: 1\n";
        assert_eq!(parse_cpu_model(x86).as_deref(), Some("AMD EPYC 7B13"));
        assert_eq!(parse_cores(x86), 2);
        let arm = "processor\t: 0\nCPU implementer\t: 0x41\nCPU part\t: 0xd0c\n";
        assert_eq!(parse_cpu_model(arm).as_deref(), Some("0x41 part 0xd0c"));
        assert_eq!(parse_cpu_model(""), None);
    }

    #[test]
    fn the_system_is_named_as_it_calls_itself() {
        let release = "NAME=\"Debian GNU/Linux\"\nPRETTY_NAME=\"Debian GNU/Linux 12\"\nID=debian\n";
        assert_eq!(parse_os(release).as_deref(), Some("Debian GNU/Linux 12"));
        assert_eq!(parse_os("ID=alpine\n").as_deref(), Some("alpine"));
        assert_eq!(parse_os(""), None);
    }

    #[test]
    fn memory_is_read_in_bytes() {
        let meminfo = "MemTotal:       24684084 kB\nMemFree:  10 kB\nHugePages_Total:   0\n";
        assert_eq!(parse_meminfo(meminfo, "MemTotal"), Some(24_684_084 * 1024));
        assert_eq!(parse_meminfo(meminfo, "Mem"), None);
        assert_eq!(parse_meminfo(meminfo, "HugePages_Total"), None);
    }

    #[test]
    fn limits_of_both_hierarchies_are_understood() {
        assert_eq!(parse_cpu_max("150000 100000\n"), Some(1.5));
        assert_eq!(parse_cpu_max("max 100000\n"), None);
        assert_eq!(parse_cpu_max("-1 100000"), None);
        assert_eq!(parse_cpu_max(""), None);
        assert_eq!(parse_bytes("max\n"), None);
        assert_eq!(parse_bytes("9223372036854771712\n"), None);
        assert_eq!(parse_bytes("1048576\n"), Some(1_048_576.0));
        let groups = parse_groups("4:memory:/a/b\n0::/unified:x\nnonsense\n");
        assert_eq!(groups, [("memory", "/a/b"), ("", "/unified:x")]);
    }

    #[test]
    fn a_limit_of_a_group_above_counts_too() {
        let folders = upwards(Path::new("/sys/fs/cgroup"), "/a/b");
        let expected = ["/sys/fs/cgroup/a/b", "/sys/fs/cgroup/a", "/sys/fs/cgroup"];
        assert_eq!(folders, expected.map(PathBuf::from));
        let mut found = BTreeMap::new();
        for value in [Some(2.0), None, Some(1.5), Some(4.0)] {
            keep_least(&mut found, "cpu", value);
        }
        assert_eq!(found, BTreeMap::from([("cpu", 1.5)]));
    }
}
