//! Feeds that are the same again, and mixes in good and bad form.

use serde_json::Value;

use super::users::{Generated, Root};
use super::*;
use crate::webauthn::ChallengeSecret;

const NOW_MS: u64 = 1_700_000_000_000;
const USERS: Generated = Generated { root: Root([1; 32]), users: 5 };
const MIXED: &str = "valid=4,invalid=1,expired=1,replayed=2,revoked=1";

fn plan(source: Source, mix: &str, seed: u64) -> Plan {
    let mix = mix.parse().unwrap();
    Plan { source, mix, lifetime_ms: 300_000, replay_after: 10, seed }
}

fn lines(plan: Plan, count: usize) -> Vec<Value> {
    let (mut feed, mut text) = (Feed::new(plan), String::new());
    (0..count).for_each(|_| feed.write(NOW_MS, &mut text));
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), count);
    lines
}

fn authenticators() -> Source {
    let secret = ChallengeSecret([3; 32]);
    Source::Biometric(Authenticators::new(&USERS, secret, "localhost", "http://localhost:8000"))
}

#[test]
fn the_same_seed_and_time_make_the_same_lines() {
    let sources: [fn() -> Source; 5] = [
        || Source::verify(USERS.signers()),
        || Source::login(USERS.signers()),
        || Source::transaction(USERS.signers()),
        || Source::batch(USERS.signers(), 2..=4),
        authenticators,
    ];
    let made = |source: fn() -> Source, seed| lines(plan(source(), "valid=1,invalid=1", seed), 20);
    for source in sources {
        assert_eq!(made(source, 1), made(source, 1));
        assert_ne!(made(source, 1), made(source, 2));
    }
    let nonce = |source| made(source, 1)[0]["body"]["nonce"].clone();
    assert_ne!(nonce(sources[1]), nonce(sources[2]), "feeds share no proofs");
}

#[test]
fn a_replayed_proof_was_on_a_valid_line_long_enough_before_and_is_replayed_once() {
    let lines = lines(plan(Source::verify(USERS.signers()), MIXED, 1), 2000);
    let (mut replayed, mut last) = (0, 0);
    for (at, line) in lines.iter().enumerate().filter(|(_, line)| line["kind"] == "replayed") {
        let earlier = lines.iter().position(|earlier| earlier["body"] == line["body"]).unwrap();
        assert_eq!(lines[earlier]["kind"], "valid");
        assert!((10..200).contains(&(at - earlier)), "{at}: {earlier}");
        assert!(earlier > last || replayed == 0, "{at}: {earlier}");
        (last, replayed) = (earlier, replayed + 1);
    }
    // Two in nine, give or take six standard deviations.
    assert!((330..560).contains(&replayed), "{replayed}");
}

#[test]
fn a_proof_that_may_expire_on_its_way_is_not_replayed() {
    let mut feed = Feed::new(plan(Source::login(USERS.signers()), "valid=1,replayed=1", 1));
    let mut text = String::new();
    (0..20_u64).for_each(|line| feed.write(NOW_MS + line * 20_000, &mut text));
    assert!(!text.contains(r#""kind":"replayed""#), "ten lines are 200 seconds");
}

#[test]
fn the_shares_are_those_of_the_mix() {
    let lines = lines(plan(Source::login(USERS.signers()), "valid=3,invalid=1", 5), 4000);
    let invalid = lines.iter().filter(|line| line["kind"] == "invalid").count();
    // The mean and six standard deviations of 27.4.
    assert!((836..=1164).contains(&invalid), "{invalid}");
}

#[test]
fn a_mix_in_bad_form_is_refused_by_its_part() {
    let read = |text: &str| text.parse::<Mix>();
    assert_eq!(read("valid=1"), Ok(Mix::VALID));
    assert_eq!(read(" valid=1 , invalid=0"), Ok(Mix::VALID));
    for (text, error) in [
        ("", MixError::Form(String::new())),
        ("valid", MixError::Form("valid".to_owned())),
        ("valid=-1", MixError::Form("valid=-1".to_owned())),
        ("valid=0.5", MixError::Form("valid=0.5".to_owned())),
        ("good=1", MixError::Kind("good".to_owned())),
        ("valid=1,valid=2", MixError::Twice("valid".to_owned())),
        ("valid=0,expired=0", MixError::Nothing),
        ("replayed=1", MixError::NothingToReplay),
    ] {
        assert_eq!(read(text), Err(error), "{text}");
    }
}

#[test]
fn no_private_half_is_shown() {
    let shown = format!("{USERS:?}");
    assert!(shown.contains("Root(..)"), "{shown}");
}
