//! Changes of a row that depend on what is in it.

use std::cmp::Ordering;
use std::collections::HashSet;

use serde_json::{Map, Number, Value};

use super::filter::compare;
use crate::fields::Refusal;

/// What happens to fields, in this order.
#[derive(Clone, Debug, PartialEq)]
pub struct Update(Vec<(Operator, String, Value)>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    Set,
    Increase,
    Decrease,
    Multiply,
    Max,
    Min,
}

const OPERATORS: [(&str, Operator); 6] = [
    ("$set", Operator::Set),
    ("$inc", Operator::Increase),
    ("$dec", Operator::Decrease),
    ("$mul", Operator::Multiply),
    ("$max", Operator::Max),
    ("$min", Operator::Min),
];

impl Update {
    /// Reads `{"$inc": {"score": 1}, "$set": {"name": "x"}}`. No field is named twice.
    pub fn read(operations: &Map<String, Value>) -> Result<Update, Refusal> {
        let mut steps: Vec<(Operator, String, Value)> = Vec::new();
        let mut taken: HashSet<&str> = HashSet::new();
        for (name, value) in operations {
            let named = format!("operations.{name}");
            let known = OPERATORS.iter().find(|(known, _)| known == name);
            let Some((_, operator)) = known else {
                return Err(Refusal::not(named, value, "an operator that is known"));
            };
            let Value::Object(fields) = value else {
                return Err(Refusal::not(named, value, "an object of fields"));
            };
            for (field, value) in fields {
                let named = format!("{named}.{field}");
                if !taken.insert(field) {
                    return Err(Refusal::not(named, value, "the only change of its field"));
                }
                if *operator != Operator::Set && !value.is_number() {
                    return Err(Refusal::not(named, value, "a number"));
                }
                steps.push((*operator, field.clone(), value.clone()));
            }
        }
        Ok(Update(steps))
    }

    /// Changes the row. Nothing counts as zero for sums, and gives way to any most or least.
    pub fn apply(&self, row: &mut Map<String, Value>) -> Result<(), Refusal> {
        for (operator, field, value) in &self.0 {
            let old = row.get(field).cloned().unwrap_or_default();
            let new = changed(*operator, &old, value)
                .ok_or_else(|| Refusal::not(format!("data.{field}"), &old, "a number to change"))?;
            row.insert(field.clone(), new);
        }
        Ok(())
    }
}

fn changed(operator: Operator, old: &Value, value: &Value) -> Option<Value> {
    let zero = Value::from(0);
    let from = if old.is_null() { &zero } else { old };
    match operator {
        Operator::Set => Some(value.clone()),
        Operator::Increase => computed(from, value, i64::checked_add, |a, b| a + b),
        Operator::Decrease => computed(from, value, i64::checked_sub, |a, b| a - b),
        Operator::Multiply => computed(from, value, i64::checked_mul, |a, b| a * b),
        Operator::Max | Operator::Min if old.is_null() => Some(value.clone()),
        Operator::Max | Operator::Min => {
            let wanted = if operator == Operator::Max { Ordering::Less } else { Ordering::Greater };
            Some(if compare(old, value)? == wanted { value.clone() } else { old.clone() })
        }
    }
}

/// Whole numbers stay whole; what leaves their range or is no number is none.
fn computed(
    one: &Value,
    other: &Value,
    whole: fn(i64, i64) -> Option<i64>,
    real: fn(f64, f64) -> f64,
) -> Option<Value> {
    if let (Some(one), Some(other)) = (one.as_i64(), other.as_i64()) {
        return whole(one, other).map(Value::from);
    }
    Number::from_f64(real(one.as_f64()?, other.as_f64()?)).map(Value::from)
}
