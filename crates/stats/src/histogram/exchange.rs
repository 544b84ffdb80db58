//! HdrHistogram's own text form (V2, deflated, base64), for exchange with other tools.

use std::io::Read;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use flate2::read::ZlibDecoder;
use hdrhistogram::serialization::{Deserializer, Serializer, V2DeflateSerializer};

use super::{Histogram, HistogramError};

/// Cookie and length in front of the deflated bytes.
const HEADER: usize = 8;
/// More than a full histogram of five significant digits takes when inflated.
const INFLATED_MAX: u64 = 64 << 20;
/// Cookie, length, offset, digits, lowest, highest and ratio of the inflated form.
const INNER_HEADER: usize = 40;

impl Histogram {
    /// The V2 deflated payload in base64, at three significant digits.
    ///
    /// # Errors
    /// When the `hdrhistogram` crate refuses the counts.
    pub fn to_hdr_base64(&self) -> Result<String, HistogramError> {
        // Other implementations read the highest value as a signed number, hence no wider
        // range than the values need.
        let high = self.max().unwrap_or(0).max(2);
        let mut hdr = hdrhistogram::Histogram::<u64>::new_with_max(high, 3).map_err(reason)?;
        for (low, _, count) in self.iter() {
            hdr.record_n(low, count).map_err(reason)?;
        }
        let mut bytes = Vec::new();
        V2DeflateSerializer::new().serialize(&hdr, &mut bytes).map_err(reason)?;
        Ok(BASE64_STANDARD.encode(bytes))
    }

    /// Reads a V2 payload, deflated, in base64. Values of a coarser or finer histogram are
    /// taken at the highest value of their bucket.
    ///
    /// # Errors
    /// When the text is not such a payload, or claims more than a histogram can hold.
    pub fn from_hdr_base64(text: &str) -> Result<Histogram, HistogramError> {
        let bytes = BASE64_STANDARD.decode(text.trim()).map_err(reason)?;
        let inner = inflate(&bytes)?;
        let hdr: hdrhistogram::Histogram<u64> =
            Deserializer::new().deserialize(&mut inner.as_slice()).map_err(reason)?;
        let mut counts = Vec::new();
        let mut total = 0_u64;
        for step in hdr.iter_recorded() {
            let count = step.count_at_value();
            total = total.checked_add(count).ok_or(HistogramError::Overflow)?;
            counts.push((step.value_iterated_to(), count));
        }
        Ok(Histogram::from_counts(counts))
    }
}

/// Inflates within a bound and checks the inner length, which the `hdrhistogram` crate would
/// allocate unseen.
fn inflate(bytes: &[u8]) -> Result<Vec<u8>, HistogramError> {
    let deflated = bytes.get(HEADER..).ok_or(HistogramError::Truncated { at: bytes.len() })?;
    let mut inner = Vec::new();
    ZlibDecoder::new(deflated).take(INFLATED_MAX).read_to_end(&mut inner).map_err(reason)?;
    if inner.len() < INNER_HEADER {
        return Err(HistogramError::Truncated { at: inner.len() });
    }
    let claimed = u32::from_be_bytes([inner[4], inner[5], inner[6], inner[7]]) as usize;
    if claimed > inner.len() - INNER_HEADER {
        return Err(HistogramError::Truncated { at: inner.len() });
    }
    if holds_endless_gap(&inner[INNER_HEADER..INNER_HEADER + claimed]) {
        return Err(reason("a gap between its counts is longer than any histogram"));
    }
    Ok(inner)
}

/// Whether a number of the payload is the one below all others: it stands for so many empty
/// buckets, and the `hdrhistogram` crate negates it unseen.
fn holds_endless_gap(payload: &[u8]) -> bool {
    let mut rest = payload;
    while !rest.is_empty() {
        // Seven bits a byte, the highest saying that more follow, and a ninth byte of eight.
        let more = rest.iter().take(8).take_while(|&&byte| byte >= 0x80).count();
        let number = &rest[..rest.len().min(more + 1)];
        if number == [0xff; 9] {
            return true;
        }
        rest = &rest[number.len()..];
    }
    false
}

fn reason(error: impl std::fmt::Display) -> HistogramError {
    HistogramError::Hdr { reason: error.to_string() }
}
