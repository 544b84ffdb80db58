//! Which events are under way to whom: each bears a number, and each subscriber of the load tells
//! when it has it.

use std::cell::{Cell, RefCell};
use std::collections::{HashMap, VecDeque};
use std::future::poll_fn;
use std::task::{Poll, Waker};

use crate::check::Fault;
use crate::watch::{Watch, in_time};

/// The header with the number.
pub(crate) const HEADER: &str = "Tollgate-Event";
/// Subscribers that can be told apart.
pub(crate) const MOST_SUBSCRIBERS: u32 = 64;
/// Events that are remembered; what comes of an older one again is not known to be a duplicate
/// unless it had come to everybody.
const REMEMBERED: usize = 1 << 16;

/// The events of one thread.
#[derive(Debug)]
pub(crate) struct Deliveries {
    /// Before the number: other loads, and other threads, use the same bus.
    prefix: String,
    /// One bit for each subscriber.
    everybody: u64,
    events: RefCell<VecDeque<Event>>,
    /// The number of the first of `events`.
    first: Cell<u64>,
    /// Who still lacks an event that is no longer remembered.
    lacking: RefCell<HashMap<u64, u64>>,
    duplicates: Cell<u64>,
}

#[derive(Debug)]
struct Event {
    /// Who does not have it yet, a bit each.
    missing: u64,
    given_up: bool,
    waker: Option<Waker>,
}

impl Deliveries {
    pub fn new(run: u64, thread: u32, subscribers: u32) -> Deliveries {
        let subscribers = subscribers.min(MOST_SUBSCRIBERS);
        Deliveries {
            prefix: format!("{run:016x}.{thread}."),
            everybody: u64::MAX.checked_shr(64 - subscribers).unwrap_or(0),
            events: RefCell::default(),
            first: Cell::new(0),
            lacking: RefCell::default(),
            duplicates: Cell::new(0),
        }
    }

    /// The number of a new event.
    pub fn issue(&self) -> u64 {
        let mut events = self.events.borrow_mut();
        if events.len() == REMEMBERED {
            self.forget(&mut events);
        }
        events.push_back(Event { missing: self.everybody, given_up: false, waker: None });
        self.first.get() + events.len() as u64 - 1
    }

    fn forget(&self, events: &mut VecDeque<Event>) {
        let number = self.first.get();
        self.first.set(number + 1);
        let Some(oldest) = events.pop_front() else { return };
        if oldest.missing > 0 && oldest.given_up {
            self.lacking.borrow_mut().insert(number, oldest.missing);
        }
    }

    /// What the header says.
    pub fn label(&self, number: u64) -> String {
        format!("{}{number}", self.prefix)
    }

    /// The number in a header, if it is one of this thread's.
    pub fn number(&self, label: &str) -> Option<u64> {
        label.strip_prefix(&self.prefix)?.parse().ok()
    }

    /// Nothing was sent after all.
    pub fn withdraw(&self, number: u64) {
        self.change(number, |event| event.missing = 0);
    }

    /// A subscriber has an event.
    pub fn delivered(&self, number: u64, subscriber: u32) {
        let bit = 1 << subscriber;
        let Some(at) = self.place(number) else {
            let mut lacking = self.lacking.borrow_mut();
            match lacking.get_mut(&number) {
                Some(missing) if *missing & bit != 0 => *missing &= !bit,
                _ => self.duplicates.set(self.duplicates.get() + 1),
            }
            return;
        };
        let mut events = self.events.borrow_mut();
        let Some(event) = events.get_mut(at) else { return };
        if event.missing & bit == 0 {
            self.duplicates.set(self.duplicates.get() + 1);
            return;
        }
        event.missing &= !bit;
        if event.missing == 0
            && let Some(waker) = event.waker.take()
        {
            waker.wake();
        }
    }

    fn change(&self, number: u64, change: impl FnOnce(&mut Event)) {
        let Some(at) = self.place(number) else { return };
        if let Some(event) = self.events.borrow_mut().get_mut(at) {
            change(event);
        }
    }

    fn place(&self, number: u64) -> Option<usize> {
        usize::try_from(number.checked_sub(self.first.get())?).ok()
    }

    /// Waits until everybody has it.
    pub async fn arrival(&self, number: u64, watch: &Watch) -> Result<(), Fault> {
        let arrived = poll_fn(|context| {
            let Some(at) = self.place(number) else { return Poll::Ready(false) };
            match self.events.borrow_mut().get_mut(at) {
                Some(event) if event.missing == 0 => Poll::Ready(true),
                Some(event) => {
                    event.waker = Some(context.waker().clone());
                    Poll::Pending
                }
                None => Poll::Ready(false),
            }
        });
        let arrived = in_time(watch, arrived).await;
        if arrived == Ok(true) {
            return Ok(());
        }
        self.change(number, |event| {
            event.given_up = true;
            event.waker = None;
        });
        Err(Fault::TimedOut)
    }

    /// Deliveries that were given up and have not come since.
    pub fn lost(&self) -> u64 {
        let events = self.events.borrow();
        let remembered = events.iter().filter(|event| event.given_up).map(|event| event.missing);
        let lacking = self.lacking.borrow();
        let all = remembered.chain(lacking.values().copied());
        all.map(|missing| u64::from(missing.count_ones())).sum()
    }

    /// Deliveries of what was there already.
    pub fn duplicates(&self) -> u64 {
        self.duplicates.get()
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;
    use std::task::Context;

    use super::*;

    /// What a user who waits for the event learns now.
    fn look(deliveries: &Deliveries, number: u64, watch: &Watch) -> Poll<Result<(), Fault>> {
        let mut arrival = pin!(deliveries.arrival(number, watch));
        arrival.as_mut().poll(&mut Context::from_waker(Waker::noop()))
    }

    fn patient() -> std::rc::Rc<Watch> {
        let watch = crate::watch::Watches::default().add();
        watch.begin(u64::MAX);
        watch
    }

    fn give_up(deliveries: &Deliveries, number: u64) {
        let watches = crate::watch::Watches::default();
        let watch = watches.add();
        watch.begin(1);
        watches.look(2);
        assert_eq!(look(deliveries, number, &watch), Poll::Ready(Err(Fault::TimedOut)));
    }

    #[test]
    fn an_event_has_arrived_when_everybody_has_it() {
        let deliveries = Deliveries::new(1, 0, 2);
        let (number, watch) = (deliveries.issue(), patient());
        assert!(look(&deliveries, number, &watch).is_pending());
        deliveries.delivered(number, 1);
        assert!(look(&deliveries, number, &watch).is_pending());
        deliveries.delivered(number, 0);
        assert_eq!(look(&deliveries, number, &watch), Poll::Ready(Ok(())));
        assert_eq!((deliveries.lost(), deliveries.duplicates()), (0, 0));
    }

    #[test]
    fn the_second_delivery_to_the_same_subscriber_is_a_duplicate() {
        let deliveries = Deliveries::new(1, 0, 2);
        let number = deliveries.issue();
        for subscriber in [0, 0, 1, 1, 1] {
            deliveries.delivered(number, subscriber);
        }
        assert_eq!(deliveries.duplicates(), 3);
    }

    #[test]
    fn what_is_given_up_is_lost_until_it_comes() {
        let deliveries = Deliveries::new(1, 0, 3);
        let number = deliveries.issue();
        deliveries.delivered(number, 2);
        assert_eq!(deliveries.lost(), 0, "it is awaited still");
        give_up(&deliveries, number);
        assert_eq!(deliveries.lost(), 2);
        deliveries.delivered(number, 0);
        assert_eq!((deliveries.lost(), deliveries.duplicates()), (1, 0));
    }

    #[test]
    fn an_old_event_is_forgotten_but_not_its_loss() {
        let deliveries = Deliveries::new(1, 0, 1);
        let lost = deliveries.issue();
        give_up(&deliveries, lost);
        for _ in 0..=REMEMBERED {
            let number = deliveries.issue();
            deliveries.delivered(number, 0);
        }
        assert_eq!(deliveries.lost(), 1);
        deliveries.delivered(lost, 0);
        assert_eq!((deliveries.lost(), deliveries.duplicates()), (0, 0));
        deliveries.delivered(lost, 0);
        assert_eq!((deliveries.lost(), deliveries.duplicates()), (0, 1));
    }

    #[test]
    fn events_of_other_threads_and_loads_are_not_this_ones() {
        let deliveries = Deliveries::new(1, 0, 64);
        let number = deliveries.issue();
        assert_eq!(deliveries.number(&deliveries.label(number)), Some(number));
        assert_eq!(deliveries.number(&Deliveries::new(1, 1, 1).label(0)), None);
        assert_eq!(deliveries.number(&Deliveries::new(2, 0, 1).label(0)), None);
        assert_eq!(deliveries.number("anything"), None);
    }

    #[test]
    fn what_was_not_sent_is_not_lost() {
        let deliveries = Deliveries::new(1, 0, 1);
        let number = deliveries.issue();
        deliveries.withdraw(number);
        assert_eq!(look(&deliveries, number, &patient()), Poll::Ready(Ok(())));
        assert_eq!(deliveries.lost(), 0);
    }
}
