//! Deleting what has been kept long enough, a little at a time, so that no commit is long. The
//! sums over all time stay.

use super::StoreError;
use super::cell::Param;
use super::connection::Connection;

/// How long things are kept, by the clocks that stamped them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// Messages, the private ones too.
    pub chat_ms: u64,
    /// All other events.
    pub events_ms: u64,
    /// Messages to the channel, once they are sent.
    pub sent_ms: u64,
}

const HOUR_MS: u64 = 3_600_000;

impl Default for Retention {
    fn default() -> Retention {
        Retention { chat_ms: 150 * HOUR_MS, events_ms: 720 * HOUR_MS, sent_ms: 168 * HOUR_MS }
    }
}

const CHAT: &str = "DELETE FROM event WHERE id IN (SELECT id FROM event \
     WHERE kind IN ('chat.message', 'chat.private') AND timestamp_ms < $1 LIMIT $2)";

const EVENTS: &str = "DELETE FROM event WHERE id IN (SELECT id FROM event WHERE timestamp_ms < $1 \
     AND kind NOT IN ('chat.message', 'chat.private') ORDER BY timestamp_ms LIMIT $2)";

const SENT: &str = "DELETE FROM outbound WHERE id IN \
     (SELECT id FROM outbound WHERE sent_ms < $1 LIMIT $2)";

const EXPIRED: &str = "DELETE FROM kv WHERE (plugin, key) IN \
     (SELECT plugin, key FROM kv WHERE expires_ms <= $1 LIMIT $2)";

pub(super) fn prune(
    db: &mut Connection,
    keep: &Retention,
    now_ms: u64,
    most: u32,
) -> Result<u64, StoreError> {
    let old = [
        (CHAT, now_ms.saturating_sub(keep.chat_ms)),
        (EVENTS, now_ms.saturating_sub(keep.events_ms)),
        (SENT, now_ms.saturating_sub(keep.sent_ms)),
        (EXPIRED, now_ms),
    ];
    db.transaction(|db| {
        let mut deleted = 0;
        for (sql, before) in old {
            deleted += db.run(sql, &[Param::whole(before), Param::Int(i64::from(most))])?;
        }
        Ok(deleted)
    })
}
