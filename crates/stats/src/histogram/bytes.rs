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
    /// The compact form, about three bytes a bucket.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(4 + 4 * self.buckets.len());
        out.push(VERSION);
        write(&mut out, self.buckets.len() as u64);
        let mut next = 0;
        for &(bucket, count) in &self.buckets {
            write(&mut out, u64::from(bucket - next));
            write(&mut out, count);
            next = bucket + 1;
        }
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
        let mut buckets = Vec::with_capacity(length as usize);
        let (mut next, mut total) = (0_u64, 0_u64);
        for index in 0..length as usize {
            let bucket = next.saturating_add(input.number()?);
            let count = input.number()?;
            if bucket >= u64::from(BUCKETS) || count == 0 {
                return Err(HistogramError::Bucket { index });
            }
            total = total.checked_add(count).ok_or(HistogramError::Overflow)?;
            buckets.push((bucket as u32, count));
            next = bucket + 1;
        }
        match bytes.len() - input.at {
            0 => Ok(Histogram { buckets }),
            left => Err(HistogramError::Trailing { left }),
        }
    }
}

/// Buckets from outside, each named once, ascending, with a sum that fits.
pub(super) fn checked(buckets: Vec<(u32, u64)>) -> Result<Histogram, HistogramError> {
    let mut total = 0_u64;
    for (index, &(bucket, count)) in buckets.iter().enumerate() {
        if count == 0 || (index > 0 && buckets[index - 1].0 >= bucket) {
            return Err(HistogramError::Bucket { index });
        }
        total = total.checked_add(count).ok_or(HistogramError::Overflow)?;
    }
    Ok(Histogram { buckets })
}

fn write(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

struct Input<'a> {
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
