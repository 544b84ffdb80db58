//! One connection: what its client says is done on the bus, what it is owed is written, until
//! either side ends it.

use std::collections::HashMap;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Buf, Bytes, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::net::TcpStream;
use tokio::sync::watch;

use super::feed::Feed;
use super::outbound::Outbound;
use crate::bus::{Bus, BusError};
use crate::headers::Headers;
use crate::listener::{Inbox, Listener, Room, Taken};
use crate::message::{Message, Subject};
use crate::protocol::{self, Info, Operation, Parsed, Wrong};
use crate::subject::matches;

/// So many bytes are asked for at once.
const READ: usize = 64 << 10;
/// How long a client whose session ends may take to read the rest.
const GRACE: Duration = Duration::from_secs(1);
/// How long a client waits for another that has little room.
const STALL: Duration = Duration::from_millis(100);
/// With so many subscriptions it is first looked for those that are over.
const TIDY: usize = 64;

pub(super) struct Session {
    bus: Bus,
    /// Its number among all that is on the bus.
    id: u64,
    outbound: Arc<Outbound>,
    options: Options,
    heard: HashMap<Box<str>, Arc<Listener<Feed>>>,
    tidy_at: usize,
    /// Somebody to whom it has published has little room.
    narrow: Option<Room>,
}

/// What the client wishes, and what holds before it has said so.
struct Options {
    verbose: bool,
    echo: bool,
    headers: bool,
    no_responders: bool,
}

/// The session is over; the client has been told why, if it is to know.
struct Over;

impl Session {
    pub fn new(bus: Bus, port: u16, most_pending: usize) -> Session {
        let (id, max_payload) = (bus.number(), bus.limits().max_payload);
        let outbound = Arc::new(Outbound::new(most_pending));
        outbound.put(|out| protocol::info(out, Info { client: id, port, max_payload }));
        let options = Options { verbose: true, echo: true, headers: false, no_responders: false };
        let heard = HashMap::new();
        Session { bus, id, outbound, options, heard, tidy_at: TIDY, narrow: None }
    }

    pub async fn serve(mut self, mut stream: TcpStream, mut stopped: watch::Receiver<bool>) {
        let (from, to) = stream.split();
        let outbound = Arc::clone(&self.outbound);
        let mut writing = pin!(outbound.write(to));
        tokio::select! {
            () = self.listen(from) => {}
            () = outbound.slow() => {}
            () = &mut writing => return,
            _ = stopped.wait_for(|stopped| *stopped) => {}
        }
        self.leave();
        outbound.end();
        // A client that takes longer has lost the rest.
        let _ = tokio::time::timeout(GRACE, writing).await;
    }

    /// Does what the client says until it says no more, or something wrong.
    async fn listen(&mut self, mut from: impl AsyncRead + Unpin) {
        let mut bytes = BytesMut::with_capacity(READ);
        loop {
            bytes.reserve(READ);
            let Ok(read @ 1..) = from.read_buf(&mut bytes).await else { return };
            match self.hear(&bytes) {
                Ok(used) => bytes.advance(used),
                Err(Over) => return,
            }
            // As a server does, it hears nothing from who publishes faster than others read.
            if let Some(mut room) = self.narrow.take() {
                let _ = tokio::time::timeout(STALL, room.wait_for(|room| *room)).await;
            }
            // There is probably more; but those whom it was for come first.
            if read >= READ / 4 {
                tokio::task::yield_now().await;
            }
        }
    }

    /// Does all operations that are complete; tells how many bytes they had.
    fn hear(&mut self, bytes: &[u8]) -> Result<usize, Over> {
        let most = self.bus.limits().max_payload;
        let mut at = 0;
        loop {
            match protocol::parse(&bytes[at..], most) {
                Parsed::Incomplete => return Ok(at),
                Parsed::Done(operation, used) => {
                    self.obey(operation)?;
                    at += used;
                }
                Parsed::Wrong(wrong) => return Err(self.refuse(wrong)),
            }
        }
    }

    fn refuse(&self, wrong: Wrong) -> Over {
        wrong.text().map_or(Over, |text| self.end(text))
    }

    fn end(&self, text: &str) -> Over {
        self.complain(text);
        Over
    }

    fn complain(&self, text: &str) {
        self.outbound.put(|out| protocol::error(out, text));
    }

    fn obey(&mut self, operation: Operation<'_>) -> Result<(), Over> {
        match operation {
            Operation::Connect(options) => self.connect(options),
            Operation::Ping => {
                self.outbound.put(|out| out.extend_from_slice(b"PONG\r\n"));
                Ok(())
            }
            Operation::Pong | Operation::Ignored => Ok(()),
            Operation::Sub { subject, queue, sid } => {
                self.subscribe(subject, queue, sid);
                Ok(())
            }
            Operation::Unsub { sid, most } => {
                self.unsubscribe(sid, most);
                self.confirm();
                Ok(())
            }
            Operation::Pub { headers: Some(_), .. } if !self.options.headers => Err(Over),
            Operation::Pub { subject, reply, headers, payload } => {
                self.publish(subject, reply, headers, payload);
                Ok(())
            }
        }
    }

    fn connect(&mut self, options: &[u8]) -> Result<(), Over> {
        self.options = self.options.with(options).ok_or(Over)?;
        if self.options.no_responders && !self.options.headers {
            return Err(self.end("no responders requires headers support"));
        }
        self.confirm();
        Ok(())
    }

    fn subscribe(&mut self, pattern: &str, queue: Option<&str>, sid: &str) {
        // As with a server, a number that is in use keeps its subscription.
        if self.heard.get(sid).is_none_or(|listener| !listener.inbox.is_open()) {
            let feed = Feed::new(sid, Arc::clone(&self.outbound), self.options.headers);
            let Ok(listener) = self.bus.listen(pattern, queue, Some(self.id), feed) else {
                return self.complain("Invalid Subject");
            };
            self.tidy();
            self.heard.insert(sid.into(), listener);
        }
        self.confirm();
    }

    /// Forgets those that ended by themselves.
    fn tidy(&mut self) {
        if self.heard.len() >= self.tidy_at {
            self.heard.retain(|_, listener| listener.inbox.is_open());
            self.tidy_at = (2 * self.heard.len()).max(TIDY);
        }
    }

    fn unsubscribe(&mut self, sid: &str, most: Option<u64>) {
        let Some(listener) = self.heard.get(sid) else { return };
        if most.is_none_or(|most| listener.inbox.end_after(most)) {
            listener.inbox.close();
            self.bus.leave(listener);
            self.heard.remove(sid);
        }
    }

    fn publish(
        &mut self,
        subject: &str,
        reply: Option<&str>,
        headers: Option<&[u8]>,
        payload: &[u8],
    ) {
        self.confirm();
        let from = (!self.options.echo).then_some(self.id);
        let answer_to = reply.map(Subject::from);
        let headers = headers.map(|headers| Headers::carried(Bytes::copy_from_slice(headers)));
        let payload = Bytes::copy_from_slice(payload);
        match self.bus.send(from, subject, answer_to.clone(), headers, payload) {
            Ok(delivery) if delivery.taken + delivery.dropped > 0 => {
                self.narrow = delivery.narrow.or(self.narrow.take());
            }
            Ok(_) if self.options.no_responders => {
                if let Some(reply) = answer_to {
                    self.tell_of_nobody(reply);
                }
            }
            Ok(_) => {}
            Err(BusError::TooLarge { .. }) => self.complain("Maximum Payload Violation"),
            Err(_) => self.complain("Invalid Publish Subject"),
        }
    }

    /// Answers a request in the place of those who do not exist.
    fn tell_of_nobody(&self, reply: Subject) {
        let heard = self.heard.values().find(|listener| matches(&listener.pattern, &reply));
        let Some(listener) = heard else { return };
        let headers = Headers::with_status(503, "").ok();
        let answer = Message { subject: reply, reply: None, headers, payload: Bytes::new() };
        if listener.inbox.offer(answer).is_ok_and(|taken| matches!(taken, Taken::Last)) {
            self.bus.leave(listener);
        }
    }

    fn confirm(&self) {
        if self.options.verbose {
            self.outbound.put(|out| out.extend_from_slice(b"+OK\r\n"));
        }
    }

    fn leave(&mut self) {
        for (_, listener) in self.heard.drain() {
            listener.inbox.close();
            self.bus.leave(&listener);
        }
    }
}

impl Options {
    /// What it has said before holds until it says otherwise.
    fn with(&self, json: &[u8]) -> Option<Options> {
        let told: serde_json::Map<String, serde_json::Value> = serde_json::from_slice(json).ok()?;
        let flag = |name: &str, otherwise: bool| match told.get(name) {
            None | Some(serde_json::Value::Null) => Some(otherwise),
            Some(value) => value.as_bool(),
        };
        Some(Options {
            verbose: flag("verbose", self.verbose)?,
            echo: flag("echo", self.echo)?,
            headers: flag("headers", self.headers)?,
            no_responders: flag("no_responders", self.no_responders)?,
        })
    }
}
