//! A connection of which every step ends in time.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

/// What is left of the time for an exchange.
#[derive(Clone, Copy, Debug)]
pub(in crate::deliver) struct Deadline {
    began: Instant,
    patience: Duration,
}

#[derive(Debug)]
pub(in crate::deliver) struct Timed {
    stream: TcpStream,
    deadline: Deadline,
}

impl Deadline {
    #[expect(clippy::disallowed_methods, reason = "a server is waited for by the real clock")]
    pub fn within(patience: Duration) -> Deadline {
        Deadline { began: Instant::now(), patience }
    }

    pub fn left(&self) -> io::Result<Duration> {
        let left = self.patience.saturating_sub(self.began.elapsed());
        if left.is_zero() { Err(self.is_over()) } else { Ok(left) }
    }

    pub fn is_over(&self) -> io::Error {
        let why = format!("it was not over within {:?}", self.patience);
        io::Error::new(io::ErrorKind::TimedOut, why)
    }

    /// The system says of a step without end that it would block.
    fn told<T>(&self, step: io::Result<T>) -> io::Result<T> {
        let is_late = |kind| matches!(kind, io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut);
        step.map_err(|error| if is_late(error.kind()) { self.is_over() } else { error })
    }
}

impl Timed {
    pub fn connect(to: &SocketAddr, patience: Duration, deadline: Deadline) -> io::Result<Timed> {
        let stream = deadline.told(TcpStream::connect_timeout(to, patience))?;
        Ok(Timed { stream, deadline })
    }
}

impl Read for Timed {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        self.stream.set_read_timeout(Some(self.deadline.left()?))?;
        self.deadline.told(self.stream.read(to))
    }
}

impl Write for Timed {
    fn write(&mut self, from: &[u8]) -> io::Result<usize> {
        self.stream.set_write_timeout(Some(self.deadline.left()?))?;
        self.deadline.told(self.stream.write(from))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}
