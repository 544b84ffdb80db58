//! As much of JSON Schema (draft 2020-12) as our documents use; any other keyword is a mistake.

use regex::Regex;
use serde_json::{Map, Value};

/// The document with its patterns compiled.
pub(crate) struct Validator {
    rules: Vec<Rule>,
}

enum Rule {
    Types(Vec<String>),
    Values(Vec<Value>),
    Required(Vec<String>),
    /// By name; whether others are refused.
    Properties(Vec<(String, Validator)>, bool),
    Lengths(u64, u64),
    Pattern(Regex),
    Range(u64, u64),
    OneOf(Vec<Validator>),
    IfThen(Validator, Validator),
}

impl Validator {
    pub(crate) fn new(schema: &Value) -> Validator {
        let object = schema.as_object().unwrap();
        let mut rules: Vec<Rule> = object.iter().filter_map(|rule| read(rule, object)).collect();
        if let Some(condition) = object.get("if") {
            rules.push(Rule::IfThen(Validator::new(condition), Validator::new(&object["then"])));
        }
        Validator { rules }
    }

    pub(crate) fn is_valid(&self, value: &Value) -> bool {
        self.rules.iter().all(|rule| rule.holds(value))
    }
}

fn read((keyword, value): (&String, &Value), beside: &Map<String, Value>) -> Option<Rule> {
    let number = |name: &str, usual: u64| beside.get(name).map_or(usual, |n| n.as_u64().unwrap());
    let each = |value: &Value| value.as_array().unwrap().iter().map(Validator::new).collect();
    Some(match &**keyword {
        "type" => Rule::Types(texts(value)),
        "const" => Rule::Values(vec![value.clone()]),
        "enum" => Rule::Values(value.as_array().unwrap().clone()),
        "required" => Rule::Required(texts(value)),
        "properties" => {
            let named = value.as_object().unwrap().iter();
            let named = named.map(|(name, schema)| (name.clone(), Validator::new(schema)));
            let is_closed = beside.get("additionalProperties") == Some(&Value::Bool(false));
            Rule::Properties(named.collect(), is_closed)
        }
        "minLength" | "maxLength" => {
            Rule::Lengths(number("minLength", 0), number("maxLength", u64::MAX))
        }
        "pattern" => Rule::Pattern(Regex::new(value.as_str().unwrap()).unwrap()),
        "minimum" | "maximum" => Rule::Range(number("minimum", 0), number("maximum", u64::MAX)),
        "oneOf" => Rule::OneOf(each(value)),
        // Read with the others, or saying nothing about the value.
        "additionalProperties" | "if" | "then" => return None,
        "$schema" | "$id" | "title" | "description" => {
            assert!(value.is_string());
            return None;
        }
        _ => panic!("{keyword} is not known"),
    })
}

fn texts(value: &Value) -> Vec<String> {
    let texts = value.as_array().cloned().unwrap_or_else(|| vec![value.clone()]);
    texts.iter().map(|text| text.as_str().unwrap().to_owned()).collect()
}

impl Rule {
    /// A rule about another type of value holds.
    fn holds(&self, value: &Value) -> bool {
        match self {
            Rule::Types(types) => types.iter().any(|name| is(value, name)),
            Rule::Values(values) => values.contains(value),
            Rule::Required(names) => names.iter().all(|name| value.get(name).is_some()),
            Rule::Properties(named, is_closed) => value.as_object().is_none_or(|object| {
                object.iter().all(|(name, value)| {
                    let known = named.iter().find(|(known, _)| known == name);
                    known.map_or(!is_closed, |(_, schema)| schema.is_valid(value))
                })
            }),
            Rule::Lengths(least, most) => value
                .as_str()
                .is_none_or(|text| (*least..=*most).contains(&(text.chars().count() as u64))),
            Rule::Pattern(pattern) => value.as_str().is_none_or(|text| pattern.is_match(text)),
            Rule::Range(least, most) => {
                !value.is_number() || value.as_u64().is_some_and(|n| (*least..=*most).contains(&n))
            }
            Rule::OneOf(many) => many.iter().filter(|one| one.is_valid(value)).count() == 1,
            Rule::IfThen(condition, then) => !condition.is_valid(value) || then.is_valid(value),
        }
    }
}

fn is(value: &Value, name: &str) -> bool {
    match name {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => panic!("{name} is no type that is known"),
    }
}
