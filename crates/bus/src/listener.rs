//! Who listens: a pattern, perhaps a group whose members share the work, and where what is heard
//! is put.

use crate::message::{Message, Subject};

/// One subscription, as the router sees it.
pub(crate) struct Listener<I: ?Sized = dyn Inbox> {
    pub id: u64,
    pub pattern: Subject,
    pub queue: Option<Box<str>>,
    /// The connection it belongs to, which may not want to hear itself.
    pub owner: Option<u64>,
    pub inbox: I,
}

/// Where messages are put without waiting.
pub(crate) trait Inbox: Send + Sync {
    fn offer(&self, message: Message) -> Result<Taken, Refused>;

    /// A message is dropped because there was no room for it here.
    fn missed(&self);

    /// No more will come.
    fn close(&self);
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Taken {
    More,
    /// It was the last that was wanted.
    Last,
}

/// A message that was not taken, for somebody else of the group.
pub(crate) struct Refused {
    pub message: Message,
    /// There was no room for it; otherwise nobody listens here any more.
    pub full: bool,
}
