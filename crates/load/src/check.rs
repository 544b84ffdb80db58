//! What an answer must be, and what is wrong with one that is not.

mod capture;
mod fault;
mod json;
#[cfg(test)]
mod tests;

use std::cell::OnceCell;

use httparse::Header;
use rand::rngs::Xoshiro256PlusPlus;
use serde_json::Value;

pub use capture::{Captured, Captures};
pub use fault::Fault;

use crate::template::{Template, Values};
use crate::workload::{Expect, Expected, Status};

/// An answer as it was received, its body decompressed.
#[derive(Debug)]
pub struct Answer<'a> {
    pub status: u16,
    pub headers: &'a [Header<'a>],
    pub body: &'a [u8],
    json: OnceCell<Option<Value>>,
}

/// Expectations that are ready to be held against answers.
#[derive(Clone, Debug, Default)]
pub struct Check {
    expect: Expect,
}

impl<'a> Answer<'a> {
    /// Headers and body may be empty where neither the check nor the captures need them.
    #[must_use]
    pub fn new(status: u16, headers: &'a [Header<'a>], body: &'a [u8]) -> Answer<'a> {
        Answer { status, headers, body, json: OnceCell::new() }
    }

    /// The body as JSON, parsed when it is first asked for; none if it is not JSON.
    pub fn json(&self) -> Option<&Value> {
        self.json.get_or_init(|| serde_json::from_slice(self.body).ok()).as_ref()
    }

    /// The values of a header, in the order received; its name in any case.
    pub fn values<'n>(&self, name: &'n str) -> impl Iterator<Item = &'a [u8]> + use<'a, 'n> {
        let same = move |header: &&Header<'_>| header.name.eq_ignore_ascii_case(name);
        self.headers.iter().filter(same).map(|header| header.value)
    }
}

impl Check {
    #[must_use]
    pub fn new(expect: &Expect) -> Check {
        Check { expect: expect.clone() }
    }

    /// Whether the body is looked at; otherwise it need not be kept.
    #[must_use]
    pub fn needs_body(&self) -> bool {
        self.expect.text.is_some() || !self.expect.json.is_empty()
    }

    #[must_use]
    pub fn needs_headers(&self) -> bool {
        !self.expect.headers.is_empty()
    }

    /// The first thing that is wrong: the status, then the headers, the text and the JSON in the
    /// order of the expectations. The values are those the request was made with.
    pub fn fault(
        &self,
        answer: &Answer<'_>,
        values: &Values<'_>,
        rng: &mut Xoshiro256PlusPlus,
    ) -> Option<Fault> {
        self.hold(answer, &mut Filling { values, rng, rendered: Vec::new() }).err()
    }

    fn hold(&self, answer: &Answer<'_>, filling: &mut Filling<'_, '_>) -> Result<(), Fault> {
        hold_status(&self.expect.status, answer.status, filling)?;
        for (name, expected) in &self.expect.headers {
            let expected = filling.fill(expected)?;
            if !answer.values(name).any(|value| value.trim_ascii() == expected) {
                return Err(Fault::Header { name: name.clone() });
            }
        }
        if let Some(text) = &self.expect.text
            && !contains(answer.body, filling.fill(text)?)
        {
            return Err(Fault::Text);
        }
        for (pointer, expected) in &self.expect.json {
            hold_json(pointer, expected, answer, filling)?;
        }
        Ok(())
    }
}

/// Templates of expectations, filled one after the other.
struct Filling<'a, 'v> {
    values: &'a Values<'v>,
    rng: &'a mut Xoshiro256PlusPlus,
    rendered: Vec<u8>,
}

impl Filling<'_, '_> {
    fn fill<'t>(&'t mut self, template: &'t Template) -> Result<&'t [u8], Fault> {
        if let Some(text) = template.fixed() {
            return Ok(text.as_bytes());
        }
        self.rendered.clear();
        template.render(self.values, self.rng, &mut self.rendered)?;
        Ok(&self.rendered)
    }
}

fn hold_status(expected: &Status, got: u16, filling: &mut Filling<'_, '_>) -> Result<(), Fault> {
    let expected = match expected {
        Status::Below400 if got < 400 => return Ok(()),
        Status::Below400 => "below 400".to_owned(),
        Status::Is(status) if got == *status => return Ok(()),
        Status::Is(status) => status.to_string(),
        Status::From(template) => {
            let text = filling.fill(template)?.trim_ascii();
            match std::str::from_utf8(text) {
                Ok(text) if text.parse() == Ok(got) => return Ok(()),
                _ => String::from_utf8_lossy(text).into_owned(),
            }
        }
    };
    Err(Fault::Status { expected, got })
}

fn hold_json(
    pointer: &str,
    expected: &Expected,
    answer: &Answer<'_>,
    filling: &mut Filling<'_, '_>,
) -> Result<(), Fault> {
    let got = answer.json().map(|body| body.pointer(pointer));
    let value = got.flatten();
    let expected = match expected {
        Expected::Is(expected) if value.is_some_and(|got| json::same(expected, got)) => {
            return Ok(());
        }
        Expected::Is(expected) => expected.to_string(),
        Expected::From(template) => {
            let text = filling.fill(template)?;
            if value.is_some_and(|got| json::text(got).as_bytes() == text) {
                return Ok(());
            }
            String::from_utf8_lossy(text).into_owned()
        }
    };
    let got = match got {
        None => "no JSON".to_owned(),
        Some(None) => "nothing".to_owned(),
        Some(Some(value)) => value.to_string(),
    };
    Err(Fault::Json { pointer: pointer.to_owned(), expected, got })
}

fn contains(body: &[u8], text: &[u8]) -> bool {
    // The search in text takes linear time; the other one is for bodies that are not UTF-8.
    match (std::str::from_utf8(body), std::str::from_utf8(text)) {
        (Ok(body), Ok(text)) => body.contains(text),
        _ => text.is_empty() || body.windows(text.len()).any(|window| window == text),
    }
}
