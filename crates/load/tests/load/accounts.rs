//! A bus with accounts, and a file of credentials for a user of one of them.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use nkeys::KeyPair;
use serde_json::{Value, json};
use tollgate_load::workload::Login;

use crate::bus::Bus;
use crate::loads::{assert_good, counted, run, try_run};
use crate::messages::publish;

/// A token as NATS has them: what is said of a key, signed by another (NATS ADR-14).
fn token(by: &KeyPair, of: &KeyPair, says: &Value) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let head = part(&json!({ "typ": "JWT", "alg": "ed25519-nkey" }));
    let body = part(&json!({
        "jti": "test", "iat": 1, "iss": by.public_key(), "sub": of.public_key(), "name": "test",
        "nats": says,
    }));
    let signed = format!("{head}.{body}");
    let signature = by.sign(signed.as_bytes()).unwrap();
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}

fn account(by: &KeyPair, of: &KeyPair) -> String {
    let limits = json!({
        "subs": -1, "data": -1, "payload": -1, "imports": -1, "exports": -1, "wildcards": true,
        "conn": -1, "leaf": -1,
    });
    token(by, of, &json!({ "type": "account", "version": 2, "limits": limits }))
}

#[test]
fn a_user_with_credentials_comes_to_the_bus_of_its_account() {
    let (operator, system) = (KeyPair::new_operator(), KeyPair::new_account());
    let (shop, user) = (KeyPair::new_account(), KeyPair::new_user());
    let settings = format!(
        "operator: {}\nsystem_account: {}\nresolver: MEMORY\nresolver_preload: {{ {}: {}, {}: {} }}",
        token(&operator, &operator, &json!({ "type": "operator", "version": 2 })),
        system.public_key(),
        system.public_key(),
        account(&operator, &system),
        shop.public_key(),
        account(&operator, &shop),
    );
    let bus = Bus::with(&settings, "nats");
    let says = json!({ "type": "user", "version": 2, "subs": -1, "data": -1, "payload": -1 });
    let credentials = |by: &KeyPair| {
        format!(
            "-----BEGIN NATS USER JWT-----\n{}\n------END NATS USER JWT------\n\n\
             -----BEGIN USER NKEY SEED-----\n{}\n------END USER NKEY SEED------\n",
            token(by, &user, &says),
            user.seed().unwrap(),
        )
    };
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("load.creds");
    std::fs::write(&file, credentials(&shop)).unwrap();
    let mut load = counted(5, vec![publish("shop.orders")]);
    assert!(try_run(&load, &bus.target()).is_err(), "nobody in particular");
    load.bus.login = Login::Credentials(file.clone());
    assert_good(&run(&load, &bus.target()), 5);
    std::fs::write(&file, credentials(&KeyPair::new_account())).unwrap();
    assert!(try_run(&load, &bus.target()).is_err(), "a user of an account nobody knows");
}
