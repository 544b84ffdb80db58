//! Who listens: a pattern, perhaps a group whose members share the work, and where what is heard
//! is put.

use tokio::sync::watch;

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

pub(crate) enum Taken {
    More,
    /// There is not much room left: who can wait should, until this says that there is.
    Narrow(Room),
    /// It was the last that was wanted.
    Last,
}

/// Whether there is room.
pub(crate) type Room = watch::Receiver<bool>;

/// A message that was not taken, for somebody else of the group.
pub(crate) struct Refused {
    pub message: Message,
    /// There was no room for it; otherwise nobody listens here any more.
    pub full: bool,
}
