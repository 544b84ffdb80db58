//! How a user sends a request and what it does with the answer.

use std::rc::Rc;

use httparse::Header;

use super::Session;
use crate::check::{Answer, Fault};
use crate::connection::Connection;
use crate::feed::Row;
use crate::lane::Lane;
use crate::redirect;
use crate::script::{Fill, Step};
use crate::template::Values;

impl Session {
    /// Sends a request that began then, and looks at the answer.
    pub(super) async fn sent(
        &mut self,
        lane: &Rc<Lane>,
        step: &Step,
        now: u64,
        row: Option<&Row>,
    ) -> Result<(), Fault> {
        self.received.clear();
        self.watch.begin(now + lane.timeout);
        let now_ms = lane.wall_ms + i64::try_from(now / 1_000_000).unwrap_or(i64::MAX);
        let idle = self.connection.as_ref().is_some_and(Connection::has_answered);
        match self.exchange(lane, step, now_ms, row).await {
            // It was closed while nothing was under way, which is the target's right; only a
            // request that was not answered at all is sent again, and once.
            Err(Fault::Closed | Fault::Reset) if idle && self.received.bytes == 0 => {
                self.connection = None;
                self.exchange(lane, step, now_ms, row).await?;
            }
            other => other?,
        }
        if lane.protocol.redirects > 0 && step.act.is_http() {
            redirect::follow(self, lane, step, now_ms).await?;
        }
        self.look(lane, step, now_ms, row)
    }

    async fn exchange(
        &mut self,
        lane: &Rc<Lane>,
        step: &Step,
        now_ms: i64,
        row: Option<&Row>,
    ) -> Result<(), Fault> {
        self.connect(lane).await?;
        let values = Values { now_ms, user: self.number, row, captured: &self.captured };
        let fill = &mut Fill { values, rng: &mut self.rng, cookies: &self.cookies };
        let (watch, wants, received) = (&self.watch, step.wants, &mut self.received);
        self.path.clear();
        match self.connection.as_mut() {
            Some(Connection::One(one)) => {
                let bytes = match &step.fixed {
                    Some(fixed) if self.cookies.is_empty() => fixed,
                    _ => {
                        self.out.clear();
                        step.write(fill, &mut self.out)?;
                        &self.out
                    }
                };
                // Nobody else asks for it.
                if lane.protocol.cookies || lane.protocol.redirects > 0 {
                    self.path.push_str(asked(bytes));
                }
                one.exchange(bytes, wants, watch, received).await?;
            }
            Some(Connection::Two(two)) => {
                let request = step.request(fill)?;
                let path = request.uri().path_and_query();
                self.path.push_str(path.map_or("/", http::uri::PathAndQuery::as_str));
                two.exchange(request, wants, watch, received).await?;
            }
            Some(Connection::Bus(line)) => {
                let message = step.message(fill)?;
                let deliveries = lane.deliveries.as_deref();
                line.exchange(&step.act, message, wants, watch, deliveries, received).await?;
            }
            None => return Err(Fault::Closed),
        }
        self.keep_cookies(lane, now_ms);
        Ok(())
    }

    /// Sends a bare request on the way a redirect leads.
    pub async fn hop(
        &mut self,
        lane: &Rc<Lane>,
        method: &str,
        path: &str,
        now_ms: i64,
    ) -> Result<(), Fault> {
        self.connect(lane).await?;
        let mut cookies = Vec::new();
        self.cookies.write_value(path, lane.route.target.secure, now_ms, &mut cookies);
        let hop = redirect::Hop { method, path, cookies: &cookies, protocol: &lane.protocol };
        let wants = redirect::wants(method == "HEAD");
        let before = self.received.bytes;
        let received = &mut self.received;
        path.clone_into(&mut self.path);
        match self.connection.as_mut() {
            Some(Connection::One(one)) => {
                let request = hop.text(&lane.route.target);
                one.exchange(&request, wants, &self.watch, received).await?;
            }
            Some(Connection::Two(two)) => {
                let request = hop.request(&lane.route.target)?;
                two.exchange(request, wants, &self.watch, received).await?;
            }
            Some(Connection::Bus(_)) | None => return Err(Fault::Closed),
        }
        self.received.bytes += before;
        self.keep_cookies(lane, now_ms);
        Ok(())
    }

    /// Sees to a connection that may be used.
    async fn connect(&mut self, lane: &Rc<Lane>) -> Result<(), Fault> {
        let usable = self.connection.as_ref().is_some_and(Connection::is_usable);
        if !usable || !lane.protocol.keep_alive {
            // The old one is closed before there is another: the limit on open files is tight.
            self.connection = None;
            lane.connects.set(lane.connects.get() + 1);
            self.connection = Some(Connection::open(&lane.route, &self.watch).await?);
        }
        Ok(())
    }

    fn keep_cookies(&mut self, lane: &Lane, now_ms: i64) {
        if !lane.protocol.cookies {
            return;
        }
        for (name, value) in &self.received.headers {
            if name.eq_ignore_ascii_case("set-cookie") {
                self.cookies.store(value, &self.path, now_ms);
            }
        }
    }

    /// Keeps what the answer is to leave behind, and says what is wrong with it.
    fn look(
        &mut self,
        lane: &Lane,
        step: &Step,
        now_ms: i64,
        row: Option<&Row>,
    ) -> Result<(), Fault> {
        let received = &mut self.received;
        if lane.protocol.compression && step.wants.body {
            redirect::decompressed(received, lane.protocol.largest_body)?;
        }
        let headers: Vec<Header<'_>> =
            received.headers.iter().map(|(name, value)| Header { name, value }).collect();
        let answer = Answer::new(received.status, &headers, &received.body);
        let values = Values { now_ms, user: self.number, row, captured: &self.captured };
        if let Some(fault) = step.check.fault(&answer, &values, &mut self.rng) {
            return Err(fault);
        }
        if !step.captures.is_empty() {
            step.captures.extract(&answer, &mut self.captured)?;
        }
        Ok(())
    }
}

/// What a request as HTTP/1.1 writes it asks for.
fn asked(request: &[u8]) -> &str {
    let path = request.split(|byte| *byte == b' ').nth(1).unwrap_or_default();
    std::str::from_utf8(path).unwrap_or("/")
}
