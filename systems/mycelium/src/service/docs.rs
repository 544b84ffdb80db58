//! The description of the interface as a page, made of the document that programs read.

use std::fmt::Write;
use std::sync::LazyLock;

use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::IntoResponse;
use serde_json::Value;

use super::status::OPENAPI;

static PAGE: LazyLock<String> = LazyLock::new(|| {
    let document = serde_json::from_str(OPENAPI).expect("the document is JSON, as a test shows");
    page(&document)
});

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;\
    padding:0 1rem;color:#1d2327;background:#fff}h2{margin-top:2.5rem;border-top:1px solid #ccc;\
    padding-top:1rem}h2 code{font-size:1.2rem}code,pre{font:14px/1.4 ui-monospace,monospace;background:#f3f4f6}\
    pre{padding:.7rem;overflow:auto}table{border-collapse:collapse;width:100%}\
    td,th{border-bottom:1px solid #ddd;padding:.3rem .6rem;text-align:left;vertical-align:top}\
    @media(prefers-color-scheme:dark){body{background:#16181c;color:#e6e6e6}\
    code,pre{background:#23262c}td,th,h2{border-color:#444}a{color:#8ab4f8}}";

pub async fn docs() -> impl IntoResponse {
    // The page loads nothing and runs nothing.
    let policy = "default-src 'none'; style-src 'unsafe-inline'";
    let headers = [(CONTENT_TYPE, "text/html; charset=utf-8"), (CONTENT_SECURITY_POLICY, policy)];
    (headers, PAGE.as_str())
}

fn page(document: &Value) -> String {
    let mut html = String::new();
    let title = escaped(text(&document["info"]["title"]));
    let _ = write!(
        html,
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>{title}</title>\
         <style>{STYLE}</style><h1>{title}</h1><p>{}</p>\
         <p>For programs: <a href=\"openapi.json\">openapi.json</a></p>",
        prose(text(&document["info"]["description"])),
    );
    for (path, operations) in document["paths"].as_object().into_iter().flatten() {
        for (method, operation) in operations.as_object().into_iter().flatten() {
            write_operation(&mut html, document, (path.as_str(), method.as_str()), operation);
        }
    }
    html
}

fn write_operation(
    html: &mut String,
    document: &Value,
    (path, method): (&str, &str),
    operation: &Value,
) {
    let _ = write!(
        html,
        "<h2 id=\"{path}\"><code>{} {path}</code></h2><p>{}. {}</p>",
        method.to_uppercase(),
        prose(text(&operation["summary"])),
        prose(text(&operation["description"])),
    );
    let asked = &operation["requestBody"]["content"]["application/json"];
    write_fields(html, document, &asked["schema"]);
    for example in asked["examples"].as_object().into_iter().flatten() {
        let body = serde_json::to_string(&example.1["value"]).unwrap_or_default();
        let command = format!(
            "curl -d '{body}' -H 'content-type: application/json' http://localhost:8000{path}"
        );
        let summary = escaped(text(&example.1["summary"]));
        let _ = write!(html, "<p>{summary}</p><pre>{}</pre>", escaped(&command));
    }
    let statuses = operation["responses"].as_object().into_iter().flatten();
    let statuses: Vec<&str> = statuses.map(|(status, _)| status.as_str()).collect();
    let _ = write!(html, "<p>Answers: {}</p>", statuses.join(", "));
}

fn write_fields(html: &mut String, document: &Value, schema: &Value) {
    let schema = resolved(document, schema);
    let Some(properties) = schema["properties"].as_object() else { return };
    html.push_str("<table><tr><th>Field<th>Value<th>Default<th>");
    for (name, field) in properties {
        let required = schema["required"].as_array();
        let is_required = required.is_some_and(|names| names.iter().any(|known| known == name));
        let default = match &field["default"] {
            Value::Null if is_required => "required".to_owned(),
            Value::Null => String::new(),
            value => value.to_string(),
        };
        let _ = write!(
            html,
            "<tr><td><code>{name}</code><td>{}<td>{}<td>{}",
            escaped(&kind(field)),
            escaped(&default),
            prose(text(&field["description"])),
        );
    }
    html.push_str("</table>");
}

/// The type of a field and its bounds, in words.
fn kind(field: &Value) -> String {
    if let Some(words) = field["enum"].as_array() {
        let words: Vec<String> = words.iter().map(Value::to_string).collect();
        return words.join(" or ");
    }
    let mut words = text(&field["type"]).to_owned();
    for (bound, word) in [
        ("minimum", "from"),
        ("exclusiveMinimum", "above"),
        ("maximum", "to"),
        ("exclusiveMaximum", "below"),
    ] {
        if !field[bound].is_null() {
            let _ = write!(words, " {word} {}", field[bound]);
        }
    }
    words
}

fn resolved<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    let pointer = schema["$ref"].as_str().and_then(|reference| reference.strip_prefix('#'));
    pointer.and_then(|pointer| document.pointer(pointer)).unwrap_or(schema)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or("")
}

/// What stands between two backticks is code.
fn prose(text: &str) -> String {
    let mut html = String::new();
    for (number, part) in escaped(text).split('`').enumerate() {
        let (open, close) = if number % 2 == 1 { ("<code>", "</code>") } else { ("", "") };
        html.extend([open, part, close]);
    }
    html
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_page_has_every_address_with_its_fields() {
        for words in ["POST /simulate", "spike_probability", "number from 0.001 to 0.25", "429"] {
            assert!(PAGE.contains(words), "{words}");
        }
    }

    #[test]
    fn nothing_of_the_document_becomes_markup() {
        let document = json!({ "info": { "title": "<b>", "description": "a & \"b\" `<i>`" } });
        let page = page(&document);
        let expected = "<h1>&lt;b&gt;</h1><p>a &amp; &quot;b&quot; <code>&lt;i&gt;</code></p>";
        assert!(page.contains(expected));
    }

    #[test]
    fn the_page_asks_nobody_else_for_anything() {
        for words in ["<script", "<link", "src=", "@import", "https://"] {
            assert!(!PAGE.contains(words), "{words}");
        }
    }
}
