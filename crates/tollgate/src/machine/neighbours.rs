//! Who else measures on this machine: two at once disturb each other, and neither shows it.

use std::fs;
use std::path::Path;

/// Commands of ours that measure.
const MEASURING: [&str; 4] = ["check", "bench", "load", "compare"];

/// Options before the command that take the next word.
const WITH_A_VALUE: [&str; 5] = ["-f", "--file", "--env", "--history", "--color"];

/// What another process of ours was started with, by its number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Neighbour {
    pub pid: u32,
    pub arguments: Vec<String>,
}

/// Other processes named `tollgate` that measure, without those that this one or such a neighbour
/// started.
#[must_use]
pub fn neighbours() -> Vec<Neighbour> {
    let mut found: Vec<(u32, Neighbour)> = Vec::new();
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    for pid in entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok()) {
        found.extend(look(pid));
    }
    let ours: Vec<u32> = found.iter().map(|(_, own)| own.pid).chain([std::process::id()]).collect();
    found.retain(|(parent, own)| own.pid != std::process::id() && !ours.contains(parent));
    found.into_iter().map(|(_, own)| own).collect()
}

/// With the number of its parent. A process that ends meanwhile is none.
fn look(pid: u32) -> Option<(u32, Neighbour)> {
    let folder = Path::new("/proc").join(pid.to_string());
    let line = fs::read(folder.join("cmdline")).ok()?;
    let arguments = measuring(&line)?;
    let stat = fs::read_to_string(folder.join("stat")).ok()?;
    Some((parent(&stat)?, Neighbour { pid, arguments }))
}

/// The arguments of a process of ours that measures, from what the kernel tells of it.
fn measuring(line: &[u8]) -> Option<Vec<String>> {
    let mut words = line.split(|byte| *byte == 0).filter(|word| !word.is_empty());
    let program = String::from_utf8_lossy(words.next()?);
    let is_ours = Path::new(&*program).file_name().is_some_and(|name| name == "tollgate");
    let arguments: Vec<String> = words.map(|word| String::from_utf8_lossy(word).into()).collect();
    let command = command(&arguments)?;
    (is_ours && MEASURING.contains(&command)).then_some(arguments)
}

/// The first word that is neither an option nor its value.
fn command(arguments: &[String]) -> Option<&str> {
    let mut words = arguments.iter();
    loop {
        let word = words.next()?;
        if WITH_A_VALUE.contains(&word.as_str()) {
            words.next();
        } else if !word.starts_with('-') {
            return Some(word);
        }
    }
}

/// Field 4, counted behind the name, which may hold anything.
fn parent(stat: &str) -> Option<u32> {
    stat.rsplit_once(')')?.1.split_ascii_whitespace().nth(1)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_processes_of_ours_that_measure_are_neighbours() {
        let table = [
            ("/usr/bin/tollgate\0check\0proofs-*\0", true),
            ("target/release/tollgate\0--color\u{3d}never\0load\0http://a\0", true),
            ("tollgate\0--env\0staging\0-f\0a.toml\0check\0", true),
            ("tollgate\0--env\0check\0report\0", false),
            ("tollgate\0serve\0", false),
            ("tollgate\0report\0check\0", false),
            ("tollgate\0", false),
            ("tollgate-bench\0check\0", false),
            ("/bin/sh\0tollgate\0check\0", false),
            ("", false),
        ];
        for (line, expected) in table {
            assert_eq!(measuring(line.as_bytes()).is_some(), expected, "{line:?}");
        }
    }

    #[test]
    fn a_name_with_brackets_does_not_hide_the_parent() {
        assert_eq!(parent("7 (a) b) S 41 7 7 0"), Some(41));
        assert_eq!(parent("7 (a"), None);
    }

    #[test]
    fn another_process_that_measures_is_found_and_this_one_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("tollgate");
        // It waits for a file of that name until it is ended.
        std::os::unix::fs::symlink("/usr/bin/tail", &program).unwrap();
        let start = |name: &str| {
            let mut command = std::process::Command::new(&program);
            command.arg("-F").arg(name).current_dir(folder.path());
            command.stderr(std::process::Stdio::null()).spawn().unwrap()
        };
        let (measuring, other) = ("check", "serve");
        let mut children = [measuring, other].map(start);
        let pids = children.each_ref().map(std::process::Child::id);
        // These are children of this process, which is not named as one that measures.
        let found = pids.map(|pid| look(pid).is_some());
        for child in &mut children {
            child.kill().unwrap();
            child.wait().unwrap();
        }
        assert_eq!(found, [true, false]);
        assert!(neighbours().iter().all(|own| !pids.contains(&own.pid)));
    }
}
