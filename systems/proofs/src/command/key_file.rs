//! A private key in a file: a JSON Web Key (RFC 8037) that nobody but its owner may read.

use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use ed25519_dalek::SigningKey;
use serde::{Deserialize, Serialize};

use super::BadInput;
use super::input::bad;
use crate::encoding::{base64url, fixed};
use crate::key::KeyId;

/// The key's file, and the names under which others know the key.
#[derive(Deserialize, Serialize)]
struct Jwk {
    kty: String,
    crv: String,
    kid: String,
    x: String,
    d: String,
}

/// The key as a text for its file.
pub(super) fn text(key: &SigningKey) -> String {
    let public = key.verifying_key().to_bytes();
    let jwk = Jwk {
        kty: "OKP".to_owned(),
        crv: "Ed25519".to_owned(),
        kid: KeyId::of(&public).to_string(),
        x: base64url(&public),
        d: base64url(key.as_bytes()),
    };
    let text = serde_json::to_string_pretty(&jwk).expect("a key is strings");
    text + "\n"
}

/// Reads a key, and refuses one whose public half is another key's: signing with it would give the
/// private half away.
pub(super) fn read(path: &Path) -> Result<SigningKey, BadInput> {
    let text = fs::read_to_string(path).map_err(|error| bad(path, error))?;
    let no_key = |what: String| bad(path, format!("no private key from `proofs keygen`: {what}"));
    let jwk: Jwk = serde_json::from_str(&text).map_err(|error| {
        // Not what serde says, which may repeat the private half.
        no_key(format!("line {}, column {}", error.line(), error.column()))
    })?;
    if (&*jwk.kty, &*jwk.crv) != ("OKP", "Ed25519") {
        return Err(no_key("its type is not Ed25519".to_owned()));
    }
    let key = fixed("d", &jwk.d).map_err(|refusal| no_key(refusal.to_string()))?;
    let key = SigningKey::from_bytes(&key);
    if jwk.x != base64url(key.verifying_key().as_bytes()) {
        return Err(no_key("x is another key's".to_owned()));
    }
    Ok(key)
}

/// Writes a file that only its owner may read, whole or not at all.
pub(super) fn write_private(path: &Path, text: &str, replace: bool) -> io::Result<()> {
    let beside = beside(path);
    let written = create(&beside, text).and_then(|()| {
        if replace {
            return fs::rename(&beside, path);
        }
        // Unlike renaming this fails where there is a file.
        fs::hard_link(&beside, path)
    });
    // After a rename there is nothing left to remove.
    let _ = fs::remove_file(&beside);
    written
}

fn create(path: &Path, text: &str) -> io::Result<()> {
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

fn beside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{}.new", std::process::id()));
    PathBuf::from(name)
}
