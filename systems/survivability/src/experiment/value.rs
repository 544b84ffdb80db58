//! From a value of the text to one of the experiment, or what was expected there.

use std::ops::RangeInclusive;

use super::located::Located;
use super::mistake::{Mistake, Place, either, nearest};
use super::node::{Node, Value};

/// A value that is not what its key takes.
#[derive(Debug)]
pub(super) struct Wrong {
    pub place: Place,
    /// After the key: what it is or has.
    pub verb: &'static str,
    pub found: String,
    pub expected: String,
    pub hint: Option<String>,
}

impl Wrong {
    pub fn new(node: &Node, expected: impl Into<String>) -> Wrong {
        let (expected, found) = (expected.into(), found(node));
        Wrong { place: node.place, verb: "is", found, expected, hint: None }
    }

    pub fn mistake(self, key: &str) -> Mistake {
        let title = format!("`{key}` {} {}", self.verb, self.found);
        let label = format!("expected {}", self.expected);
        Mistake { title, label, place: Some(self.place), hint: self.hint }
    }
}

pub(super) type Read<T> = Result<T, Vec<Wrong>>;

/// Which numbers are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bound {
    Positive,
    NotNegative,
    /// From 0 to 1.
    Share,
}

impl Bound {
    fn holds(self, number: f64) -> bool {
        match self {
            Bound::Positive => number > 0.0 && number.is_finite(),
            Bound::NotNegative => number >= 0.0 && number.is_finite(),
            Bound::Share => (0.0..=1.0).contains(&number),
        }
    }

    fn expected(self) -> &'static str {
        match self {
            Bound::Positive => "a number above 0",
            Bound::NotNegative => "a number from 0",
            Bound::Share => "a number from 0 to 1",
        }
    }
}

/// What stands there, for messages; not more than fits a line.
pub(super) fn found(node: &Node) -> String {
    let text = node.value.to_string();
    if text.chars().count() <= 40 {
        return text;
    }
    text.chars().take(40).chain("…".chars()).collect()
}

pub(super) fn integer<T: TryFrom<i64> + ToString + Copy + PartialOrd>(
    range: RangeInclusive<T>,
) -> impl Fn(&Node) -> Read<T> {
    move |node| {
        let number = match node.value {
            Value::Integer(number) => T::try_from(number).ok(),
            _ => None,
        };
        number.filter(|number| range.contains(number)).ok_or_else(|| {
            let [low, high] = [range.start(), range.end()].map(|end| grouped(&end.to_string()));
            vec![Wrong::new(node, format!("a whole number from {low} to {high}"))]
        })
    }
}

pub(super) fn number(bound: Bound) -> impl Fn(&Node) -> Read<f64> {
    move |node| {
        let number = match node.value {
            Value::Integer(number) => Some(number as f64),
            Value::Float(number) => Some(number),
            _ => None,
        };
        let number = number.filter(|number| bound.holds(*number));
        number.ok_or_else(|| vec![Wrong::new(node, bound.expected())])
    }
}

pub(super) fn boolean(node: &Node) -> Read<bool> {
    match node.value {
        Value::Boolean(boolean) => Ok(boolean),
        _ => Err(vec![Wrong::new(node, "true or false")]),
    }
}

pub(super) fn text(node: &Node) -> Read<String> {
    match &node.value {
        Value::Text(text) if !text.trim().is_empty() => Ok(text.clone()),
        _ => Err(vec![Wrong::new(node, "text in quotes")]),
    }
}

/// The name of a node. Many are numbers, which need no quotes.
pub(super) fn name(node: &Node) -> Read<Located<String>> {
    let value = match &node.value {
        Value::Text(text) if !text.is_empty() => text.clone(),
        Value::Integer(number) => number.to_string(),
        _ => return Err(vec![Wrong::new(node, "the name of a node")]),
    };
    Ok(Located { value, place: Some(node.place) })
}

/// A link by the names of its ends.
pub(super) fn ends(node: &Node) -> Read<[Located<String>; 2]> {
    match &node.value {
        Value::Array(items) if items.len() == 2 => Ok([name(&items[0])?, name(&items[1])?]),
        _ => Err(vec![Wrong::new(node, "the two ends of a link, such as [\"0\", \"1\"]")]),
    }
}

/// One of some words.
pub(super) fn choice<T: Clone>(words: &[(&str, T)]) -> impl Fn(&Node) -> Read<T> {
    move |node| {
        let text = match &node.value {
            Value::Text(text) => text.as_str(),
            _ => "",
        };
        let chosen = words.iter().find(|(word, _)| *word == text);
        chosen.map(|(_, value)| value.clone()).ok_or_else(|| {
            let names = || words.iter().map(|(word, _)| *word);
            let hint = nearest(text, names()).map(|near| format!("did you mean `{near}`?"));
            vec![Wrong { hint, ..Wrong::new(node, either(names())) }]
        })
    }
}

/// Every item of a list, or what is wrong with each that is.
pub(super) fn list<'n, T>(
    what: &str,
    read: impl Fn(&'n Node) -> Read<T>,
) -> impl Fn(&'n Node) -> Read<Vec<T>> {
    move |node| {
        let Value::Array(items) = &node.value else {
            return Err(vec![Wrong::new(node, what)]);
        };
        let (mut values, mut wrong) = (Vec::new(), Vec::new());
        for item in items {
            match read(item) {
                Ok(value) => values.push(value),
                Err(more) => wrong.extend(more.into_iter().map(|w| Wrong { verb: "has", ..w })),
            }
        }
        if wrong.is_empty() && values.is_empty() {
            return Err(vec![Wrong {
                found: "an empty list".to_owned(),
                ..Wrong::new(node, what)
            }]);
        }
        if wrong.is_empty() { Ok(values) } else { Err(wrong) }
    }
}

/// Digits in groups of three.
pub(super) fn grouped(digits: &str) -> String {
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
