//! Each sequence of bytes has one text, and any other text is refused.

use proptest::prelude::*;

use super::*;

#[test]
fn base64url_has_one_form() {
    assert_eq!(fixed::<2>("f", "AAE"), Ok([0, 1]));
    for text in ["AAF", "AAE=", "AAEA", "AA", "", "A+E", "A E", "AÄ"] {
        let refusal = fixed::<2>("f", text).unwrap_err();
        assert!(matches!(refusal, Refusal::Malformed { field: "f", .. }), "{text}: {refusal}");
    }
    assert_eq!(bounded("f", "_-8", 2), Ok(vec![0xff, 0xef]));
    for text in ["/+8", "A", "AB", "AA==", "A\n"] {
        assert_eq!(bounded("f", text, 9).unwrap_err().code(), "malformed", "{text}");
    }
}

#[test]
fn a_byte_over_the_limit_is_too_large() {
    let over = Refusal::TooLarge { field: "f", bytes: 4, limit: 3 };
    assert_eq!(bounded("f", &base64url(&[1; 3]), 3), Ok(vec![1; 3]));
    assert_eq!(bounded("f", &base64url(&[1; 4]), 3), Err(over.clone()));
    assert_eq!(hex("f", "010101", 3), Ok(vec![1; 3]));
    assert_eq!(hex("f", "01010101", 3), Err(over));
}

#[test]
fn hex_is_pairs_of_digits_of_either_case() {
    assert_eq!(hex("f", "aAfF09", 9), Ok(vec![0xaa, 0xff, 0x09]));
    for text in ["0", "0g", "+1", " 1", "0x", "ää"] {
        assert_eq!(hex("f", text, 9).unwrap_err().code(), "malformed", "{text}");
    }
}

proptest! {
    #[test]
    fn what_decodes_is_what_would_be_written(text in "[A-Za-z0-9_=+-]{0,48}") {
        if let Ok(bytes) = bounded("f", &text, 64) {
            prop_assert_eq!(base64url(&bytes), text.clone());
        }
        if let Ok(bytes) = fixed::<32>("f", &text) {
            prop_assert_eq!(base64url(&bytes), text);
        }
    }

    #[test]
    fn what_was_written_decodes(bytes in any::<[u8; 64]>()) {
        prop_assert_eq!(fixed("f", &base64url(&bytes)), Ok(bytes));
        prop_assert_eq!(bounded("f", &base64url(&bytes), 64), Ok(bytes.to_vec()));
    }
}
