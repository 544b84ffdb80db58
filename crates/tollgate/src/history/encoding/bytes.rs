//! Numbers as bytes: floats as they are, whole numbers in as few bytes as they need.

/// Every NaN becomes the same one, so that equal runs have equal bytes on every processor.
pub(super) fn put_value(out: &mut Vec<u8>, value: f64) {
    let value = if value.is_nan() { f64::NAN } else { value };
    out.extend_from_slice(&value.to_le_bytes());
}

/// Seven bits a byte, the lowest first; the top bit says that more follow.
pub(super) fn put_number(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// What is left to read.
pub(super) struct Input<'a>(&'a [u8]);

impl<'a> Input<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Input<'a> {
        Input(bytes)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn version(&mut self, known: u8) -> Result<(), String> {
        match self.byte()? {
            found if found == known => Ok(()),
            found => Err(format!("it is stored in form {found}, this version reads form {known}")),
        }
    }

    pub(super) fn end(&self) -> Result<(), String> {
        if self.0.is_empty() {
            Ok(())
        } else {
            Err(format!("{} bytes are left over", self.0.len()))
        }
    }

    pub(super) fn byte(&mut self) -> Result<u8, String> {
        self.take(1).map(|bytes| bytes[0])
    }

    pub(super) fn take(&mut self, length: u64) -> Result<&'a [u8], String> {
        let taken = usize::try_from(length).ok().and_then(|length| self.0.split_at_checked(length));
        let (bytes, rest) = taken.ok_or("it ends early")?;
        self.0 = rest;
        Ok(bytes)
    }

    pub(super) fn number(&mut self) -> Result<u64, String> {
        let mut number = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            let part = u64::from(byte & 0x7f);
            if (part << shift) >> shift != part {
                break;
            }
            number |= part << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err("it holds a number beyond 64 bits".to_owned())
    }

    pub(super) fn value(&mut self) -> Result<f64, String> {
        let bytes = self.take(8)?.try_into().expect("eight bytes were taken");
        Ok(f64::from_le_bytes(bytes))
    }

    /// Everything that is left, as floats.
    pub(super) fn values(&mut self) -> Result<Vec<f64>, String> {
        let (values, []) = self.0.as_chunks::<8>() else {
            return Err("it ends within a value".to_owned());
        };
        self.0 = &[];
        Ok(values.iter().map(|&bytes| f64::from_le_bytes(bytes)).collect())
    }

    /// Everything that is left, as pairs of floats.
    pub(super) fn pairs(&mut self) -> Result<impl Iterator<Item = (f64, f64)> + use<'a>, String> {
        let (pairs, []) = self.0.as_chunks::<16>() else {
            return Err("it ends within a pair of values".to_owned());
        };
        self.0 = &[];
        let half = |pair: &[u8; 16], at: usize| {
            f64::from_le_bytes(pair[at..at + 8].try_into().expect("a half has eight bytes"))
        };
        Ok(pairs.iter().map(move |pair| (half(pair, 0), half(pair, 8))))
    }
}
