//! Storing a batch: what is new in it, and the sums that change with it, in one transaction.

use super::cell::{Param, Row};
use super::connection::Connection;
use super::{Applied, StoreError};
use crate::event::Event;
use crate::operation::{Channel, HighWater};
use crate::projection::{Sums, Touched};

pub(super) fn apply(db: &mut Connection, batch: &[Event]) -> Result<Vec<Applied>, StoreError> {
    db.transaction(|db| {
        let is_new = db.insert(batch)?;
        let new = || batch.iter().zip(&is_new).filter_map(|(event, new)| new.then_some(event));
        let touched = Touched::by(new());
        let mut sums = load(db, &touched)?;
        new().for_each(|event| sums.add(event));
        save(db, &touched, &sums)?;
        let became = |new: &bool| if *new { Applied::Stored } else { Applied::Duplicate };
        Ok(is_new.iter().map(became).collect())
    })
}

fn load(db: &mut Connection, touched: &Touched) -> Result<Sums, StoreError> {
    let mut sums = Sums::default();
    if !touched.users.is_empty() {
        let names: Vec<&str> = touched.users.iter().copied().collect();
        let users = db.users(&names)?.into_iter();
        sums.users = users.map(|user| (user.username.clone(), user)).collect();
    }
    if !touched.media.is_empty() {
        let keys: Vec<_> = touched.media.iter().copied().collect();
        let media = db.media(&keys)?.into_iter();
        sums.media = media.map(|play| ((play.r#type.clone(), play.id.clone()), play)).collect();
    }
    if touched.is_channel {
        sums.channel = channel(db)?;
    }
    Ok(sums)
}

fn save(db: &mut Connection, touched: &Touched, sums: &Sums) -> Result<(), StoreError> {
    if !sums.users.is_empty() {
        db.save_users(&sums.users.values().collect::<Vec<_>>())?;
    }
    if !sums.media.is_empty() {
        db.save_media(&sums.media.values().collect::<Vec<_>>())?;
    }
    if touched.is_channel {
        save_mark(db, "chat", sums.channel.chat_users)?;
        save_mark(db, "connected", sums.channel.connected_users)?;
    }
    Ok(())
}

fn save_mark(db: &mut Connection, what: &str, mark: Option<HighWater>) -> Result<(), StoreError> {
    let Some(mark) = mark else { return Ok(()) };
    db.run(
        "INSERT INTO high_water (what, users, timestamp_ms) VALUES ($1, $2, $3) \
         ON CONFLICT (what) DO UPDATE SET users = excluded.users, \
         timestamp_ms = excluded.timestamp_ms",
        &[Param::Text(what), Param::whole(mark.users), Param::whole(mark.timestamp_ms)],
    )?;
    Ok(())
}

pub(super) fn channel(db: &mut Connection) -> Result<Channel, StoreError> {
    let mark = |row: &Row| Ok(HighWater { users: row.whole(1)?, timestamp_ms: row.whole(2)? });
    let mut channel = Channel::default();
    for row in db.rows("SELECT what, users, timestamp_ms FROM high_water", &[])? {
        match row.text(0)?.as_str() {
            "chat" => channel.chat_users = Some(mark(&row)?),
            _ => channel.connected_users = Some(mark(&row)?),
        }
    }
    Ok(channel)
}
