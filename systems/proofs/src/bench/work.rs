//! The other signatures: making proofs, assertions of authenticators, and lines for load tests.

use tollgate_harness::Bench;

use super::scene::{self, NOW_MS};
use crate::feed::users::{Generated, Root};
use crate::feed::{Authenticators, Feed, Mix, Plan, Source};
use crate::signed::sign;
use crate::webauthn::{Assertion, ChallengeSecret, RelyingParty};

const USERS: Generated = Generated { root: Root([1; 32]), users: 64 };
const SECRET: ChallengeSecret = ChallengeSecret([3; 32]);
const ORIGIN: &str = "http://localhost:8000";

pub(super) fn measure(bench: &mut Bench) {
    let (key, claims) = (scene::key(), scene::claims(1, NOW_MS));
    bench.operation("sign").elements(1).run(|| sign(&key, &claims));
    webauthn(bench);
    generate(bench, "generate / verify", || Source::verify(USERS.signers()));
    generate(bench, "generate / biometric", authenticators);
}

fn authenticators() -> Source {
    Source::Biometric(Authenticators::new(&USERS, SECRET, "localhost", ORIGIN))
}

fn feed(source: Source) -> Feed {
    let (mix, lifetime_ms, replay_after, seed) = (Mix::VALID, 300_000, 2000, 1);
    Feed::new(Plan { source, mix, lifetime_ms, replay_after, seed })
}

/// An assertion from its bytes to the verdict, without its challenge.
fn webauthn(bench: &mut Bench) {
    if !bench.chooses("webauthn verify") {
        return;
    }
    let mut line = String::new();
    feed(authenticators()).write(NOW_MS, &mut line);
    let line: serde_json::Value = serde_json::from_str(&line).expect("a line is JSON");
    let text = line["body"].to_string();
    let id = Assertion::parse(text.as_bytes()).expect("it is in good form").credential_id;
    let credentials = USERS.registry(SECRET).credentials;
    let credential = credentials.iter().find(|known| known.id == id).expect("a known user");
    let party = RelyingParty::new("localhost", [ORIGIN.to_owned()]);
    bench.operation("webauthn verify").elements(1).run(|| {
        let assertion = Assertion::parse(text.as_bytes()).expect("it is in good form");
        assertion.verify(credential, &party).expect("the assertion is good");
    });
}

fn generate(bench: &mut Bench, name: &str, source: fn() -> Source) {
    if !bench.chooses(name) {
        return;
    }
    let (mut feed, mut line) = (feed(source()), String::new());
    bench.operation(name).elements(1).run(|| {
        line.clear();
        feed.write(NOW_MS, &mut line);
        line.len()
    });
}
