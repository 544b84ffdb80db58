//! Events as they are published: taken while there is room for them, at most once.

use std::sync::Arc;

use super::Shared;
use super::source::Source;
use super::taken::{Origin, Taken};

/// Takes what comes.
pub async fn take(shared: Arc<Shared>, mut events: Source) {
    while let Some(message) = events.next().await {
        // While there is none, the messages wait in the subscription, whose end is counted.
        let room = Arc::clone(&shared.room).acquire_owned().await;
        let permit = room.expect("nobody closes the semaphore");
        Taken { message, origin: Origin::Core, permit }.store(&shared);
    }
}
