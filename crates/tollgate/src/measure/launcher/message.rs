//! What the two sides of the launcher's socket say to each other. Both are the same binary, so the
//! encoding has no version; strings end in NUL, so that the launcher can pass them on in place.

use std::ffi::CStr;

use super::system::{Stage, Usage};

/// A frame of this length asks for the running program to be killed.
pub(super) const CANCEL: u32 = 0;

/// A frame of this length asks for another launcher, on the socket that comes with it.
pub(super) const ANOTHER: u32 = u32::MAX;

/// The longest request taken; the kernel itself accepts at most 6 MiB of arguments and environment.
pub(super) const LONGEST: u32 = 8 << 20;

const HEADER: usize = 20;

/// Lays out a request: the frame's length, then time-out and counts, then the strings.
pub(super) fn request<'a>(
    times: u32,
    timeout_ns: Option<u64>,
    path: &'a CStr,
    dir: &'a CStr,
    arguments: impl ExactSizeIterator<Item = &'a CStr>,
    environment: impl ExactSizeIterator<Item = &'a CStr>,
) -> Result<Vec<u8>, usize> {
    let mut frame = vec![0; 4];
    frame.extend(timeout_ns.unwrap_or(0).to_le_bytes());
    let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX).to_le_bytes();
    frame.extend(count(arguments.len()));
    frame.extend(count(environment.len()));
    frame.extend(times.to_le_bytes());
    for string in [path, dir].into_iter().chain(arguments).chain(environment) {
        frame.extend(string.to_bytes_with_nul());
    }
    let length = frame.len() - 4;
    match u32::try_from(length) {
        Ok(fits) if fits <= LONGEST => frame[..4].copy_from_slice(&fits.to_le_bytes()),
        _ => return Err(length),
    }
    Ok(frame)
}

/// A request as the launcher reads it, borrowed from the received bytes.
pub(super) struct Request<'a> {
    /// How often to run the program, with an answer for each.
    pub times: u32,
    pub timeout_ns: Option<u64>,
    pub path: &'a CStr,
    pub dir: &'a CStr,
    pub arguments: Vec<&'a CStr>,
    pub environment: Vec<&'a CStr>,
}

impl Request<'_> {
    /// `None` if the bytes are not a request.
    pub(super) fn read(payload: &[u8]) -> Option<Request<'_>> {
        let (header, mut rest) = payload.split_at_checked(HEADER)?;
        let timeout_ns = u64::from_le_bytes(header[..8].try_into().ok()?);
        let count = |at: usize| header[at..at + 4].try_into().map(u32::from_le_bytes).ok();
        let (arguments, environment, times) = (count(8)?, count(12)?, count(16)?);
        let mut next = || {
            let string = CStr::from_bytes_until_nul(rest).ok()?;
            rest = &rest[string.count_bytes() + 1..];
            Some(string)
        };
        Some(Request {
            times,
            timeout_ns: (timeout_ns > 0).then_some(timeout_ns),
            path: next()?,
            dir: next()?,
            arguments: (0..arguments).map(|_| next()).collect::<Option<_>>()?,
            environment: (0..environment).map(|_| next()).collect::<Option<_>>()?,
        })
    }
}

/// How a program ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    Exited(i32),
    Signalled(i32),
    TimedOut,
    Cancelled,
    /// With the error number of the system.
    NotStarted(Stage, i32),
}

/// Bytes moved, as `/proc/PID/io` has them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Io {
    pub read: u64,
    pub written: u64,
    pub disk_read: u64,
    pub disk_written: u64,
}

/// What the launcher observed of one program and everything it started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Observed {
    pub end: End,
    pub wall_ns: u64,
    pub usage: Usage,
    /// Absent where the kernel does not count it.
    pub io: Option<Io>,
    /// The largest sum of resident memory seen over all processes of the tree; 0 if the program
    /// ended before anyone looked.
    pub tree_bytes: u64,
    /// Processes the program left behind, which were killed.
    pub stragglers: u64,
}

const WORDS: usize = 18;

/// The length of an encoded `Observed`.
pub(super) const REPLY: usize = WORDS * 8;

impl Observed {
    pub(super) fn encode(&self) -> [u8; REPLY] {
        let (tag, first, second) = match self.end {
            End::Exited(code) => (0, code, 0),
            End::Signalled(signal) => (1, signal, 0),
            End::TimedOut => (2, 0, 0),
            End::Cancelled => (3, 0, 0),
            End::NotStarted(Stage::Process, error) => (4, 0, error),
            End::NotStarted(Stage::Dir, error) => (4, 1, error),
            End::NotStarted(Stage::Exec, error) => (4, 2, error),
        };
        let io = self.io.unwrap_or_default();
        let usage = &self.usage;
        let words: [u64; WORDS] = [
            tag << 32 | u64::from(second.cast_unsigned()),
            u64::from(first.cast_unsigned()),
            self.wall_ns,
            usage.user_ns,
            usage.system_ns,
            usage.minor_faults,
            usage.major_faults,
            usage.voluntary_switches,
            usage.involuntary_switches,
            usage.largest_bytes,
            u64::from(self.io.is_some()),
            io.read,
            io.written,
            io.disk_read,
            io.disk_written,
            self.tree_bytes,
            self.stragglers,
            0,
        ];
        let mut bytes = [0; REPLY];
        for (bytes, word) in bytes.chunks_exact_mut(8).zip(words) {
            bytes.copy_from_slice(&word.to_le_bytes());
        }
        bytes
    }

    /// `None` if the bytes are not a reply.
    pub(super) fn decode(bytes: &[u8; REPLY]) -> Option<Observed> {
        let word =
            |at: usize| u64::from_le_bytes(std::array::from_fn(|offset| bytes[at * 8 + offset]));
        let low = |at: usize| (word(at) as u32).cast_signed();
        let end = match (word(0) >> 32, low(1)) {
            (0, code) => End::Exited(code),
            (1, signal) => End::Signalled(signal),
            (2, _) => End::TimedOut,
            (3, _) => End::Cancelled,
            (4, 0) => End::NotStarted(Stage::Process, low(0)),
            (4, 1) => End::NotStarted(Stage::Dir, low(0)),
            (4, 2) => End::NotStarted(Stage::Exec, low(0)),
            _ => return None,
        };
        Some(Observed {
            end,
            wall_ns: word(2),
            usage: Usage {
                user_ns: word(3),
                system_ns: word(4),
                minor_faults: word(5),
                major_faults: word(6),
                voluntary_switches: word(7),
                involuntary_switches: word(8),
                largest_bytes: word(9),
            },
            io: (word(10) == 1).then(|| Io {
                read: word(11),
                written: word(12),
                disk_read: word(13),
                disk_written: word(14),
            }),
            tree_bytes: word(15),
            stragglers: word(16),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_arrives_as_it_was_sent() {
        let (arguments, environment) = ([c"ls", c"", c"-l a"], [c"A=b"]);
        let frame = request(
            3,
            Some(5),
            c"/bin/ls",
            c"/tmp",
            arguments.iter().copied(),
            environment.iter().copied(),
        )
        .unwrap();
        assert_eq!(u32::from_le_bytes(frame[..4].try_into().unwrap()) as usize, frame.len() - 4);
        let request = Request::read(&frame[4..]).unwrap();
        assert_eq!((request.path, request.dir), (c"/bin/ls", c"/tmp"));
        assert_eq!((request.times, request.timeout_ns), (3, Some(5)));
        assert_eq!(request.arguments, arguments);
        assert_eq!(request.environment, environment);
    }

    #[test]
    fn a_cut_request_is_refused_and_no_panic() {
        let frame =
            request(1, None, c"/bin/ls", c"/", [c"ls"].into_iter(), [c"A=b"].into_iter()).unwrap();
        for end in 4..frame.len() {
            assert!(Request::read(&frame[4..end]).is_none(), "{end}");
        }
    }

    #[test]
    fn an_observation_survives_the_socket() {
        let observed = Observed {
            end: End::NotStarted(Stage::Dir, 2),
            wall_ns: 1,
            usage: Usage { user_ns: 2, largest_bytes: 3, ..Usage::default() },
            io: Some(Io { read: 4, written: 5, disk_read: 6, disk_written: 7 }),
            tree_bytes: 8,
            stragglers: 9,
        };
        assert_eq!(Observed::decode(&observed.encode()), Some(observed));
        for end in [End::Exited(-1), End::Signalled(9), End::TimedOut, End::Cancelled] {
            let observed = Observed { end, io: None, ..observed };
            assert_eq!(Observed::decode(&observed.encode()), Some(observed));
        }
    }

    #[test]
    fn an_unknown_reply_is_refused() {
        assert_eq!(Observed::decode(&[0xff; REPLY]), None);
    }
}
