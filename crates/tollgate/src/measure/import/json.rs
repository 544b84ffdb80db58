//! JSON as result files hold it: every node knows where it stands, names appear once, and numbers
//! that are none (`NaN`, `Infinity`, bare or as strings) are kept apart from numbers.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::fault::{Fault, Problem, excerpt};

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Json {
    Null,
    Bool(bool),
    Unsigned(u64),
    Number(f64),
    Text(String),
    List(Vec<Json>),
    Map(Vec<(String, Json)>),
}

/// Reads one JSON value; what it cannot read is reported with line and column.
pub(super) fn parse(text: &str) -> Result<Json, Fault> {
    match serde_json::from_str(text) {
        Ok(json) => Ok(json),
        Err(error) => {
            let quoted = quote_non_finite(text);
            match quoted.as_deref().map(serde_json::from_str) {
                Some(Ok(json)) => Ok(json),
                _ => Err(syntax(&error)),
            }
        }
    }
}

fn syntax(error: &serde_json::Error) -> Fault {
    let message = error.to_string();
    // serde_json repeats the place at the end of its message.
    let message = message.rsplit_once(" at line ").map_or(message.as_str(), |(head, _)| head);
    let fault = Fault::syntax(format!("it is not valid JSON: {}", excerpt(message)));
    if error.line() == 0 { fault } else { fault.at(error.line(), error.column()) }
}

/// Some writers print floats that JSON cannot hold. As strings they can be told from numbers, and
/// a file is not lost for a counter that was divided by zero.
fn quote_non_finite(text: &str) -> Option<String> {
    const WORDS: [&str; 6] = ["-Infinity", "Infinity", "-inf", "-nan", "NaN", "nan"];
    let bytes = text.as_bytes();
    let (mut result, mut from, mut at, mut inside) = (String::new(), 0, 0, false);
    while at < bytes.len() {
        match bytes[at] {
            b'\\' if inside => at += 1,
            b'"' => inside = !inside,
            b'-' | b'I' | b'N' | b'n' | b'i' if !inside => {
                let rest = &text[at..];
                let word = WORDS.into_iter().chain(["inf"]).find(|word| {
                    rest.starts_with(word)
                        && !rest[word.len()..].starts_with(|c: char| c.is_alphanumeric())
                });
                if let Some(word) = word {
                    result.push_str(&text[from..at]);
                    result.push_str(&format!("\"{word}\""));
                    at += word.len();
                    from = at;
                    continue;
                }
            }
            _ => {}
        }
        at += 1;
    }
    (from > 0).then(|| result + &text[from..])
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Json, D::Error> {
        deserializer.deserialize_any(Build)
    }
}

struct Build;

impl<'de> Visitor<'de> for Build {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Json, E> {
        Ok(Json::Bool(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Json, E> {
        Ok(Json::Unsigned(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Json, E> {
        Ok(Json::Number(value as f64))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Json, E> {
        Ok(Json::Number(value))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Json, E> {
        Ok(Json::Text(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Json, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = seq.next_element()? {
            list.push(item);
        }
        Ok(Json::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Json, A::Error> {
        let mut map: Vec<(String, Json)> = Vec::new();
        let mut seen = std::collections::HashSet::new();
        while let Some((key, value)) = access.next_entry::<String, Json>()? {
            if !seen.insert(key.clone()) {
                return Err(A::Error::custom(format!("the name `{key}` appears twice")));
            }
            map.push((key, value));
        }
        Ok(Json::Map(map))
    }
}

impl Json {
    pub(super) fn get(&self, name: &str) -> Option<&Json> {
        match self {
            Json::Map(map) => map.iter().find(|(key, _)| key == name).map(|(_, value)| value),
            _ => None,
        }
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    pub(super) fn root(&self) -> Node<'_> {
        Node { json: self, at: String::new() }
    }

    fn short(&self) -> String {
        match self {
            Json::Null => "null".into(),
            Json::Bool(value) => value.to_string(),
            Json::Unsigned(value) => value.to_string(),
            Json::Number(value) => value.to_string(),
            Json::Text(text) => format!("`{}`", excerpt(text)),
            Json::List(_) => "a list".into(),
            Json::Map(_) => "an object".into(),
        }
    }
}

/// A value and its path from the root, for messages.
#[derive(Clone, Debug)]
pub(super) struct Node<'a> {
    pub(super) json: &'a Json,
    at: String,
}

impl<'a> Node<'a> {
    fn wrong(&self, expected: &'static str) -> Fault {
        Problem::Expected { at: self.place(), expected, found: self.json.short() }.into()
    }

    fn place(&self) -> String {
        if self.at.is_empty() { "the top level".into() } else { format!("`{}`", self.at) }
    }

    fn child(&self, name: &str, json: &'a Json) -> Node<'a> {
        let name = excerpt(name);
        let at = if self.at.is_empty() { name } else { format!("{}.{name}", self.at) };
        Node { json, at }
    }

    /// A member that may be absent; null counts as absent.
    pub(super) fn find(&self, name: &str) -> Option<Node<'a>> {
        let json = self.json.get(name).filter(|json| **json != Json::Null)?;
        Some(self.child(name, json))
    }

    pub(super) fn member(&self, name: &str) -> Result<Node<'a>, Fault> {
        match self.json {
            Json::Map(_) => self.find(name).ok_or_else(|| {
                Problem::Expected {
                    at: self.place(),
                    expected: "a member that results of this format have",
                    found: format!("no `{name}`"),
                }
                .into()
            }),
            _ => Err(self.wrong("an object")),
        }
    }

    pub(super) fn items(&self) -> Result<Vec<Node<'a>>, Fault> {
        match self.json {
            Json::List(list) => Ok(list
                .iter()
                .enumerate()
                .map(|(index, json)| Node { json, at: format!("{}[{index}]", self.at) })
                .collect()),
            _ => Err(self.wrong("a list")),
        }
    }

    pub(super) fn members(&self) -> Result<Vec<(&'a str, Node<'a>)>, Fault> {
        match self.json {
            Json::Map(map) => {
                Ok(map.iter().map(|(name, json)| (name.as_str(), self.child(name, json))).collect())
            }
            _ => Err(self.wrong("an object")),
        }
    }

    pub(super) fn text(&self) -> Result<&'a str, Fault> {
        match self.json {
            Json::Text(text) => Ok(text),
            _ => Err(self.wrong("a string")),
        }
    }

    pub(super) fn number(&self) -> Result<f64, Fault> {
        match self.json {
            Json::Unsigned(value) => Ok(*value as f64),
            Json::Number(value) => Ok(*value),
            _ => Err(self.wrong("a number")),
        }
    }

    /// A count: a whole number that is not negative, however it is written.
    pub(super) fn count(&self) -> Result<u64, Fault> {
        match self.json {
            Json::Unsigned(value) => Ok(*value),
            Json::Number(value) if *value >= 0.0 && *value < 9e15 && value.fract() == 0.0 => {
                Ok(*value as u64)
            }
            _ => Err(self.wrong("a count")),
        }
    }

    pub(super) fn bool(&self) -> Result<bool, Fault> {
        match self.json {
            Json::Bool(value) => Ok(*value),
            _ => Err(self.wrong("true or false")),
        }
    }

    /// Whether a number was meant but not had: `NaN` or an infinity.
    pub(super) fn is_non_finite(&self) -> bool {
        match self.json {
            Json::Text(text) => {
                let text = text.trim_start_matches(['+', '-']).to_ascii_lowercase();
                matches!(text.as_str(), "nan" | "inf" | "infinity")
            }
            _ => false,
        }
    }

    /// All numbers of a list; a path is only built for one that is none.
    pub(super) fn numbers(&self) -> Result<Vec<f64>, Fault> {
        let Json::List(list) = self.json else { return Err(self.wrong("a list of numbers")) };
        list.iter()
            .enumerate()
            .map(|(index, json)| match json {
                Json::Unsigned(value) => Ok(*value as f64),
                Json::Number(value) => Ok(*value),
                _ => Node { json, at: format!("{}[{index}]", self.at) }.number(),
            })
            .collect()
    }
}
