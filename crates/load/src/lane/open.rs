//! Open loop: tasks begin when they are due, whatever became of the ones before. Users stand ready
//! with a connection each; when all are busy another comes, up to the limit, and beyond it tasks
//! queue, their time running.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::future::poll_fn;
use std::rc::Rc;
use std::task::{Poll, Waker};

use super::{Cut, Lane};
use crate::clock::nanos;
use crate::schedule::{self, Arrivals, Choice};
use crate::session::{Done, Session};
use crate::workload::{self, Leg};

/// Tasks handed out in a row before the users get a turn.
const IN_A_ROW: u32 = 32;

/// The users of one class on the thread.
#[derive(Default)]
struct Crew {
    /// Who is free, the last to become so on top, whose connection is the warmest.
    free: RefCell<Vec<Rc<Seat>>>,
    /// When each was due, and since when it has waited for a user.
    queue: RefCell<VecDeque<(u64, u64)>>,
    present: Cell<u64>,
    most: u64,
}

/// Where a free user waits for its next task.
#[derive(Default)]
struct Seat {
    due: Cell<Option<u64>>,
    waker: RefCell<Option<Waker>>,
}

pub(super) fn begin(lane: &Rc<Lane>, legs: &[Leg], arrivals: workload::Arrivals) {
    let arrivals = Arrivals::new(legs, arrivals, lane.seed, lane.share);
    lane.arriving.set(true);
    tokio::task::spawn_local(arrive(Rc::clone(lane), arrivals));
}

/// The thread's share of the connections, divided among the classes by weight, so that none waits
/// for ever for those of another. At least one each, so that every one can do its share.
fn crews(lane: &Lane, weights: &[u32]) -> Vec<Rc<Crew>> {
    let ((thread, threads), all) = (lane.share, lane.protocol.connections);
    let here = all / threads + u32::from(thread < all % threads);
    let crew = |most: u32| Rc::new(Crew { most: u64::from(most.max(1)), ..Crew::default() });
    schedule::share(weights, here).into_iter().map(crew).collect()
}

async fn arrive(lane: Rc<Lane>, arrivals: Arrivals) {
    let weights: Vec<u32> = lane.script.classes.iter().map(|class| class.weight).collect();
    let crews = crews(&lane, &weights);
    let choice = Choice::new(&weights);
    let mut rng = schedule::stream(lane.seed, "classes", lane.share.0);
    let (mut in_a_row, mut users) = (0, 0);
    for due in arrivals.map(nanos) {
        if lane.timers.clock.now() < due {
            in_a_row = 0;
            lane.timers.until(due).await;
        } else if in_a_row >= IN_A_ROW {
            in_a_row = 0;
            tokio::task::yield_now().await;
        }
        in_a_row += 1;
        // Not because the schedule ended meanwhile: what was due before that is sent.
        if lane.shared.why_cut() != Cut::Not {
            break;
        }
        lane.due.set(lane.due.get() + 1);
        let class = choice.as_ref().map_or(0, |choice| choice.draw(&mut rng));
        give(&lane, &crews[class], class, due, &mut users);
    }
    lane.arriving.set(false);
}

/// Hands a task to whoever is free, or to a new user, or lets it queue.
fn give(lane: &Rc<Lane>, crew: &Rc<Crew>, class: usize, due: u64, users: &mut u64) {
    if let Some(seat) = crew.free.borrow_mut().pop() {
        lane.active.set(lane.active.get() + 1);
        seat.due.set(Some(due));
        if let Some(waker) = seat.waker.borrow_mut().take() {
            waker.wake();
        }
        return;
    }
    if crew.present.get() < crew.most {
        lane.active.set(lane.active.get() + 1);
        crew.present.set(crew.present.get() + 1);
        let (thread, threads) = lane.share;
        let number = *users * u64::from(threads) + u64::from(thread) + 1;
        *users += 1;
        tokio::task::spawn_local(work(Rc::clone(lane), Rc::clone(crew), class, number, due));
        return;
    }
    lane.queued.set(lane.queued.get() + 1);
    crew.queue.borrow_mut().push_back((due, lane.timers.clock.now()));
}

async fn work(lane: Rc<Lane>, crew: Rc<Crew>, class: usize, number: u64, first: u64) {
    lane.come();
    let mut session = Session::new(&lane, class, number);
    let seat = Rc::new(Seat::default());
    let mut due = first;
    loop {
        lane.begun.set(lane.begun.get() + 1);
        let done = session.task(due).await;
        lane.active.set(lane.active.get() - 1);
        match done {
            Done::Well | Done::Unreached => {}
            Done::Late => lane.begun.set(lane.begun.get() - 1),
            Done::Over => {
                lane.begun.set(lane.begun.get() - 1);
                lane.due.set(lane.due.get() - 1);
                break;
            }
        }
        let queued = crew.queue.borrow_mut().pop_front();
        due = match queued {
            Some((due, since)) => {
                session.waited = lane.timers.clock.now().saturating_sub(since);
                lane.queued.set(lane.queued.get() - 1);
                lane.active.set(lane.active.get() + 1);
                due
            }
            None => {
                crew.free.borrow_mut().push(Rc::clone(&seat));
                called(&seat).await
            }
        };
    }
    crew.present.set(crew.present.get() - 1);
    lane.leave();
}

async fn called(seat: &Seat) -> u64 {
    poll_fn(|context| match seat.due.take() {
        Some(due) => Poll::Ready(due),
        None => {
            *seat.waker.borrow_mut() = Some(context.waker().clone());
            Poll::Pending
        }
    })
    .await
}
