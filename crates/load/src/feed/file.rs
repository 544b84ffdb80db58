//! Feeds from files: read once, then given out in an order.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::row::Fields;
use super::{FeedError, Row, csv};
use crate::workload::Order;

/// The rows of a file. Which one is next is told by how many were given out, so that threads share
/// nothing but a counter.
#[derive(Debug)]
pub(super) struct Rows {
    rows: Vec<Arc<Row>>,
    order: Order,
    seed: u64,
    given: AtomicU64,
}

impl Rows {
    pub(super) fn read(
        feed: &str,
        path: &Path,
        order: Order,
        seed: u64,
    ) -> Result<Rows, FeedError> {
        let (name, place) = (|| feed.to_owned(), || path.to_owned());
        let bytes = std::fs::read(path).map_err(|source| FeedError::Read {
            feed: name(),
            path: place(),
            source,
        })?;
        let kind = path.extension().map(std::ffi::OsStr::to_ascii_lowercase);
        let kind = kind.as_deref().and_then(std::ffi::OsStr::to_str).unwrap_or_default();
        let rows = parse(feed, kind, &bytes).map_err(|(line, reason)| FeedError::Line {
            feed: name(),
            path: place(),
            line,
            reason,
        })?;
        if rows.is_empty() {
            return Err(FeedError::Empty { feed: name(), path: place() });
        }
        let seed = tollgate_stats::rng::seed_from(&[&seed.to_string(), feed]);
        Ok(Rows { rows, order, seed, given: AtomicU64::new(0) })
    }

    /// None when all are used up.
    pub(super) fn next(&self) -> Option<Arc<Row>> {
        let given = self.given.fetch_add(1, Ordering::Relaxed);
        let count = self.rows.len() as u64;
        let at = match self.order {
            Order::Sequential => given % count,
            Order::Random => {
                ((u128::from(mixed(self.seed, given)) * u128::from(count)) >> 64) as u64
            }
            Order::Unique => given,
        };
        self.rows.get(usize::try_from(at).ok()?).cloned()
    }
}

/// The number at a place in the sequence of SplitMix64.
fn mixed(seed: u64, place: u64) -> u64 {
    let z = seed.wrapping_add(place.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// The rows in the bytes of a file, by its extension. Empty lines are no rows. An error is a line,
/// counted from 1, and what is wrong with it.
pub(super) fn parse(
    feed: &str,
    kind: &str,
    bytes: &[u8],
) -> Result<Vec<Arc<Row>>, (usize, String)> {
    let feed: Arc<str> = feed.into();
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let line = bytes[..error.valid_up_to()].iter().filter(|byte| **byte == b'\n').count() + 1;
        (line, "not UTF-8".to_owned())
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if kind == "csv" {
        return table(&feed, text);
    }
    let mut rows = Vec::new();
    for (raw, line) in text.lines().zip(1..).filter(|(raw, _)| !raw.trim().is_empty()) {
        let fields = match kind {
            "jsonl" => {
                let value = serde_json::from_str(raw);
                Fields::Json(value.map_err(|error| (line, not_json(&error)))?)
            }
            _ => Fields::None,
        };
        rows.push(Arc::new(Row::new(&feed, rows.len() as u64 + 1, raw.to_owned(), fields)));
    }
    Ok(rows)
}

fn table(feed: &Arc<str>, text: &str) -> Result<Vec<Arc<Row>>, (usize, String)> {
    if text.trim().is_empty() {
        return Ok(Vec::new());
    }
    let table = csv::parse(text).map_err(|error| (error.line, error.reason))?;
    let names: Arc<[String]> = table.names.into();
    let row = |(record, number): (csv::Record, u64)| {
        let fields = Fields::Csv { names: Arc::clone(&names), values: record.fields };
        Arc::new(Row::new(feed, number, record.raw, fields))
    };
    Ok(table.records.into_iter().zip(1..).map(row).collect())
}

/// Why a line is no JSON value. Its line is told beside it.
pub(super) fn not_json(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let reason = text.split(" at line ").next().unwrap_or(&text);
    format!("no JSON value: {reason} at column {}", error.column())
}
