//! Who hears what: wildcards, plain patterns, and several subscriptions at once.

use bytes::Bytes;

use crate::place::Place;

const LAST: &str = "last.of.all";

/// The subjects that a pattern hears of those that are published, each heard again to be sure.
async fn heard(place: &Place, pattern: &str, subjects: &[&str]) -> Vec<String> {
    let (listening, publishing) = (place.connect().await, place.connect().await);
    let mut heard = listening.subscribe(pattern).await;
    let mut all = listening.subscribe(">").await;
    listening.settle().await;
    // The second round goes by what the first has left in a cache.
    for subject in subjects.iter().chain(subjects) {
        publishing.publish(subject, "").await;
    }
    publishing.publish(LAST, "").await;
    let everything: Vec<&str> = subjects.iter().chain(subjects).copied().collect();
    let seen = all.subjects_until(LAST).await;
    let seen: Vec<&String> = seen.iter().filter(|subject| !subject.starts_with("_INBOX")).collect();
    assert_eq!(seen, everything);
    publishing.publish(&pattern.replace(['*', '>'], "end"), "end").await;
    let mut subjects = Vec::new();
    loop {
        let letter = heard.next().await;
        if letter.payload == "end" {
            return subjects;
        }
        subjects.push(letter.subject);
    }
}

pub async fn a_star_is_exactly_one_token(place: &Place) {
    let subjects = ["chat.message", "chat", "chat.message.sent", "media.message", "chatter.x"];
    assert_eq!(heard(place, "chat.*", &subjects).await, ["chat.message"; 2]);
    let subjects = ["chat.a.sent", "chat.sent", "chat.a.b.sent", "a.chat.sent", "chat.b.sent"];
    let expected = ["chat.a.sent", "chat.b.sent", "chat.a.sent", "chat.b.sent"];
    assert_eq!(heard(place, "chat.*.sent", &subjects).await, expected);
}

pub async fn an_angle_is_one_token_or_more(place: &Place) {
    let subjects = ["chat", "chat.a", "chat.a.b.c", "media.a", "chat.b"];
    let expected = ["chat.a", "chat.a.b.c", "chat.b"];
    assert_eq!(heard(place, "chat.>", &subjects).await, [expected, expected].concat());
    let subjects = ["a.b", "a.b.c", "x.b.c.d", "a.c.b"];
    let expected = ["a.b.c", "x.b.c.d"];
    assert_eq!(heard(place, "*.b.>", &subjects).await, [expected, expected].concat());
}

pub async fn a_plain_pattern_hears_its_subject_alone(place: &Place) {
    let subjects = ["chat", "chat.message.sent", "Chat.message", "chat.message", "chat.messages"];
    assert_eq!(heard(place, "chat.message", &subjects).await, ["chat.message"; 2]);
}

pub async fn overlapping_subscriptions_each_get_a_copy(place: &Place) {
    let connection = place.connect().await;
    let patterns = ["a.b.c", "a.b.c", "a.*.c", "a.b.*", "a.>", "*.*.*", ">"];
    let mut all = Vec::new();
    for pattern in patterns {
        all.push(connection.subscribe(pattern).await);
    }
    connection.settle().await;
    let other = place.connect().await;
    other.publish("a.b.c", "one").await;
    other.publish("a.b.c", "two").await;
    for heard in &mut all {
        let mut next = heard.next().await;
        while next.subject.starts_with("_INBOX") {
            next = heard.next().await;
        }
        assert_eq!((next.subject.as_str(), &next.payload[..]), ("a.b.c", &b"one"[..]));
        assert_eq!(heard.next().await.payload, "two");
    }
}

pub async fn what_is_no_subject_is_refused(place: &Place) {
    let connection = place.connect().await;
    for subject in ["", "a b", "a\tb", "a\r\nb"] {
        assert!(connection.try_publish(subject, Bytes::new()).await.is_err(), "{subject:?}");
        assert!(connection.try_subscribe(subject).await.is_err(), "{subject:?}");
    }
    for pattern in ["a..b", ".a", "a."] {
        assert!(connection.try_subscribe(pattern).await.is_err(), "{pattern:?}");
    }
    let mut heard = connection.subscribe("a.b").await;
    connection.publish("a.b", "still there").await;
    assert_eq!(heard.next().await.payload, "still there");
}
