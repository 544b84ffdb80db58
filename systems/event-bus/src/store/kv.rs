//! Values that plugins keep, each under its plugin and a key, and some for a time only.

use serde_json::Value;

use super::StoreError;
use super::cell::{Param, Row};
use super::connection::Connection;
use crate::operation::{Deleted, Keys, Valued};

pub(super) fn set(
    db: &mut Connection,
    plugin: &str,
    key: &str,
    value: &Value,
    expires_ms: Option<u64>,
) -> Result<(), StoreError> {
    db.run(
        "INSERT INTO kv (plugin, key, value, expires_ms) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (plugin, key) DO UPDATE SET value = excluded.value, \
         expires_ms = excluded.expires_ms",
        &[
            Param::Text(plugin),
            Param::Text(key),
            Param::Text(&value.to_string()),
            expires_ms.map_or(Param::Null, Param::whole),
        ],
    )?;
    Ok(())
}

pub(super) fn get(
    db: &mut Connection,
    plugin: &str,
    key: &str,
    now_ms: u64,
) -> Result<Valued, StoreError> {
    let row = db.row(
        "SELECT value FROM kv WHERE plugin = $1 AND key = $2 \
         AND (expires_ms IS NULL OR expires_ms > $3)",
        &[Param::Text(plugin), Param::Text(key), Param::whole(now_ms)],
    )?;
    let Some(row) = row else { return Ok(Valued { exists: false, value: None }) };
    let value = serde_json::from_str(&row.text(0)?).map_err(|error| StoreError::Failed {
        reason: format!("the value of {key:?} is not JSON: {error}"),
    })?;
    Ok(Valued { exists: true, value: Some(value) })
}

/// What has expired does not exist, and so is not said to be deleted.
pub(super) fn delete(
    db: &mut Connection,
    plugin: &str,
    key: &str,
    now_ms: u64,
) -> Result<Deleted, StoreError> {
    let Valued { exists, .. } = get(db, plugin, key, now_ms)?;
    let params = [Param::Text(plugin), Param::Text(key)];
    db.run("DELETE FROM kv WHERE plugin = $1 AND key = $2", &params)?;
    Ok(Deleted { deleted: exists })
}

pub(super) fn list(
    db: &mut Connection,
    plugin: &str,
    prefix: &str,
    limit: u32,
    now_ms: u64,
) -> Result<Keys, StoreError> {
    // A range and not a pattern, so that `_` and `%` are letters like any other.
    let above = above(prefix);
    let mut params = vec![Param::Text(plugin), Param::Text(prefix), Param::whole(now_ms)];
    let mut sql = "SELECT key FROM kv WHERE plugin = $1 AND key >= $2 \
         AND (expires_ms IS NULL OR expires_ms > $3)"
        .to_owned();
    if let Some(above) = &above {
        params.push(Param::Text(above));
        sql.push_str(" AND key < $4");
    }
    params.push(Param::Int(i64::from(limit) + 1));
    sql.push_str(&format!(" ORDER BY key LIMIT ${}", params.len()));
    let rows = db.rows(&sql, &params)?;
    let truncated = rows.len() > limit as usize;
    let key = |row: &Row| row.text(0);
    let keys: Vec<String> = rows.iter().take(limit as usize).map(key).collect::<Result<_, _>>()?;
    Ok(Keys { count: keys.len() as u64, keys, truncated })
}

/// The first text behind all that begin with the prefix, in the order of code points.
fn above(prefix: &str) -> Option<String> {
    let mut letters: Vec<char> = prefix.chars().collect();
    while let Some(last) = letters.pop() {
        // Stepping over the numbers that are no characters.
        if let Some(next) = (last..=char::MAX).nth(1) {
            letters.push(next);
            return Some(letters.into_iter().collect());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_above_a_prefix_is_above_all_that_begin_with_it() {
        assert_eq!(above("a"), Some("b".to_owned()));
        assert_eq!(above("a\u{10FFFF}"), Some("b".to_owned()));
        assert_eq!(above("\u{D7FF}"), Some("\u{E000}".to_owned()));
        assert_eq!((above(""), above("\u{10FFFF}")), (None, None));
    }
}
