//! The compact form in which a histogram is stored: a version byte, the number of buckets, then
//! for each bucket the distance to the previous one and its count, as variable-length integers.
//!
//! Decoding trusts nothing: the space it takes is bounded by the length of the input.

use thiserror::Error;

use super::{BUCKETS, Histogram};

const VERSION: u8 = 1;

/// Why bytes or text are not a histogram.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum HistogramError {
    /// The input ended inside the histogram.
    #[error("the histogram ends early, at byte {at}")]
    Truncated {
        /// Position in the input.
        at: usize,
    },
    /// The first byte names a form this release does not know.
    #[error("the histogram has version {found}, this release reads version {VERSION}")]
    Version {
        /// The version found.
        found: u8,
    },
    /// An integer was longer than it need be or than 64 bits.
    #[error("the histogram holds a malformed number at byte {at}")]
    Number {
        /// Position in the input.
        at: usize,
    },
    /// A bucket beyond the last one, out of order, or without observations.
    #[error("the histogram's bucket {index} is out of range, out of order or empty")]
    Bucket {
        /// Which bucket of the list, counted from 0.
        index: usize,
    },
    /// The counts add up to more than `u64::MAX`.
    #[error("the histogram's counts overflow")]
    Overflow,
    /// Bytes were left after the histogram.
    #[error("{left} bytes follow the histogram")]
    Trailing {
        /// How many.
        left: usize,
    },
    /// The text of an HdrHistogram payload could not be read.
    #[error("not an HdrHistogram V2 payload: {reason}")]
    Hdr {
        /// What the decoder said.
        reason: String,
    },
}

impl Histogram {
    /// Writes buckets with their counts, ascending; those without observations are left out.
    pub(super) fn pack(pairs: impl IntoIterator<Item = (u32, u64)>) -> Histogram {
        let mut packed = Vec::new();
        let (mut next, mut last, mut buckets, mut total) = (0, 0, 0, 0_u64);
        for (bucket, count) in pairs.into_iter().filter(|&(_, count)| count > 0) {
            write(&mut packed, u64::from(bucket - next));
            write(&mut packed, count);
            total = total.saturating_add(count);
            buckets += 1;
            last = bucket;
            next = bucket + 1;
        }
        Histogram { packed: packed.into_boxed_slice(), buckets, last, count: total }
    }

    /// Buckets with their counts, ascending.
    pub(super) fn pairs(&self) -> Pairs<'_> {
        Pairs { input: Input { bytes: &self.packed, at: 0 }, next: 0 }
    }

    /// The compact form, two or three bytes a bucket.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(6 + self.packed.len());
        out.push(VERSION);
        write(&mut out, u64::from(self.buckets));
        out.extend_from_slice(&self.packed);
        out
    }

    /// Reads the compact form. Every histogram has exactly one encoding.
    ///
    /// # Errors
    /// When the bytes are not what [`Histogram::encode`] writes.
    pub fn decode(bytes: &[u8]) -> Result<Histogram, HistogramError> {
        let mut input = Input { bytes, at: 0 };
        let version = input.byte()?;
        if version != VERSION {
            return Err(HistogramError::Version { found: version });
        }
        let length = input.number()?;
        // A bucket takes two bytes at least, so a length beyond that is a lie.
        if length > ((bytes.len() - input.at) / 2) as u64 {
            return Err(HistogramError::Truncated { at: bytes.len() });
        }
        let start = input.at;
        let (mut next, mut total) = (0_u64, 0_u64);
        let mut index = 0;
        while index < length as usize {
            // Only what is beyond doubt is taken in fours; what is wrong is said below.
            if length as usize - index >= 4
                && let Some(four) = Four::at(&bytes[input.at..])
                && four.is_counted
                && next + four.distances + 4 <= u64::from(BUCKETS)
                && let Some(more) = total.checked_add(four.count)
            {
                next += four.distances + 4;
                total = more;
                input.at += Four::BYTES;
                index += 4;
                continue;
            }
            let bucket = next.saturating_add(input.number()?);
            let count = input.number()?;
            if bucket >= u64::from(BUCKETS) || count == 0 {
                return Err(HistogramError::Bucket { index });
            }
            total = total.checked_add(count).ok_or(HistogramError::Overflow)?;
            next = bucket + 1;
            index += 1;
        }
        match bytes.len() - input.at {
            0 => Ok(Histogram {
                packed: bytes[start..].into(),
                buckets: length as u32,
                // One before the next; without buckets, 0.
                last: next.saturating_sub(1) as u32,
                count: total,
            }),
            left => Err(HistogramError::Trailing { left }),
        }
    }
}

/// Reads what was packed or checked before.
pub(super) struct Pairs<'a> {
    input: Input<'a>,
    next: u32,
}

impl Pairs<'_> {
    /// Passes over small pairs as long as that does not bring `seen` to `rank`.
    #[inline]
    pub(super) fn pass_below(&mut self, rank: u64, seen: &mut u64) {
        while let Some(four) = Four::at(&self.input.bytes[self.input.at..]) {
            let more = seen.saturating_add(four.count);
            if more >= rank {
                return;
            }
            *seen = more;
            self.next += four.distances as u32 + 4;
            self.input.at += Four::BYTES;
        }
    }
}

impl Iterator for Pairs<'_> {
    type Item = (u32, u64);

    // Reading a histogram is this and little else, and a call would cost as much as the work.
    #[inline(always)]
    fn next(&mut self) -> Option<(u32, u64)> {
        let (distance, count) = match self.input.bytes.get(self.input.at..) {
            // Nearly all distances and counts fit one byte each.
            Some(&[distance, count, ..]) if (distance | count) < 0x80 => {
                self.input.at += 2;
                (u32::from(distance), u64::from(count))
            }
            _ => (self.input.number().ok()? as u32, self.input.number().ok()?),
        };
        let bucket = self.next + distance;
        self.next = bucket + 1;
        Some((bucket, count))
    }
}

/// What four pairs add up to whose numbers fit one byte each, as nearly all do: two operations on a
/// word instead of eight on bytes.
struct Four {
    distances: u64,
    count: u64,
    /// None of them counts nothing.
    is_counted: bool,
}

impl Four {
    const BYTES: usize = 8;

    #[inline(always)]
    fn at(bytes: &[u8]) -> Option<Four> {
        const EACH: u64 = 0x0001_0001_0001_0001;
        let word = u64::from_le_bytes(*bytes.first_chunk()?);
        if word & (EACH * 0x8080) != 0 {
            return None;
        }
        let (distances, counts) = (word & (EACH * 0xff), (word >> 8) & (EACH * 0xff));
        // The highest lane of the product is the sum of all four, at most 508.
        let sum = |lanes: u64| lanes.wrapping_mul(EACH) >> 48;
        // What is 1 or more reaches the bit above its seven.
        let is_counted = (counts + EACH * 0x7f) & (EACH * 0x80) == EACH * 0x80;
        Some(Four { distances: sum(distances), count: sum(counts), is_counted })
    }
}

/// Buckets from outside, each named once, ascending, with a sum that fits.
pub(super) fn checked(buckets: &[(u32, u64)]) -> Result<Histogram, HistogramError> {
    let mut total = 0_u64;
    for (index, &(bucket, count)) in buckets.iter().enumerate() {
        if count == 0 || (index > 0 && buckets[index - 1].0 >= bucket) {
            return Err(HistogramError::Bucket { index });
        }
        total = total.checked_add(count).ok_or(HistogramError::Overflow)?;
    }
    Ok(Histogram::pack(buckets.iter().copied()))
}

fn write(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

pub(super) struct Input<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Input<'_> {
    fn byte(&mut self) -> Result<u8, HistogramError> {
        let byte = *self.bytes.get(self.at).ok_or(HistogramError::Truncated { at: self.at })?;
        self.at += 1;
        Ok(byte)
    }

    #[inline]
    fn number(&mut self) -> Result<u64, HistogramError> {
        // Most distances and counts fit one byte.
        match self.bytes.get(self.at) {
            Some(&byte) if byte < 0x80 => {
                self.at += 1;
                Ok(u64::from(byte))
            }
            _ => self.long_number(),
        }
    }

    fn long_number(&mut self) -> Result<u64, HistogramError> {
        let start = self.at;
        let mut number = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            let part = u64::from(byte & 0x7f);
            let overlong = byte == 0 && shift > 0;
            if overlong || (part << shift) >> shift != part {
                return Err(HistogramError::Number { at: start });
            }
            number |= part << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err(HistogramError::Number { at: start })
    }
}
