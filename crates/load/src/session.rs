//! One user: its connection, its cookies, what it captured, and how it does a task.

mod exchange;
mod hidden;

use std::rc::Rc;
use std::sync::Arc;

use rand::rngs::Xoshiro256PlusPlus;

use crate::check::{Captured, Fault};
use crate::connection::{Connection, Received};
use crate::cookies::Jar;
use crate::feed::{FeedEnd, Row};
use crate::lane::{Cut, Lane};
use crate::schedule::stream;
use crate::script::{Class, Step};
use crate::tally::Seen;
use crate::target::Kind;
use crate::watch::{Watch, in_time};

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
    pub ended: u64,
    /// How long its task queued because every user was busy: the target's doing, not lateness.
    pub waited: u64,
    out: Vec<u8>,
    /// Path and query of the last request.
    path: String,
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
    /// It waited for its turn until the load gave up.
    Late,
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
            waited: 0,
            out: Vec::new(),
            path: String::new(),
            received: Received::default(),
        }
    }

    /// Does one task, the first request of which was due then.
    pub async fn task(&mut self, due: u64) -> Done {
        let lane = Rc::clone(&self.lane);
        let class: &Class = &lane.script.classes[self.class];
        if lane.has_given_up() {
            let task = &class.tasks[class.choice.draw(&mut self.rng)];
            self.unsent(&lane, &task.steps[0], due, &Fault::TimedOut);
            return Done::Late;
        }
        self.steps(&lane, class, due).await
    }

    async fn steps(&mut self, lane: &Rc<Lane>, class: &Class, due: u64) -> Done {
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
            Some(feed) => match self.row(lane, feed).await {
                Ok(row) => Some(row),
                Err(FeedEnd::Exhausted { .. }) => {
                    lane.shared.cut(Cut::Exhausted);
                    return Done::Over;
                }
                Err(end) => {
                    self.unsent(lane, &task.steps[0], due, &end.into());
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

    /// The next row. A program may take its time, which shows as lateness; but what still waits for
    /// it when the load gives up is told as well.
    async fn row(&self, lane: &Lane, feed: usize) -> Result<Arc<Row>, FeedEnd> {
        self.watch.begin(u64::MAX);
        let row = in_time(&self.watch, lane.feeds.next_at(feed)).await;
        self.watch.end();
        row.unwrap_or_else(|_| {
            let feed = lane.script.feeds[feed].clone();
            Err(FeedEnd::Failed { feed, reason: "no row before the load ended".to_owned() })
        })
    }

    /// Sends one request and looks at its answer; when it ended, or what became of the task.
    async fn step(
        &mut self,
        lane: &Rc<Lane>,
        step: &Step,
        due: u64,
        row: Option<&Row>,
    ) -> Result<u64, Done> {
        if lane.has_given_up() || !lane.shared.may_send() {
            return Err(Done::Over);
        }
        // Waiting for a row takes time that has to show as lateness.
        let at_once = due == self.ended && row.is_none();
        let sent = if at_once { due } else { lane.timers.clock.now() };
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
        // A connection to a bus mends itself, as those of its users do.
        let of_content = of_content || lane.route.target.kind == Kind::Nats;
        if !of_content || !lane.protocol.keep_alive {
            self.connection = None;
        }
        let unreached = match fault {
            Fault::Refused | Fault::NoDescriptors | Fault::NoPorts | Fault::Tls(_) => true,
            // An idle connection would have been replaced: not even a fresh one is answered.
            Fault::Closed | Fault::Reset => self.received.bytes == 0,
            _ => false,
        };
        Err(if unreached { Done::Unreached } else { Done::Well })
    }

    /// Tells of a request that nothing was sent of.
    fn unsent(&mut self, lane: &Lane, step: &Step, due: u64, fault: &Fault) {
        self.received.clear();
        let now = lane.timers.clock.now();
        self.ended = now;
        self.tell(lane, step, (due, now, now), Some(fault));
    }

    fn tell(
        &mut self,
        lane: &Lane,
        step: &Step,
        (due, sent, ended): (u64, u64, u64),
        fault: Option<&Fault>,
    ) {
        let bytes = self.received.bytes;
        let hide = |fault| hidden::hidden(fault, &lane.script.secrets, &self.captured);
        let fault = fault.map(hide);
        let fault = fault.as_ref();
        let late = sent.saturating_sub(due).saturating_sub(std::mem::take(&mut self.waited));
        let seen = Seen { operation: step.operation, due, sent, late, ended, fault, bytes };
        lane.tally.borrow_mut().record(&seen, lane.end);
        lane.last_ended.set(ended);
    }

    pub fn received(&self) -> &Received {
        &self.received
    }

    pub fn path(&self) -> &str {
        &self.path
    }
}
