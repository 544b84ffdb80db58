//! Making a key, signing with it, and judging what was signed.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::SigningKey;
use serde_json::Value;
use tempfile::TempDir;

use super::{done, fed, refused, run};

const LOGIN: &str = r#"{ "user_id": "u-1", "timestamp": 1700000000, "action": "login",
    "authentication_method": "key" }"#;

/// A folder with a key and a context, and what `keygen` said.
fn prepared() -> (TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("login.json"), LOGIN).unwrap();
    let said = done(folder.path(), &["keygen"]);
    (folder, said)
}

fn signed(folder: &Path, more: &[&str]) -> String {
    let args = ["sign", "--type", "login", "--context", "login.json"];
    let proof = done(folder, &[&args[..], more].concat());
    fs::write(folder.join("proof.json"), &proof).unwrap();
    proof
}

/// What stands behind the word in what `keygen` said.
fn after<'a>(said: &'a str, word: &str) -> &'a str {
    said.lines().find_map(|line| line.strip_prefix(word)).unwrap().trim()
}

#[test]
fn a_signed_proof_is_valid_under_its_key_and_no_other() {
    let (folder, said) = prepared();
    let folder = folder.path();
    signed(folder, &[]);
    let public = after(&said, "public_key:");
    let told = done(folder, &["verify", "proof.json", "--key", public]);
    assert!(told.starts_with("valid\n"), "{told}");
    assert!(told.contains(after(&said, "kid:")), "{told}");
    let context = r#"{"action":"login","authentication_method":"key","#;
    assert!(told.contains(context), "the context is canonical: {told}");
    let other = done(folder, &["keygen", "--out", "other.json"]);
    let told = run(folder, &["verify", "proof.json", "--key", after(&other, "public_key:")]);
    assert_eq!(told.code, Some(1));
    assert!(told.out.starts_with("refused: unknown_key: "), "{}", told.out);
    let told = done(folder, &["verify", "proof.json"]);
    assert!(told.contains("--key"), "it says that it believed the proof: {told}");
}

#[test]
fn a_key_may_begin_with_a_dash() {
    let (folder, _) = prepared();
    let folder = folder.path();
    signed(folder, &[]);
    let publics = (0..=u8::MAX).map(|seed| SigningKey::from_bytes(&[seed; 32]).verifying_key());
    let mut texts = publics.map(|key| URL_SAFE_NO_PAD.encode(key.as_bytes()));
    let key = texts.find(|text| text.starts_with('-')).expect("one key in 64");
    let told = run(folder, &["verify", "proof.json", "--key", &key]);
    assert_eq!(told.code, Some(1), "{}", told.err);
    assert!(told.out.starts_with("refused: unknown_key: "), "{}", told.out);
}

#[test]
fn a_proof_may_name_its_key_and_comes_through_a_pipe() {
    let (folder, said) = prepared();
    let proof = signed(folder.path(), &["--kid"]);
    let json: Value = serde_json::from_str(&proof).unwrap();
    assert_eq!(json["kid"], after(&said, "kid:"));
    let public = after(&said, "public_key:");
    let told = fed(folder.path(), &["verify", "-", "--key", public], &proof);
    assert_eq!(told.code, Some(0), "{}{}", told.out, told.err);
    let told = fed(folder.path(), &["verify", "-"], &proof);
    assert_eq!(told.code, Some(1), "nobody said which key that is");
}

#[test]
fn a_refused_proof_ends_with_one_and_an_unreadable_with_two() {
    let (folder, _) = prepared();
    let folder = folder.path();
    let proof = signed(folder, &["--lifetime", "1m"]);
    let json: Value = serde_json::from_str(&proof).unwrap();
    let expires = json["expires_at"].as_u64().unwrap();
    assert_eq!(expires - json["issued_at"].as_u64().unwrap(), 60_000);
    for (at, code) in [(expires + 29_999, "valid"), (expires + 30_000, "refused: expired: ")] {
        let told = run(folder, &["verify", "proof.json", "--at", &at.to_string()]);
        assert!(told.out.starts_with(code), "{}", told.out);
        assert_eq!(told.code, Some(i32::from(code != "valid")));
    }
    let mut changed = json;
    changed["issued_at"] = (expires - 59_999).into();
    let told = fed(folder, &["verify", "-"], &changed.to_string());
    assert!(told.out.starts_with("refused: invalid_signature: "), "{}", told.out);
    assert_eq!(told.code, Some(1));
    for text in ["", "{}", "[]", &proof[..100], &"x".repeat(100_000)] {
        let told = fed(folder, &["verify", "-"], text);
        assert_eq!((told.code, &*told.out), (Some(2), ""), "{}", told.err);
    }
    refused(folder, &["verify", "missing.json"]);
    refused(folder, &["verify", "proof.json", "--at", "yesterday"]);
    refused(folder, &["verify", "proof.json", "--key", "abc"]);
    // The neutral point, under which one signature fits every message.
    let weak = format!("AQ{}", "A".repeat(41));
    assert!(refused(folder, &["verify", "proof.json", "--key", &weak]).contains("weak"));
}

#[test]
fn a_proof_covers_the_body_that_was_signed_with_it() {
    let (folder, _) = prepared();
    let folder = folder.path();
    fs::write(folder.join("body"), "ten euros").unwrap();
    fs::write(folder.join("other"), "ten dollars").unwrap();
    signed(folder, &["--body", "body"]);
    done(folder, &["verify", "proof.json", "--body", "body"]);
    let told = run(folder, &["verify", "proof.json", "--body", "other"]);
    assert!(told.out.starts_with("refused: wrong_body: "), "{}", told.out);
}

#[test]
fn a_private_key_is_its_owners_alone_and_not_overwritten() {
    let (folder, _) = prepared();
    let folder = folder.path();
    let path = folder.join("proof-key.json");
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    let before = fs::read(&path).unwrap();
    assert!(refused(folder, &["keygen"]).contains("--force"));
    assert_eq!(fs::read(&path).unwrap(), before);
    done(folder, &["keygen", "--force"]);
    assert_ne!(fs::read(&path).unwrap(), before);
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(fs::read_dir(folder).unwrap().count(), 2, "nothing else is left behind");
}

#[test]
fn a_key_that_is_no_key_is_named_without_repeating_it() {
    let (folder, _) = prepared();
    let folder = folder.path();
    let path = folder.join("proof-key.json");
    let mut jwk: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    let secret = jwk["d"].as_str().unwrap().to_owned();
    jwk["x"] = "A".repeat(43).into();
    let torn = format!("{{\"d\":\"{secret}\"");
    for text in [jwk.to_string(), torn, format!("\"{secret}\""), String::new()] {
        fs::write(&path, text).unwrap();
        let said = refused(folder, &["sign", "--type", "login", "--context", "login.json"]);
        assert!(said.contains("proof-key.json") && !said.contains(&secret), "{said}");
    }
}

#[test]
fn a_context_that_no_service_would_take_is_not_signed() {
    let (folder, _) = prepared();
    let folder = folder.path();
    let args = ["sign", "--type", "login", "--context", "-"];
    for (context, word) in [
        (r#"{"action":"login"}"#, "is missing"),
        (r#"{"password":"x"}"#, "password is forbidden"),
        ("[]", "no JSON object"),
        ("", "no JSON object"),
    ] {
        let told = fed(folder, &args, context);
        assert_eq!((told.code, &*told.out), (Some(2), ""), "{context}");
        assert!(told.err.contains(word), "{}", told.err);
    }
    let said = refused(folder, &["sign", "--type", "logout", "--context", "login.json"]);
    assert!(said.contains("fintech_transfer"), "{said}");
}
