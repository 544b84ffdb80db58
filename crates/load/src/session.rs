//! One user: its connection, its cookies, what it captured, and how it does a task.

use std::rc::Rc;

use httparse::Header;
use rand::rngs::Xoshiro256PlusPlus;

use crate::check::{Answer, Captured, Fault};
use crate::connection::{Connection, Received};
use crate::cookies::Jar;
use crate::feed::{FeedEnd, Row};
use crate::lane::{Cut, Lane};
use crate::redirect;
use crate::schedule::stream;
use crate::script::{Class, Fill, Step};
use crate::tally::Seen;
use crate::template::Values;
use crate::watch::Watch;

pub(crate) struct Session {
    lane: Rc<Lane>,
    class: usize,
    /// Among all users of the load, from 1.
    number: u64,
    pub rng: Xoshiro256PlusPlus,
    watch: Rc<Watch>,
    connection: Option<Connection>,
    cookies: Jar,
    captured: Captured,
    /// How much of `captured` came from its start and holds for every task.
    lasting: usize,
    started: bool,
    /// When its last request ended; a read of the clock saved where the next begins at once.
    ended: u64,
    out: Vec<u8>,
    received: Received,
}

/// How a task went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Done {
    Well,
    /// The target could not be reached; trying again at once would be in vain.
    Unreached,
    /// The load has ended.
    Over,
}

impl Session {
    pub fn new(lane: &Rc<Lane>, class: usize, number: u64) -> Session {
        Session {
            lane: Rc::clone(lane),
            class,
            number,
            rng: stream(lane.seed, "user", u32::try_from(number).unwrap_or(u32::MAX)),
            watch: lane.watches.add(),
            connection: None,
            cookies: Jar::default(),
            captured: Captured::default(),
            lasting: 0,
            started: false,
            ended: 0,
            out: Vec::new(),
            received: Received::default(),
        }
    }

    /// Does one task, the first request of which was due then.
    pub async fn task(&mut self, due: u64) -> Done {
        let lane = Rc::clone(&self.lane);
        lane.active.set(lane.active.get() + 1);
        let done = self.steps(&lane, due).await;
        lane.active.set(lane.active.get() - 1);
        done
    }

    async fn steps(&mut self, lane: &Rc<Lane>, due: u64) -> Done {
        let script = &lane.script;
        let class: &Class = &script.classes[self.class];
        let mut due = due;
        if !self.started {
            self.captured.truncate(0);
            for step in &class.start {
                match self.step(lane, step, due, None).await {
                    Ok(ended) => due = ended,
                    Err(done) => return done,
                }
            }
            self.lasting = self.captured.len();
            self.started = true;
        }
        self.captured.truncate(self.lasting);
        let task = &class.tasks[class.choice.draw(&mut self.rng)];
        let row = match task.feed {
            None => None,
            Some(feed) => match lane.feeds.next_at(feed).await {
                Ok(row) => Some(row),
                Err(FeedEnd::Exhausted { .. }) => {
                    lane.shared.cut(Cut::Exhausted);
                    return Done::Over;
                }
                Err(end) => {
                    let now = lane.timers.clock.now();
                    self.ended = now;
                    self.tell(lane, &task.steps[0], (due, now, now), Some(&end.into()));
                    return Done::Unreached;
                }
            },
        };
        for step in &task.steps {
            match self.step(lane, step, due, row.as_deref()).await {
                Ok(ended) => due = ended,
                Err(done) => return done,
            }
        }
        Done::Well
    }

    /// Sends one request and looks at its answer; when it ended, or what became of the task.
    async fn step(
        &mut self,
        lane: &Rc<Lane>,
        step: &Step,
        due: u64,
        row: Option<&Row>,
    ) -> Result<u64, Done> {
        if !lane.shared.may_send() {
            return Err(Done::Over);
        }
        let sent = if due == self.ended { due } else { lane.timers.clock.now() };
        let fault = self.sent(lane, step, sent, row).await.err();
        let ended = lane.timers.clock.now();
        self.ended = ended;
        self.watch.end();
        self.tell(lane, step, (due, sent, ended), fault.as_ref());
        let Some(fault) = fault else {
            if !lane.protocol.keep_alive {
                self.connection = None;
            }
            return Ok(ended);
        };
        let of_content = matches!(
            fault,
            Fault::Status { .. }
                | Fault::Text
                | Fault::Header { .. }
                | Fault::Json { .. }
                | Fault::Capture { .. }
                | Fault::Feed(_)
                | Fault::Template(_)
        );
        if !of_content || !lane.protocol.keep_alive {
            self.connection = None;
        }
        let unreached =
            matches!(fault, Fault::Refused | Fault::NoDescriptors | Fault::NoPorts | Fault::Tls(_));
        Err(if unreached { Done::Unreached } else { Done::Well })
    }

    fn tell(
        &self,
        lane: &Lane,
        step: &Step,
        (due, sent, ended): (u64, u64, u64),
        fault: Option<&Fault>,
    ) {
        let bytes = self.received.bytes;
        let hide = |text: &str| lane.secrets.redact_also(text, self.captured.values());
        let fault = fault.map(|fault| fault.redacted(&hide));
        let fault = fault.as_ref();
        let seen = Seen { operation: step.operation, due, sent, ended, fault, bytes };
        lane.tally.borrow_mut().record(&seen, lane.end);
        lane.last_ended.set(ended);
    }

    async fn sent(
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
        if lane.protocol.redirects > 0 {
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
        if !self.connection.as_ref().is_some_and(Connection::is_usable) {
            self.connection = None;
            lane.connects.set(lane.connects.get() + 1);
            self.connection = Some(Connection::open(&lane.route, &self.watch).await?);
        }
        let values = Values { now_ms, user: self.number, row, captured: &self.captured };
        let fill = &mut Fill { values, rng: &mut self.rng, cookies: &self.cookies };
        let (watch, wants, received) = (&self.watch, step.wants, &mut self.received);
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
                one.exchange(bytes, wants, watch, received).await
            }
            Some(Connection::Two(two)) => {
                two.exchange(step.request(fill)?, wants, watch, received).await
            }
            None => Err(Fault::Closed),
        }
    }

    /// Sends a bare request on the way a redirect leads.
    pub async fn hop(&mut self, lane: &Rc<Lane>, method: &str, path: &str) -> Result<(), Fault> {
        if !self.connection.as_ref().is_some_and(Connection::is_usable) {
            lane.connects.set(lane.connects.get() + 1);
            self.connection = Some(Connection::open(&lane.route, &self.watch).await?);
        }
        let mut cookies = Vec::new();
        self.cookies.write_value(path, lane.route.target.secure, lane.wall_ms, &mut cookies);
        let hop = redirect::Hop { method, path, cookies: &cookies };
        let wants = redirect::wants(method == "HEAD");
        let before = self.received.bytes;
        let received = &mut self.received;
        match self.connection.as_mut() {
            Some(Connection::One(one)) => {
                let request = hop.text(&lane.route.target);
                one.exchange(&request, wants, &self.watch, received).await?;
            }
            Some(Connection::Two(two)) => {
                let request = hop.request(&lane.route.target)?;
                two.exchange(request, wants, &self.watch, received).await?;
            }
            None => return Err(Fault::Closed),
        }
        self.received.bytes += before;
        Ok(())
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
        if lane.protocol.cookies {
            let set = received.headers.iter();
            for (_, value) in set.filter(|(name, _)| name.eq_ignore_ascii_case("set-cookie")) {
                self.cookies.store(value, "/", now_ms);
            }
        }
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

    /// When its last request ended.
    pub fn ended(&self) -> u64 {
        self.ended
    }

    pub fn received(&self) -> &Received {
        &self.received
    }
}
