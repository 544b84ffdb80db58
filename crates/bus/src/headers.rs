//! Headers as NATS writes them: a line with the version and perhaps a status, lines of names and
//! values in their order, and an empty line. They are kept as they are written.

use bytes::Bytes;

const VERSION: &str = "NATS/1.0";
const END: &[u8] = b"\r\n\r\n";

/// Names and values; a name may have several values, and their order is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Headers(Bytes);

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HeadersError {
    #[error("the headers do not begin with {VERSION}")]
    Version,
    #[error("the headers do not end with an empty line")]
    End,
    #[error("no header: {0:?}")]
    Line(String),
}

impl Default for Headers {
    fn default() -> Headers {
        Headers::new()
    }
}

impl Headers {
    #[must_use]
    pub fn new() -> Headers {
        Headers(Bytes::from_static(b"NATS/1.0\r\n\r\n"))
    }

    /// Headers that tell what became of a request, such as 503 when nobody answers it.
    pub fn with_status(status: u16, text: &str) -> Result<Headers, HeadersError> {
        let space = if text.is_empty() { "" } else { " " };
        let line = format!("{VERSION} {status:03}{space}{text}");
        if text.contains(['\r', '\n']) {
            return Err(HeadersError::Line(line));
        }
        Ok(Headers(format!("{line}\r\n\r\n").into()))
    }

    /// Reads what is complete and well formed.
    pub fn parse(encoded: impl Into<Bytes>) -> Result<Headers, HeadersError> {
        let headers = Headers(encoded.into());
        let bytes = &headers.0[..];
        if !bytes.ends_with(END) {
            return Err(HeadersError::End);
        }
        let lossy = |line: &[u8]| String::from_utf8_lossy(line).into_owned();
        let first = lines(bytes).next().unwrap_or_default();
        match first.strip_prefix(VERSION.as_bytes()) {
            None => return Err(HeadersError::Version),
            Some([]) => {}
            Some(_) if headers.status().is_some() => {}
            Some(_) => return Err(HeadersError::Line(lossy(first))),
        }
        let rest = &bytes[first.len() + 2..];
        let count = rest.windows(2).filter(|pair| *pair == b"\r\n").count();
        // The last two breaks belong to the empty line; one of them when there is no header.
        let count = count.saturating_sub(1);
        if let Some(line) = lines(rest).take(count).find(|line| pair(line).is_none()) {
            return Err(HeadersError::Line(lossy(line)));
        }
        Ok(headers)
    }

    /// What a client sent, whatever it is: it is handed on and read as far as it can be.
    pub(crate) fn carried(encoded: Bytes) -> Headers {
        Headers(encoded)
    }

    /// Adds a value behind those that the name has.
    pub fn append(&mut self, name: &str, value: &str) -> Result<(), HeadersError> {
        let line = format!("{name}: {value}");
        if value.contains(['\r', '\n']) || pair(line.as_bytes()) != Some((name, value.trim())) {
            return Err(HeadersError::Line(line));
        }
        let before = self.0.strip_suffix(b"\r\n").unwrap_or(&self.0);
        self.0 = [before, line.as_bytes(), END].concat().into();
        Ok(())
    }

    /// The first value of a name; names are compared with their case.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.iter().find(|(other, _)| *other == name).map(|(_, value)| value)
    }

    pub fn get_all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.iter().filter(move |(other, _)| *other == name).map(|(_, value)| value)
    }

    /// Names and values in the order in which they were written.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        lines(&self.0).skip(1).filter_map(pair)
    }

    #[must_use]
    pub fn status(&self) -> Option<u16> {
        let code = self.inline()?.split(' ').next()?;
        if code.len() == 3 { code.parse().ok() } else { None }
    }

    /// The words behind the status.
    #[must_use]
    pub fn description(&self) -> Option<&str> {
        self.inline()?.split_once(' ').map(|(_, text)| text)
    }

    /// The headers as they go over the wire.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    fn inline(&self) -> Option<&str> {
        let first = std::str::from_utf8(lines(&self.0).next()?).ok()?;
        first.strip_prefix(VERSION)?.strip_prefix(' ')
    }
}

fn lines(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        let end = rest.windows(2).position(|pair| pair == b"\r\n")?;
        let line = &rest[..end];
        rest = &rest[end + 2..];
        Some(line)
    })
}

fn pair(line: &[u8]) -> Option<(&str, &str)> {
    let (name, value) = std::str::from_utf8(line).ok()?.split_once(':')?;
    let plain = |c: char| !c.is_control() && !c.is_whitespace();
    (!name.is_empty() && name.chars().all(plain)).then_some((name, value.trim()))
}
