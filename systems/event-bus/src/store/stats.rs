//! The channel as a whole.

use super::StoreError;
use super::apply::channel;
use super::cell::Row;
use super::connection::{Connection, play};
use crate::operation::{Chatter, Stats};

pub(super) fn stats(db: &mut Connection) -> Result<Stats, StoreError> {
    let chatters = db.rows(
        "SELECT username, chat_lines FROM member WHERE chat_lines > 0 \
         ORDER BY chat_lines DESC, username LIMIT 10",
        &[],
    )?;
    let media = db.rows(
        "SELECT type, id, title, plays, last_played_ms FROM medium \
         ORDER BY plays DESC, type, id LIMIT 10",
        &[],
    )?;
    let users = db.row("SELECT count(*) FROM member", &[])?;
    let chatter = |row: &Row| Ok(Chatter { username: row.text(0)?, chat_lines: row.whole(1)? });
    Ok(Stats {
        channel: channel(db)?,
        top_chatters: chatters.iter().map(chatter).collect::<Result<_, StoreError>>()?,
        total_users_seen: users.map_or(Ok(0), |row| row.whole(0))?,
        top_media: media.iter().map(play).collect::<Result<_, _>>()?,
    })
}
