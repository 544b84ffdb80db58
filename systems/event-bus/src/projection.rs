//! What events add up to: users and their sessions, media, and the most that were in the channel.
//!
//! All times are those of the producers, so that a backlog that is stored late changes nothing.

use std::collections::{BTreeMap, BTreeSet};

use crate::event::{Body, Change, Event};
use crate::operation::{Channel, HighWater, Play, User};

/// The sums that a batch touches: filled from the database, then changed event by event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    pub users: BTreeMap<String, User>,
    /// By type and id.
    pub media: BTreeMap<(String, String), Play>,
    pub channel: Channel,
}

/// Which sums a batch touches.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Touched<'a> {
    pub users: BTreeSet<&'a str>,
    pub media: BTreeSet<(&'a str, &'a str)>,
    pub is_channel: bool,
}

impl<'a> Touched<'a> {
    pub fn by(events: impl IntoIterator<Item = &'a Event>) -> Touched<'a> {
        let mut touched = Touched::default();
        for event in events {
            touched.users.extend(event.username());
            match &event.body {
                Body::Played(Change { media, .. }) => {
                    touched.media.insert((&media.r#type, &media.id));
                }
                Body::Counted(_) => touched.is_channel = true,
                _ => {}
            }
        }
        touched
    }
}

impl Sums {
    /// Adds an event, each of which comes here once.
    pub fn add(&mut self, event: &Event) {
        let at = event.timestamp_ms;
        if let Some(name) = event.username() {
            // Whoever is heard of is there, whether or not the joining was seen.
            let user = self.users.entry(name.to_owned()).or_insert_with(|| User::seen(name, at));
            user.first_seen_ms = user.first_seen_ms.min(at);
            user.last_seen_ms = user.last_seen_ms.max(at);
            match &event.body {
                Body::Message(_) => user.chat_lines += 1,
                Body::Joined(_) => user.join(at),
                Body::Left(_) => user.leave(at),
                _ => {}
            }
        }
        match &event.body {
            Body::Played(change) => self.play(change, at),
            Body::Counted(counts) => {
                raise(&mut self.channel.chat_users, counts.chat_users, at);
                raise(&mut self.channel.connected_users, counts.connected_users, at);
            }
            _ => {}
        }
    }

    fn play(&mut self, Change { media, .. }: &Change, at: u64) {
        let key = (media.r#type.clone(), media.id.clone());
        let play = self.media.entry(key).or_insert_with(|| Play {
            r#type: media.r#type.clone(),
            id: media.id.clone(),
            title: media.title.clone(),
            plays: 0,
            last_played_ms: at,
        });
        play.plays += 1;
        if at >= play.last_played_ms {
            play.last_played_ms = at;
            play.title.clone_from(&media.title);
        }
    }
}

impl User {
    fn seen(name: &str, at: u64) -> User {
        User {
            username: name.to_owned(),
            first_seen_ms: at,
            last_seen_ms: at,
            chat_lines: 0,
            connected_ms: 0,
            session_start_ms: None,
        }
    }

    /// Of two joinings without a leaving between them the later one counts: how long the user was
    /// there after the earlier one, nobody knows.
    fn join(&mut self, at: u64) {
        self.session_start_ms = self.session_start_ms.max(Some(at));
    }

    /// A leaving from before the session belongs to an earlier one.
    fn leave(&mut self, at: u64) {
        if let Some(start) = self.session_start_ms.filter(|start| *start <= at) {
            self.connected_ms += at - start;
            self.session_start_ms = None;
        }
    }
}

/// Of equal numbers the earlier counts.
fn raise(mark: &mut Option<HighWater>, users: u64, timestamp_ms: u64) {
    let is_higher = mark.is_none_or(|mark| {
        users > mark.users || users == mark.users && timestamp_ms < mark.timestamp_ms
    });
    if is_higher {
        *mark = Some(HighWater { users, timestamp_ms });
    }
}
