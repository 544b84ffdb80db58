//! Events from a stream: as many are asked for as there is room, and each is acknowledged once it
//! is committed.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::OwnedSemaphorePermit;

use super::settings::Streams;
use super::source::Stop;
use super::taken::{Delivered, Origin, Taken};
use super::{Mode, ServiceError, Shared, dead};
use crate::bus::BadStream;
use crate::bus::durable::{Delivery, Keep, Puller, Share};

/// How long one request for events is open, and so how long the end of the service may wait.
const WITHIN: Duration = Duration::from_secs(1);

/// The pause after a request that failed.
const PAUSE: Duration = Duration::from_millis(100);

/// Makes the streams and the consumer that the instances share, as far as they are not there.
pub async fn open(shared: &Shared, streams: &Streams) -> Result<Puller, ServiceError> {
    let durable = shared.durable.as_ref().ok_or(BadStream::Embedded)?;
    let keep = Keep {
        name: streams.events.clone(),
        subjects: vec![shared.settings.prefix.events()],
        age: streams.age,
        bytes: streams.bytes,
    };
    durable.keep(&keep).await?;
    dead::open(shared, durable).await?;
    let share = Share {
        stream: streams.events.clone(),
        name: shared.settings.queue.clone(),
        ack_wait: streams.ack_wait,
        // Several instances have as many open as they have room for.
        open: u32::try_from(shared.settings.in_flight * 16).unwrap_or(u32::MAX),
    };
    Ok(durable.share(&share).await?)
}

/// Takes what the stream has until it is told to stop, and then what was asked for before.
pub async fn take(shared: Arc<Shared>, mut puller: Puller, stop: Stop) {
    while !stop.is_told() {
        let Err(error) = pull(&shared, &puller).await else { continue };
        tracing::warn!(error, "no events come");
        shared.set_trouble(Some(error));
        tokio::time::sleep(PAUSE).await;
        let Mode::Stream(streams) = &shared.settings.mode else { return };
        // A broker that lost its streams gets them anew.
        match open(&shared, streams).await {
            Ok(opened) => {
                puller = opened;
                shared.set_trouble(None);
            }
            Err(error) => shared.set_trouble(Some(error.to_string())),
        }
    }
}

/// One request. Each event has its place before it is asked for: from its delivery on its time
/// runs, and somebody has to give signs for it.
async fn pull(shared: &Arc<Shared>, puller: &Puller) -> Result<(), String> {
    let mut room = room(shared).await;
    let asked = puller.pull(room.num_permits(), WITHIN).await;
    let mut pull = asked.map_err(|error| error.to_string())?;
    while let Some(delivery) = pull.next().await {
        let Delivery { message, sequence, deliveries, ticket } = delivery?;
        let permit = room.split(1).ok_or("more events came than were asked for")?;
        let ticket = Arc::new(ticket);
        shared.open.add(sequence, Arc::clone(&ticket));
        shared.metrics.delivered(deliveries);
        let origin = Origin::Stream(Delivered { sequence, deliveries, ticket });
        Taken { message, origin, permit }.store(shared);
    }
    Ok(())
}

/// At least one place, and as many more as there are.
async fn room(shared: &Arc<Shared>) -> OwnedSemaphorePermit {
    let most = match &shared.settings.mode {
        Mode::Stream(streams) => streams.pull,
        Mode::Core => 1,
    };
    let one = Arc::clone(&shared.room).acquire_owned().await;
    let mut room = one.expect("nobody closes the semaphore");
    let more = shared.room.available_permits().min(most.saturating_sub(1));
    let more = u32::try_from(more).unwrap_or(u32::MAX);
    if let Ok(more) = Arc::clone(&shared.room).try_acquire_many_owned(more) {
        room.merge(more);
    }
    room
}
