//! Which rows are wanted, and in which order. Every condition is true or false: what a row lacks
//! is `null`, which equals `null` and is neither more nor less than anything.

use std::cmp::Ordering;

use serde::Serialize;
use serde_json::{Map, Value};

use super::Schema;
use crate::fields::Refusal;

/// A condition on a row.
#[derive(Clone, Debug, PartialEq)]
pub enum Filter {
    All(Vec<Filter>),
    Any(Vec<Filter>),
    Not(Box<Filter>),
    Field(String, Test),
}

/// A condition on a value.
#[derive(Clone, Debug, PartialEq)]
pub enum Test {
    Equal(Value),
    /// One of these orders.
    Order(Value, &'static [Ordering]),
    In(Vec<Value>),
    /// `%` for any text, `_` for one character; whether case is ignored.
    Like(String, bool),
}

/// By which field, and from which end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Sort {
    pub field: String,
    pub order: Order,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Order {
    Asc,
    Desc,
}

impl Filter {
    /// Reads `{"field": value, "other": {"$gt": 1}, "$or": [{...}, {...}]}`, all of which has to
    /// hold.
    pub fn read(filters: &Map<String, Value>, schema: &Schema) -> Result<Filter, Refusal> {
        let each = filters.iter().map(|(name, value)| condition(name, value, schema));
        each.collect::<Result<_, _>>().map(Filter::All)
    }

    #[must_use]
    pub fn holds(&self, row: &Map<String, Value>) -> bool {
        match self {
            Filter::All(all) => all.iter().all(|filter| filter.holds(row)),
            Filter::Any(any) => any.iter().any(|filter| filter.holds(row)),
            Filter::Not(filter) => !filter.holds(row),
            Filter::Field(name, test) => test.holds(row.get(name).unwrap_or(&Value::Null)),
        }
    }
}

fn condition(name: &str, value: &Value, schema: &Schema) -> Result<Filter, Refusal> {
    let named = format!("filters.{name}");
    let object = |value: &Value| match value {
        Value::Object(object) => Filter::read(object, schema),
        other => Err(Refusal::not(&*named, other, "an object of conditions")),
    };
    let list = || match value {
        Value::Array(items) if !items.is_empty() => items.iter().map(object).collect(),
        other => Err(Refusal::not(&*named, other, "a list of one or more conditions")),
    };
    match name {
        "$and" => list().map(Filter::All),
        "$or" => list().map(Filter::Any),
        "$not" => Ok(Filter::Not(Box::new(object(value)?))),
        _ if !schema.has(name) => Err(Refusal::not(named, value, "about a field of the table")),
        _ => {
            let of = |test| Filter::Field(name.to_owned(), test);
            match value {
                Value::Object(tests) => {
                    let each = tests.iter().map(|(operator, value)| {
                        test(&format!("{named}.{operator}"), operator, value, &of)
                    });
                    each.collect::<Result<_, _>>().map(Filter::All)
                }
                plain => Ok(of(Test::Equal(plain.clone()))),
            }
        }
    }
}

fn test(
    named: &str,
    operator: &str,
    value: &Value,
    of: &impl Fn(Test) -> Filter,
) -> Result<Filter, Refusal> {
    use Ordering::{Equal, Greater, Less};
    let not = |filter| Filter::Not(Box::new(filter));
    let order = |orders| Ok(of(Test::Order(value.clone(), orders)));
    let list = || match value {
        Value::Array(items) => Ok(of(Test::In(items.clone()))),
        other => Err(Refusal::not(named, other, "a list of values")),
    };
    let like = |ignores_case| match value {
        Value::String(pattern) => Ok(of(Test::Like(pattern.clone(), ignores_case))),
        other => Err(Refusal::not(named, other, "a text")),
    };
    // Whether it is as said that the field has no value.
    let absent = |when: bool| match value {
        Value::Bool(said) if *said == when => Ok(of(Test::Equal(Value::Null))),
        Value::Bool(_) => Ok(not(of(Test::Equal(Value::Null)))),
        other => Err(Refusal::not(named, other, "true or false")),
    };
    match operator {
        "$eq" => Ok(of(Test::Equal(value.clone()))),
        "$ne" => Ok(not(of(Test::Equal(value.clone())))),
        "$gt" => order(&[Greater]),
        "$gte" => order(&[Greater, Equal]),
        "$lt" => order(&[Less]),
        "$lte" => order(&[Less, Equal]),
        "$in" => list(),
        "$nin" => list().map(not),
        "$like" => like(false),
        "$ilike" => like(true),
        "$null" => absent(true),
        "$exists" => absent(false),
        _ => Err(Refusal::not(named, value, "an operator that is known")),
    }
}

impl Test {
    fn holds(&self, value: &Value) -> bool {
        match self {
            Test::Equal(other) => is_equal(value, other),
            Test::Order(other, orders) => {
                compare(value, other).is_some_and(|order| orders.contains(&order))
            }
            Test::In(others) => others.iter().any(|other| is_equal(value, other)),
            Test::Like(pattern, false) => value.as_str().is_some_and(|text| is_like(text, pattern)),
            Test::Like(pattern, true) => value
                .as_str()
                .is_some_and(|text| is_like(&text.to_lowercase(), &pattern.to_lowercase())),
        }
    }
}

/// Numbers are equal by what they are and not by how they are written.
fn is_equal(one: &Value, other: &Value) -> bool {
    compare(one, other).map_or_else(|| one == other, Ordering::is_eq)
}

/// The order of numbers, and of texts by their characters; of nothing else.
pub(super) fn compare(one: &Value, other: &Value) -> Option<Ordering> {
    match (one, other) {
        (Value::String(one), Value::String(other)) => Some(one.cmp(other)),
        (Value::Number(one), Value::Number(other)) => match (one.as_i64(), other.as_i64()) {
            (Some(one), Some(other)) => Some(one.cmp(&other)),
            _ => one.as_f64()?.partial_cmp(&other.as_f64()?),
        },
        _ => None,
    }
}

/// Takes the last `%` that was passed a character further whenever the rest does not fit, so that
/// no pattern takes more than the product of both lengths.
fn is_like(text: &str, pattern: &str) -> bool {
    let (text, pattern): (Vec<char>, Vec<char>) =
        (text.chars().collect(), pattern.chars().collect());
    let (mut at, mut wanted) = (0, 0);
    let mut last: Option<(usize, usize)> = None;
    while at < text.len() {
        match pattern.get(wanted) {
            Some('%') => {
                last = Some((wanted, at));
                wanted += 1;
            }
            Some(&letter) if letter == '_' || letter == text[at] => {
                at += 1;
                wanted += 1;
            }
            _ => match &mut last {
                Some((percent, from)) => {
                    *from += 1;
                    (wanted, at) = (*percent + 1, *from);
                }
                None => return false,
            },
        }
    }
    pattern[wanted..].iter().all(|letter| *letter == '%')
}

/// Sorts rows by fields, one after the other, and last by id. What has no value comes first, and
/// then truth, numbers and texts.
pub fn sort(rows: &mut [Map<String, Value>], by: &[Sort]) {
    let rank = |value: &Value| match value {
        Value::Null => 0,
        Value::Bool(truth) => 1 + u8::from(*truth),
        Value::Number(_) => 3,
        _ => 4,
    };
    let order = |one: &Value, other: &Value| {
        rank(one).cmp(&rank(other)).then(compare(one, other).unwrap_or(Ordering::Equal))
    };
    let get = |row: &'_ Map<String, Value>, name: &str| row.get(name).cloned().unwrap_or_default();
    rows.sort_by(|one, other| {
        for Sort { field, order: wanted } in by {
            let order = order(&get(one, field), &get(other, field));
            if order.is_ne() {
                return if *wanted == Order::Desc { order.reverse() } else { order };
            }
        }
        order(&get(one, "id"), &get(other, "id"))
    });
}
