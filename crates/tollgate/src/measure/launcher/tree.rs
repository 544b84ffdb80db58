//! The processes below the launcher, as `/proc` shows them.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{self, Read};
use std::os::unix::ffi::OsStrExt;

/// More processes than this are not looked at: a runaway must not take the launcher with it.
const MOST: usize = 4096;

/// The resident pages of every process below the launcher, added up. Pages that processes share
/// are counted in each of them.
pub(super) fn resident_pages() -> u64 {
    let Ok(mut waiting) = children("self") else { return 0 };
    let mut pages = 0;
    let mut seen = 0;
    while let Some(pid) = waiting.pop() {
        seen += 1;
        if seen > MOST {
            break;
        }
        // A process may end between being listed and being read; then it holds nothing.
        pages += read_short(pid, b"/statm", &mut [0; 256], parse_resident).unwrap_or(0);
        if let Ok(children) = children(&pid.to_string()) {
            waiting.extend(children);
        }
    }
    pages
}

/// Reads a file of a process that fits into the buffer, by one system call instead of the several
/// that reading to the end takes.
pub(super) fn read_short<T>(
    pid: i32,
    name: &[u8],
    buffer: &mut [u8],
    parse: impl FnOnce(&[u8]) -> Option<T>,
) -> Option<T> {
    let mut path = Vec::with_capacity(32);
    path.extend_from_slice(b"/proc/");
    push_number(&mut path, pid.unsigned_abs());
    path.extend_from_slice(name);
    let length = File::open(OsStr::from_bytes(&path)).ok()?.read(buffer).ok()?;
    parse(&buffer[..length])
}

fn push_number(text: &mut Vec<u8>, number: u32) {
    if number >= 10 {
        push_number(text, number / 10);
    }
    text.push(b'0' + (number % 10) as u8);
}

/// A number that is all of the text.
pub(super) fn number(text: &[u8]) -> Option<u64> {
    let digits = text.trim_ascii();
    let add = |value: u64, digit: &u8| {
        let digit = digit.checked_sub(b'0').filter(|&digit| digit < 10)?;
        value.checked_mul(10)?.checked_add(digit.into())
    };
    if digits.is_empty() { None } else { digits.iter().try_fold(0, add) }
}

/// The launcher's own children, ended ones included.
pub(super) fn own_children() -> io::Result<Vec<i32>> {
    children("self").or_else(|_| own_children_by_search())
}

/// The children of every thread of a process; kernels may be built without this list.
pub(in crate::measure) fn children(process: &str) -> io::Result<Vec<i32>> {
    let mut found = Vec::new();
    for thread in fs::read_dir(format!("/proc/{process}/task"))? {
        let list = fs::read_to_string(thread?.path().join("children"))?;
        found.extend(list.split_ascii_whitespace().filter_map(|pid| pid.parse::<i32>().ok()));
    }
    Ok(found)
}

/// Whether a process has not ended; one that has is listed until somebody asks how.
pub(super) fn lives(pid: i32) -> bool {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    parse_state(&stat).is_some_and(|state| !matches!(state, "Z" | "X"))
}

fn own_children_by_search() -> io::Result<Vec<i32>> {
    let own = std::process::id();
    let mut found = Vec::new();
    for entry in fs::read_dir("/proc")? {
        let name = entry?.file_name();
        let Some(pid) = name.to_str().and_then(|name| name.parse::<i32>().ok()) else { continue };
        if let Ok(stat) = fs::read_to_string(format!("/proc/{pid}/stat"))
            && parse_parent(&stat) == Some(own)
        {
            found.push(pid);
        }
    }
    Ok(found)
}

/// The second field of `statm`.
fn parse_resident(statm: &[u8]) -> Option<u64> {
    number(statm.split(|&byte| byte == b' ').nth(1)?)
}

/// The third field of `stat`, behind the name.
fn parse_state(stat: &str) -> Option<&str> {
    stat.rsplit_once(')')?.1.split_ascii_whitespace().next()
}

/// The fourth field of `stat`; the second is a name in brackets that may hold anything.
fn parse_parent(stat: &str) -> Option<u32> {
    stat.rsplit_once(')')?.1.split_ascii_whitespace().nth(1)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resident_pages_are_the_second_field() {
        assert_eq!(parse_resident(b"2221 478 433 8 0 107 0\n"), Some(478));
        assert_eq!(parse_resident(b"0\n"), None);
        assert_eq!(parse_resident(b""), None);
    }

    #[test]
    fn numbers_are_written_and_read_digit_by_digit() {
        for value in [0, 9, 10, 4_194_304, u32::MAX] {
            let mut text = Vec::new();
            push_number(&mut text, value);
            assert_eq!(text, value.to_string().as_bytes());
            assert_eq!(number(&text), Some(value.into()));
        }
        assert_eq!(number(b" 12\n"), Some(12));
        for text in [&b""[..], b"x", b"1x", b"-1", b"18446744073709551616"] {
            assert_eq!(number(text), None);
        }
    }

    #[test]
    fn a_name_with_brackets_and_blanks_does_not_hide_the_parent() {
        assert_eq!(parse_parent("12 (a) S 1 (b) R 77 12 0"), Some(77));
        assert_eq!(parse_parent("12 (cat) S 5 12"), Some(5));
        assert_eq!(parse_parent("12"), None);
    }

    #[test]
    fn what_has_ended_and_is_still_listed_does_not_live() {
        assert_eq!(parse_state("12 (a) Z) T 1"), Some("T"));
        assert!(lives(std::process::id() as i32));
        let mut child = std::process::Command::new("true").spawn().unwrap();
        let pid = child.id() as i32;
        while lives(pid) {
            std::thread::yield_now();
        }
        assert!(fs::exists(format!("/proc/{pid}")).unwrap());
        child.wait().unwrap();
        assert!(!lives(pid));
    }

    #[test]
    fn this_process_is_found_by_search_from_its_parent_only() {
        assert!(!own_children_by_search().unwrap().contains(&(std::process::id() as i32)));
    }
}
