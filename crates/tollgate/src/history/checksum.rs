//! A checksum over rows, because SQLite has none over pages: a flipped bit inside a sample would
//! otherwise pass for a measurement.
//!
//! Every step maps the state one to one, so a change within one eight-byte word is always found;
//! any other change escapes with a chance of one in 2^64. It is no defence against forgery.

#[derive(Clone)]
pub(super) struct Checksum(u64);

impl Checksum {
    pub(super) fn new() -> Checksum {
        Checksum(0x746f_6c6c_6761_7465)
    }

    pub(super) fn number(&mut self, number: i64) -> &mut Checksum {
        self.word(number.cast_unsigned());
        self
    }

    /// The length goes in first, so that no two lists of fields look alike.
    pub(super) fn bytes(&mut self, bytes: &[u8]) -> &mut Checksum {
        self.word(bytes.len() as u64);
        let (words, rest) = bytes.as_chunks::<8>();
        for word in words {
            self.word(u64::from_le_bytes(*word));
        }
        let mut last = [0; 8];
        last[..rest.len()].copy_from_slice(rest);
        self.word(u64::from_le_bytes(last));
        self
    }

    pub(super) fn text(&mut self, text: &str) -> &mut Checksum {
        self.bytes(text.as_bytes())
    }

    pub(super) fn optional(&mut self, text: Option<&str>) -> &mut Checksum {
        match text {
            Some(text) => self.number(1).text(text),
            None => self.number(0),
        }
    }

    pub(super) fn finish(&self) -> i64 {
        let mixed = (self.0 ^ (self.0 >> 32)).wrapping_mul(0xd6e8_feb8_6659_fd93);
        (mixed ^ (mixed >> 32)).cast_signed()
    }

    fn word(&mut self, word: u64) {
        self.0 = (self.0 ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(bytes: &[u8]) -> i64 {
        Checksum::new().bytes(bytes).finish()
    }

    #[test]
    fn every_single_flipped_bit_is_found() {
        let bytes: Vec<u8> = (0..83_u8).map(|n| n.wrapping_mul(37)).collect();
        let sum = of(&bytes);
        for bit in 0..bytes.len() * 8 {
            let mut damaged = bytes.clone();
            damaged[bit / 8] ^= 1 << (bit % 8);
            assert_ne!(of(&damaged), sum, "bit {bit}");
        }
    }

    #[test]
    fn fields_cannot_flow_into_each_other() {
        let two = |a: &str, b: &str| Checksum::new().text(a).text(b).finish();
        assert_ne!(two("ab", "c"), two("a", "bc"));
        assert_ne!(two("", "a"), two("a", ""));
        assert_ne!(of(b"a"), of(b"a\0"));
        assert_ne!(
            Checksum::new().optional(None).finish(),
            Checksum::new().optional(Some("")).finish()
        );
    }
}
