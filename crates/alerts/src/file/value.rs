//! Reads single values: what they have to be, or what is wrong with them.

use std::time::Duration;

use toml::de::DeValue;

use super::duration;
use super::mistake::{instead, listed};
use super::section::Value;
use super::time;
use crate::labels::Labels;
use crate::matcher::{self, Matcher};

pub(super) fn text(value: &Value<'_>) -> Result<String, String> {
    match value {
        DeValue::String(text) => Ok(text.to_string()),
        other => Err(format!("has to be a text in quotes, not {}", shown(other))),
    }
}

/// A text that says something.
pub(super) fn words(value: &Value<'_>) -> Result<String, String> {
    match text(value)? {
        blank if blank.trim().is_empty() => Err("may not be empty".to_owned()),
        text => Ok(text),
    }
}

pub(super) fn boolean(value: &Value<'_>) -> Result<bool, String> {
    match value {
        DeValue::Boolean(boolean) => Ok(*boolean),
        other => Err(format!("has to be `true` or `false`, not {}", shown(other))),
    }
}

/// A key that is there to be set.
pub(super) fn yes(value: &Value<'_>) -> Result<(), String> {
    match value {
        DeValue::Boolean(true) => Ok(()),
        other => Err(format!("can only be `true`, not {}", shown(other))),
    }
}

pub(super) fn number(value: &Value<'_>) -> Result<f64, String> {
    let number = match value {
        DeValue::Integer(integer) => {
            let digits = integer.as_str().replace('_', "");
            i64::from_str_radix(&digits, integer.radix()).ok().map(|number| number as f64)
        }
        DeValue::Float(float) => float.as_str().replace('_', "").parse().ok(),
        _ => None,
    };
    number
        .filter(|number: &f64| number.is_finite())
        .ok_or_else(|| format!("has to be a finite number, not {}", shown(value)))
}

/// Two numbers, the least and the most.
pub(super) fn range(value: &Value<'_>) -> Result<(f64, f64), String> {
    match &list(value, number)?[..] {
        &[low, high] if low <= high => Ok((low, high)),
        [low, high] => Err(format!("has the least first, but {low} is more than {high}")),
        other => Err(format!("has to be two numbers, `[least, most]`, not {}", other.len())),
    }
}

/// Two metrics, of which the first is divided by the second.
pub(super) fn pair(value: &Value<'_>) -> Result<(String, String), String> {
    match <[String; 2]>::try_from(list(value, words)?) {
        Ok([metric, of]) => Ok((metric, of)),
        Err(other) => {
            Err(format!("has to be two metrics, `[\"part\", \"whole\"]`, not {}", other.len()))
        }
    }
}

pub(super) fn duration(value: &Value<'_>) -> Result<Duration, String> {
    let text = text(value).map_err(|_| duration::expected(&shown(value)))?;
    duration::parse(&text).ok_or_else(|| duration::expected(&format!("{text:?}")))
}

/// A time that is not zero.
pub(super) fn pause(value: &Value<'_>) -> Result<Duration, String> {
    match duration(value)? {
        Duration::ZERO => Err("has to be longer than nothing".to_owned()),
        pause => Ok(pause),
    }
}

/// Since 1970, in milliseconds.
pub(super) fn time(value: &Value<'_>) -> Result<i64, String> {
    let text = match value {
        DeValue::String(text) => text.to_string(),
        DeValue::Datetime(time) => time.to_string(),
        other => shown(other),
    };
    time::parse(&text)
        .ok_or_else(|| format!("has to be a time like `2026-01-31T08:00:00Z`, not {text:?}"))
}

pub(super) fn list<T>(
    value: &Value<'_>,
    read: impl Fn(&Value<'_>) -> Result<T, String>,
) -> Result<Vec<T>, String> {
    match value {
        DeValue::Array(items) => items.iter().map(|item| read(item.get_ref())).collect(),
        other => Err(format!("has to be a list in `[` and `]`, not {}", shown(other))),
    }
}

pub(super) fn names(value: &Value<'_>) -> Result<Vec<String>, String> {
    list(value, words)
}

/// Matchers, of which there is one at least.
pub(super) fn matchers(value: &Value<'_>) -> Result<Vec<Matcher>, String> {
    let matcher = |value: &Value<'_>| {
        text(value)?.parse().map_err(|error| format!("cannot be read: {error}"))
    };
    match list(value, matcher)? {
        none if none.is_empty() => Err("may not be empty: nothing would match".to_owned()),
        matchers => Ok(matchers),
    }
}

pub(super) fn labels(value: &Value<'_>) -> Result<Labels, String> {
    let DeValue::Table(table) = value else {
        return Err(format!(
            "has to be a table like `{{ team = \"core\" }}`, not {}",
            shown(value)
        ));
    };
    let pairs: Result<Vec<(String, String)>, String> = table
        .iter()
        .map(|(name, value)| {
            let name = name.get_ref().to_string();
            let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
            if name.is_empty() || !name.chars().all(is_name) {
                return Err(format!("has the label {name:?}: only letters, digits and `_` go"));
            }
            if [matcher::RULE, matcher::SEVERITY].contains(&&*name) {
                return Err(format!("has the label `{name}`, which every alert has of its own"));
            }
            let value =
                text(value.get_ref()).map_err(|problem| format!("of `{name}` {problem}"))?;
            Ok((name, value))
        })
        .collect();
    Ok(Labels::new(pairs?))
}

/// One of some words.
pub(super) fn choice<T: Copy>(choices: &[(&str, T)]) -> impl Fn(&Value<'_>) -> Result<T, String> {
    move |value| {
        let words: Vec<&str> = choices.iter().map(|(word, _)| *word).collect();
        let DeValue::String(text) = value else {
            return Err(format!("has to be {}, not {}", listed(&words, "or"), shown(value)));
        };
        let chosen = choices.iter().find(|(word, _)| word == text).map(|(_, choice)| *choice);
        chosen.ok_or_else(|| format!("cannot be {text:?}{}", instead(text, words)))
    }
}

fn shown(value: &Value<'_>) -> String {
    match value {
        DeValue::String(text) => format!("{text:?}"),
        DeValue::Integer(integer) => integer.as_str().to_owned(),
        DeValue::Float(float) => float.as_str().to_owned(),
        DeValue::Boolean(boolean) => boolean.to_string(),
        DeValue::Datetime(time) => time.to_string(),
        DeValue::Array(_) => "a list".to_owned(),
        DeValue::Table(_) => "a table".to_owned(),
    }
}
