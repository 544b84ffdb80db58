//! Comma-separated values: a header of column names, then as many fields in every record.

use std::collections::HashSet;

/// A table that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    pub names: Vec<String>,
    pub records: Vec<Record>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// The line it begins on, counted from 1.
    pub line: usize,
    /// As it is written, without the end of its line.
    pub raw: String,
    pub fields: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {reason}")]
pub struct CsvError {
    pub line: usize,
    pub reason: String,
}

/// Reads a table. Lines end in LF or CRLF, and empty ones between records are left out. A field
/// that begins with a quotation mark ends with the next one that is not doubled, and may hold
/// commas and line ends; within any other field a quotation mark is a character like any.
pub fn parse(text: &str) -> Result<Table, CsvError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = Reader { text, at: 0, line: 1 };
    let fail = |line, reason| Err(CsvError { line, reason });
    let Some(header) = reader.record()? else {
        return fail(1, "no header line with the names of the columns".to_owned());
    };
    let mut known = HashSet::new();
    for (name, column) in header.fields.iter().zip(1..) {
        if name.is_empty() {
            return fail(header.line, format!("column {column} has no name"));
        }
        if !known.insert(name) {
            return fail(header.line, format!("two columns have the name `{name}`"));
        }
    }
    let mut records = Vec::new();
    while let Some(record) = reader.record()? {
        let (columns, fields) = (header.fields.len(), record.fields.len());
        if fields != columns {
            let reason = format!("{fields} fields under a header of {columns}");
            return fail(record.line, reason);
        }
        records.push(record);
    }
    Ok(Table { names: header.fields, records })
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    line: usize,
}

/// What comes after a field.
enum Next {
    Field,
    Record,
}

impl Reader<'_> {
    fn record(&mut self) -> Result<Option<Record>, CsvError> {
        while self.line_end() > 0 {
            self.at += self.line_end();
            self.line += 1;
        }
        if self.at == self.text.len() {
            return Ok(None);
        }
        let (start, line) = (self.at, self.line);
        let mut fields = Vec::new();
        loop {
            fields.push(self.field()?);
            let end = self.at;
            if let Next::Record = self.separator()? {
                let raw = self.text[start..end].to_owned();
                return Ok(Some(Record { line, raw, fields }));
            }
        }
    }

    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    /// How long the end of a line is, if there is one here.
    fn line_end(&self) -> usize {
        match self.rest().as_bytes() {
            [b'\n', ..] => 1,
            [b'\r', b'\n', ..] => 2,
            _ => 0,
        }
    }

    fn field(&mut self) -> Result<String, CsvError> {
        if self.rest().starts_with('"') {
            return self.quoted();
        }
        let rest = self.rest();
        let end = rest.find([',', '\n']).unwrap_or(rest.len());
        let mut field = &rest[..end];
        if rest[end..].starts_with('\n') {
            field = field.strip_suffix('\r').unwrap_or(field);
        }
        let field = field.to_owned();
        self.at += field.len();
        Ok(field)
    }

    fn quoted(&mut self) -> Result<String, CsvError> {
        let first = self.line;
        let mut field = String::new();
        self.at += 1;
        loop {
            let rest = &self.text[self.at..];
            let Some(end) = rest.find('"') else {
                let reason = "a quotation mark is not closed".to_owned();
                return Err(CsvError { line: first, reason });
            };
            field.push_str(&rest[..end]);
            self.line += rest[..end].matches('\n').count();
            self.at += end + 1;
            if !self.rest().starts_with('"') {
                return Ok(field);
            }
            field.push('"');
            self.at += 1;
        }
    }

    fn separator(&mut self) -> Result<Next, CsvError> {
        if self.rest().starts_with(',') {
            self.at += 1;
            return Ok(Next::Field);
        }
        let line_end = self.line_end();
        if line_end == 0 && self.at < self.text.len() {
            let reason = "text after the closing quotation mark of a field".to_owned();
            return Err(CsvError { line: self.line, reason });
        }
        self.at += line_end;
        self.line += usize::from(line_end > 0);
        Ok(Next::Record)
    }
}
