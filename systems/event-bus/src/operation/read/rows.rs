//! Reading a request about the rows of a plugin.

use serde_json::{Map, Value};

use super::super::{Failure, Operation, Search};
use super::{limit, outbound as id};
use crate::fields::{Fields, Refusal, fits};
use crate::row::{Order, Schema, Sort, Update, is_name};

/// Rows of one insertion at most.
const MOST_ROWS: usize = 1000;

/// What a value of a row lies in as it is written: the row in a list in the request, or `$set` in
/// `operations` in it. Read from fewer, it would be refused when it is sent on.
const AROUND_VALUE: usize = 3;

pub(super) fn read(name: &str, fields: &mut Fields) -> Result<Operation, Failure> {
    let plugin = named(fields, "plugin", 64)?;
    let table = named(fields, "table", 100)?;
    Ok(match name {
        "row.register" => {
            let schema = Schema::read(fields.object("schema")?)?;
            Operation::RowRegister { plugin, table, schema }
        }
        "row.insert" => Operation::RowInsert { plugin, table, data: rows(fields)? },
        "row.select" => Operation::RowSelect { plugin, table, id: id(fields)? },
        "row.update" => {
            Operation::RowUpdate { plugin, table, id: id(fields)?, operations: update(fields)? }
        }
        "row.delete" => Operation::RowDelete { plugin, table, id: id(fields)? },
        _ => Operation::RowSearch(Search {
            plugin,
            table,
            filters: fields.optional_object("filters")?.map(Fields::rest).unwrap_or_default(),
            sort: sort(fields)?,
            limit: limit(fields, 100)?,
            offset: fields.optional_whole("offset", 0..=100_000)?.unwrap_or(0) as u32,
        }),
    })
}

fn named(fields: &mut Fields, name: &str, most: usize) -> Result<String, Refusal> {
    let text = fields.text(name, most)?;
    if !is_name(&text, most) {
        let wanted = "a lower-case letter and then those, digits and _";
        return Err(Refusal::not(name, &Value::from(text), wanted));
    }
    Ok(text)
}

fn rows(fields: &mut Fields) -> Result<Vec<Map<String, Value>>, Refusal> {
    let items = match fields.any("data")? {
        row @ Value::Object(_) => vec![row],
        Value::Array(items) if (1..=MOST_ROWS).contains(&items.len()) => items,
        other => {
            return Err(Refusal::not("data", &other, "a row or a list of 1 to 1000 rows"));
        }
    };
    let row = |item| match item {
        Value::Object(row) => values(row),
        other => Err(Refusal::not("data", &other, "a row")),
    };
    items.into_iter().map(row).collect()
}

fn values(row: Map<String, Value>) -> Result<Map<String, Value>, Refusal> {
    row.values().try_for_each(|value| fits("data", value, AROUND_VALUE))?;
    Ok(row)
}

/// Either new values or operations.
fn update(fields: &mut Fields) -> Result<Map<String, Value>, Refusal> {
    let data = fields.optional_object("data")?.map(|data| values(data.rest())).transpose()?;
    let operations = fields.optional_object("operations")?.map(Fields::rest);
    let operations = match (data, operations) {
        (Some(data), None) => [("$set".to_owned(), Value::Object(data))].into_iter().collect(),
        (None, Some(operations)) => operations,
        (None, None) => return Err(fields.missing("operations")),
        (Some(data), Some(_)) => {
            return Err(Refusal::not("data", &Value::Object(data), "alone: there are operations"));
        }
    };
    Update::read(&operations)?;
    Ok(operations)
}

fn sort(fields: &mut Fields) -> Result<Vec<Sort>, Refusal> {
    let items = match fields.optional("sort") {
        None => return Ok(Vec::new()),
        Some(Value::Array(items)) if items.len() <= 8 => items,
        Some(other) => return Err(Refusal::not("sort", &other, "a list of up to 8 fields")),
    };
    let read = |item| {
        let mut item = Fields::of("sort", "sort.", item)?;
        let field = item.text("field", 64)?;
        let order = match item.optional_text("order", 4)?.as_deref() {
            None | Some("asc") => Order::Asc,
            Some("desc") => Order::Desc,
            Some(other) => return Err(Refusal::not("sort.order", &other.into(), "asc or desc")),
        };
        item.end()?;
        Ok(Sort { field, order })
    };
    items.into_iter().map(read).collect()
}
