//! Rows that were computed, in a file beside the one to be made: an interruption loses none.
//!
//! The first line says of which plan they are. Each line after it is a row with a checksum; what
//! follows one that is torn or damaged is computed again.

use std::collections::BTreeMap;
use std::fs::{self, File, TryLockError};
use std::io::{BufWriter, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::error::DatasetError;
use super::row::Row;
use crate::simulation::Counts;

pub(super) struct Journal {
    path: PathBuf,
    out: BufWriter<File>,
}

/// The name of the side file of `out`.
pub(super) fn beside(out: &Path) -> PathBuf {
    let mut name = out.as_os_str().to_owned();
    name.push(".partial");
    name.into()
}

impl Journal {
    /// Opens the one of `out`, or begins it; with it the rows that are in it.
    pub fn open(out: &Path, digest: &str) -> Result<(Journal, BTreeMap<usize, Row>), DatasetError> {
        let path = beside(out);
        let failed = |what| DatasetError::file(what, &path);
        let mut file = File::options()
            .create(true)
            .read(true)
            .write(true)
            .truncate(false)
            .open(&path)
            .map_err(failed("open"))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(DatasetError::InUse { path }),
            Err(TryLockError::Error(error)) => return Err(failed("lock")(error)),
        }
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(failed("read"))?;
        let head = format!("mycelium rows 1 {digest}\n");
        let (rows, whole) = match bytes.strip_prefix(head.as_bytes()) {
            Some(lines) => {
                let (rows, length) = read(lines);
                (rows, head.len() + length)
            }
            // Nothing but the beginning of a first line was written before the interruption.
            None if head.as_bytes().starts_with(&bytes) => (BTreeMap::new(), 0),
            None => return Err(DatasetError::OtherPlan { path }),
        };
        file.set_len(whole as u64).map_err(failed("write"))?;
        file.seek(SeekFrom::Start(whole as u64)).map_err(failed("write"))?;
        let mut out = BufWriter::new(file);
        if whole == 0 {
            out.write_all(head.as_bytes()).and_then(|()| out.flush()).map_err(failed("write"))?;
        }
        Ok((Journal { path, out }, rows))
    }

    /// A row is safe from the end of this process once this returns.
    pub fn append(&mut self, number: usize, row: &Row) -> Result<(), DatasetError> {
        let line = line(number, row);
        let written = self.out.write_all(line.as_bytes()).and_then(|()| self.out.flush());
        written.map_err(DatasetError::file("write", &self.path))
    }

    /// Once the dataset is there, nothing of this is needed.
    pub fn remove(self) -> Result<(), DatasetError> {
        fs::remove_file(&self.path).map_err(DatasetError::file("remove", &self.path))
    }

    /// Leaves nothing behind where there is nothing to keep.
    pub fn remove_if_empty(self, rows: usize) -> Result<(), DatasetError> {
        if rows == 0 { self.remove() } else { Ok(()) }
    }
}

fn line(number: usize, row: &Row) -> String {
    let features: Vec<String> =
        row.features.iter().map(|feature| format!("{:016x}", feature.to_bits())).collect();
    let Counts { growth_events, turing_activations, clamping_events } = row.counts;
    let text = format!(
        "{number} {} {growth_events} {turing_activations} {clamping_events}",
        features.join(" ")
    );
    format!("{text} {}\n", checksum(&text))
}

fn checksum(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().take(4).map(|byte| format!("{byte:02x}")).collect()
}

/// The rows of the lines that are whole, and how long these are.
fn read(lines: &[u8]) -> (BTreeMap<usize, Row>, usize) {
    let (mut rows, mut length) = (BTreeMap::new(), 0);
    for line in lines.split_inclusive(|&byte| byte == b'\n') {
        let Some((number, row)) = parse(line) else { break };
        rows.insert(number, row);
        length += line.len();
    }
    (rows, length)
}

fn parse(line: &[u8]) -> Option<(usize, Row)> {
    let line = std::str::from_utf8(line.strip_suffix(b"\n")?).ok()?;
    let (text, sum) = line.rsplit_once(' ')?;
    if checksum(text) != sum {
        return None;
    }
    let words: Vec<&str> = text.split(' ').collect();
    let [number, words @ ..] = &words[..] else { return None };
    let (features, counts) = words.split_at_checked(18)?;
    let mut row = Row { features: [0.0; 18], counts: Counts::default() };
    for (feature, word) in row.features.iter_mut().zip(features) {
        *feature = f64::from_bits(u64::from_str_radix(word, 16).ok()?);
    }
    let [growth, turing, clamping] = counts else { return None };
    row.counts = Counts {
        growth_events: growth.parse().ok()?,
        turing_activations: turing.parse().ok()?,
        clamping_events: clamping.parse().ok()?,
    };
    Some((number.parse().ok()?, row))
}
