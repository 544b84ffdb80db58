//! What is taken back stays so.

use super::*;

const KEY: [u8; 32] = [9; 32];
const PROOF: Result<(), Refusal> = Err(Refusal::Revoked { what: Revoked::Proof });

#[test]
fn a_proof_stays_revoked_until_it_has_expired_by_itself() {
    let mut revocations = Revocations::new();
    assert!(revocations.revoke_proof([1; 32], Some(5000)));
    assert!(revocations.revoke_proof([2; 32], None));
    revocations.purge(4999);
    assert_eq!(revocations.check(&[1; 32], &KEY), PROOF);
    revocations.purge(5000);
    assert_eq!(revocations.check(&[1; 32], &KEY), Ok(()));
    revocations.purge(u64::MAX);
    assert_eq!(revocations.check(&[2; 32], &KEY), PROOF);
}

#[test]
fn a_revocation_is_made_longer_but_never_shorter() {
    let mut revocations = Revocations::new();
    assert!(revocations.revoke_proof([1; 32], Some(5000)));
    assert!(!revocations.revoke_proof([1; 32], Some(4000)));
    assert!(revocations.revoke_proof([1; 32], Some(6000)));
    revocations.purge(5999);
    assert_eq!(revocations.check(&[1; 32], &KEY), PROOF);
    assert!(revocations.revoke_proof([1; 32], None));
    assert!(!revocations.revoke_proof([1; 32], Some(7000)));
    assert!(!revocations.revoke_proof([1; 32], None));
    revocations.purge(u64::MAX);
    assert_eq!(revocations.len(), 1);
}

#[test]
fn a_key_is_revoked_for_ever_and_all_its_proofs_with_it() {
    let mut revocations = Revocations::new();
    assert!(revocations.revoke_key(KEY));
    assert!(!revocations.revoke_key(KEY));
    revocations.purge(u64::MAX);
    assert_eq!(revocations.check(&[1; 32], &KEY), Err(Refusal::Revoked { what: Revoked::Key }));
    assert_eq!(revocations.check(&[1; 32], &[8; 32]), Ok(()));
}
