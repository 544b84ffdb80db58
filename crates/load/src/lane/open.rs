//! Open loop: tasks begin when they are due, whatever became of the ones before. Users stand ready
//! with a connection each; when all are busy another comes, up to the limit, and beyond it tasks
//! queue, their time running.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::future::poll_fn;
use std::rc::Rc;
use std::task::{Poll, Waker};

use super::Lane;
use crate::clock::nanos;
use crate::schedule::{self, Arrivals, Choice};
use crate::session::{Done, Session};
use crate::workload::{self, Leg};

/// Tasks handed out in a row before the users get a turn.
const IN_A_ROW: u32 = 32;

/// The users of the thread.
struct Staff {
    /// By class: who is free, the last to become so on top, whose connection is the warmest.
    free: Vec<RefCell<Vec<Rc<Seat>>>>,
    queue: Vec<RefCell<VecDeque<u64>>>,
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
    let classes = lane.script.classes.len();
    let (lane_number, lanes) = lane.share;
    // At least one each, so that every thread can do its share.
    let most = lane.protocol.connections / lanes
        + u32::from(lane_number < lane.protocol.connections % lanes);
    let staff = Rc::new(Staff {
        free: (0..classes).map(|_| RefCell::default()).collect(),
        queue: (0..classes).map(|_| RefCell::default()).collect(),
        most: u64::from(most.max(1)),
    });
    tokio::task::spawn_local(arrive(Rc::clone(lane), staff, arrivals));
}

async fn arrive(lane: Rc<Lane>, staff: Rc<Staff>, arrivals: Arrivals) {
    let weights: Vec<u32> = lane.script.classes.iter().map(|class| class.weight).collect();
    let choice = Choice::new(&weights);
    let mut rng = schedule::stream(lane.seed, "classes", lane.share.0);
    let mut in_a_row = 0;
    for due in arrivals.map(nanos) {
        if lane.timers.clock.now() < due {
            in_a_row = 0;
            lane.timers.until(due).await;
        } else if in_a_row >= IN_A_ROW {
            in_a_row = 0;
            tokio::task::yield_now().await;
        }
        in_a_row += 1;
        if lane.is_closing() {
            return;
        }
        lane.due.set(lane.due.get() + 1);
        let class = choice.as_ref().map_or(0, |choice| choice.draw(&mut rng));
        give(&lane, &staff, class, due);
    }
}

/// Hands a task to whoever is free, or to a new user, or lets it queue.
fn give(lane: &Rc<Lane>, staff: &Rc<Staff>, class: usize, due: u64) {
    if let Some(seat) = staff.free[class].borrow_mut().pop() {
        seat.due.set(Some(due));
        if let Some(waker) = seat.waker.borrow_mut().take() {
            waker.wake();
        }
        return;
    }
    let here = lane.users();
    if here < staff.most {
        lane.come();
        let (thread, threads) = lane.share;
        let number = here * u64::from(threads) + u64::from(thread) + 1;
        tokio::task::spawn_local(work(Rc::clone(lane), Rc::clone(staff), class, number, due));
        return;
    }
    lane.queued.set(lane.queued.get() + 1);
    staff.queue[class].borrow_mut().push_back(due);
}

async fn work(lane: Rc<Lane>, staff: Rc<Staff>, class: usize, number: u64, first: u64) {
    let mut session = Session::new(&lane, class, number);
    let seat = Rc::new(Seat::default());
    let mut due = first;
    loop {
        lane.begun.set(lane.begun.get() + 1);
        if session.task(due).await == Done::Over {
            lane.begun.set(lane.begun.get() - 1);
            break;
        }
        let queued = staff.queue[class].borrow_mut().pop_front();
        due = match queued {
            Some(due) => {
                lane.queued.set(lane.queued.get() - 1);
                due
            }
            None => {
                staff.free[class].borrow_mut().push(Rc::clone(&seat));
                called(&seat).await
            }
        };
    }
    lane.go();
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
