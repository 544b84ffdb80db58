//! The registered keys.

use std::collections::HashMap;

use super::{KeyId, PublicKey};
use crate::refusal::Refusal;

/// The keys that are known beforehand, by their names.
#[derive(Debug, Clone, Default)]
pub struct KeyRing {
    keys: HashMap<KeyId, PublicKey>,
}

impl KeyRing {
    pub fn new() -> Self {
        Self::default()
    }

    /// Registers the key of these bytes and returns its name.
    pub fn register(&mut self, bytes: &[u8; 32]) -> Result<KeyId, Refusal> {
        let key = PublicKey::decode(bytes)?;
        self.keys.insert(key.id(), key);
        Ok(key.id())
    }

    pub fn get(&self, id: &KeyId) -> Option<&PublicKey> {
        self.keys.get(id)
    }

    /// Whether the key of these bytes is registered.
    pub fn contains(&self, bytes: &[u8; 32]) -> bool {
        self.keys.contains_key(&KeyId::of(bytes))
    }

    pub fn len(&self) -> usize {
        self.keys.len()
    }

    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }
}
