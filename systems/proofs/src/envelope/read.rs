//! Reads the JSON of an envelope, and knows which field was being read when it failed.

use std::borrow::Cow;
use std::cell::Cell;
use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, Visitor};

use super::{Envelope, FIELDS, SignedBy, context, time};
use crate::context::ContextType;
use crate::encoding::fixed;
use crate::key::KeyId;
use crate::refusal::Refusal;
use crate::signed::Claims;

/// The fields as they were written.
#[derive(Default)]
pub(super) struct Raw<'a> {
    numbers: [Option<u64>; 3],
    texts: [Option<Cow<'a, str>>; 8],
}

/// The place of a field: the numbers are `v`, `issued_at` and `expires_at`, in this order.
#[derive(Clone, Copy)]
enum Place {
    Number(usize),
    Text(usize),
}

const ALG: usize = 0;
const KID: usize = 1;
const PUBLIC_KEY: usize = 2;
const NONCE: usize = 3;
const CONTEXT_TYPE: usize = 4;
const CONTEXT: usize = 5;
const BODY_SHA256: usize = 6;
const SIGNATURE: usize = 7;

/// The place of each of [`FIELDS`].
const PLACES: [Place; 11] = [
    Place::Number(0),
    Place::Text(ALG),
    Place::Text(KID),
    Place::Text(PUBLIC_KEY),
    Place::Text(NONCE),
    Place::Number(1),
    Place::Number(2),
    Place::Text(CONTEXT_TYPE),
    Place::Text(CONTEXT),
    Place::Text(BODY_SHA256),
    Place::Text(SIGNATURE),
];

pub(super) fn raw(bytes: &[u8]) -> Result<Raw<'_>, Refusal> {
    let field = Cell::new("envelope");
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let raw = Reader { field: &field }
        .deserialize(&mut json)
        .and_then(|raw| json.end().map(|()| raw))
        .map_err(|error| Refusal::json(field.get(), &error))?;
    Ok(raw)
}

impl Raw<'_> {
    pub(super) fn envelope(&self) -> Result<Envelope, Refusal> {
        let version = self.number(0, "v")?;
        if version != 1 {
            return Err(Refusal::UnsupportedVersion { found: version });
        }
        if self.text(ALG, "alg")? != "Ed25519" {
            return Err(Refusal::UnsupportedAlgorithm { field: "alg", expected: "Ed25519" });
        }
        let context_type = ContextType::named(self.text(CONTEXT_TYPE, "context_type")?);
        let unknown = || Refusal::malformed("context_type", "no known type");
        Ok(Envelope {
            signed_by: self.signed_by()?,
            claims: Claims {
                context_type: context_type.ok_or_else(unknown)?,
                nonce: fixed("nonce", self.text(NONCE, "nonce")?)?,
                issued_at_ms: time("issued_at", self.number(1, "issued_at")?)?,
                expires_at_ms: time("expires_at", self.number(2, "expires_at")?)?,
                body_sha256: fixed("body_sha256", self.text(BODY_SHA256, "body_sha256")?)?,
                context: context(self.text(CONTEXT, "context")?)?,
            },
            signature: fixed("signature", self.text(SIGNATURE, "signature")?)?,
        })
    }

    fn signed_by(&self) -> Result<SignedBy, Refusal> {
        match (self.texts[KID].as_deref(), self.texts[PUBLIC_KEY].as_deref()) {
            (Some(id), None) => Ok(SignedBy::Id(KeyId(fixed("kid", id)?))),
            (None, Some(key)) => Ok(SignedBy::Key(fixed("public_key", key)?)),
            (Some(_), Some(_)) => Err(Refusal::malformed("kid", "given beside public_key")),
            (None, None) => Err(Refusal::malformed("public_key", "missing, and kid as well")),
        }
    }

    fn text(&self, index: usize, field: &'static str) -> Result<&str, Refusal> {
        self.texts[index].as_deref().ok_or_else(|| Refusal::malformed(field, "missing"))
    }

    fn number(&self, index: usize, field: &'static str) -> Result<u64, Refusal> {
        self.numbers[index].ok_or_else(|| Refusal::malformed(field, "missing"))
    }
}

struct Reader<'f> {
    field: &'f Cell<&'static str>,
}

impl<'de> DeserializeSeed<'de> for Reader<'_> {
    type Value = Raw<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Raw<'de>, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Reader<'_> {
    type Value = Raw<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Raw<'de>, M::Error> {
        let mut raw = Raw::default();
        while let Some(Text(name)) = map.next_key()? {
            let Some(index) = FIELDS.iter().position(|field| *field == name) else {
                return Err(unknown(&name));
            };
            self.field.set(FIELDS[index]);
            let doubled = match PLACES[index] {
                Place::Number(place) => raw.numbers[place].replace(map.next_value()?).is_some(),
                Place::Text(place) => {
                    let Text(text) = map.next_value()?;
                    raw.texts[place].replace(text).is_some()
                }
            };
            if doubled {
                return Err(Error::custom("given twice"));
            }
            self.field.set("envelope");
        }
        Ok(raw)
    }
}

fn unknown<E: Error>(name: &str) -> E {
    let short: String = name.chars().take(32).collect();
    E::custom(format_args!("{short:?} is no field of it"))
}

/// A string that is copied only if escapes in it force that.
struct Text<'a>(Cow<'a, str>);

impl<'de> Deserialize<'de> for Text<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Borrow;
        impl<'de> Visitor<'de> for Borrow {
            type Value = Text<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Borrowed(text)))
            }

            fn visit_str<E>(self, text: &str) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Owned(text.to_owned())))
            }
        }
        deserializer.deserialize_str(Borrow)
    }
}
