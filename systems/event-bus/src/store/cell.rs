//! The values that both databases know: what goes into a statement, and what comes out of a row.

use std::error::Error;

use bytes::BytesMut;
use postgres::types::{IsNull, ToSql, Type};
use rusqlite::types::ToSqlOutput;
use rusqlite::types::{Value, ValueRef};
use uuid::Uuid;

use super::StoreError;

/// What is put in for `$1`.
#[derive(Clone, Copy, Debug)]
pub(super) enum Param<'a> {
    Null,
    Int(i64),
    Text(&'a str),
    Bytes(&'a [u8]),
}

/// A row of a table.
#[derive(Debug)]
pub(super) struct Row(pub(super) Vec<Value>);

impl Param<'_> {
    /// Milliseconds and counts, all of which are far from the end of an `i64`.
    pub(super) fn whole(number: u64) -> Param<'static> {
        Param::Int(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

impl rusqlite::ToSql for Param<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match *self {
            Param::Null => ValueRef::Null,
            Param::Int(number) => ValueRef::Integer(number),
            Param::Text(text) => ValueRef::Text(text.as_bytes()),
            Param::Bytes(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

impl ToSql for Param<'_> {
    fn to_sql(
        &self,
        ty: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match self {
            Param::Null => Ok(IsNull::Yes),
            Param::Int(number) => number.to_sql_checked(ty, out),
            Param::Text(text) => text.to_sql_checked(ty, out),
            Param::Bytes(bytes) => bytes.to_sql_checked(ty, out),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    fn to_sql_checked(
        &self,
        ty: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        ToSql::to_sql(self, ty, out)
    }
}

impl Row {
    pub(super) fn whole(&self, at: usize) -> Result<u64, StoreError> {
        self.optional_whole(at)?.ok_or_else(|| self.strange(at, "a whole number"))
    }

    pub(super) fn optional_whole(&self, at: usize) -> Result<Option<u64>, StoreError> {
        match &self.0[at] {
            Value::Null => Ok(None),
            Value::Integer(number) if *number >= 0 => Ok(Some(number.cast_unsigned())),
            _ => Err(self.strange(at, "a whole number")),
        }
    }

    pub(super) fn text(&self, at: usize) -> Result<String, StoreError> {
        self.optional_text(at)?.ok_or_else(|| self.strange(at, "a text"))
    }

    pub(super) fn optional_text(&self, at: usize) -> Result<Option<String>, StoreError> {
        match &self.0[at] {
            Value::Null => Ok(None),
            Value::Text(text) => Ok(Some(text.clone())),
            _ => Err(self.strange(at, "a text")),
        }
    }

    /// The bytes of a text, none if there is none.
    pub(super) fn length(&self, at: usize) -> usize {
        match &self.0[at] {
            Value::Text(text) => text.len(),
            _ => 0,
        }
    }

    pub(super) fn uuid(&self, at: usize) -> Result<Uuid, StoreError> {
        self.optional_uuid(at)?.ok_or_else(|| self.strange(at, "a UUID"))
    }

    pub(super) fn optional_uuid(&self, at: usize) -> Result<Option<Uuid>, StoreError> {
        match &self.0[at] {
            Value::Null => Ok(None),
            Value::Blob(bytes) => match Uuid::from_slice(bytes) {
                Ok(id) => Ok(Some(id)),
                Err(_) => Err(self.strange(at, "a UUID")),
            },
            _ => Err(self.strange(at, "a UUID")),
        }
    }

    fn strange(&self, at: usize, wanted: &str) -> StoreError {
        let reason = format!("column {at} of a row is {:?}, not {wanted}", self.0[at]);
        StoreError::Failed { reason }
    }
}
