//! The requests that hold spectrum now. Places of ended ones are used again, so that nothing is
//! allocated once the network is as full as it gets.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::paths::PathId;
use crate::spectrum::Block;
use crate::traffic::Request;

/// One lightpath of a request.
#[derive(Clone, Copy, Debug)]
pub struct Hold {
    pub path: PathId,
    pub block: Block,
    next: u32,
}

/// A request that was served.
#[derive(Clone, Copy, Debug)]
pub struct Live {
    pub id: u64,
    pub pair: u32,
    pub rate: u16,
    pub kind: Kind,
    first: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Plain,
    /// Two lightpaths, of which the signal is taken from the first.
    OnPrimary,
    /// And from the second.
    OnBackup,
}

/// The end of a list of holds.
const NONE: u32 = u32::MAX;

/// A chain of holds that no request owns yet.
#[derive(Debug)]
pub struct Chain(u32);

impl Chain {
    #[must_use]
    pub fn empty() -> Chain {
        Chain(NONE)
    }
}

/// Requests by their place, and when each of them ends.
#[derive(Clone, Debug, Default)]
pub struct LiveRequests {
    places: Vec<Option<Live>>,
    free_places: Vec<u32>,
    holds: Vec<Hold>,
    free_holds: Vec<u32>,
    /// Time of the end as bits, the request, its place.
    ends: BinaryHeap<Reverse<(u64, u64, u32)>>,
}

impl LiveRequests {
    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.places.len() - self.free_places.len()
    }

    /// Puts a lightpath in front of a chain.
    pub fn hold(&mut self, path: PathId, block: Block, Chain(next): Chain) -> Chain {
        let hold = Hold { path, block, next };
        match self.free_holds.pop() {
            Some(at) => {
                self.holds[at as usize] = hold;
                Chain(at)
            }
            None => {
                self.holds.push(hold);
                Chain(self.holds.len() as u32 - 1)
            }
        }
    }

    /// Adds a request that owns a chain.
    pub fn add(&mut self, request: &Request, pair: u32, kind: Kind, Chain(first): Chain) {
        let Request { id, rate, depart, .. } = *request;
        let live = Some(Live { id, pair, rate: rate as u16, kind, first });
        let place = match self.free_places.pop() {
            Some(place) => {
                self.places[place as usize] = live;
                place
            }
            None => {
                self.places.push(live);
                self.places.len() as u32 - 1
            }
        };
        self.ends.push(Reverse((depart.to_bits(), id, place)));
    }

    /// When the next request ends. It may have been dropped since.
    #[must_use]
    #[inline]
    pub fn next_end(&self) -> Option<f64> {
        self.ends.peek().map(|Reverse((bits, ..))| f64::from_bits(*bits))
    }

    /// Takes out the request that ends next; nothing if it was dropped before.
    pub fn end_next(&mut self) -> Option<(Live, Chain)> {
        let Reverse((_, id, place)) = self.ends.pop()?;
        // Its place may belong to a later request by now.
        self.places[place as usize].filter(|live| live.id == id)?;
        self.remove(place)
    }

    /// Takes out the request at a place.
    pub fn remove(&mut self, place: u32) -> Option<(Live, Chain)> {
        let live = self.places[place as usize].take()?;
        self.free_places.push(place);
        Some((live, Chain(live.first)))
    }

    /// Takes the first lightpath off a chain.
    pub fn release(&mut self, chain: &mut Chain) -> Option<Hold> {
        let hold = *self.holds.get(chain.0 as usize)?;
        self.free_holds.push(chain.0);
        chain.0 = hold.next;
        Some(hold)
    }

    /// Gives the request at a place other lightpaths; its own have to be released before.
    pub fn replace(&mut self, place: u32, Chain(first): Chain) {
        if let Some(live) = &mut self.places[place as usize] {
            live.first = first;
        }
    }

    /// Takes the chain of a request away from it, to be released.
    pub fn detach(&mut self, place: u32) -> Chain {
        let live = self.places[place as usize].as_mut();
        Chain(live.map_or(NONE, |live| std::mem::replace(&mut live.first, NONE)))
    }

    pub fn set_kind(&mut self, place: u32, kind: Kind) {
        if let Some(live) = &mut self.places[place as usize] {
            live.kind = kind;
        }
    }

    /// All requests with their places.
    pub fn iter(&self) -> impl Iterator<Item = (u32, Live)> {
        (0..).zip(&self.places).filter_map(|(place, live)| live.map(|live| (place, live)))
    }

    /// The lightpaths of a request.
    pub fn holds_of(&self, live: Live) -> impl Iterator<Item = Hold> {
        self.holds(&Chain(live.first))
    }

    /// The lightpaths of a chain.
    pub fn holds(&self, chain: &Chain) -> impl Iterator<Item = Hold> + use<'_> {
        let mut at = chain.0;
        std::iter::from_fn(move || {
            let hold = *self.holds.get(at as usize)?;
            at = hold.next;
            Some(hold)
        })
    }

    /// What the requests hold in memory.
    #[must_use]
    pub fn memory_bytes(&self) -> usize {
        self.places.capacity() * size_of::<Option<Live>>()
            + (self.free_places.capacity() + self.free_holds.capacity()) * size_of::<u32>()
            + self.holds.capacity() * size_of::<Hold>()
            + self.ends.capacity() * size_of::<Reverse<(u64, u64, u32)>>()
    }
}
