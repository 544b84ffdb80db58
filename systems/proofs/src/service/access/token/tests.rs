use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{EncodingKey, Header};
use serde_json::{Value, json};

use super::*;

const SECRET: &[u8] = b"a secret of at least 32 bytes, for the tests alone";
const NOW_S: u64 = 1_700_000_000;
const NOW_MS: u64 = NOW_S * 1000;

fn rules() -> TokenRules {
    TokenRules { issuer: "us".to_owned(), audience: "proofs".to_owned(), leeway_s: 5 }
}

fn keys(kid: &str) -> String {
    let k = URL_SAFE_NO_PAD.encode(SECRET);
    json!({ "keys": [{ "kty": "oct", "kid": kid, "k": k }] }).to_string()
}

fn tokens() -> Tokens {
    Tokens::new(&keys("one"), rules()).unwrap()
}

fn good() -> Value {
    json!({
        "sub": "load", "iss": "us", "aud": ["other", "proofs"], "exp": NOW_S + 60,
        "nbf": NOW_S - 60, "scope": "proofs:verify else:what proofs:revoke",
    })
}

fn changed(key: &str, value: Value) -> Value {
    let mut claims = good();
    claims[key] = value;
    claims
}

fn sign(kid: Option<&str>, claims: &Value) -> String {
    let header = Header { kid: kid.map(str::to_owned), ..Header::new(Algorithm::HS256) };
    jsonwebtoken::encode(&header, claims, &EncodingKey::from_secret(SECRET)).unwrap()
}

fn refused(claims: &Value) -> &'static str {
    tokens().caller(&sign(None, claims), NOW_MS).unwrap_err()
}

#[test]
fn a_good_token_names_its_client_and_scopes() {
    for kid in [None, Some("one")] {
        let caller = tokens().caller(&sign(kid, &good()), NOW_MS).unwrap();
        assert_eq!(caller.name, "load");
        assert_eq!(caller.scopes, [Scope::Verify, Scope::Revoke]);
    }
}

#[test]
fn each_claim_is_really_checked() {
    assert_eq!(refused(&changed("iss", json!("them"))), "the token has another issuer");
    assert_eq!(refused(&changed("aud", json!("them"))), "the token is for another audience");
    assert_eq!(refused(&changed("aud", json!(["them"]))), "the token is for another audience");
    assert_eq!(refused(&changed("exp", json!(NOW_S - 5))), "the token has expired");
    assert_eq!(refused(&changed("nbf", json!(NOW_S + 6))), "the token is not valid yet");
    assert_eq!(refused(&changed("sub", json!(""))), "the token has no subject");
    for claim in ["iss", "aud", "exp", "sub"] {
        let mut claims = good();
        claims.as_object_mut().unwrap().remove(claim);
        let reason = refused(&claims);
        assert!(["the token lacks a claim", "the token is malformed"].contains(&reason));
    }
    for claim in ["iss", "aud", "exp", "sub"] {
        tokens().caller(&sign(None, &changed(claim, json!({}))), NOW_MS).unwrap_err();
    }
}

#[test]
fn clocks_may_differ_by_the_leeway() {
    let tokens = tokens();
    tokens.caller(&sign(None, &changed("exp", json!(NOW_S - 4))), NOW_MS).unwrap();
    tokens.caller(&sign(None, &changed("nbf", json!(NOW_S + 5))), NOW_MS).unwrap();
}

#[test]
fn a_token_that_is_known_expires_all_the_same() {
    let tokens = tokens();
    let token = sign(None, &good());
    tokens.caller(&token, NOW_MS).unwrap();
    tokens.caller(&token, NOW_MS + 64_000).unwrap();
    assert_eq!(tokens.caller(&token, NOW_MS + 65_000).unwrap_err(), "the token has expired");
}

#[test]
fn a_token_without_a_known_signature_is_refused() {
    let tokens = tokens();
    let token = sign(None, &good());
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let forged = format!("{signed}.{}", signature.chars().rev().collect::<String>());
    let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"none"}"#);
    let unsigned = format!("{header}.{}.", signed.split_once('.').unwrap().1);
    let other = sign(Some("two"), &good());
    for token in [&forged, &unsigned, &other, "", "a", "a.b.c", &"x".repeat(9000)] {
        tokens.caller(token, NOW_MS).unwrap_err();
    }
}

#[test]
fn the_keys_are_read_again_for_a_new_name_but_not_at_once() {
    let folder = tempfile::TempDir::new().unwrap();
    let file = folder.path().join("keys.json");
    std::fs::write(&file, keys("one")).unwrap();
    let tokens = Tokens::open(&file, rules()).unwrap();
    let old = sign(Some("one"), &good());
    let new = sign(Some("two"), &good());
    tokens.caller(&old, NOW_MS).unwrap();
    tokens.caller(&new, NOW_MS).unwrap_err();
    std::fs::write(&file, keys("two")).unwrap();
    tokens.caller(&new, NOW_MS + 9_999).unwrap_err();
    tokens.caller(&old, NOW_MS + 9_999).unwrap();
    tokens.caller(&new, NOW_MS + 10_000).unwrap();
    // The key is gone, and with it what it had signed.
    tokens.caller(&old, NOW_MS + 10_000).unwrap_err();
}

#[test]
fn keys_of_other_kinds_and_no_keys_are_refused() {
    let refused = |text: &str| Tokens::new(text, rules()).unwrap_err().to_string();
    assert!(refused("what").starts_with("no JWK set and no public key in PEM"));
    assert_eq!(refused(r#"{"keys":[]}"#), "there are no keys of tokens");
    let elliptic = r#"{"keys":[{"kty":"EC","kid":"e","crv":"P-256","x":"AA","y":"AA"}]}"#;
    assert_eq!(refused(elliptic), "the key e of tokens is none of RS256, EdDSA and HS256");
    assert!(refused("-----BEGIN PUBLIC KEY-----\n").starts_with("no JWK set"));
}

#[test]
fn a_public_key_is_no_secret() {
    // With a key of EdDSA, a token that is signed by HMAC under its public bytes is forged.
    let public = [9; 32];
    let x = URL_SAFE_NO_PAD.encode(public);
    let text = json!({ "keys": [{ "kty": "OKP", "crv": "Ed25519", "x": x }] }).to_string();
    let tokens = Tokens::new(&text, rules()).unwrap();
    let header = Header::new(Algorithm::HS256);
    let forged =
        jsonwebtoken::encode(&header, &good(), &EncodingKey::from_secret(&public)).unwrap();
    let reason = tokens.caller(&forged, NOW_MS).unwrap_err();
    assert_eq!(reason, "the token is not signed by a known key");
}

#[test]
fn a_token_that_openssl_signed_is_taken_and_a_changed_one_is_not() {
    let public = include_str!("../../../../testdata/token/rs256.pem");
    let token = include_str!("../../../../testdata/token/rs256.jwt").trim();
    let tokens = Tokens::new(public, rules()).unwrap();
    let caller = tokens.caller(token, NOW_MS).unwrap();
    assert_eq!((caller.name.as_str(), &caller.scopes[..]), ("openssl", &[Scope::Verify][..]));
    let (head, rest) = token.split_once('.').unwrap();
    let (_, signature) = rest.split_once('.').unwrap();
    let claims = URL_SAFE_NO_PAD.encode(changed("sub", json!("somebody")).to_string());
    let reason = tokens.caller(&format!("{head}.{claims}.{signature}"), NOW_MS).unwrap_err();
    assert_eq!(reason, "the token is not signed by a known key");
}

#[test]
fn a_token_by_eddsa_is_taken() {
    let key = ed25519_dalek::SigningKey::from_bytes(&[5; 32]);
    // A private key as PKCS 8 writes it: fixed bytes, and the seed.
    let head = [
        0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04,
        0x20,
    ];
    let private = [&head[..], &key.to_bytes()].concat();
    let header = Header::new(Algorithm::EdDSA);
    let token =
        jsonwebtoken::encode(&header, &good(), &EncodingKey::from_ed_der(&private)).unwrap();
    let x = URL_SAFE_NO_PAD.encode(key.verifying_key().to_bytes());
    let keys = json!({ "keys": [{ "kty": "OKP", "crv": "Ed25519", "kid": "e", "x": x }] });
    let tokens = Tokens::new(&keys.to_string(), rules()).unwrap();
    assert_eq!(tokens.caller(&token, NOW_MS).unwrap().name, "load");
}
