//! Whether the disk has room for what the checks build: one that is full fails somewhere in the
//! middle, with an error that speaks of something else.

use std::ffi::OsStr;
use std::path::Path;

use crate::command;

/// What an empty build folder grows to.
const NEEDED: u64 = 6 << 30;

/// A warning where less is free. What is built already may make do with it.
pub fn warning(root: &Path) -> Option<String> {
    let free = free(&command::output(root, OsStr::new("df"), &["-Pk", "."]).ok()?)?;
    let gib = |bytes: u64| bytes as f64 / f64::from(1 << 30);
    (free < NEEDED).then(|| {
        let (free, needed) = (gib(free), gib(NEEDED));
        format!("only {free:.1} GiB are free here: an empty build folder takes about {needed:.0}")
    })
}

/// The fourth column of the second line, as POSIX has it.
fn free(table: &[u8]) -> Option<u64> {
    let table = String::from_utf8_lossy(table);
    let blocks: u64 = table.lines().nth(1)?.split_whitespace().nth(3)?.parse().ok()?;
    blocks.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_free_is_read_from_the_table_of_df() {
        let table = b"Filesystem     1024-blocks     Used Available Capacity Mounted on\n\
                      /dev/vda         263174212 55943008  41237120      58% /\n";
        assert_eq!(free(table), Some(41_237_120 * 1024));
        assert_eq!(free(b"Filesystem\n"), None);
        assert_eq!(free(b"a b c d\n/dev/vda 1 2 - 4 /\n"), None);
    }
}
