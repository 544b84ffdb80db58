//! JSON as people read it: a table for a list of objects, lines of names and values for one.

use serde_json::{Map, Value};

#[must_use]
pub fn table(value: &Value) -> String {
    match value {
        Value::Array(rows) if rows.is_empty() => "(none)".to_owned(),
        Value::Array(rows) => match rows.iter().map(Value::as_object).collect::<Option<Vec<_>>>() {
            Some(rows) => columns(&rows),
            None => rows.iter().map(cell).collect::<Vec<_>>().join("\n"),
        },
        Value::Object(fields) if fields.is_empty() => "(done)".to_owned(),
        Value::Object(fields) => lines(fields),
        other => cell(other),
    }
}

fn columns(rows: &[&Map<String, Value>]) -> String {
    let mut names: Vec<&String> = Vec::new();
    for name in rows.iter().flat_map(|row| row.keys()) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let mut cells: Vec<Vec<String>> = vec![names.iter().map(ToString::to_string).collect()];
    cells.extend(rows.iter().map(|row| {
        names.iter().map(|name| row.get(*name).map(cell).unwrap_or_default()).collect()
    }));
    aligned(&cells)
}

fn lines(fields: &Map<String, Value>) -> String {
    let is_flat = |value: &Value| !matches!(value, Value::Object(_) | Value::Array(_));
    let flat = fields.iter().filter(|(_, value)| is_flat(value));
    let cells: Vec<Vec<String>> =
        flat.map(|(name, value)| vec![name.clone(), cell(value)]).collect();
    let mut parts = if cells.is_empty() { Vec::new() } else { vec![aligned(&cells)] };
    for (name, value) in fields.iter().filter(|(_, value)| !is_flat(value)) {
        let inner = table(value);
        let inner: Vec<String> = inner.lines().map(|line| format!("  {line}")).collect();
        parts.push(format!("{name}:\n{}", inner.join("\n")));
    }
    parts.join("\n")
}

fn aligned(rows: &[Vec<String>]) -> String {
    let mut widths: Vec<usize> = Vec::new();
    for row in rows {
        widths.resize(widths.len().max(row.len()), 0);
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let line = |row: &Vec<String>| {
        let padded = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
        padded.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// A value on one line; what could move the cursor of a terminal is shown as what it is.
fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => plain(text),
        other => plain(&other.to_string()),
    }
}

/// Text from outside that may be shown on a terminal.
#[must_use]
pub fn plain(text: &str) -> String {
    text.chars()
        .flat_map(|c| {
            let shown: String =
                if c.is_control() { c.escape_default().collect() } else { c.to_string() };
            shown.chars().collect::<Vec<_>>()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_list_of_objects_has_a_column_for_each_name() {
        let rows = json!([{ "a": 1, "b": "long text" }, { "a": 22, "c": null }]);
        assert_eq!(table(&rows), "a   b          c\n1   long text\n22");
        assert_eq!(table(&json!([])), "(none)");
        assert_eq!(table(&json!(["x", 2])), "x\n2");
    }

    #[test]
    fn an_object_has_a_line_for_each_name_and_what_is_within_is_set_in() {
        let value = json!({ "users": 3, "top": [{ "name": "ann" }], "high": {} });
        assert_eq!(table(&value), "users  3\nhigh:\n  (done)\ntop:\n  name\n  ann");
    }

    #[test]
    fn text_from_outside_cannot_move_the_cursor() {
        assert_eq!(table(&json!("a\u{1b}[2Jb\nc")), r"a\u{1b}[2Jb\nc");
    }
}
