//! The budget file's JSON Schema, for editors: written from the same table the parser reads.

use serde_json::{Map, Value, json};

use super::keys::{FILE, Form, Section, section, sections};
use crate::metric::METRICS;

/// The schema as a document.
#[must_use]
pub fn schema() -> Value {
    let definitions: Map<String, Value> = sections()
        .filter(|section| section.header != FILE)
        .map(|section| (name(section.header), object(section)))
        .chain([("budgets".to_owned(), budgets()), ("limits".to_owned(), limits())])
        .collect();
    let mut root = object(section(FILE));
    root["$schema"] = json!("http://json-schema.org/draft-07/schema#");
    root["title"] = json!("Tollgate budget file");
    root["definitions"] = Value::Object(definitions);
    root
}

fn object(section: &Section) -> Value {
    let properties: Map<String, Value> = section
        .all()
        .map(|key| {
            let mut value = form(key.form);
            let mut about = key.about.to_owned();
            if !key.default.is_empty() {
                about.push_str(&format!(" Default: {}.", key.default));
            }
            value["description"] = json!(about);
            (key.name.to_owned(), value)
        })
        .collect();
    json!({
        "type": "object",
        "description": section.about,
        "additionalProperties": false,
        "properties": properties,
    })
}

fn form(form: Form) -> Value {
    let text = || json!({ "type": "string" });
    let words = || json!({ "type": "array", "items": { "type": ["string", "number", "boolean"] }, "minItems": 1 });
    match form {
        Form::Text | Form::Template => text(),
        Form::Integer { min, max } => json!({
            "anyOf": [{ "type": "integer", "minimum": min, "maximum": max }, variable()],
        }),
        Form::Number => json!({ "anyOf": [{ "type": "number" }, variable()] }),
        Form::Boolean => json!({ "anyOf": [{ "type": "boolean" }, variable()] }),
        Form::Duration => {
            json!({ "type": "string", "examples": ["500ms", "30s", "5m", "2h", "7d"] })
        }
        Form::Size => json!({ "type": "string", "examples": ["256MiB", "1GB"] }),
        Form::Rate => json!({ "type": "string", "examples": ["500/s", "30/min"] }),
        Form::Think => json!({ "type": "string", "examples": ["1s", "500ms..2500ms"] }),
        Form::Command => words(),
        Form::CommandOr(named) => json!({ "anyOf": [{ "enum": named }, words()] }),
        Form::Commands => json!({ "anyOf": [words(), { "type": "array", "items": words() }] }),
        Form::TextList => json!({ "type": "array", "items": text(), "uniqueItems": true }),
        Form::TextMap | Form::TemplateMap => json!({
            "type": "object",
            "additionalProperties": { "type": ["string", "number", "boolean"] },
        }),
        Form::Parameters => json!({ "type": "object", "additionalProperties": words() }),
        Form::Choice(words) => json!({ "enum": words }),
        Form::Limit => limit(),
        Form::Limits => json!({ "$ref": "#/definitions/limits" }),
        Form::Json | Form::Object => json!({ "type": "object" }),
        Form::Status => json!({
            "anyOf": [
                { "type": "integer", "minimum": 100, "maximum": 599 },
                { "type": "string", "examples": ["{{feed.status}}"] },
            ],
        }),
        Form::TemplateOr(header) => json!({ "anyOf": [text(), reference(header)] }),
        Form::Section(header) => reference(header),
        Form::Sections(header) => json!({ "type": "array", "items": reference(header) }),
        Form::Named(header) => {
            json!({ "type": "object", "additionalProperties": reference(header) })
        }
        Form::Budget => json!({ "allOf": [{ "$ref": "#/definitions/budgets" }] }),
        Form::Overlay => json!({
            "type": "object",
            "additionalProperties": { "type": "object" },
        }),
    }
}

/// A variable may stand where a number or boolean does.
fn variable() -> Value {
    json!({ "type": "string", "pattern": "\\$\\{" })
}

fn limit() -> Value {
    json!({
        "type": "string",
        "pattern": "^\\s*(<=|>=|<|>|≤|≥)",
        "examples": ["<= 150ms", ">= 100/s", "<= baseline + 5%", "<= case NAME + 5%"],
    })
}

fn limits() -> Value {
    let table = reference("[case.NAME.budget.\"METRIC\"]");
    let one = json!({ "anyOf": [limit(), table] });
    json!({ "anyOf": [one, { "type": "array", "minItems": 1, "items": one }] })
}

/// Known metrics are offered by name; any other name is a metric of the program's own.
fn budgets() -> Value {
    let known: Map<String, Value> = METRICS
        .iter()
        .map(|metric| {
            let about = format!("{} ({})", metric.about, metric.default);
            let value =
                json!({ "allOf": [{ "$ref": "#/definitions/limits" }], "description": about });
            (metric.name.to_owned(), value)
        })
        .collect();
    json!({
        "type": "object",
        "properties": known,
        "additionalProperties": { "$ref": "#/definitions/limits" },
    })
}

fn reference(header: &str) -> Value {
    json!({ "allOf": [{ "$ref": format!("#/definitions/{}", name(header)) }] })
}

/// `[case.NAME.load]` as `case-load`.
fn name(header: &str) -> String {
    header
        .trim_matches(|c| c == '[' || c == ']')
        .split('.')
        .filter(|part| !part.contains("NAME") && !part.starts_with('"'))
        .collect::<Vec<_>>()
        .join("-")
}
