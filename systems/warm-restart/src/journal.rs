//! The form of a journal: what was reported since the state was last saved as a whole, a record for
//! each write.
//!
//! A record has a head of 32 bytes, little-endian: `wrj1`, the checksum of the 24 bytes that follow
//! it, the length of the lines, their checksum, the generation, the time. Then come the lines.

#[cfg(test)]
mod tests;

use std::ops::Range;

use thiserror::Error;

/// What one write put down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// The saved state that it follows.
    pub generation: u64,
    /// When it was counted, in milliseconds since 1970.
    pub wall_ms: i64,
    /// Reports as they were sent.
    pub lines: String,
}

/// All records that were written as a whole.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Journal {
    pub records: Vec<Record>,
    /// Bytes at the end of a write that was cut short, and hence never answered.
    pub torn: usize,
}

/// What was whole once is not any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("record {number} at byte {at} cannot be read, and one follows at byte {next} that can")]
pub struct Damage {
    /// Counted from one.
    pub number: usize,
    pub at: usize,
    pub next: usize,
}

const MAGIC: &[u8; 4] = b"wrj1";
const HEAD: usize = 32;
/// Of a head, what its checksum is of.
const SUMMED: Range<usize> = 8..HEAD;

impl Record {
    /// # Panics
    ///
    /// If there are four gigabytes of lines, many times of what can wait to be taken.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let lines = self.lines.as_bytes();
        let length = u32::try_from(lines.len()).expect("no turn takes four gigabytes");
        let mut bytes = Vec::with_capacity(HEAD + lines.len());
        bytes.extend_from_slice(MAGIC);
        bytes.extend_from_slice(&[0; 4]);
        bytes.extend_from_slice(&length.to_le_bytes());
        bytes.extend_from_slice(&crc32fast::hash(lines).to_le_bytes());
        bytes.extend_from_slice(&self.generation.to_le_bytes());
        bytes.extend_from_slice(&self.wall_ms.to_le_bytes());
        let sum = crc32fast::hash(&bytes[SUMMED]);
        bytes[4..8].copy_from_slice(&sum.to_le_bytes());
        bytes.extend_from_slice(lines);
        bytes
    }

    /// The one that bytes begin with, and how many of them it takes, if it is whole.
    fn read(bytes: &[u8]) -> Option<(Record, usize)> {
        let head = bytes.get(..HEAD).filter(|head| head.starts_with(MAGIC))?;
        if crc32fast::hash(&head[SUMMED]) != u32::from_le_bytes(part(head, 4)) {
            return None;
        }
        let length = usize::try_from(u32::from_le_bytes(part(head, 8))).ok()?;
        let end = HEAD.checked_add(length)?;
        let lines = bytes.get(HEAD..end)?;
        if crc32fast::hash(lines) != u32::from_le_bytes(part(head, 12)) {
            return None;
        }
        let record = Record {
            generation: u64::from_le_bytes(part(head, 16)),
            wall_ms: i64::from_le_bytes(part(head, 24)),
            lines: String::from_utf8(lines.to_vec()).ok()?,
        };
        Some((record, end))
    }
}

/// Reads all records. One that is not whole ends them if it is the last, since a write was cut
/// short there; where another one follows it was whole when that was written.
pub fn read(bytes: &[u8]) -> Result<Journal, Damage> {
    let (mut records, mut at) = (Vec::new(), 0);
    while let Some((record, length)) = Record::read(&bytes[at..]) {
        records.push(record);
        at += length;
    }
    match next(bytes, at) {
        Some(next) => Err(Damage { number: records.len() + 1, at, next }),
        None => Ok(Journal { records, torn: bytes.len() - at }),
    }
}

/// Where the first whole record after a byte begins.
fn next(bytes: &[u8], after: usize) -> Option<usize> {
    let starts = after + 1..bytes.len().saturating_sub(HEAD - 1);
    let mut starts = starts.filter(|&at| bytes[at..].starts_with(MAGIC));
    starts.find(|&at| Record::read(&bytes[at..]).is_some())
}

fn part<const N: usize>(head: &[u8], at: usize) -> [u8; N] {
    head[at..at + N].try_into().expect("a head is longer than where its parts end")
}
