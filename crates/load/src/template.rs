//! Text with slots that are filled for each request: `{{uuid}}`, `{{int 1 100}}`, `{{feed.name}}`.

/// Text and slots in turn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    pub pieces: Vec<Piece>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    Text(String),
    Slot(Slot),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Slot {
    /// A random UUID, version 4.
    Uuid,
    /// A whole number from the first to the second, both included.
    Int(i64, i64),
    /// The time the request is made, as RFC 3339.
    Now,
    /// The same in milliseconds since 1970.
    NowMs,
    /// An environment variable; its value is a secret.
    Env(String),
    /// The number of the user, from 1.
    User,
    /// The whole row of the task's feed.
    Row,
    /// A field of it.
    Field(String),
    /// Captured from an earlier answer.
    Captured(String),
}
