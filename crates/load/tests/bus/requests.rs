//! Requests and their answers, and requests without.

use std::time::Duration;

use crate::place::{Connection, Heard, Place, Unanswered};

const LONG: Duration = Duration::from_secs(20);

/// Answers the next request with what it says, so many times.
async fn echo(mut asked: Heard, answering: Connection, times: usize) {
    let request = asked.next().await;
    let to = request.reply.clone().unwrap();
    for time in 0..times {
        let answer = [&request.payload[..], format!(" {time}").as_bytes()].concat();
        answering.publish(&to, answer).await;
    }
    answering.settle().await;
}

async fn answered(place: &Place, times: usize) {
    let (asking, answering) = (place.connect().await, place.connect().await);
    let asked = answering.subscribe("service.*").await;
    answering.settle().await;
    let answering = tokio::spawn(echo(asked, answering, times));
    let answer = asking.request("service.echo", "who", LONG).await.unwrap();
    assert_eq!((&answer.payload[..], answer.reply), (&b"who 0"[..], None));
    answering.await.unwrap();
}

pub async fn a_request_is_answered(place: &Place) {
    answered(place, 1).await;
}

pub async fn the_first_answer_counts(place: &Place) {
    answered(place, 3).await;
}

pub async fn a_request_to_nobody_fails(place: &Place) {
    let connection = place.connect().await;
    let answer = connection.request("service.none", "who", LONG).await;
    assert_eq!(answer, Err(Unanswered::NoResponders));
    // Nor does one help that was there.
    connection.subscribe("service.none").await.unsubscribe().await;
    connection.settle().await;
    let answer = connection.request("service.none", "who", LONG).await;
    assert_eq!(answer, Err(Unanswered::NoResponders));
}

pub async fn a_request_that_nobody_answers_times_out(place: &Place) {
    let (asking, silent) = (place.connect().await, place.connect().await);
    let mut asked = silent.subscribe("service.silent").await;
    silent.settle().await;
    let answer = asking.request("service.silent", "who", Duration::from_millis(50)).await;
    assert_eq!(answer, Err(Unanswered::TimedOut));
    assert_eq!(asked.next().await.payload, "who");
}
