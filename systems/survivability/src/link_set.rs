//! Sets of links as bits, so that "does this path use a failed link" is a few ANDs.

use crate::topology::Link;

/// How many words a set over so many links has.
#[must_use]
pub fn words(links: usize) -> usize {
    links.div_ceil(64)
}

/// Whether two sets over the same links share one.
#[must_use]
pub fn intersect(left: &[u64], right: &[u64]) -> bool {
    left.iter().zip(right).any(|(left, right)| left & right != 0)
}

/// A set over the links of one topology.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct LinkSet {
    words: Box<[u64]>,
}

impl LinkSet {
    /// The empty set over so many links.
    #[must_use]
    pub fn new(links: usize) -> LinkSet {
        LinkSet { words: vec![0; words(links)].into_boxed_slice() }
    }

    pub fn insert(&mut self, link: Link) {
        self.words[link.index() / 64] |= 1 << (link.index() % 64);
    }

    pub fn remove(&mut self, link: Link) {
        self.words[link.index() / 64] &= !(1 << (link.index() % 64));
    }

    #[must_use]
    pub fn contains(&self, link: Link) -> bool {
        self.words[link.index() / 64] >> (link.index() % 64) & 1 == 1
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.words.iter().all(|word| *word == 0)
    }

    #[must_use]
    pub fn len(&self) -> usize {
        self.words.iter().map(|word| word.count_ones() as usize).sum()
    }

    pub fn clear(&mut self) {
        self.words.fill(0);
    }

    /// The bits, link 0 lowest in the first word.
    #[must_use]
    pub fn words(&self) -> &[u64] {
        &self.words
    }

    /// The links in ascending order.
    pub fn iter(&self) -> impl Iterator<Item = Link> {
        let all = (0..self.words.len() * 64).map(|index| Link(index as u16));
        all.filter(|link| self.contains(*link))
    }
}
