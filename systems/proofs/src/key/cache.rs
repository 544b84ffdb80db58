//! Decoded keys, kept because decoding costs a tenth of checking a signature.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock, RwLockReadGuard};

use super::PublicKey;

/// The keys that were decoded lately, by their bytes.
///
/// There are two generations: when the young one is full, it becomes the old one and what was old
/// is dropped, to be decoded again if it is still in use. So reading changes nothing, and there are
/// never more than twice so many keys, each about 240 bytes.
#[derive(Debug)]
pub struct KeyCache {
    generations: RwLock<Generations>,
    generation: usize,
}

#[derive(Debug, Default)]
struct Generations {
    young: HashMap<[u8; 32], PublicKey>,
    old: HashMap<[u8; 32], PublicKey>,
}

impl KeyCache {
    /// A cache of at most twice so many keys.
    pub fn new(generation: usize) -> Self {
        Self { generations: RwLock::default(), generation }
    }

    /// The key of these bytes, if it is remembered.
    pub fn get(&self, bytes: &[u8; 32]) -> Option<PublicKey> {
        let generations = self.read();
        generations.young.get(bytes).or_else(|| generations.old.get(bytes)).copied()
    }

    /// Remembers a key. To be called once a signature under it was valid: otherwise anybody could
    /// drive the keys in use out with keys made up.
    pub fn remember(&self, key: PublicKey) {
        if self.generation == 0 {
            return;
        }
        // A panic of another thread leaves maps of keys that are right.
        let mut generations = self.generations.write().unwrap_or_else(PoisonError::into_inner);
        if generations.young.len() >= self.generation {
            generations.old = std::mem::take(&mut generations.young);
        }
        generations.young.insert(*key.as_bytes(), key);
    }

    /// How many keys are remembered.
    pub fn len(&self) -> usize {
        let generations = self.read();
        generations.young.len() + generations.old.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn read(&self) -> RwLockReadGuard<'_, Generations> {
        self.generations.read().unwrap_or_else(PoisonError::into_inner)
    }
}
