//! From a subject to those who hear it: found once in the tree of patterns and then remembered,
//! until a subscription that could change it comes or goes.

mod patterns;

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::listener::{Listener, Room, Taken};
use crate::message::{Message, Subject};
use crate::subject::is_literal;
use patterns::Patterns;

/// So many subjects are remembered; the subjects of answers are each used once.
const REMEMBERED: usize = 4096;

#[derive(Default)]
pub(crate) struct Router {
    patterns: Patterns,
    routes: HashMap<Subject, Arc<Route>>,
    /// How many routes were ever found, so that groups do not all begin with their first member.
    found: usize,
}

impl Router {
    pub fn known(&self, subject: &str) -> Option<Arc<Route>> {
        self.routes.get(subject).cloned()
    }

    pub fn find(&mut self, subject: &str) -> Arc<Route> {
        if let Some(route) = self.known(subject) {
            return route;
        }
        if self.routes.len() >= REMEMBERED {
            self.routes.clear();
        }
        self.found = self.found.wrapping_add(1);
        let listeners = self.patterns.matching(subject);
        let route = Arc::new(Route::new(subject.into(), listeners, self.found));
        self.routes.insert(route.subject.clone(), Arc::clone(&route));
        route
    }

    pub fn add(&mut self, listener: Arc<Listener>) {
        self.forget(&listener.pattern);
        self.patterns.insert(listener);
    }

    pub fn remove(&mut self, listener: &Listener<impl ?Sized>) {
        self.forget(&listener.pattern);
        self.patterns.remove(&listener.pattern, listener.id);
    }

    pub fn listeners(&self) -> impl Iterator<Item = &Arc<Listener>> {
        self.patterns.iter()
    }

    fn forget(&mut self, pattern: &str) {
        if is_literal(pattern) {
            self.routes.remove(pattern);
        } else {
            self.routes.clear();
        }
    }
}

/// Those who hear a subject.
pub(crate) struct Route {
    pub subject: Subject,
    alone: Vec<Arc<Listener>>,
    groups: Vec<Group>,
}

/// What became of a message.
#[derive(Default)]
pub(crate) struct Delivery {
    pub taken: usize,
    /// Those who listen but had no room for it.
    pub dropped: usize,
    /// Somebody who took it has little room for more.
    pub narrow: Option<Room>,
    /// Those who wanted no more than this.
    pub finished: Vec<Arc<Listener>>,
}

impl Route {
    fn new(subject: Subject, listeners: Vec<Arc<Listener>>, turn: usize) -> Route {
        let mut route = Route { subject, alone: Vec::new(), groups: Vec::new() };
        for listener in listeners {
            // A group is one whatever patterns its members subscribed to.
            match route.groups.iter_mut().find(|group| group.is_of(&listener)) {
                _ if listener.queue.is_none() => route.alone.push(listener),
                Some(group) => group.members.push(listener),
                None => route
                    .groups
                    .push(Group { members: vec![listener], turn: AtomicUsize::new(turn) }),
            }
        }
        route
    }

    /// Hands the message to each listener and to one of each group, except to those of `from`.
    pub fn deliver(&self, message: Message, from: Option<u64>) -> Delivery {
        let mut delivery = Delivery::default();
        let mut left = self.alone.len() + self.groups.len();
        let mut message = Some(message);
        let mut copy = || {
            left -= 1;
            let copy = if left == 0 { message.take() } else { message.clone() };
            copy.expect("the original goes to the last")
        };
        for listener in &self.alone {
            delivery.hand(copy(), std::iter::once(listener), from);
        }
        for group in &self.groups {
            delivery.hand(copy(), group.in_turn(), from);
        }
        delivery
    }
}

/// Listeners who share the work.
struct Group {
    members: Vec<Arc<Listener>>,
    turn: AtomicUsize,
}

impl Group {
    fn is_of(&self, listener: &Listener) -> bool {
        self.members[0].queue == listener.queue
    }

    /// All members, beginning with whose turn it is.
    fn in_turn(&self) -> impl Iterator<Item = &Arc<Listener>> {
        let first = self.turn.fetch_add(1, Ordering::Relaxed) % self.members.len();
        let (before, after) = self.members.split_at(first);
        after.iter().chain(before)
    }
}

impl Delivery {
    /// Hands the message to the first that takes it. When there is none, the first of those that
    /// had no room for it has missed it.
    fn hand<'a>(
        &mut self,
        mut message: Message,
        listeners: impl Iterator<Item = &'a Arc<Listener>>,
        from: Option<u64>,
    ) {
        let mut full = None;
        for listener in listeners {
            if from.is_some() && listener.owner == from {
                continue;
            }
            match listener.inbox.offer(message) {
                Ok(taken) => {
                    self.taken += 1;
                    match taken {
                        Taken::More => {}
                        Taken::Narrow(room) => self.narrow = Some(room),
                        Taken::Last => self.finished.push(Arc::clone(listener)),
                    }
                    return;
                }
                Err(refused) => {
                    message = refused.message;
                    full = full.or(refused.full.then_some(listener));
                }
            }
        }
        if let Some(listener) = full {
            self.dropped += 1;
            listener.inbox.missed();
        }
    }
}
