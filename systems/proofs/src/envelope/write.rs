//! Writes an envelope in the order in which its fields are listed.

use serde::ser::{Serialize, SerializeStruct, Serializer};

use super::{Envelope, FIELDS, SignedBy};
use crate::encoding::base64url;

impl Serialize for Envelope {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let claims = &self.claims;
        let mut fields = serializer.serialize_struct("Envelope", FIELDS.len() - 1)?;
        fields.serialize_field("v", &1)?;
        fields.serialize_field("alg", "Ed25519")?;
        match &self.signed_by {
            SignedBy::Id(id) => fields.serialize_field("kid", &base64url(&id.0))?,
            SignedBy::Key(key) => fields.serialize_field("public_key", &base64url(key))?,
        }
        fields.serialize_field("nonce", &base64url(&claims.nonce))?;
        fields.serialize_field("issued_at", &claims.issued_at_ms)?;
        fields.serialize_field("expires_at", &claims.expires_at_ms)?;
        fields.serialize_field("context_type", claims.context_type.name())?;
        fields.serialize_field("context", &base64url(&claims.context))?;
        fields.serialize_field("body_sha256", &base64url(&claims.body_sha256))?;
        fields.serialize_field("signature", &base64url(&self.signature))?;
        fields.end()
    }
}
