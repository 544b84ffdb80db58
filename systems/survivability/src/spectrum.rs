//! The slots of every link, as bits: 1 is free. A lightpath takes the same run of slots on one core
//! of every link of its path, so what a path offers is the AND of its links.

mod run;

use crate::topology::Link;

pub use run::{longest_run, run_starts};

/// The shape of a link's spectrum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grid {
    /// Slots of a core.
    pub slots: u16,
    pub cores: u16,
    /// Free slots a lightpath keeps above its own.
    pub guard: u16,
}

/// The most slots a core may have, which bounds the scratch of a search.
pub const MOST_SLOTS: u16 = 2048;
const MOST_WORDS: usize = MOST_SLOTS as usize / 64;

/// Where in the spectrum a lightpath lies, on each link of its path; guard included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Block {
    pub core: u16,
    pub start: u16,
    pub slots: u16,
}

/// Which of the free blocks is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Assignment {
    /// The lowest slots of the lowest core.
    FirstFit,
    /// The highest slots of the lowest core.
    LastFit,
    /// The lowest slots of the shortest free run of any core.
    BestFit,
    /// Any place, all equally likely.
    Random,
}

/// What is free on every link.
#[derive(Clone, Debug)]
pub struct Spectrum {
    grid: Grid,
    /// Words of one core of one link.
    words: usize,
    free: Vec<u64>,
    summaries: Vec<Summary>,
    /// Taken slots over all links and cores.
    busy: u64,
}

/// What a core of a link offers, counted when it is first asked for after a change.
#[derive(Clone, Copy, Debug, Default)]
struct Summary {
    is_current: bool,
    longest: u16,
    free: u16,
}

impl Spectrum {
    /// # Panics
    /// If the grid has no slot, no core, or more than [`MOST_SLOTS`].
    #[must_use]
    pub fn new(grid: Grid, links: usize) -> Spectrum {
        assert!(
            (1..=MOST_SLOTS).contains(&grid.slots) && grid.cores > 0,
            "an experiment checks it"
        );
        let words = usize::from(grid.slots).div_ceil(64);
        let cores = links * usize::from(grid.cores);
        let mut free = vec![u64::MAX; cores * words];
        let beyond = words * 64 - usize::from(grid.slots);
        for core in free.chunks_exact_mut(words) {
            core[words - 1] >>= beyond;
        }
        Spectrum { grid, words, free, summaries: vec![Summary::default(); cores], busy: 0 }
    }

    #[must_use]
    pub fn grid(&self) -> Grid {
        self.grid
    }

    /// Taken slots, guards included, over all links and cores.
    #[must_use]
    pub fn busy(&self) -> u64 {
        self.busy
    }

    /// All slots of all links and cores.
    #[must_use]
    pub fn capacity(&self) -> u64 {
        self.summaries.len() as u64 * u64::from(self.grid.slots)
    }

    /// A run of so many slots, guard included, that is free on every link.
    ///
    /// `draw` gives a number below its argument, and is asked only for a random assignment.
    pub fn find(
        &self,
        links: &[Link],
        slots: u16,
        assignment: Assignment,
        draw: impl FnMut(u64) -> u64,
    ) -> Option<Block> {
        self.find_on(links, &[], slots, assignment, draw)
    }

    /// The same over the links of two paths.
    pub fn find_on(
        &self,
        links: &[Link],
        more: &[Link],
        slots: u16,
        assignment: Assignment,
        draw: impl FnMut(u64) -> u64,
    ) -> Option<Block> {
        if slots == 0 || slots > self.grid.slots {
            return None;
        }
        match assignment {
            Assignment::FirstFit => self.first(links, more, slots, run::lowest),
            Assignment::LastFit => self.first(links, more, slots, run::highest),
            Assignment::BestFit => self.best(links, more, slots),
            Assignment::Random => self.random(links, more, slots, draw),
        }
    }

    /// Takes a block on every link.
    ///
    /// # Panics
    /// If a slot is taken already: two lightpaths would share it.
    pub fn take(&mut self, links: &[Link], block: Block) {
        for link in links {
            let core = self.core(*link, block.core);
            let free = &mut self.free[core * self.words..][..self.words];
            let all_free = run::for_each_mask(block.start, block.slots, |word, mask| {
                let was_free = free[word] & mask == mask;
                free[word] &= !mask;
                was_free
            });
            assert!(all_free, "a slot of link {} is taken twice", link.0);
            self.summaries[core].is_current = false;
        }
        self.busy += u64::from(block.slots) * links.len() as u64;
    }

    /// Gives a block back on every link.
    ///
    /// # Panics
    /// If a slot is free already: it was given back twice.
    pub fn give(&mut self, links: &[Link], block: Block) {
        for link in links {
            let core = self.core(*link, block.core);
            let free = &mut self.free[core * self.words..][..self.words];
            let all_taken = run::for_each_mask(block.start, block.slots, |word, mask| {
                let was_taken = free[word] & mask == 0;
                free[word] |= mask;
                was_taken
            });
            assert!(all_taken, "a slot of link {} is given back twice", link.0);
            self.summaries[core].is_current = false;
        }
        self.busy -= u64::from(block.slots) * links.len() as u64;
    }

    /// The longest free run of a link, on the core where it is longest.
    pub fn longest_run(&mut self, link: Link) -> u16 {
        let cores = 0..self.grid.cores;
        cores.map(|core| self.summary(link, core).longest).max().unwrap_or(0)
    }

    /// The longest free run and the number of free slots of a link, on the core that has most free.
    pub fn emptiest(&mut self, link: Link) -> (u16, u16) {
        let mut emptiest = self.summary(link, 0);
        for core in 1..self.grid.cores {
            let summary = self.summary(link, core);
            if summary.free > emptiest.free {
                emptiest = summary;
            }
        }
        (emptiest.longest, emptiest.free)
    }

    /// Share of the slots taken on the fullest of the links.
    pub fn occupancy(&mut self, links: &[Link]) -> f64 {
        let free = links.iter().map(|link| self.free_slots(*link)).min().unwrap_or(0);
        let slots = f64::from(self.grid.slots) * f64::from(self.grid.cores);
        1.0 - f64::from(free) / slots
    }

    /// Free slots of a link over all its cores.
    pub fn free_slots(&mut self, link: Link) -> u32 {
        (0..self.grid.cores).map(|core| u32::from(self.summary(link, core).free)).sum()
    }

    /// The longest run that is free on every link, on the core where it is longest.
    #[must_use]
    pub fn common_run(&self, links: &[Link]) -> u16 {
        let mut common = [0; MOST_WORDS];
        let common = &mut common[..self.words];
        let mut longest = 0;
        for core in 0..self.grid.cores {
            self.common(links, &[], core, common);
            longest = longest.max(longest_run(common));
        }
        longest
    }

    /// Whether a slot of a link is free.
    #[must_use]
    pub fn is_free(&self, link: Link, core: u16, slot: u16) -> bool {
        let word = self.core(link, core) * self.words + usize::from(slot / 64);
        self.free[word] >> (slot % 64) & 1 == 1
    }

    /// What the spectrum holds in memory.
    #[must_use]
    pub fn memory_bytes(&self) -> usize {
        self.free.capacity() * size_of::<u64>()
            + self.summaries.capacity() * size_of::<Summary>()
            + size_of::<Spectrum>()
    }

    fn core(&self, link: Link, core: u16) -> usize {
        link.index() * usize::from(self.grid.cores) + usize::from(core)
    }

    fn summary(&mut self, link: Link, core: u16) -> Summary {
        let core = self.core(link, core);
        if !self.summaries[core].is_current {
            let bits = &self.free[core * self.words..][..self.words];
            let free = bits.iter().map(|word| word.count_ones() as u16).sum();
            self.summaries[core] = Summary { is_current: true, longest: longest_run(bits), free };
        }
        self.summaries[core]
    }

    /// What is free on every link of one core.
    fn common(&self, links: &[Link], more: &[Link], core: u16, common: &mut [u64]) {
        let bits = |link: &Link| &self.free[self.core(*link, core) * self.words..][..self.words];
        let Some((first, rest)) = links.split_first() else {
            common.fill(0);
            return;
        };
        common.copy_from_slice(bits(first));
        for link in rest.iter().chain(more) {
            for (word, other) in common.iter_mut().zip(bits(link)) {
                *word &= other;
            }
        }
    }

    fn first(
        &self,
        links: &[Link],
        more: &[Link],
        slots: u16,
        pick: fn(&[u64]) -> Option<u16>,
    ) -> Option<Block> {
        let mut common = [0; MOST_WORDS];
        let common = &mut common[..self.words];
        for core in 0..self.grid.cores {
            self.common(links, more, core, common);
            run_starts(common, slots);
            if let Some(start) = pick(common) {
                return Some(Block { core, start, slots });
            }
        }
        None
    }

    fn best(&self, links: &[Link], more: &[Link], slots: u16) -> Option<Block> {
        let mut common = [0; MOST_WORDS];
        let common = &mut common[..self.words];
        let mut best: Option<(u16, Block)> = None;
        for core in 0..self.grid.cores {
            self.common(links, more, core, common);
            for (start, length) in run::runs(common) {
                let is_better = best.is_none_or(|(shortest, _)| length < shortest);
                if length >= slots && is_better {
                    best = Some((length, Block { core, start, slots }));
                }
            }
        }
        best.map(|(_, block)| block)
    }

    fn random(
        &self,
        links: &[Link],
        more: &[Link],
        slots: u16,
        mut draw: impl FnMut(u64) -> u64,
    ) -> Option<Block> {
        let mut common = [0; MOST_WORDS];
        let common = &mut common[..self.words];
        let starts_of = |core, common: &mut [u64]| {
            self.common(links, more, core, common);
            run_starts(common, slots);
            common.iter().map(|word| u64::from(word.count_ones())).sum::<u64>()
        };
        let places: u64 = (0..self.grid.cores).map(|core| starts_of(core, common)).sum();
        if places == 0 {
            return None;
        }
        let mut chosen = draw(places);
        for core in 0..self.grid.cores {
            let here = starts_of(core, common);
            if chosen < here {
                return run::nth(common, chosen).map(|start| Block { core, start, slots });
            }
            chosen -= here;
        }
        None
    }
}

#[cfg(test)]
mod tests;
