//! API keys, of which the service remembers only the digests.

use sha2::{Digest, Sha256};

/// The known keys.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Keys(Vec<[u8; 32]>);

/// The key that is taken in dev where keys are required and none was given.
const DEV_KEY: &str = "dev-key-for-testing";

impl Keys {
    /// Keys as they are sent; white space around them and empty ones do not count.
    pub fn of<T: AsRef<str>>(keys: impl IntoIterator<Item = T>) -> Keys {
        let digests = keys.into_iter().filter_map(|key| {
            let key = key.as_ref().trim();
            (!key.is_empty()).then(|| digest(key.as_bytes()))
        });
        Keys(digests.collect())
    }

    #[must_use]
    pub fn for_dev() -> Keys {
        Keys::of([DEV_KEY])
    }

    /// Whether it is one of them. Each of them is looked at to its end, so that the time tells
    /// nothing.
    #[must_use]
    pub fn know(&self, key: &[u8]) -> bool {
        let digest = digest(key);
        self.0.iter().fold(false, |found, known| {
            let differs = known.iter().zip(&digest).fold(0, |all, (a, b)| all | (a ^ b));
            found | (differs == 0)
        })
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

fn digest(key: &[u8]) -> [u8; 32] {
    Sha256::digest(key).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_of_several_keys_is_known_and_nothing_else_is() {
        let keys = Keys::of(["one", " two\n", "", "  ", "three,3"]);
        for key in ["one", "two", "three,3"] {
            assert!(keys.know(key.as_bytes()), "{key}");
        }
        for other in ["", " ", "on", "one ", "One", "three", "3"] {
            assert!(!keys.know(other.as_bytes()), "{other}");
        }
        assert!(!Keys::default().know(b""));
    }

    #[test]
    fn keys_are_not_printed() {
        assert!(!format!("{:?}", Keys::of(["secret"])).contains("secret"));
    }

    #[test]
    fn nothing_but_white_space_is_no_key() {
        assert!(Keys::of(["", "\n"]).is_empty());
        assert!(Keys::for_dev().know(b"dev-key-for-testing"));
    }
}
