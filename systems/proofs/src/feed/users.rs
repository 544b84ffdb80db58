//! Users whose keys anybody can make who has the root: for load tests and nothing else.

use ed25519_dalek::SigningKey;
use rand::RngExt;
use rand::rngs::Xoshiro256PlusPlus;
use sha2::{Digest, Sha256};

use super::Authenticators;
use crate::registry::Registry;
use crate::webauthn::ChallengeSecret;

/// From what every private key is made.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Root(pub [u8; 32]);

/// A pool of users.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Generated {
    pub root: Root,
    pub users: u32,
}

/// The most users of a pool: their keys take 400 MB.
pub const MOST_USERS: u32 = 1_000_000;

/// Users who sign with Ed25519, and some whose keys are revoked.
#[derive(Debug)]
pub struct Signers {
    users: Vec<SigningKey>,
    revoked: Vec<SigningKey>,
}

/// One user in so many has a second key, which is revoked.
const USERS_TO_A_REVOKED_KEY: u32 = 100;

impl Root {
    /// The root that a seed names, for feeds that are to be the same again.
    pub fn of_seed(seed: u64) -> Self {
        let hash = Sha256::new_with_prefix(b"proofs/root\0").chain_update(seed.to_be_bytes());
        Self(hash.finalize().into())
    }

    /// The private key of a user for a purpose.
    pub(super) fn key(&self, purpose: &str, user: u32) -> [u8; 32] {
        let hash = Sha256::new_with_prefix(b"proofs/user\0").chain_update(self.0);
        hash.chain_update(user.to_be_bytes()).chain_update(purpose).finalize().into()
    }
}

impl Generated {
    pub fn signers(&self) -> Signers {
        let keys = |purpose, count| {
            let key = |user| SigningKey::from_bytes(&self.root.key(purpose, user));
            (0..count).map(key).collect()
        };
        Signers {
            users: keys("signer", self.users),
            revoked: keys("revoked", self.users.div_ceil(USERS_TO_A_REVOKED_KEY)),
        }
    }

    /// What a service has to know for the feeds of these users.
    pub fn registry(self, challenge_secret: ChallengeSecret) -> Registry {
        let signers = self.signers();
        let public = |keys: &[SigningKey]| {
            keys.iter().map(|key| key.verifying_key().to_bytes()).collect::<Vec<_>>()
        };
        Registry {
            keys: public(&signers.users),
            revoked_keys: public(&signers.revoked),
            credentials: Authenticators::credentials(&self),
            challenge_secret: Some(challenge_secret),
            generated: Some(self),
        }
    }
}

impl Signers {
    /// One of the users, or of the revoked keys, and whose that is.
    pub(super) fn draw(&self, revoked: bool, rng: &mut Xoshiro256PlusPlus) -> (usize, &SigningKey) {
        let keys = if revoked { &self.revoked } else { &self.users };
        let user = rng.random_range(0..keys.len());
        (user, &keys[user])
    }
}

/// The root is as good as every private key.
impl std::fmt::Debug for Root {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Root(..)")
    }
}
