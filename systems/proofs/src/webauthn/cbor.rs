//! Whether bytes are one CBOR map, in the definite form that authenticators use. Nothing of it is
//! kept: extensions are signed, and none is asked for.

/// Deeper than any extension nests (the form allows four levels).
const DEEPEST: u32 = 8;

pub(super) fn is_map(bytes: &[u8]) -> bool {
    const MAP: u8 = 5;
    bytes.first().is_some_and(|first| first >> 5 == MAP) && item(bytes, DEEPEST) == Some(&[])
}

/// What follows the first item, if that is whole and in its shortest form.
fn item(bytes: &[u8], depth: u32) -> Option<&[u8]> {
    let (first, rest) = bytes.split_first()?;
    let (argument, rest) = argument(first & 0x1f, rest)?;
    match first >> 5 {
        0 | 1 => Some(rest),
        2 => rest.get(usize::try_from(argument).ok()?..),
        3 => {
            let (text, rest) = rest.split_at_checked(usize::try_from(argument).ok()?)?;
            std::str::from_utf8(text).ok().map(|_| rest)
        }
        4 => items(argument, rest, depth),
        5 => items(argument.checked_mul(2)?, rest, depth),
        // Tags are not allowed; of the simple values, false, true and null.
        7 if matches!(first & 0x1f, 20..=22) => Some(rest),
        _ => None,
    }
}

fn items(count: u64, bytes: &[u8], depth: u32) -> Option<&[u8]> {
    let depth = depth.checked_sub(1)?;
    // Each item has at least a byte, so a false count ends with the bytes.
    let mut rest = bytes;
    for _ in 0..count {
        rest = item(rest, depth)?;
    }
    Some(rest)
}

/// The number in the head of an item.
fn argument(low: u8, rest: &[u8]) -> Option<(u64, &[u8])> {
    if low < 24 {
        return Some((u64::from(low), rest));
    }
    let length = match low {
        24..=27 => 1_usize << (low - 24),
        _ => return None,
    };
    let (digits, rest) = rest.split_at_checked(length)?;
    let value = digits.iter().fold(0, |value, digit| value << 8 | u64::from(*digit));
    let shortest = match length {
        1 => 24,
        _ => 1 << (4 * length),
    };
    (value >= shortest).then_some((value, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_whole_map_in_its_shortest_form_is_a_map() {
        for bytes in [
            &b"\xa0"[..],
            b"\xa1\x63abc\xf5",
            b"\xa2\x61a\x18\x18\x61b\x82\x01\x20",
            b"\xa1\x61a\xa1\x61b\x41\x00",
            b"\xa1\x61a\x19\x01\x00",
        ] {
            assert!(is_map(bytes), "{bytes:02x?}");
        }
        for bytes in [
            &b""[..],
            b"\x80",
            b"\xa0\x00",
            b"\xa1\x63abc",
            b"\xa1\x63ab",
            b"\xa1\x61\xff\xf5",
            b"\xbf\xff",
            b"\xa1\x61a\x18\x17",
            b"\xa1\x61a\x19\x00\xff",
            b"\xa1\x61a\xc0\x01",
            b"\xa1\x61a\xf7",
            b"\xa1\x61a\xfb\0\0\0\0\0\0\0\0",
            b"\xbb\xff\xff\xff\xff\xff\xff\xff\xff",
            b"\xba\xff\xff\xff\xff",
            b"\xa1\x61a\x5b\xff\xff\xff\xff\xff\xff\xff\xff",
        ] {
            assert!(!is_map(bytes), "{bytes:02x?}");
        }
        let deep = [&b"\xa1\x61a"[..], &[0x81; 1000], b"\x01"].concat();
        assert!(!is_map(&deep));
    }
}
