//! Rows of plugins. A table is small, and is searched by reading it: what a filter means does not
//! depend on the database.

use serde_json::{Map, Value};

use super::StoreError;
use super::cell::{Param, Row};
use super::connection::Connection;
use super::room::Room;
use crate::operation::{Code, Failure, Found, Ids, Rows, Search, Updated};
use crate::row::{Filter, Schema, Update, sort};

/// Rows of a table at most.
const MOST_ROWS: u64 = 10_000;

/// Bytes of a row in JSON at most.
const MOST_BYTES: usize = 8192;

/// A table by its plugin and its name.
#[derive(Clone, Copy, Debug)]
pub(super) struct Table<'a> {
    pub(super) plugin: &'a str,
    pub(super) name: &'a str,
}

impl Table<'_> {
    fn key(&self) -> [Param<'_>; 2] {
        [Param::Text(self.plugin), Param::Text(self.name)]
    }

    fn row(&self, id: u64) -> [Param<'_>; 3] {
        [Param::Text(self.plugin), Param::Text(self.name), Param::whole(id)]
    }
}

/// A table keeps its fields: other ones are another table.
pub(super) fn register(db: &mut Connection, table: Table, schema: &Schema) -> Result<(), Failure> {
    match find(db, table)? {
        Some((known, _)) if known == *schema => Ok(()),
        Some(_) => {
            let message = format!("the table {:?} is registered with other fields", table.name);
            Err(Failure::new(Code::ValidationError, message))
        }
        None => {
            let fields = json(schema)?;
            let [plugin, name] = table.key();
            db.run(
                "INSERT INTO plugin_table (plugin, name, fields, next_id) VALUES ($1, $2, $3, 1)",
                &[plugin, name, Param::Text(&fields)],
            )?;
            Ok(())
        }
    }
}

pub(super) fn insert(
    db: &mut Connection,
    table: Table,
    rows: &[Map<String, Value>],
    now_ms: u64,
) -> Result<Ids, Failure> {
    let (schema, first) = need(db, table)?;
    let sql = "SELECT count(*) FROM plugin_row WHERE plugin = $1 AND name = $2";
    let there = db.row(sql, &table.key())?.map_or(Ok(0), |row| row.whole(0))?;
    if there + rows.len() as u64 > MOST_ROWS {
        let message = format!(
            "the table {:?} has {there} rows, and at most {MOST_ROWS} are kept",
            table.name
        );
        return Err(Failure::new(Code::ValueTooLarge, message));
    }
    let mut ids = Vec::with_capacity(rows.len());
    for (row, id) in rows.iter().zip(first..) {
        let data = checked(&schema, row)?;
        let [plugin, name, id_param] = table.row(id);
        db.run(
            "INSERT INTO plugin_row (plugin, name, id, data, created_ms, updated_ms) \
             VALUES ($1, $2, $3, $4, $5, $6)",
            &[
                plugin,
                name,
                id_param,
                Param::Text(&data),
                Param::whole(now_ms),
                Param::whole(now_ms),
            ],
        )?;
        ids.push(id);
    }
    let [plugin, name] = table.key();
    db.run(
        "UPDATE plugin_table SET next_id = $1 WHERE plugin = $2 AND name = $3",
        &[Param::whole(first + ids.len() as u64), plugin, name],
    )?;
    Ok(Ids { created: ids.len() as u64, ids })
}

pub(super) fn select(db: &mut Connection, table: Table, id: u64) -> Result<Found, Failure> {
    need(db, table)?;
    let data = load(db, table, id)?;
    Ok(Found { exists: data.is_some(), data })
}

pub(super) fn update(
    db: &mut Connection,
    table: Table,
    id: u64,
    update: &Update,
    now_ms: u64,
) -> Result<Updated, Failure> {
    let (schema, _) = need(db, table)?;
    let Some(mut row) = load(db, table, id)? else { return Ok(Updated { updated: false }) };
    for name in ["id", "created_at", "updated_at"] {
        row.remove(name);
    }
    update.apply(&mut row)?;
    let data = checked(&schema, &row)?;
    let [plugin, name, id] = table.row(id);
    db.run(
        "UPDATE plugin_row SET data = $1, updated_ms = $2 \
         WHERE plugin = $3 AND name = $4 AND id = $5",
        &[Param::Text(&data), Param::whole(now_ms), plugin, name, id],
    )?;
    Ok(Updated { updated: true })
}

pub(super) fn delete(db: &mut Connection, table: Table, id: u64) -> Result<bool, Failure> {
    need(db, table)?;
    let sql = "DELETE FROM plugin_row WHERE plugin = $1 AND name = $2 AND id = $3";
    Ok(db.run(sql, &table.row(id))? == 1)
}

pub(super) fn search(db: &mut Connection, table: Table, wanted: &Search) -> Result<Rows, Failure> {
    let (schema, _) = need(db, table)?;
    let filter = Filter::read(&wanted.filters, &schema)?;
    if let Some(unknown) = wanted.sort.iter().find(|sort| !schema.has(&sort.field)) {
        let message = format!("sort.field is {:?}, not a field of the table", unknown.field);
        return Err(Failure::new(Code::ValidationError, message));
    }
    let sql = format!("{SELECT} ORDER BY id");
    let all = db.rows(&sql, &table.key())?;
    let mut fitting = Vec::new();
    for row in &all {
        let row = read(row)?;
        if filter.holds(&row) {
            fitting.push(row);
        }
    }
    sort(&mut fitting, &wanted.sort);
    let (behind, mut room) =
        (fitting.len().saturating_sub(wanted.offset as usize), Room::default());
    let page = fitting.into_iter().skip(wanted.offset as usize).take(wanted.limit as usize);
    let rows: Vec<Map<String, Value>> =
        page.take_while(|row| room.takes(json(row).map_or(0, |text| text.len()))).collect();
    Ok(Rows { count: rows.len() as u64, truncated: rows.len() < behind, rows })
}

const SELECT: &str =
    "SELECT id, data, created_ms, updated_ms FROM plugin_row WHERE plugin = $1 AND name = $2";

fn load(
    db: &mut Connection,
    table: Table,
    id: u64,
) -> Result<Option<Map<String, Value>>, StoreError> {
    let row = db.row(&format!("{SELECT} AND id = $3"), &table.row(id))?;
    row.as_ref().map(read).transpose()
}

/// The row with what every row has.
fn read(row: &Row) -> Result<Map<String, Value>, StoreError> {
    let mut data: Map<String, Value> = parsed(&row.text(1)?)?;
    for (name, at) in [("id", 0), ("created_at", 2), ("updated_at", 3)] {
        data.insert(name.to_owned(), row.whole(at)?.into());
    }
    Ok(data)
}

fn checked(schema: &Schema, row: &Map<String, Value>) -> Result<String, Failure> {
    schema.check(row)?;
    let data = json(row)?;
    if data.len() > MOST_BYTES {
        let message = format!("data has {} bytes, and at most {MOST_BYTES} are taken", data.len());
        return Err(Failure::new(Code::ValueTooLarge, message));
    }
    Ok(data)
}

fn need(db: &mut Connection, table: Table) -> Result<(Schema, u64), Failure> {
    find(db, table)?.ok_or_else(|| {
        let Table { plugin, name } = table;
        Failure::new(Code::NotFound, format!("{plugin:?} has registered no table {name:?}"))
    })
}

/// The fields of the table, and the id of its next row.
fn find(db: &mut Connection, table: Table) -> Result<Option<(Schema, u64)>, StoreError> {
    let sql = "SELECT fields, next_id FROM plugin_table WHERE plugin = $1 AND name = $2";
    match db.row(sql, &table.key())? {
        Some(row) => Ok(Some((parsed(&row.text(0)?)?, row.whole(1)?))),
        None => Ok(None),
    }
}

fn parsed<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|error| StoreError::Failed {
        reason: format!("what a plugin has stored is not JSON: {error}"),
    })
}

fn json(value: &impl serde::Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::Refused { reason: error.to_string() })
}
