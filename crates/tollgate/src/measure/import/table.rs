//! Tables with a header line: comma or tab separated, with quoted fields that may span lines.

use super::fault::{Fault, excerpt};
use super::number;

#[derive(Debug)]
pub(super) struct Table {
    header: Vec<String>,
    pub(super) rows: Vec<Row>,
}

#[derive(Debug)]
pub(super) struct Row {
    /// The line the row starts on.
    pub(super) line: usize,
    fields: Vec<String>,
}

impl Table {
    /// Splits `text`; every row must have as many fields as the header, and the last one an end:
    /// a number that was cut is another number.
    pub(super) fn parse(text: &str, separator: char) -> Result<Table, Fault> {
        ended(text)?;
        let mut rows = split(text, separator)?.into_iter();
        let header = rows.next().ok_or_else(Fault::empty)?.fields;
        let rows: Vec<Row> = rows.collect();
        if let Some(row) = rows.iter().find(|row| row.fields.len() != header.len()) {
            let found = row.fields.len();
            let message = format!("expected {} fields, found {found}", header.len());
            return Err(Fault::syntax(message).at_line(row.line));
        }
        Ok(Table { header, rows })
    }

    pub(super) fn header(&self) -> impl Iterator<Item = (usize, &str)> {
        self.header.iter().map(String::as_str).enumerate()
    }

    pub(super) fn find(&self, name: &str) -> Option<usize> {
        self.header.iter().position(|column| column == name)
    }

    pub(super) fn column(&self, name: &str) -> Result<usize, Fault> {
        self.find(name)
            .ok_or_else(|| Fault::syntax(format!("the header has no column `{name}`")).at_line(1))
    }

    pub(super) fn number(&self, row: &Row, column: usize) -> Result<f64, Fault> {
        let text = row.text(column);
        number::finite(text).ok_or_else(|| self.wrong(row, column, "a number"))
    }

    pub(super) fn count(&self, row: &Row, column: usize) -> Result<u64, Fault> {
        row.text(column).parse().map_err(|_| self.wrong(row, column, "a count"))
    }

    fn wrong(&self, row: &Row, column: usize, expected: &'static str) -> Fault {
        Fault::expected(&self.header[column], expected, row.text(column)).at_line(row.line)
    }
}

impl Row {
    pub(super) fn text(&self, column: usize) -> &str {
        &self.fields[column]
    }
}

/// Refuses text whose last line has no end, as a file that was cut has.
pub(super) fn ended(text: &str) -> Result<(), Fault> {
    if text.ends_with('\n') {
        return Ok(());
    }
    let message = "the last line has no end: the file may be cut short";
    Err(Fault::syntax(message).at_line(text.lines().count()))
}

fn split(text: &str, separator: char) -> Result<Vec<Row>, Fault> {
    let mut rows = Vec::new();
    let mut chars = text.chars().peekable();
    let mut line = 1;
    while chars.peek().is_some() {
        let mut row = Row { line, fields: Vec::new() };
        loop {
            let (field, ended) = field(&mut chars, separator, &mut line)?;
            row.fields.push(field);
            if ended {
                break;
            }
        }
        if row.fields != [""] {
            rows.push(row);
        }
    }
    Ok(rows)
}

/// One field, and whether it ended its row.
fn field(
    chars: &mut std::iter::Peekable<std::str::Chars<'_>>,
    separator: char,
    line: &mut usize,
) -> Result<(String, bool), Fault> {
    let mut field = String::new();
    if chars.next_if_eq(&'"').is_some() {
        let opened = *line;
        loop {
            match chars.next() {
                Some('"') if chars.next_if_eq(&'"').is_some() => field.push('"'),
                Some('"') => break,
                Some(c) => {
                    *line += usize::from(c == '\n');
                    field.push(c);
                }
                None => {
                    let message = format!("a quoted field does not end: `{}`", excerpt(&field));
                    return Err(Fault::syntax(message).at_line(opened));
                }
            }
        }
    }
    loop {
        match chars.next() {
            Some('\r') if chars.peek() == Some(&'\n') => {}
            Some('\n') => {
                *line += 1;
                return Ok((field, true));
            }
            Some(c) if c == separator => return Ok((field, false)),
            Some(c) => field.push(c),
            None => return Ok((field, true)),
        }
    }
}
