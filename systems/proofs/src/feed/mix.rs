//! How many proofs of each kind a feed has.

use std::str::FromStr;

use rand::RngExt;
use rand::rngs::Xoshiro256PlusPlus;

/// What is the matter with a proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Valid,
    /// A bit of the signature is another one.
    Invalid,
    Expired,
    /// It was on an earlier line.
    Replayed,
    /// Its key is revoked.
    Revoked,
}

/// Weights of the outcomes: `valid=90,invalid=4,expired=3,replayed=2,revoked=1`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mix([u32; 5]);

#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum MixError {
    #[error("`{0}` is not a kind, `=` and a weight, such as valid=90")]
    Form(String),
    #[error("`{0}` is none of valid, invalid, expired, replayed and revoked")]
    Kind(String),
    #[error("`{0}` is given twice")]
    Twice(String),
    #[error("every weight is zero")]
    Nothing,
    #[error("replayed proofs need valid ones")]
    NothingToReplay,
}

impl Mix {
    /// Valid proofs and nothing else.
    pub const VALID: Self = Self([1, 0, 0, 0, 0]);

    pub fn has(&self, outcome: Outcome) -> bool {
        self.0[outcome as usize] > 0
    }

    pub(super) fn draw(&self, rng: &mut Xoshiro256PlusPlus) -> Outcome {
        let total = self.0.iter().map(|weight| u64::from(*weight)).sum();
        let mut left = rng.random_range(0..total);
        for (outcome, weight) in Outcome::ALL.into_iter().zip(self.0) {
            match left.checked_sub(u64::from(weight)) {
                Some(rest) => left = rest,
                None => return outcome,
            }
        }
        unreachable!("less than the sum of the weights")
    }
}

impl FromStr for Mix {
    type Err = MixError;

    fn from_str(text: &str) -> Result<Self, MixError> {
        let mut weights = [None; 5];
        for part in text.split(',') {
            let part = part.trim();
            let form = || MixError::Form(part.to_owned());
            let (name, weight) = part.split_once('=').ok_or_else(form)?;
            let weight: u32 = weight.parse().map_err(|_| form())?;
            let named = Outcome::ALL.into_iter().find(|outcome| outcome.name() == name);
            let outcome = named.ok_or_else(|| MixError::Kind(name.to_owned()))?;
            if weights[outcome as usize].replace(weight).is_some() {
                return Err(MixError::Twice(name.to_owned()));
            }
        }
        let mix = Self(weights.map(Option::unwrap_or_default));
        if mix.0 == [0; 5] {
            return Err(MixError::Nothing);
        }
        if mix.has(Outcome::Replayed) && !mix.has(Outcome::Valid) {
            return Err(MixError::NothingToReplay);
        }
        Ok(mix)
    }
}

impl Outcome {
    const ALL: [Self; 5] =
        [Self::Valid, Self::Invalid, Self::Expired, Self::Replayed, Self::Revoked];

    pub fn name(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::Invalid => "invalid",
            Self::Expired => "expired",
            Self::Replayed => "replayed",
            Self::Revoked => "revoked",
        }
    }
}
