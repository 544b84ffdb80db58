//! HTTP/1.1 as far as a client of measured requests needs it: where an answer's head ends, how long
//! its body is, and whether the connection lives on. RFC 9112.

/// More than this before the body is no answer.
pub(crate) const LONGEST_HEAD: usize = 64 << 10;

const MOST_HEADERS: usize = 128;

/// The head of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Head {
    pub status: u16,
    /// Bytes of the head.
    pub length: usize,
    pub body: Length,
    /// Whether another request may follow on the connection.
    pub keep_alive: bool,
    pub sets_cookie: bool,
}

/// How the end of a body is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Length {
    Bytes(u64),
    Chunked,
    UntilClose,
}

/// Reads the head at the start of `bytes`; none when it is not all there yet. `answers_head` says
/// that the request was a HEAD, whose answer has no body whatever it says.
pub(crate) fn head(bytes: &[u8], answers_head: bool) -> Result<Option<Head>, String> {
    let mut space = [std::mem::MaybeUninit::uninit(); MOST_HEADERS];
    let mut response = httparse::Response::new(&mut []);
    let length = match httparse::ParserConfig::default()
        .parse_response_with_uninit_headers(&mut response, bytes, &mut space)
        .map_err(|error| error.to_string())?
    {
        httparse::Status::Complete(length) => length,
        httparse::Status::Partial if bytes.len() > LONGEST_HEAD => {
            return Err(format!("a head of more than {LONGEST_HEAD} bytes"));
        }
        httparse::Status::Partial => return Ok(None),
    };
    let status = response.code.unwrap_or(0);
    let mut keep_alive = response.version == Some(1);
    let mut bytes_told: Option<u64> = None;
    let (mut chunked, mut sets_cookie) = (false, false);
    for header in response.headers.iter() {
        // Most names are told apart by their length alone.
        match header.name.len() {
            10 if header.name.eq_ignore_ascii_case("connection") => {
                if lists(header.value, b"close") {
                    keep_alive = false;
                } else if lists(header.value, b"keep-alive") {
                    keep_alive = true;
                }
            }
            10 if header.name.eq_ignore_ascii_case("set-cookie") => sets_cookie = true,
            14 if header.name.eq_ignore_ascii_case("content-length") => {
                let told = content_length(header.value)?;
                if bytes_told.is_some_and(|before| before != told) {
                    return Err("two lengths that differ".to_owned());
                }
                bytes_told = Some(told);
            }
            17 if header.name.eq_ignore_ascii_case("transfer-encoding") => {
                if !header.value.trim_ascii().eq_ignore_ascii_case(b"chunked") {
                    let value = String::from_utf8_lossy(header.value);
                    return Err(format!("the transfer encoding `{value}`"));
                }
                chunked = true;
            }
            _ => {}
        }
    }
    let body = if answers_head || status < 200 || status == 204 || status == 304 {
        Length::Bytes(0)
    } else if chunked {
        Length::Chunked
    } else {
        bytes_told.map_or(Length::UntilClose, Length::Bytes)
    };
    keep_alive &= body != Length::UntilClose && status != 101;
    Ok(Some(Head { status, length, body, keep_alive, sets_cookie }))
}

/// The status and body of the answer that some bytes begin with, all of whose bytes are there; none
/// when some are missing. For tests of whatever comes from the network.
pub fn answer(bytes: &[u8]) -> Result<Option<(u16, Vec<u8>)>, String> {
    let Some(head) = head(bytes, false)? else { return Ok(None) };
    let rest = &bytes[head.length..];
    let mut body = Vec::new();
    match head.body {
        Length::Bytes(length) => match usize::try_from(length).ok().and_then(|n| rest.get(..n)) {
            Some(whole) => body.extend_from_slice(whole),
            None => return Ok(None),
        },
        Length::Chunked => {
            let mut chunks = Chunks::default();
            chunks.take(rest, |piece| body.extend_from_slice(piece))?;
            if !chunks.is_done() {
                return Ok(None);
            }
        }
        Length::UntilClose => body.extend_from_slice(rest),
    }
    Ok(Some((head.status, body)))
}

/// Names and values of a head that was read before.
pub(crate) fn headers(bytes: &[u8], into: &mut Vec<(String, Vec<u8>)>) {
    let mut space = [httparse::EMPTY_HEADER; MOST_HEADERS];
    let mut response = httparse::Response::new(&mut space);
    if response.parse(bytes).is_ok() {
        let pairs = response.headers.iter();
        into.extend(pairs.map(|header| (header.name.to_owned(), header.value.to_vec())));
    }
}

/// Whether a comma-separated list holds a word, in any case.
fn lists(value: &[u8], word: &[u8]) -> bool {
    value.split(|&byte| byte == b',').any(|part| part.trim_ascii().eq_ignore_ascii_case(word))
}

fn content_length(value: &[u8]) -> Result<u64, String> {
    let value = value.trim_ascii();
    let digits = !value.is_empty() && value.iter().all(u8::is_ascii_digit);
    str::from_utf8(value)
        .ok()
        .filter(|_| digits)
        .and_then(|text| text.parse().ok())
        .ok_or_else(|| format!("the length `{}`", String::from_utf8_lossy(value)))
}

/// Takes a chunked body apart as it comes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Chunks {
    state: State,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    /// Digits of the size so far, and how many.
    #[default]
    Start,
    Size(u64, u8),
    /// Behind the size: extensions, which mean nothing here.
    Extension(u64),
    /// The line feed that ends the size's line.
    SizeEnd(u64),
    Data(u64),
    DataEnd,
    DataEndLine,
    /// At the start of a line behind the last chunk.
    Trailer,
    TrailerLine,
    LastLine,
    Done,
}

impl Chunks {
    pub fn is_done(&self) -> bool {
        self.state == State::Done
    }

    /// Takes bytes, tells of each piece of the body, and returns how many bytes belonged to it.
    pub fn take(&mut self, bytes: &[u8], mut piece: impl FnMut(&[u8])) -> Result<usize, String> {
        let mut at = 0;
        while at < bytes.len() && self.state != State::Done {
            if let State::Data(left) = self.state {
                let here = usize::try_from(left).unwrap_or(usize::MAX).min(bytes.len() - at);
                piece(&bytes[at..at + here]);
                at += here;
                let left = left - here as u64;
                self.state = if left == 0 { State::DataEnd } else { State::Data(left) };
                continue;
            }
            self.state = self.state.after(bytes[at])?;
            at += 1;
        }
        Ok(at)
    }
}

impl State {
    fn after(self, byte: u8) -> Result<State, String> {
        let digit = (byte as char).to_digit(16).map(u64::from);
        Ok(match (self, byte) {
            (State::Start, _) => match digit {
                Some(digit) => State::Size(digit, 1),
                None => return Err("a chunk without a size".to_owned()),
            },
            (State::Size(size, _), b'\r') => State::SizeEnd(size),
            (State::Size(size, _), b';' | b' ' | b'\t') => State::Extension(size),
            (State::Size(size, digits), _) => match digit {
                // Sixteen digits would be more than any body.
                Some(digit) if digits < 15 => State::Size(size * 16 + digit, digits + 1),
                _ => return Err("a chunk whose size is no number".to_owned()),
            },
            (State::Extension(size), b'\r') => State::SizeEnd(size),
            (State::Extension(size), _) => State::Extension(size),
            (State::SizeEnd(0), b'\n') => State::Trailer,
            (State::SizeEnd(size), b'\n') => State::Data(size),
            (State::DataEnd, b'\r') => State::DataEndLine,
            (State::DataEndLine, b'\n') => State::Start,
            (State::Trailer, b'\r') => State::LastLine,
            (State::Trailer | State::TrailerLine, b'\n') => State::Trailer,
            (State::Trailer | State::TrailerLine, _) => State::TrailerLine,
            (State::LastLine, b'\n') => State::Done,
            (State::Data(_) | State::Done, _) => self,
            _ => return Err("a chunk that does not end where it should".to_owned()),
        })
    }
}

#[cfg(test)]
mod tests;
