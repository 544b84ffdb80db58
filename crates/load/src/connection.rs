//! One connection to the target and the exchange of one request for one answer on it.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use rustls::ClientConfig;
use tokio::io::{AsyncRead, ReadBuf};

use crate::check::Fault;
use crate::http1::{self, Chunks, Head, Length};
use crate::http2::Http2;
use crate::nats::{Identity, Line, Reception};
use crate::stream::Stream;
use crate::target::{Kind, Target};
use crate::watch::Watch;
use crate::workload::Http;

/// Space that is kept for the next answer.
const MOST_KEPT: usize = 64 << 10;

/// Longer heads are read anew each time: ten thousand users keep one each.
const LONGEST_KEPT_HEAD: usize = 1 << 10;

/// Where connections lead, and how.
#[derive(Debug)]
pub(crate) struct Route {
    pub target: Target,
    pub http: Http,
    pub tls: Option<Arc<ClientConfig>>,
    pub largest_body: u64,
    /// As whom it comes to a bus, and who receives there what it publishes.
    pub identity: Option<Identity>,
    pub reception: Option<Reception>,
}

/// What is wanted of an answer beside its status.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Wants {
    pub headers: bool,
    /// Headers as well, when one of them sets a cookie.
    pub cookies: bool,
    pub body: bool,
    /// The request is a HEAD.
    pub is_head: bool,
}

/// An answer; its space is used again.
#[derive(Debug, Default)]
pub(crate) struct Received {
    pub status: u16,
    pub headers: Vec<(String, Vec<u8>)>,
    pub body: Vec<u8>,
    /// All bytes of it.
    pub bytes: u64,
}

impl Received {
    pub fn clear(&mut self) {
        self.status = 0;
        self.headers.clear();
        self.body.clear();
        // One large answer must not cost every user its memory for the rest of the load.
        self.body.shrink_to(MOST_KEPT);
        self.bytes = 0;
    }
}

#[derive(Debug)]
pub(crate) enum Connection {
    One(Http1),
    Two(Http2),
    Bus(Box<Line>),
}

impl Connection {
    pub async fn open(route: &Route, watch: &Watch) -> Result<Connection, Fault> {
        if route.target.kind == Kind::Nats {
            return Ok(Connection::Bus(Box::new(Line::open(route, watch).await?)));
        }
        let stream = Stream::connect(&route.target, route.tls.as_ref(), watch).await?;
        Ok(match route.http {
            Http::One => Connection::One(Http1 {
                stream,
                buffer: Vec::new(),
                last_head: None,
                answered: false,
                filled: false,
                usable: true,
                largest_body: route.largest_body,
            }),
            Http::Two => Connection::Two(Http2::shake_hands(stream, route, watch).await?),
        })
    }

    /// Whether another request may be sent on it.
    pub fn is_usable(&self) -> bool {
        match self {
            Connection::One(one) => one.usable,
            Connection::Two(two) => two.is_usable(),
            // It mends itself.
            Connection::Bus(_) => true,
        }
    }

    /// Whether it has brought an answer: one that did and is closed then was just idle for too
    /// long.
    pub fn has_answered(&self) -> bool {
        match self {
            Connection::One(one) => one.answered,
            Connection::Two(two) => two.has_answered(),
            Connection::Bus(_) => false,
        }
    }
}

#[derive(Debug)]
pub(crate) struct Http1 {
    stream: Stream,
    buffer: Vec<u8>,
    /// The last head and what it says. A server repeats it to the byte, until the second changes.
    last_head: Option<(Vec<u8>, Head)>,
    /// Whether the last bytes took all the space there was: the more are to come.
    filled: bool,
    answered: bool,
    usable: bool,
    largest_body: u64,
}

impl Http1 {
    pub async fn exchange(
        &mut self,
        request: &[u8],
        wants: Wants,
        watch: &Watch,
        received: &mut Received,
    ) -> Result<(), Fault> {
        received.clear();
        self.buffer.clear();
        // Until all went well: a connection in the middle of something is of no more use.
        self.usable = false;
        if self.answered {
            self.still_silent()?;
        }
        let sent = self.stream.send(request, watch).await;
        let head = match sent {
            Ok(()) => self.head(wants, watch, received).await?,
            // Who refuses a body may answer and close before all of it is there.
            Err(Fault::Reset | Fault::Closed) => {
                let head = self.head(wants, watch, received).await;
                Head { keep_alive: false, ..head.map_err(|_| Fault::Reset)? }
            }
            Err(fault) => return Err(fault),
        };
        received.status = head.status;
        if wants.headers || (wants.cookies && head.sets_cookie) {
            http1::headers(&self.buffer[..head.length], &mut received.headers);
        }
        self.buffer.drain(..head.length);
        match head.body {
            Length::Bytes(length) => self.exactly(length, wants, watch, received).await?,
            Length::Chunked => self.chunked(wants, watch, received).await?,
            Length::UntilClose => self.until_close(wants, watch, received).await?,
        }
        if !self.buffer.is_empty() && head.keep_alive {
            return Err(unasked());
        }
        self.answered = true;
        self.usable = head.keep_alive;
        Ok(())
    }

    /// Whatever comes before it is asked for is no answer to what is asked next. A server may say
    /// that it was idle for too long (RFC 9110, 15.5.9).
    fn still_silent(&mut self) -> Result<(), Fault> {
        let mut space = [0; 128];
        let mut bytes = ReadBuf::new(&mut space);
        let mut context = Context::from_waker(Waker::noop());
        match Pin::new(&mut self.stream).poll_read(&mut context, &mut bytes) {
            Poll::Pending => Ok(()),
            Poll::Ready(Err(error)) => Err(crate::stream::fault(&error)),
            Poll::Ready(Ok(())) => match bytes.filled() {
                [] => Err(Fault::Closed),
                told if told.starts_with(b"HTTP/1.1 408") => Err(Fault::Closed),
                _ => Err(unasked()),
            },
        }
    }

    /// The final head; answers that announce another one are passed over.
    async fn head(
        &mut self,
        wants: Wants,
        watch: &Watch,
        received: &mut Received,
    ) -> Result<Head, Fault> {
        loop {
            if let Some(head) = self.repeated(wants) {
                return Ok(head);
            }
            if !self.buffer.is_empty() {
                match http1::head(&self.buffer, wants.is_head).map_err(Fault::Malformed)? {
                    Some(head) if head.status < 200 && head.status != 101 => {
                        self.buffer.drain(..head.length);
                        continue;
                    }
                    Some(head) => {
                        self.remember(head, wants);
                        return Ok(head);
                    }
                    None => {}
                }
            }
            if self.more(watch, received).await? == 0 {
                return Err(Fault::Closed);
            }
        }
    }

    /// The head of the answer, if it is the last one again: the end of a head is within it, so what
    /// begins with the same bytes means the same.
    fn repeated(&self, wants: Wants) -> Option<Head> {
        let (bytes, head) = self.last_head.as_ref()?;
        (!wants.is_head && self.buffer.starts_with(bytes)).then_some(*head)
    }

    fn remember(&mut self, head: Head, wants: Wants) {
        // What the same bytes say of the body is another matter when they answer a HEAD.
        if head.length > LONGEST_KEPT_HEAD || wants.is_head {
            return;
        }
        let (mut bytes, _) = self.last_head.take().unwrap_or((Vec::new(), head));
        bytes.clear();
        bytes.extend_from_slice(&self.buffer[..head.length]);
        self.last_head = Some((bytes, head));
    }

    async fn more(&mut self, watch: &Watch, received: &mut Received) -> Result<usize, Fault> {
        let space = self.buffer.capacity() - self.buffer.len();
        if space == 0 || self.filled {
            self.buffer.reserve((2 * space).max(self.buffer.len()).clamp(2048, 64 << 10));
        }
        let space = self.buffer.capacity() - self.buffer.len();
        let more = self.stream.receive(&mut self.buffer, watch).await?;
        self.filled = more >= space;
        received.bytes += more as u64;
        Ok(more)
    }

    async fn exactly(
        &mut self,
        length: u64,
        wants: Wants,
        watch: &Watch,
        received: &mut Received,
    ) -> Result<(), Fault> {
        if length > self.largest_body {
            return Err(Fault::TooLarge);
        }
        let mut left = length;
        loop {
            let here = usize::try_from(left).unwrap_or(usize::MAX).min(self.buffer.len());
            if wants.body {
                received.body.extend_from_slice(&self.buffer[..here]);
            }
            self.buffer.drain(..here);
            left -= here as u64;
            if left == 0 {
                return Ok(());
            }
            if self.more(watch, received).await? == 0 {
                return Err(Fault::Malformed("an answer that ends early".to_owned()));
            }
        }
    }

    async fn chunked(
        &mut self,
        wants: Wants,
        watch: &Watch,
        received: &mut Received,
    ) -> Result<(), Fault> {
        let mut chunks = Chunks::default();
        let mut length = 0;
        loop {
            let body = &mut received.body;
            let taken = chunks.take(&self.buffer, |piece| {
                length += piece.len() as u64;
                if wants.body {
                    body.extend_from_slice(piece);
                }
            });
            self.buffer.drain(..taken.map_err(Fault::Malformed)?);
            if length > self.largest_body {
                return Err(Fault::TooLarge);
            }
            if chunks.is_done() {
                return Ok(());
            }
            if self.more(watch, received).await? == 0 {
                return Err(Fault::Malformed("an answer that ends early".to_owned()));
            }
        }
    }

    async fn until_close(
        &mut self,
        wants: Wants,
        watch: &Watch,
        received: &mut Received,
    ) -> Result<(), Fault> {
        let mut length = 0;
        loop {
            length += self.buffer.len() as u64;
            if length > self.largest_body {
                return Err(Fault::TooLarge);
            }
            if wants.body {
                received.body.extend_from_slice(&self.buffer);
            }
            self.buffer.clear();
            if self.more(watch, received).await? == 0 {
                return Ok(());
            }
        }
    }
}

fn unasked() -> Fault {
    Fault::Malformed("more than was asked for".to_owned())
}
