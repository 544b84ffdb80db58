//! What can be wrong with a request or its answer, in few words.

use std::fmt;

use crate::body::BodyError;
use crate::feed::FeedEnd;
use crate::template::RenderError;

/// Why a request failed. As text, a value is cut after 80 characters.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Fault {
    /// The answer has another status.
    Status { expected: String, got: u16 },
    /// The body does not contain the expected text.
    Text,
    /// The header is missing or has another value.
    Header { name: String },
    /// The body has another value, or none, at a JSON pointer.
    Json { pointer: String, expected: String, got: String },
    /// The answer does not have what was to be captured.
    Capture { name: String },
    /// There was no whole answer in time.
    TimedOut,
    /// Nobody listens at the address.
    Refused,
    /// Nobody subscribes to the subject.
    NoResponders,
    /// The connection was reset.
    Reset,
    /// The connection ended before the answer did.
    Closed,
    /// The answer is not what the protocol allows.
    Malformed(String),
    /// The answer is larger than what is accepted.
    TooLarge,
    /// No secure connection came about.
    Tls(String),
    /// The limit on open files does not allow another connection.
    NoDescriptors,
    /// No local port is left for another connection.
    NoPorts,
    /// A row or a field of a feed is missing.
    Feed(String),
    /// A slot of a template could not be filled.
    Template(String),
    /// Something else that the system says.
    Failed(String),
}

impl Fault {
    /// The kind alone, the same for every value: `status`, `timed out`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Fault::Status { .. } => "status",
            Fault::Text => "text",
            Fault::Header { .. } => "header",
            Fault::Json { .. } => "json",
            Fault::Capture { .. } => "capture",
            Fault::TimedOut => "timed out",
            Fault::Refused => "refused",
            Fault::NoResponders => "no responders",
            Fault::Reset => "reset",
            Fault::Closed => "closed",
            Fault::Malformed(_) => "malformed",
            Fault::TooLarge => "too large",
            Fault::Tls(_) => "tls",
            Fault::NoDescriptors => "no descriptors",
            Fault::NoPorts => "no ports",
            Fault::Feed(_) => "feed",
            Fault::Template(_) => "template",
            Fault::Failed(_) => "failed",
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::Status { expected, got } => {
                write!(f, "status {got}, expected {}", Short(expected))
            }
            Fault::Text => f.write_str("body without the expected text"),
            Fault::Header { name } => write!(f, "header `{}` not as expected", Short(name)),
            Fault::Json { pointer, expected, got } => {
                let (pointer, expected, got) = (Short(pointer), Short(expected), Short(got));
                write!(f, "`{pointer}` is {got}, expected {expected}")
            }
            Fault::Capture { name } => write!(f, "no `{}` to capture", Short(name)),
            Fault::TimedOut => f.write_str("no answer in time"),
            Fault::Refused => f.write_str("connection refused"),
            Fault::NoResponders => f.write_str("nobody subscribes to the subject"),
            Fault::Reset => f.write_str("connection reset"),
            Fault::Closed => f.write_str("connection closed before the answer"),
            Fault::Malformed(what) => write!(f, "malformed answer: {}", Short(what)),
            Fault::TooLarge => f.write_str("answer too large"),
            Fault::Tls(what) => write!(f, "no secure connection: {}", Short(what)),
            Fault::NoDescriptors => f.write_str("no file descriptor left for a connection"),
            Fault::NoPorts => f.write_str("no local port left for a connection"),
            Fault::Feed(what) | Fault::Template(what) | Fault::Failed(what) => Short(what).fmt(f),
        }
    }
}

impl From<RenderError> for Fault {
    fn from(error: RenderError) -> Fault {
        match error {
            RenderError::Field(error) => Fault::Feed(error.to_string()),
            other => Fault::Template(other.to_string()),
        }
    }
}

impl From<BodyError> for Fault {
    fn from(error: BodyError) -> Fault {
        match error {
            BodyError::TooLarge { .. } => Fault::TooLarge,
            other => Fault::Malformed(other.to_string()),
        }
    }
}

impl From<FeedEnd> for Fault {
    fn from(end: FeedEnd) -> Fault {
        Fault::Feed(end.to_string())
    }
}

/// A value in one line of at most 80 characters.
struct Short<'a>(&'a str);

impl fmt::Display for Short<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (count, sign) in self.0.chars().enumerate() {
            match sign {
                _ if count == 80 => return f.write_str("..."),
                sign if sign.is_control() => write!(f, "{}", sign.escape_default())?,
                sign => write!(f, "{sign}")?,
            }
        }
        Ok(())
    }
}
