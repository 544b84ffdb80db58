//! Closed loop: every user waits for its answers, and thinks.

use std::rc::Rc;
use std::time::Duration;

use super::Lane;
use crate::clock::nanos;
use crate::schedule::{Curve, Presence, deal, pause, spread};
use crate::session::{Done, Session};
use crate::workload::Leg;

/// After a target could not be reached: doubled from one to the other.
const SHORTEST_BREAK: Duration = Duration::from_millis(10);
const LONGEST_BREAK: Duration = Duration::from_secs(1);

/// Lets the thread's share of the users come and go as the legs say.
pub(super) fn begin(lane: &Rc<Lane>, legs: &[Leg]) {
    let curve = Curve::new(legs);
    let weights: Vec<u32> = lane.script.classes.iter().map(|class| class.weight).collect();
    let users = curve.users();
    let classes = deal(&weights, users);
    for user in spread(users, lane.share) {
        let class = classes[user as usize];
        let periods: Vec<(u64, u64)> =
            Presence::of(&curve, user).map(|(from, until)| (nanos(from), nanos(until))).collect();
        tokio::task::spawn_local(live(Rc::clone(lane), class, u64::from(user) + 1, periods));
    }
}

async fn live(lane: Rc<Lane>, class: usize, number: u64, periods: Vec<(u64, u64)>) {
    let think = lane.script.classes[class].think;
    let mut rng = None;
    for (from, until) in periods {
        lane.timers.until(from).await;
        lane.come();
        let mut session = Session::new(&lane, class, number);
        // Who comes again goes on drawing: its identifiers have to be new ones.
        session.rng = rng.take().unwrap_or(session.rng);
        let mut due = from;
        let mut rest = SHORTEST_BREAK;
        loop {
            if due > session.ended {
                lane.timers.until(due.min(until)).await;
            }
            if due >= until || lane.is_closing() {
                break;
            }
            lane.due.set(lane.due.get() + 1);
            lane.begun.set(lane.begun.get() + 1);
            lane.active.set(lane.active.get() + 1);
            let done = session.task(due).await;
            lane.active.set(lane.active.get() - 1);
            due = session.ended + nanos(pause(think, &mut session.rng));
            match done {
                Done::Well => rest = SHORTEST_BREAK,
                Done::Unreached => {
                    due = due.saturating_add(nanos(rest));
                    rest = (rest * 2).min(LONGEST_BREAK);
                }
                Done::Over | Done::Late => {
                    lane.due.set(lane.due.get() - 1);
                    lane.begun.set(lane.begun.get() - 1);
                    break;
                }
            }
        }
        rng = Some(session.rng);
        lane.leave();
        if lane.is_closing() {
            return;
        }
    }
}
