//! How fast batches are stored: `store-speed URL [process|disk] [EVENTS] [BATCH] [USERS]`.
//!
//! A mix as of a channel: mostly chat, some come and go, some media. The more users take turns,
//! the more pages of their index each batch touches.
#![expect(clippy::print_stdout, reason = "the figures are what it is for")]

use std::time::Instant;

use event_bus::event::{Body, Change, Event, Media, Message, Person};
use event_bus::store::{Durability, Store};

const NOW: u64 = 1_760_000_000_000;

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let argument = |at: usize| arguments.get(at).map(String::as_str);
    let url = argument(0).unwrap_or("events.db");
    let durability = match argument(1) {
        Some("disk") => Durability::Disk,
        _ => Durability::Process,
    };
    let events: u64 = argument(2).unwrap_or("200000").parse()?;
    let size: usize = argument(3).unwrap_or("500").parse()?;
    let users: u64 = argument(4).unwrap_or("100").parse()?;
    let mut store = Store::open(url, durability)?;
    store.migrate(NOW)?;
    let _beside = store.checkpoint_beside()?;
    let events: Vec<Event> = (0..events).map(|number| event(number, users)).collect();
    #[expect(clippy::disallowed_methods, reason = "the speed is measured here")]
    let began = Instant::now();
    for batch in events.chunks(size) {
        store.apply(batch)?;
    }
    let seconds = began.elapsed().as_secs_f64();
    let (backend, durability) = (store.backend(), durability.name());
    let speed = events.len() as f64 / seconds;
    println!("{backend} {durability}, {users} users, batches of {size}: {speed:.0} events/s");
    Ok(())
}

fn event(number: u64, users: u64) -> Event {
    // Spread over the users without a generator.
    let username = format!("user{}", number.wrapping_mul(2_654_435_761) % users);
    let person = |username| Person { username, rank: Some(1), is_afk: None };
    let body = match number % 20 {
        0 => Body::Joined(person(username)),
        1 => Body::Left(person(username)),
        2 => Body::Played(Change {
            media: Media {
                r#type: "yt".to_owned(),
                id: format!("medium{}", number % 500),
                title: "A title of usual length".to_owned(),
                seconds: Some(240),
            },
            username: Some(username),
        }),
        _ => Body::Message(Message {
            username,
            message: format!("message number {number}, with some more words in it"),
        }),
    };
    let mut bytes = [0; 10];
    bytes[2..].copy_from_slice(&number.to_be_bytes());
    let at = NOW + number / 10;
    let id = uuid::Builder::from_unix_timestamp_millis(at, &bytes).into_uuid();
    Event {
        subject: Some(format!("rosey.events.{}", body.kind())),
        ..Event::new(id, "speed", at, body)
    }
}
