//! Assertions of authenticators, each on a challenge that is sealed here as the service would.

use std::cell::OnceCell;
use std::ops::Range;

use p256::ecdsa::signature::Signer;
use p256::ecdsa::{Signature, SigningKey};
use rand::RngExt;
use rand::rngs::Xoshiro256PlusPlus;

use super::mix::Outcome;
use super::users::Generated;
use crate::encoding::base64url;
use crate::signed::sha256;
use crate::webauthn::{ChallengeSecret, Credential, CredentialKey};

/// Authenticators of the users, and what their browsers state.
#[derive(Debug)]
pub struct Authenticators {
    users: Generated,
    /// Made when they are first used: all of them would take seconds.
    keys: Vec<OnceCell<SigningKey>>,
    secret: ChallengeSecret,
    origin: String,
    /// A user who is there and verified, and an authenticator that does not count.
    data: Vec<u8>,
}

const PRESENT_AND_VERIFIED: u8 = 5;

impl Authenticators {
    pub fn new(users: &Generated, secret: ChallengeSecret, rp_id: &str, origin: &str) -> Self {
        let mut data = sha256(rp_id.as_bytes()).to_vec();
        data.push(PRESENT_AND_VERIFIED);
        data.extend([0; 4]);
        let keys = (0..users.users).map(|_| OnceCell::new()).collect();
        // An origin is text from the command line.
        let origin = serde_json::Value::from(origin).to_string();
        Self { users: *users, keys, secret, origin, data }
    }

    pub(super) fn credentials(users: &Generated) -> Vec<Credential> {
        let credential = |user| {
            let point = key(users, user).verifying_key().to_sec1_point(false);
            let key = CredentialKey::from_sec1(point.as_bytes()).expect("a key has a point");
            Credential { id: id(user), key, counter: 0 }
        };
        (0..users.users).map(credential).collect()
    }

    /// The text of one, whose challenge expires at the end of that time.
    pub(super) fn body(
        &self,
        outcome: Outcome,
        lives: Range<u64>,
        rng: &mut Xoshiro256PlusPlus,
    ) -> String {
        let user = rng.random_range(0..self.users.users);
        let key = self.keys[user as usize].get_or_init(|| key(&self.users, user));
        let context = format!(
            concat!(
                r#"{{"action":"approve_transfer","authenticator_type":"platform","#,
                r#""device_attestation":"none","timestamp":{},"user_id":"user-{}"}}"#
            ),
            lives.start / 1000,
            1000 + user
        );
        let challenge = self.secret.seal(rng.random(), &sha256(context.as_bytes()), lives.end);
        let client = format!(
            r#"{{"type":"webauthn.get","challenge":"{}","origin":{},"crossOrigin":false}}"#,
            base64url(&challenge),
            self.origin
        );
        let signed = [&self.data[..], &sha256(client.as_bytes())].concat();
        let signature: Signature = key.sign(&signed);
        let mut signature = signature.to_der().as_bytes().to_vec();
        if let (Outcome::Invalid, Some(last)) = (outcome, signature.last_mut()) {
            *last ^= 1;
        }
        format!(
            concat!(
                r#"{{"credential_id":"{}","authenticator_data":"{}","client_data_json":"{}","#,
                r#""signature":"{}","context_type":"biometric_auth","context":"{}"}}"#
            ),
            base64url(&id(user)),
            base64url(&self.data),
            base64url(client.as_bytes()),
            base64url(&signature),
            base64url(context.as_bytes())
        )
    }
}

fn id(user: u32) -> Vec<u8> {
    format!("authenticator-{user}").into_bytes()
}

/// Few numbers of 32 bytes are no private key of P-256; then the next one is tried.
fn key(users: &Generated, user: u32) -> SigningKey {
    let mut purpose = String::from("authenticator");
    loop {
        if let Ok(key) = SigningKey::from_slice(&users.root.key(&purpose, user)) {
            return key;
        }
        purpose.push('+');
    }
}
