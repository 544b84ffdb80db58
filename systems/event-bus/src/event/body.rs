//! What happened: the kinds whose form is known, and any other with data of its own.

use serde::Serialize;
use serde_json::{Map, Value};

use crate::fields::{Fields, Refusal};

/// The groups of kinds with known forms; a kind of theirs that is not known is refused.
pub const SHAPED_GROUPS: [&str; 4] = ["chat", "media", "user", "channel"];

/// The data of an event, by its kind.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Body {
    /// `chat.message`
    Message(Message),
    /// `chat.private`
    Private(Private),
    /// `media.played`
    Played(Change),
    /// `media.queued`
    Queued(Change),
    /// `media.removed`
    Removed(Change),
    /// `user.joined`
    Joined(Person),
    /// `user.left`
    Left(Person),
    /// `user.updated`
    Updated(Person),
    /// `channel.counted`
    Counted(Counts),
    Open(Open),
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Message {
    pub username: String,
    pub message: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Private {
    pub username: String,
    pub recipient: String,
    pub message: String,
}

/// A medium that came or went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Change {
    pub media: Media,
    /// Who asked for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Media {
    /// Where it comes from, `yt` for one; ids are unique within it.
    pub r#type: String,
    pub id: String,
    pub title: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seconds: Option<u64>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Person {
    pub username: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rank: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_afk: Option<bool>,
}

/// How many are in the channel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// With a name.
    pub chat_users: u64,
    /// With and without.
    pub connected_users: u64,
}

/// An event of a kind that only its producer and its consumers know.
#[derive(Clone, Debug, PartialEq)]
pub struct Open {
    /// Two tokens, of a group that is not among the [`SHAPED_GROUPS`].
    pub kind: String,
    pub data: Map<String, Value>,
}

impl Serialize for Open {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.data.serialize(serializer)
    }
}

/// Whether it is two tokens of lower-case letters, digits, `_` and `-`, with a dot between them.
#[must_use]
pub fn is_kind(text: &str) -> bool {
    let is_token = |token: &str| {
        let is_plain = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || b"_-".contains(&c);
        (1..=64).contains(&token.len()) && token.bytes().all(is_plain)
    };
    text.split_once('.').is_some_and(|(group, action)| is_token(group) && is_token(action))
}

impl Body {
    #[must_use]
    pub fn kind(&self) -> &str {
        match self {
            Body::Message(_) => "chat.message",
            Body::Private(_) => "chat.private",
            Body::Played(_) => "media.played",
            Body::Queued(_) => "media.queued",
            Body::Removed(_) => "media.removed",
            Body::Joined(_) => "user.joined",
            Body::Left(_) => "user.left",
            Body::Updated(_) => "user.updated",
            Body::Counted(_) => "channel.counted",
            Body::Open(open) => &open.kind,
        }
    }

    #[must_use]
    pub fn username(&self) -> Option<&str> {
        match self {
            Body::Message(Message { username, .. }) | Body::Private(Private { username, .. }) => {
                Some(username)
            }
            Body::Played(change) | Body::Queued(change) | Body::Removed(change) => {
                change.username.as_deref()
            }
            Body::Joined(person) | Body::Left(person) | Body::Updated(person) => {
                Some(&person.username)
            }
            Body::Counted(_) | Body::Open(_) => None,
        }
    }

    pub(super) fn read(kind: &str, version: u16, data: Fields) -> Result<Body, Refusal> {
        let is = || Value::String(kind.to_owned());
        if !is_kind(kind) {
            let wanted = "two tokens of lower-case letters, digits, _ and -, with a dot between";
            return Err(Refusal::not("kind", &is(), wanted));
        }
        if !SHAPED_GROUPS.iter().any(|group| kind.split('.').next() == Some(group)) {
            return Ok(Body::Open(Open { kind: kind.to_owned(), data: data.rest() }));
        }
        if version != 1 {
            let wanted = format!("1, the only version of {kind}");
            return Err(Refusal::not("version", &Value::from(version), wanted));
        }
        match kind {
            "chat.message" => message(data).map(Body::Message),
            "chat.private" => private(data).map(Body::Private),
            "media.played" => change(data).map(Body::Played),
            "media.queued" => change(data).map(Body::Queued),
            "media.removed" => change(data).map(Body::Removed),
            "user.joined" => person(data).map(Body::Joined),
            "user.left" => person(data).map(Body::Left),
            "user.updated" => person(data).map(Body::Updated),
            "channel.counted" => counts(data).map(Body::Counted),
            _ => Err(Refusal::not("kind", &is(), "a kind of its group that is known")),
        }
    }
}

const USERNAME: usize = 255;
const MESSAGE: usize = 16_384;

fn message(mut data: Fields) -> Result<Message, Refusal> {
    let message = Message {
        username: data.text("username", USERNAME)?,
        message: data.text("message", MESSAGE)?,
    };
    data.end()?;
    Ok(message)
}

fn private(mut data: Fields) -> Result<Private, Refusal> {
    let private = Private {
        username: data.text("username", USERNAME)?,
        recipient: data.text("recipient", USERNAME)?,
        message: data.text("message", MESSAGE)?,
    };
    data.end()?;
    Ok(private)
}

fn change(mut data: Fields) -> Result<Change, Refusal> {
    let mut media = data.object("media")?;
    let change = Change {
        media: Media {
            r#type: media.text("type", 32)?,
            id: media.text("id", 255)?,
            title: media.text("title", 1024)?,
            seconds: media.optional_whole("seconds", 0..=u64::from(u32::MAX))?,
        },
        username: data.optional_text("username", USERNAME)?,
    };
    media.end()?;
    data.end()?;
    Ok(change)
}

fn person(mut data: Fields) -> Result<Person, Refusal> {
    let person = Person {
        username: data.text("username", USERNAME)?,
        rank: data.optional_whole("rank", 0..=255)?,
        is_afk: data.optional_flag("is_afk")?,
    };
    data.end()?;
    Ok(person)
}

fn counts(mut data: Fields) -> Result<Counts, Refusal> {
    let most = u64::from(u32::MAX);
    let counts = Counts {
        chat_users: data.whole("chat_users", 0..=most)?,
        connected_users: data.whole("connected_users", 0..=most)?,
    };
    data.end()?;
    Ok(counts)
}
