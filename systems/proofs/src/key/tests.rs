//! Keys that prove something, and keys that do not.

use ed25519_dalek::{VerifyingKey, verify_batch};
use proptest::prelude::*;

use super::*;
use crate::oracle::{FORGED, ORACLE, Torsioned, WEAK_KEY, all_bytes, bytes};

const KEY: &str = "ea4a6c63e29c520abef5507b132ec5f9954776aebebe7b92421eea691446d22c";
const HELLO: &str = "359a315920d9541c3cc2a1dd1839f3e40bf23358a1d93a6ebd8303c0310ceb50\
                     25e679222ab016b4d822c5001e787e00c0ceaa6ac3c6e80248a944bd47104f0c";

/// The order of the group, in little-endian order.
const ORDER: &str = "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010";

#[test]
fn a_published_signature_is_accepted_and_its_twin_with_the_order_added_is_not() {
    let key = PublicKey::decode(&bytes(KEY)).unwrap();
    let signature: [u8; 64] = bytes(HELLO);
    assert_eq!(key.verify(&[b"hello"], &signature), Ok(()));
    assert_eq!(key.verify(&[b"he", b"", b"llo"], &signature), Ok(()));
    assert_eq!(key.verify(&[b"hellp"], &signature), Err(Refusal::InvalidSignature));

    let mut twin = signature;
    let mut carry = 0;
    for (byte, order) in twin[32..].iter_mut().zip(bytes::<32>(ORDER)) {
        let sum = u16::from(*byte) + u16::from(order) + carry;
        (*byte, carry) = (sum as u8, sum >> 8);
    }
    assert_eq!(carry, 0);
    assert_eq!(key.verify(&[b"hello"], &twin), Err(Refusal::InvalidSignature));
}

#[test]
fn the_eight_points_of_small_order_are_weak_keys_and_no_other_way_to_write_them_is_a_key() {
    for point in SMALL_ORDER {
        assert!(VerifyingKey::from_bytes(&point).unwrap().is_weak());
        assert_eq!(PublicKey::decode(&point), Err(Refusal::WeakKey));
    }
    let mut weak = 0;
    for y in 0..=255_u8 {
        for sign in [0, 0x80] {
            let mut high = point(y, 0xff, 0x7f | sign);
            let low = point(y, 0, sign);
            for bytes in [low, high] {
                if VerifyingKey::from_bytes(&bytes).is_ok_and(|key| key.is_weak()) {
                    weak += 1;
                    assert!(PublicKey::decode(&bytes).is_err(), "{bytes:02x?}");
                }
            }
            high[0] = y;
            let canonical = y < 0xed;
            assert_eq!(is_canonical(&high), canonical, "{y:02x}");
        }
    }
    // y = 0 twice, 1 twice, p - 1 twice, p twice and p + 1 twice.
    assert_eq!(weak, 10);
}

#[test]
fn a_signature_that_fits_every_message_under_the_neutral_key_is_refused() {
    let key = bytes(WEAK_KEY);
    let weak = VerifyingKey::from_bytes(&key).unwrap();
    let forged = Signature::from_bytes(&bytes(FORGED));
    assert!(weak.multipart_verify(&[b"anything"], &forged).is_ok(), "it is a forgery");
    assert!(verify_batch(&[b"anything"], &[forged], &[weak]).is_ok(), "of batches too");
    assert_eq!(PublicKey::decode(&key), Err(Refusal::WeakKey));
}

fn torsioned() -> Vec<(PublicKey, Vec<u8>, [u8; 64], bool)> {
    let case = |case: &Torsioned| {
        let key = PublicKey::decode(&bytes(&case.key)).unwrap();
        (key, all_bytes(&case.message), bytes(&case.signature), case.accepted)
    };
    ORACLE.torsioned.iter().map(case).collect()
}

#[test]
fn points_with_a_part_of_small_order_have_the_verdict_of_textbook_arithmetic() {
    let mut counts = [0, 0];
    for (key, message, signature, accepted) in torsioned() {
        assert_eq!(key.verify(&[&message], &signature).is_ok(), accepted);
        let strict = key.0.verify_strict(&message, &Signature::from_bytes(&signature));
        assert_eq!(strict.is_ok(), accepted);
        counts[usize::from(accepted)] += 1;
    }
    assert!(counts[0] > 50 && counts[1] > 5, "{counts:?}");
}

/// Why batches are not judged by the combined equation: although neither the keys nor the points R
/// here have small order, it accepts signatures that alone are refused.
#[test]
fn the_combined_equation_of_a_batch_accepts_what_is_refused_alone() {
    let combined = |key: &PublicKey, message: &[u8], signature: &[u8; 64]| {
        verify_batch(&[message], &[Signature::from_bytes(signature)], &[key.0]).is_ok()
    };
    let differ = torsioned().into_iter().filter(|(key, message, signature, accepted)| {
        !accepted && combined(key, message, signature)
    });
    assert!(differ.count() > 5);
}

proptest! {
    #[test]
    fn the_verdict_is_that_of_strict_verification(
        case in 0..96_usize,
        point in 0..24_usize,
        at in any::<prop::sample::Index>(),
        byte in any::<u8>(),
        message in any::<bool>(),
    ) {
        let (key, text, mut signature, _) = torsioned().swap_remove(case);
        let text = if message { text } else { b"other".to_vec() };
        match SMALL_ORDER.get(point) {
            Some(small) => signature[..32].copy_from_slice(small),
            None => signature[at.index(64)] ^= byte,
        }
        let strict = key.0.verify_strict(&text, &Signature::from_bytes(&signature));
        prop_assert_eq!(key.verify(&[&text], &signature).is_ok(), strict.is_ok());
    }
}
