//! What clients of NATS say: a line with a verb and its arguments, and behind some a payload.
//! Reading is a function of the bytes alone.

mod encode;

pub use encode::{Info, error, info, message};

/// The longest line of a verb and its arguments.
pub const LONGEST_LINE: usize = 4096;

/// What stands at the beginning of some bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parsed<'a> {
    /// More bytes are needed to tell.
    Incomplete,
    /// An operation, and how many bytes it has.
    Done(Operation<'a>, usize),
    Wrong(Wrong),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation<'a> {
    /// Options in JSON.
    Connect(&'a [u8]),
    Ping,
    Pong,
    /// What only a server says and a server takes no offence at.
    Ignored,
    Sub {
        subject: &'a str,
        queue: Option<&'a str>,
        sid: &'a str,
    },
    /// Ends a subscription, at once or after so many messages since it began.
    Unsub {
        sid: &'a str,
        most: Option<u64>,
    },
    Pub {
        subject: &'a str,
        reply: Option<&'a str>,
        headers: Option<&'a [u8]>,
        payload: &'a [u8],
    },
}

/// Why the connection cannot go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrong {
    Verb,
    Arguments,
    TooLarge,
    LongLine,
    /// The client has found something wrong itself.
    Complaint,
}

impl Wrong {
    /// What a server says before it closes, which may be nothing.
    #[must_use]
    pub fn text(self) -> Option<&'static str> {
        match self {
            Wrong::Verb => Some("Unknown Protocol Operation"),
            Wrong::Arguments | Wrong::Complaint => None,
            Wrong::TooLarge => Some("Maximum Payload Violation"),
            Wrong::LongLine => Some("maximum control line exceeded"),
        }
    }
}

/// Reads the first operation, whose headers and payload may have `max_payload` bytes together.
#[must_use]
pub fn parse(bytes: &[u8], max_payload: usize) -> Parsed<'_> {
    read(bytes, max_payload).unwrap_or_else(|stop| match stop {
        Stop::Incomplete => Parsed::Incomplete,
        Stop::Wrong(wrong) => Parsed::Wrong(wrong),
    })
}

/// Why there is no operation.
enum Stop {
    Incomplete,
    Wrong(Wrong),
}

const ARGUMENTS: Stop = Stop::Wrong(Wrong::Arguments);

#[derive(Clone, Copy, PartialEq, Eq)]
enum Verb {
    Connect,
    Ping,
    Pong,
    Ignored,
    Sub,
    Unsub,
    Pub,
    Hpub,
    Complaint,
}

const VERBS: [(&[u8], Verb); 10] = [
    (b"PUB", Verb::Pub),
    (b"HPUB", Verb::Hpub),
    (b"SUB", Verb::Sub),
    (b"UNSUB", Verb::Unsub),
    (b"PING", Verb::Ping),
    (b"PONG", Verb::Pong),
    (b"CONNECT", Verb::Connect),
    (b"INFO", Verb::Ignored),
    (b"+OK", Verb::Ignored),
    (b"-ERR", Verb::Complaint),
];

fn read(bytes: &[u8], max_payload: usize) -> Result<Parsed<'_>, Stop> {
    let (verb, length) = verb(bytes)?;
    let window = &bytes[..bytes.len().min(LONGEST_LINE)];
    let Some(end) = window.iter().position(|byte| *byte == b'\n') else {
        let long = bytes.len() >= LONGEST_LINE;
        return Err(if long { Stop::Wrong(Wrong::LongLine) } else { Stop::Incomplete });
    };
    let (line, used) = (&bytes[length..end], end + 1);
    let operation = match verb {
        Verb::Connect => Operation::Connect(line.trim_ascii()),
        Verb::Ping => Operation::Ping,
        Verb::Pong => Operation::Pong,
        Verb::Ignored => Operation::Ignored,
        Verb::Complaint => return Err(Stop::Wrong(Wrong::Complaint)),
        Verb::Sub => match *Arguments::of(line)?.all() {
            [subject, sid] => Operation::Sub { subject, queue: None, sid },
            [subject, queue, sid] => Operation::Sub { subject, queue: Some(queue), sid },
            _ => return Err(ARGUMENTS),
        },
        Verb::Unsub => match *Arguments::of(line)?.all() {
            [sid] => Operation::Unsub { sid, most: None },
            [sid, most] => Operation::Unsub { sid, most: most.parse().ok() },
            _ => return Err(ARGUMENTS),
        },
        Verb::Pub => {
            let (subject, reply, total) = match *Arguments::of(line)?.all() {
                [subject, total] => (subject, None, total),
                [subject, reply, total] => (subject, Some(reply), total),
                _ => return Err(ARGUMENTS),
            };
            let head = Head { subject, reply, headers: 0, total: size(total)? };
            return head.with_body(bytes, used, max_payload);
        }
        Verb::Hpub => {
            let (subject, reply, headers, total) = match *Arguments::of(line)?.all() {
                [subject, headers, total] => (subject, None, headers, total),
                [subject, reply, headers, total] => (subject, Some(reply), headers, total),
                _ => return Err(ARGUMENTS),
            };
            let head = Head { subject, reply, headers: size(headers)?, total: size(total)? };
            return head.with_body(bytes, used, max_payload);
        }
    };
    Ok(Parsed::Done(operation, used))
}

/// The verb and its length. What can become no verb is wrong before its line ends.
fn verb(bytes: &[u8]) -> Result<(Verb, usize), Stop> {
    const WRONG: Stop = Stop::Wrong(Wrong::Verb);
    let longest = &bytes[..bytes.len().min("CONNECT".len() + 1)];
    let Some(end) = longest.iter().position(u8::is_ascii_whitespace) else {
        let begins = |name: &[u8]| {
            name.get(..longest.len()).is_some_and(|name| name.eq_ignore_ascii_case(longest))
        };
        let begun = VERBS.iter().any(|(name, _)| begins(name));
        return Err(if begun { Stop::Incomplete } else { WRONG });
    };
    let word = &bytes[..end];
    let known = VERBS.iter().find(|(name, _)| name.eq_ignore_ascii_case(word));
    let (_, verb) = known.ok_or(WRONG)?;
    let bare = matches!(bytes[end], b'\r' | b'\n');
    match verb {
        Verb::Sub | Verb::Unsub | Verb::Pub | Verb::Hpub if bare => Err(WRONG),
        _ => Ok((*verb, end)),
    }
}

/// Words between blanks, up to one more than any verb has.
struct Arguments<'a> {
    words: [&'a str; 5],
    count: usize,
}

impl<'a> Arguments<'a> {
    fn of(line: &'a [u8]) -> Result<Arguments<'a>, Stop> {
        let line = std::str::from_utf8(line).map_err(|_| ARGUMENTS)?;
        let blank = |c| matches!(c, ' ' | '\t' | '\r');
        let mut arguments = Arguments { words: [""; 5], count: 0 };
        for word in line.split(blank).filter(|word| !word.is_empty()) {
            *arguments.words.get_mut(arguments.count).ok_or(ARGUMENTS)? = word;
            arguments.count += 1;
        }
        Ok(arguments)
    }

    fn all(&self) -> &[&'a str] {
        &self.words[..self.count]
    }
}

fn size(digits: &str) -> Result<usize, Stop> {
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|_| plain).ok_or(ARGUMENTS)
}

/// A message whose line was read.
struct Head<'a> {
    subject: &'a str,
    reply: Option<&'a str>,
    headers: usize,
    total: usize,
}

impl<'a> Head<'a> {
    fn with_body(self, bytes: &'a [u8], used: usize, most: usize) -> Result<Parsed<'a>, Stop> {
        let Head { subject, reply, headers, total } = self;
        // Before its bytes are waited for.
        if total > most {
            return Err(Stop::Wrong(Wrong::TooLarge));
        }
        if headers > total {
            return Err(ARGUMENTS);
        }
        let end = used + total;
        match bytes.get(end..end + 2) {
            Some(b"\r\n") => {}
            Some(_) => return Err(Stop::Wrong(Wrong::Verb)),
            None => return Err(Stop::Incomplete),
        }
        let (headers, payload) = bytes[used..end].split_at(headers);
        let headers = (!headers.is_empty()).then_some(headers);
        Ok(Parsed::Done(Operation::Pub { subject, reply, headers, payload }, end + 2))
    }
}
