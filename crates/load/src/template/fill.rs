//! What a slot becomes in one request.

use std::io::Write;

use rand::Rng;
use rand::rngs::Xoshiro256PlusPlus;

use super::{RenderError, Slot, Values, date};

pub(super) fn fill(
    slot: &Slot,
    values: &Values<'_>,
    rng: &mut Xoshiro256PlusPlus,
    out: &mut Vec<u8>,
) -> Result<(), RenderError> {
    match slot {
        Slot::Uuid => uuid(rng.next_u64(), 0x4000, rng, out),
        Slot::UuidOfNow => {
            // 48 bits of milliseconds since 1970 come first (RFC 9562, 5.7).
            let time = u64::try_from(values.now_ms).unwrap_or(0) << 16;
            uuid(time | rng.next_u64() & 0xffff, 0x7000, rng, out);
        }
        Slot::Int(low, high) => number(between(*low, *high, rng), out),
        Slot::Letters(count) => letters(*count, rng, out),
        Slot::Now => date::write(values.now_ms, out),
        Slot::NowMs => number(values.now_ms, out),
        Slot::Env(name) => return Err(RenderError::Env(name.clone())),
        Slot::User => number(values.user, out),
        Slot::Row => {
            let row = values.row.ok_or(RenderError::NoRow)?;
            out.extend_from_slice(row.raw().as_bytes());
        }
        Slot::Field(path) => values.row.ok_or(RenderError::NoRow)?.write_field(path, out)?,
        Slot::Captured(name) => {
            let value = values.captured.get(name);
            let value = value.ok_or_else(|| RenderError::Captured(name.clone()))?;
            out.extend_from_slice(value.as_bytes());
        }
    }
    Ok(())
}

fn number(number: impl std::fmt::Display, out: &mut Vec<u8>) {
    write!(out, "{number}").expect("memory can be written to");
}

/// Twelve letters of each random number; making a payload must not cost more than sending it.
fn letters(count: u32, rng: &mut Xoshiro256PlusPlus, out: &mut Vec<u8>) {
    let end = out.len() + count as usize;
    while out.len() < end {
        let mut bits = rng.next_u64();
        for _ in 0..12.min(end - out.len()) {
            // Five bits are 32 values: some letters come twice as often.
            out.push(b'a' + (bits & 31) as u8 % 26);
            bits >>= 5;
        }
    }
}

/// Even up to a bias of (high - low) / 2^64.
fn between(low: i64, high: i64, rng: &mut Xoshiro256PlusPlus) -> i64 {
    let span = u128::from(high.abs_diff(low)) + 1;
    let above = (u128::from(rng.next_u64()) * span) >> 64;
    low.wrapping_add(above as i64)
}

/// Its first half but for the four bits of the version; the second is random but for the two of the
/// variant (RFC 9562).
fn uuid(first: u64, version: u64, rng: &mut Xoshiro256PlusPlus, out: &mut Vec<u8>) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    let high = (first & !0xf000) | version;
    let low = (rng.next_u64() >> 2) | (0b10 << 62);
    let bytes = (u128::from(high) << 64 | u128::from(low)).to_be_bytes();
    for (at, byte) in bytes.into_iter().enumerate() {
        if matches!(at, 4 | 6 | 8 | 10) {
            out.push(b'-');
        }
        out.push(HEX[usize::from(byte >> 4)]);
        out.push(HEX[usize::from(byte & 15)]);
    }
}
