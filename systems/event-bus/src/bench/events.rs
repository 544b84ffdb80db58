//! Events to be measured with: the three kinds of the benchmarks, as large as people's are.

use uuid::Uuid;

use crate::bus::Message;
use crate::clock;
use crate::event::{Body, Change, Event, Media, Message as Chat, Person};
use crate::subject::Prefix;

/// An event of a chat.
pub fn chat(number: u64) -> Event {
    event(Body::Message(Chat {
        username: username(number),
        message: format!("message number {number} of a benchmark, as long as most are"),
    }))
}

/// Chat, media and users in turn, as 10 to 5 to 2.
pub fn mixed(number: u64) -> Event {
    match number % 17 {
        0..10 => chat(number),
        10..15 => event(Body::Played(Change {
            media: Media {
                r#type: "yt".to_owned(),
                id: format!("video{}", number % 1000),
                title: format!("A film with the number {}", number % 1000),
                seconds: Some(240),
            },
            username: Some(username(number)),
        })),
        _ => event(Body::Updated(Person {
            username: username(number),
            rank: Some(1),
            is_afk: Some(number.is_multiple_of(2)),
        })),
    }
}

/// As it is published.
pub fn message(event: &Event, prefix: &Prefix) -> Message {
    Message::new(prefix.event(event.kind()), event.encode())
}

fn event(body: Body) -> Event {
    Event::new(Uuid::now_v7(), "bench", clock::now_ms(), body)
}

fn username(number: u64) -> String {
    format!("user{}", number % 200)
}
