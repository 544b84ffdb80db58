//! What the authenticator states: for whom, what it saw of the user, and its counter.

use super::cbor;
use crate::refusal::Refusal;

/// The authenticator data of an assertion: 37 bytes, and extensions if a flag says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AuthenticatorData {
    pub rp_id_hash: [u8; 32],
    pub flags: u8,
    pub counter: u32,
}

const FIELD: &str = "authenticator_data";
const FIXED_LENGTH: usize = 37;

const USER_PRESENT: u8 = 1;
const USER_VERIFIED: u8 = 1 << 2;
const BACKUP_ELIGIBLE: u8 = 1 << 3;
const BACKED_UP: u8 = 1 << 4;
const ATTESTED: u8 = 1 << 6;
const EXTENSIONS: u8 = 1 << 7;

impl AuthenticatorData {
    /// Reads the bytes, all of them: what no flag announces is malformed. The two reserved flags
    /// are not looked at, as the standard demands.
    pub fn parse(bytes: &[u8]) -> Result<Self, Refusal> {
        let Some((fixed, rest)) = bytes.split_at_checked(FIXED_LENGTH) else {
            let reason = format!("{} bytes, fewer than {FIXED_LENGTH}", bytes.len());
            return Err(Refusal::malformed(FIELD, reason));
        };
        let (rp_id_hash, tail) = fixed.split_first_chunk().expect("37 bytes begin with 32");
        let [flags, counter @ ..] = tail else { unreachable!("five bytes follow") };
        let counter = counter.try_into().expect("four bytes follow the flags");
        let data =
            Self { rp_id_hash: *rp_id_hash, flags: *flags, counter: u32::from_be_bytes(counter) };
        if data.has(ATTESTED) {
            return Err(Refusal::malformed(FIELD, "a new credential, which no assertion has"));
        }
        if data.has(BACKED_UP) && !data.has(BACKUP_ELIGIBLE) {
            return Err(Refusal::malformed(FIELD, "backed up without being eligible for it"));
        }
        match (data.has(EXTENSIONS), rest) {
            (false, []) => Ok(data),
            (false, _) => Err(Refusal::malformed(FIELD, "bytes that no flag announces")),
            (true, rest) if cbor::is_map(rest) => Ok(data),
            (true, _) => Err(Refusal::malformed(FIELD, "extensions that are not one CBOR map")),
        }
    }

    /// Checks for whom the assertion is and that the user was present and verified.
    pub fn check(&self, rp_id_hash: &[u8; 32]) -> Result<(), Refusal> {
        if self.rp_id_hash != *rp_id_hash {
            return Err(Refusal::WrongRelyingParty);
        }
        if !self.has(USER_PRESENT) {
            return Err(Refusal::UserNotPresent);
        }
        if !self.has(USER_VERIFIED) {
            return Err(Refusal::UserNotVerified);
        }
        Ok(())
    }

    fn has(&self, flag: u8) -> bool {
        self.flags & flag != 0
    }
}
