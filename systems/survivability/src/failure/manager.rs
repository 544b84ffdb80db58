//! Which links are down now, what comes next, and what happened. A link that several failures took
//! down comes back with the last of them.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

use super::{Failure, FailureError};
use crate::link_set::{self, LinkSet};
use crate::topology::{Link, Node, Topology};

/// How many ended events are remembered unless said otherwise.
const REMEMBERED: usize = 1000;

/// A failure that was injected, for [`FailureManager::schedule_repair`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventId(u64);

/// One failure from its injection to its repair.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    pub id: EventId,
    pub kind: &'static str,
    pub t_fail: f64,
    /// Unknown while nobody has scheduled it.
    pub t_repair: Option<f64>,
    pub links: Vec<Link>,
    /// Where it is, for the distance of paths from it.
    pub centres: Vec<Node>,
    is_active: bool,
}

/// The failures of one simulation. Injecting only schedules: links go down when
/// [`FailureManager::activate_due`] is told that the time has come.
#[derive(Clone, Debug)]
pub struct FailureManager {
    down: LinkSet,
    /// How many active failures hold each link down.
    holders: Vec<u16>,
    is_any_down: bool,
    /// Scheduled and active, in the order of their injection.
    open: Vec<Event>,
    /// Times as bits, which order as the times do, since those are not negative.
    failing: BinaryHeap<Reverse<(u64, EventId)>>,
    repairing: BinaryHeap<Reverse<(u64, EventId)>>,
    history: VecDeque<Event>,
    remembered: usize,
    forgotten: u64,
    next: u64,
    /// Hops from each node to the nearest centre of an active failure.
    hops_to_centre: Vec<u16>,
}

impl FailureManager {
    #[must_use]
    pub fn new(topology: &Topology) -> FailureManager {
        FailureManager {
            down: LinkSet::new(topology.links().len()),
            holders: vec![0; topology.links().len()],
            is_any_down: false,
            open: Vec::new(),
            failing: BinaryHeap::new(),
            repairing: BinaryHeap::new(),
            history: VecDeque::new(),
            remembered: REMEMBERED,
            forgotten: 0,
            next: 0,
            hops_to_centre: vec![0; topology.nodes().len()],
        }
    }

    /// Remembers so many ended events; older ones are only counted.
    #[must_use]
    pub fn remembering(mut self, events: usize) -> FailureManager {
        self.remembered = events;
        self
    }

    /// Schedules a failure and, if its time is known, its repair.
    pub fn inject(
        &mut self,
        topology: &Topology,
        failure: &Failure,
        t_fail: f64,
        t_repair: Option<f64>,
    ) -> Result<EventId, FailureError> {
        // The bits of a negative zero stand behind those of every other time.
        if t_fail.is_nan() || t_fail.is_sign_negative() {
            return Err(FailureError::Time(t_fail));
        }
        check_repair(t_fail, t_repair)?;
        let links = failure.links(topology)?;
        let id = EventId(self.next);
        self.next += 1;
        let centres = failure.centres(topology);
        let kind = failure.kind();
        self.open.push(Event { id, kind, t_fail, t_repair, links, centres, is_active: false });
        self.failing.push(Reverse((t_fail.to_bits(), id)));
        if let Some(time) = t_repair {
            self.repairing.push(Reverse((time.to_bits(), id)));
        }
        Ok(id)
    }

    /// Says when a failure without a time of repair is repaired. One that ended is left alone.
    pub fn schedule_repair(&mut self, id: EventId, t_repair: f64) -> Result<(), FailureError> {
        if let Some(event) = self.open.iter_mut().find(|event| event.id == id) {
            check_repair(event.t_fail, Some(t_repair))?;
            event.t_repair = Some(event.t_repair.map_or(t_repair, |known| known.min(t_repair)));
            self.repairing.push(Reverse((t_repair.to_bits(), id)));
        }
        Ok(())
    }

    /// When the next link goes down or comes back.
    #[must_use]
    pub fn next_due(&self) -> Option<f64> {
        let times = [self.failing.peek(), self.repairing.peek()].into_iter().flatten();
        times.map(|Reverse((bits, _))| *bits).min().map(f64::from_bits)
    }

    /// Takes down what is due, and tells the links that worked before, ascending.
    pub fn activate_due(&mut self, topology: &Topology, now: f64) -> Vec<Link> {
        let mut failed = Vec::new();
        let mut changed = false;
        while let Some(id) = pop_due(&mut self.failing, now) {
            let Some(event) = self.open.iter_mut().find(|event| event.id == id) else { continue };
            event.is_active = true;
            changed = true;
            for link in &event.links {
                self.holders[link.index()] += 1;
                if self.holders[link.index()] == 1 {
                    self.down.insert(*link);
                    failed.push(*link);
                }
            }
        }
        if changed {
            failed.sort_unstable();
            self.is_any_down = true;
            self.measure_distances(topology);
        }
        failed
    }

    /// Repairs what is due, and tells the links that work again, ascending.
    pub fn repair_due(&mut self, topology: &Topology, now: f64) -> Vec<Link> {
        let mut repaired = Vec::new();
        let mut changed = false;
        while let Some(id) = pop_due(&mut self.repairing, now) {
            // A failure may have been given two times of repair; the earlier one counted.
            let Some(at) = self.open.iter().position(|event| event.id == id) else { continue };
            let event = self.open.remove(at);
            changed = true;
            if event.is_active {
                for link in &event.links {
                    self.holders[link.index()] -= 1;
                    if self.holders[link.index()] == 0 {
                        self.down.remove(*link);
                        repaired.push(*link);
                    }
                }
            }
            self.remember(event);
        }
        if changed {
            repaired.sort_unstable();
            self.is_any_down = !self.down.is_empty();
            self.measure_distances(topology);
        }
        repaired
    }

    /// Whether a path, by its set of links, uses no link that is down.
    #[must_use]
    #[inline]
    pub fn is_feasible(&self, path: &[u64]) -> bool {
        !self.is_any_down || !link_set::intersect(path, self.down.words())
    }

    /// Whether any link is down.
    #[must_use]
    pub fn is_any_down(&self) -> bool {
        self.is_any_down
    }

    /// The links that are down.
    #[must_use]
    pub fn down(&self) -> &LinkSet {
        &self.down
    }

    /// Hops in the intact network from the nearest of these nodes to the nearest centre of an
    /// active failure; 0 if none is active.
    #[must_use]
    pub fn hops_to_centre(&self, nodes: &[Node]) -> u16 {
        let hops = nodes.iter().map(|node| self.hops_to_centre[node.index()]);
        hops.min().unwrap_or(0)
    }

    /// Ended failures, the oldest first; how many older ones were forgotten.
    #[must_use]
    pub fn history(&self) -> (&VecDeque<Event>, u64) {
        (&self.history, self.forgotten)
    }

    /// Failures that are scheduled or active, in the order of their injection.
    #[must_use]
    pub fn open(&self) -> &[Event] {
        &self.open
    }

    /// Forgets what is active and scheduled; the history stays.
    pub fn clear(&mut self) {
        self.down.clear();
        self.holders.fill(0);
        self.is_any_down = false;
        self.open.clear();
        self.failing.clear();
        self.repairing.clear();
        self.hops_to_centre.fill(0);
    }

    /// What the manager holds in memory.
    #[must_use]
    pub fn memory_bytes(&self) -> usize {
        let event = |event: &Event| {
            event.links.capacity() * size_of::<Link>()
                + event.centres.capacity() * size_of::<Node>()
        };
        let events: usize = self.open.iter().chain(&self.history).map(event).sum();
        let slots = (self.open.capacity() + self.history.capacity()) * size_of::<Event>();
        let due = self.failing.capacity() + self.repairing.capacity();
        size_of::<FailureManager>()
            + events
            + slots
            + due * size_of::<Reverse<(u64, EventId)>>()
            + size_of_val(self.down.words())
            + (self.holders.capacity() + self.hops_to_centre.capacity()) * size_of::<u16>()
    }

    fn remember(&mut self, event: Event) {
        if self.history.len() >= self.remembered && self.history.pop_front().is_some() {
            self.forgotten += 1;
        }
        if self.remembered == 0 {
            self.forgotten += 1;
        } else {
            self.history.push_back(event);
        }
    }

    /// A search from all centres at once.
    fn measure_distances(&mut self, topology: &Topology) {
        let active = self.open.iter().filter(|event| event.is_active);
        let mut queue: Vec<Node> = active.flat_map(|event| event.centres.iter().copied()).collect();
        if queue.is_empty() {
            self.hops_to_centre.fill(0);
            return;
        }
        self.hops_to_centre.fill(u16::MAX);
        for centre in &queue {
            self.hops_to_centre[centre.index()] = 0;
        }
        let mut next = 0;
        while let Some(node) = queue.get(next).copied() {
            next += 1;
            let hops = self.hops_to_centre[node.index()] + 1;
            for (neighbour, _) in topology.neighbours(node) {
                let known = &mut self.hops_to_centre[neighbour.index()];
                if *known == u16::MAX {
                    *known = hops;
                    queue.push(*neighbour);
                }
            }
        }
    }
}

fn check_repair(fail: f64, repair: Option<f64>) -> Result<(), FailureError> {
    match repair {
        Some(repair) if repair.is_nan() || repair <= fail => {
            Err(FailureError::RepairFirst { fail, repair })
        }
        _ => Ok(()),
    }
}

fn pop_due(heap: &mut BinaryHeap<Reverse<(u64, EventId)>>, now: f64) -> Option<EventId> {
    let Reverse((bits, id)) = *heap.peek()?;
    (f64::from_bits(bits) <= now).then(|| {
        heap.pop();
        id
    })
}

#[cfg(test)]
mod tests;
