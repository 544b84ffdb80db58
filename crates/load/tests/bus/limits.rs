//! Sizes at their ends, and headers.

use bytes::Bytes;

use crate::place::{Letter, Place};

const LARGEST: usize = 1 << 20;

pub async fn an_empty_payload_arrives(place: &Place) {
    let connection = place.connect().await;
    let mut heard = connection.subscribe("empty").await;
    connection.publish("empty", "").await;
    connection.publish("empty", "not").await;
    let subject = "empty".to_owned();
    assert_eq!(heard.next().await, Letter { subject, ..Letter::default() });
    assert_eq!(heard.next().await.payload, "not");
}

pub async fn the_largest_payload_arrives_and_a_larger_one_is_refused(place: &Place) {
    let connection = place.connect().await;
    let mut heard = connection.subscribe("large").await;
    let largest: Bytes = (0..LARGEST).map(|at| (at % 251) as u8).collect();
    let larger = vec![0; LARGEST + 1].into();
    assert!(connection.try_publish("large", larger).await.is_err());
    connection.publish("large", largest.clone()).await;
    assert!(heard.next().await.payload == largest);
    connection.publish("large", "small").await;
    assert_eq!(heard.next().await.payload, "small");
}

pub async fn headers_survive(place: &Place) {
    let (listening, publishing) = (place.connect().await, place.connect().await);
    let mut heard = listening.subscribe("with.headers").await;
    listening.settle().await;
    let headers = [("Accept", "one"), ("Accept", "two: three"), ("accept", ""), ("trace-id", "é")];
    let letter = Letter {
        subject: "with.headers".to_owned(),
        reply: Some("answer.here".to_owned()),
        headers: headers.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec(),
        payload: "payload\r\n".into(),
    };
    publishing.send(letter.clone()).await.unwrap();
    assert_eq!(heard.next().await, letter);
    let without_reply = Letter { reply: None, ..letter };
    publishing.send(without_reply.clone()).await.unwrap();
    assert_eq!(heard.next().await, without_reply);
}

pub async fn headers_count_against_the_limit(place: &Place) {
    let connection = place.connect().await;
    let mut heard = connection.subscribe("large").await;
    let with = |bytes: usize| Letter {
        subject: "large".to_owned(),
        headers: vec![("a".to_owned(), "b".to_owned())],
        payload: vec![b'x'; bytes].into(),
        reply: None,
    };
    // The version, the header and the empty line.
    let encoded = "NATS/1.0\r\na: b\r\n\r\n".len();
    assert!(connection.send(with(LARGEST - encoded + 1)).await.is_err());
    connection.send(with(LARGEST - encoded)).await.unwrap();
    assert!(heard.next().await == with(LARGEST - encoded));
}
