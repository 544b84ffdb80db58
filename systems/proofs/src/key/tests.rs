//! Keys that prove something, and keys that do not.

use ed25519_dalek::VerifyingKey;

use super::*;

fn bytes<const N: usize>(hex: &str) -> [u8; N] {
    crate::encoding::hex("test", hex, N).unwrap().try_into().unwrap()
}

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
    let key = point(1, 0, 0);
    let signature = [&[0x58; 1][..], &[0x66; 31], &key].concat().try_into().unwrap();
    let weak = VerifyingKey::from_bytes(&key).unwrap();
    let forged = Signature::from_bytes(&signature);
    assert!(weak.multipart_verify(&[b"anything"], &forged).is_ok(), "it is a forgery");
    assert_eq!(PublicKey::decode(&key), Err(Refusal::WeakKey));
}
