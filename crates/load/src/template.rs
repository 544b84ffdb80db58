//! Text with slots that are filled for each request: `{{uuid}}`, `{{int 1 100}}`, `{{feed.name}}`.

mod date;
mod fill;
mod parse;
#[cfg(test)]
mod tests;

use rand::rngs::Xoshiro256PlusPlus;

use crate::check::Captured;
use crate::feed::{FieldError, Row};
pub use parse::{TemplateError, near_miss};

/// Text and slots in turn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    pub pieces: Vec<Piece>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    Text(String),
    Slot(Slot),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Slot {
    /// A random UUID, version 4.
    Uuid,
    /// A UUID that begins with the time, version 7.
    UuidOfNow,
    /// A whole number from the first to the second, both included.
    Int(i64, i64),
    /// So many letters, for payloads of a size.
    Letters(u32),
    /// The time the request is made, as RFC 3339.
    Now,
    /// The same in milliseconds since 1970.
    NowMs,
    /// An environment variable; its value is a secret.
    Env(String),
    /// The number of the user, from 1.
    User,
    /// The whole row of the task's feed.
    Row,
    /// A field of it.
    Field(String),
    /// Captured from an earlier answer.
    Captured(String),
}

/// What a template is filled with.
#[derive(Clone, Copy, Debug)]
pub struct Values<'a> {
    /// The wall clock in milliseconds since 1970.
    pub now_ms: i64,
    /// The number of the user, from 1.
    pub user: u64,
    /// The row the task took from its feed.
    pub row: Option<&'a Row>,
    pub captured: &'a Captured,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RenderError {
    #[error("`{{{{env {0}}}}}` was not resolved before the load")]
    Env(String),
    #[error("`{{{{feed}}}}` in a task without a feed")]
    NoRow,
    #[error(transparent)]
    Field(#[from] FieldError),
    #[error("nothing was captured as `{0}`")]
    Captured(String),
}

impl Template {
    /// Reads text with slots. `{{{{` stands for two opening braces as text; closing braces outside
    /// of a slot are text, as JSON ends in them. White space inside the braces of a slot does not
    /// matter. A name that is no other slot is a captured value, whether or not there is one.
    pub fn parse(text: &str) -> Result<Template, TemplateError> {
        parse::parse(text)
    }

    /// A template without slots, whatever is in the text.
    #[must_use]
    pub fn text(text: String) -> Template {
        let pieces = if text.is_empty() { Vec::new() } else { vec![Piece::Text(text)] };
        Template { pieces }
    }

    /// The text, if it is the same for every request.
    #[must_use]
    pub fn fixed(&self) -> Option<&str> {
        match self.pieces.as_slice() {
            [] => Some(""),
            [Piece::Text(text)] => Some(text),
            _ => None,
        }
    }

    pub fn slots(&self) -> impl Iterator<Item = &Slot> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Text(_) => None,
            Piece::Slot(slot) => Some(slot),
        })
    }

    /// The names of captured values it uses, once for each use.
    pub fn captured(&self) -> impl Iterator<Item = &str> {
        self.slots().filter_map(|slot| match slot {
            Slot::Captured(name) => Some(name.as_str()),
            _ => None,
        })
    }

    /// Whether it can be filled only in a task with a feed.
    #[must_use]
    pub fn uses_feed(&self) -> bool {
        self.slots().any(|slot| matches!(slot, Slot::Row | Slot::Field(_)))
    }

    /// The same with environment variables as text; an error is the name of one that is not set.
    pub fn resolved(&self, variables: &dyn Fn(&str) -> Option<String>) -> Result<Template, String> {
        let mut pieces = Vec::new();
        for piece in &self.pieces {
            match piece {
                Piece::Slot(Slot::Env(name)) => {
                    push_text(&mut pieces, &variables(name).ok_or_else(|| name.clone())?);
                }
                Piece::Text(text) => push_text(&mut pieces, text),
                Piece::Slot(slot) => pieces.push(Piece::Slot(slot.clone())),
            }
        }
        Ok(Template { pieces })
    }

    /// Appends the text with its slots filled. After an error, what was written so far is there.
    pub fn render(
        &self,
        values: &Values<'_>,
        rng: &mut Xoshiro256PlusPlus,
        out: &mut Vec<u8>,
    ) -> Result<(), RenderError> {
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => out.extend_from_slice(text.as_bytes()),
                Piece::Slot(slot) => fill::fill(slot, values, rng, out)?,
            }
        }
        Ok(())
    }
}

/// Neighbouring texts become one, so that a template without slots is `fixed`.
fn push_text(pieces: &mut Vec<Piece>, text: &str) {
    match pieces.last_mut() {
        _ if text.is_empty() => {}
        Some(Piece::Text(before)) => before.push_str(text),
        _ => pieces.push(Piece::Text(text.to_owned())),
    }
}
