//! One request of a user: a method and path, headers, a body, and what the answer must be.

use std::path::PathBuf;

use tollgate_load::template::{Piece, Slot, Template};
use tollgate_load::workload::{Act, Body, Capture, Origin, Request};

use crate::budget::keys::{BODY, CAPTURE};
use crate::budget::mistake::Mistake;
use crate::budget::node::{Entry, Node, Value};

use super::expect::{check_pointer, expect};
use super::table::Table;
use super::template::{SLOTS, Scope, json_template, template, texts};
use super::value::entries;

pub(super) const METHODS: &[&str] =
    &["get", "post", "put", "patch", "delete", "head", "publish", "request", "store", "pull"];

/// Headers that would contradict what is sent.
const FRAMING: &[&str] = &["Content-Length", "Transfer-Encoding"];

/// Reads a request; what it captures may be used by those after it.
pub(super) fn request(
    table: &Table<'_>,
    scope: &mut Scope,
    mistakes: &mut Vec<Mistake>,
) -> Option<Request> {
    let method = method(table, mistakes)?;
    let written = table.text(method, mistakes);
    let act = act(method, table, mistakes);
    let node = &table.entry(method)?.node;
    let path = match &act {
        Act::Http(_) => path(node, scope, mistakes),
        Act::Pull { .. } => consumer(node, mistakes),
        _ => subject(node, scope, mistakes),
    };
    let name = table.text("name", mistakes);
    let mut headers = headers(table, scope, mistakes);
    let body = body(table, scope, &mut headers, &act, mistakes);
    let expect = expect(table, scope, mistakes);
    check_meaning(&act, table, mistakes);
    let captures = captures(table, mistakes);
    scope.captured.extend(captures.iter().map(|capture| capture.name.clone()));
    let written = written?;
    let usual = match &act {
        Act::Http(method) => format!("{method} {written}"),
        _ => written,
    };
    Some(Request { name: name.unwrap_or(usual), act, path: path?, headers, body, expect, captures })
}

fn method(table: &Table<'_>, mistakes: &mut Vec<Mistake>) -> Option<&'static str> {
    let methods: Vec<&'static str> =
        METHODS.iter().copied().filter(|method| table.entry(method).is_some()).collect();
    if let &[method] = methods.as_slice() {
        return Some(method);
    }
    let title = match methods.as_slice() {
        [first, second, ..] => format!("a request has both `{first}` and `{second}`"),
        _ => "a task sends no request".to_owned(),
    };
    mistakes.push(
        Mistake::new(&table.node.span, title, format!("one of {}", METHODS.join(", ")))
            .help("several requests in a row are `steps = [{ … }, { … }]`"),
    );
    None
}

fn act(method: &str, table: &Table<'_>, mistakes: &mut Vec<Mistake>) -> Act {
    match method {
        "publish" => Act::Publish,
        "request" => Act::Ask,
        "store" => Act::Store,
        "pull" => Act::Pull { most: table.integer("batch", mistakes).unwrap_or(1) },
        method => Act::Http(method.to_ascii_uppercase()),
    }
}

/// What a message that nobody replies to, or that is not sent, has no place for.
fn check_meaning(act: &Act, table: &Table<'_>, mistakes: &mut Vec<Mistake>) {
    let (kind, keys): (&str, &[&str]) = match act {
        Act::Publish => ("publish", &["expect", "capture", "batch"]),
        Act::Pull { .. } => ("pull", &["expect", "capture", "body", "headers"]),
        _ => ("a request", &["batch"]),
    };
    for entry in keys.iter().filter_map(|key| table.entry(key)) {
        let title = format!("`{}` has no meaning beside `{kind}`", entry.key);
        let label = match act {
            Act::Publish if entry.key != "batch" => "nobody answers a message",
            Act::Pull { .. } => "what is pulled was sent by others",
            _ => "one at a time",
        };
        mistakes.push(Mistake::new(&entry.key_span, title, label));
    }
}

/// A subject to send to; what a slot becomes is checked when it is sent.
fn subject(node: &Node, scope: &Scope, mistakes: &mut Vec<Mistake>) -> Option<Template> {
    let template = template(node, "subject", scope, mistakes)?;
    let text: String = template
        .pieces
        .iter()
        .map(|piece| match piece {
            Piece::Text(text) => text.as_str(),
            Piece::Slot(_) => "x",
        })
        .collect();
    if !tollgate_bus::subject::is_subject(&text) {
        let title = format!("`{}` is no subject to send to", text.escape_debug());
        mistakes.push(
            Mistake::new(&node.span, title, "here")
                .help("tokens joined by dots, without spaces or wildcards"),
        );
    }
    Some(template)
}

/// `STREAM/CONSUMER`.
fn consumer(node: &Node, mistakes: &mut Vec<Mistake>) -> Option<Template> {
    let words = super::value::text(node, "pull", mistakes)?;
    let name = |text: &str| !text.is_empty() && !text.contains(|c: char| ".*>/ \t".contains(c));
    if !words.split_once('/').is_some_and(|(stream, durable)| name(stream) && name(durable)) {
        let title = format!("`{}` names no consumer", words.escape_debug());
        mistakes.push(
            Mistake::new(&node.span, title, "here")
                .help("the stream and its durable consumer, as in `ORDERS/billing`"),
        );
    }
    Some(Template::text(words.to_owned()))
}

/// The path goes into the request line as it is: a space or a line break would begin something
/// else there.
fn path(node: &Node, scope: &Scope, mistakes: &mut Vec<Mistake>) -> Option<Template> {
    let Value::Text { text: words, .. } = &node.value else { return None };
    let template = template(node, "path", scope, mistakes)?;
    if !words.starts_with('/') && !words.starts_with("{{") && !words.trim().is_empty() {
        let title = format!("the path `{words}` does not start with a slash");
        mistakes.push(
            Mistake::new(&node.span, title, "a path on the service")
                .fix("paths are absolute", format!("\"/{words}\"")),
        );
    }
    let stray = texts(&template).flat_map(str::chars).find(|c| !c.is_ascii_graphic() || *c == '#');
    if let Some(stray) = stray {
        let title = format!("a path holds {}", character(stray));
        mistakes.push(
            Mistake::new(&node.span, title, "cannot be sent as it is")
                .help("write it in per cent and hexadecimal digits, a space as `%20`"),
        );
    }
    Some(template)
}

fn character(c: char) -> String {
    if c == ' ' { "a space".to_owned() } else { format!("the character {c:?}") }
}

/// The headers of a request or of an answer.
pub(super) fn headers(
    table: &Table<'_>,
    scope: &Scope,
    mistakes: &mut Vec<Mistake>,
) -> Vec<(String, Template)> {
    let Some(entry) = table.entry("headers") else { return Vec::new() };
    let Some(entries) = entries(&entry.node, "headers", mistakes) else { return Vec::new() };
    let mut headers: Vec<(String, Template)> = Vec::new();
    for entry in entries {
        check_header(&entry.key, &entry.key_span, mistakes);
        if FRAMING.iter().any(|name| name.eq_ignore_ascii_case(&entry.key)) {
            let title = format!("the header `{}` is written by the load generator", entry.key);
            let label = "says where a message ends";
            mistakes.push(Mistake::new(&entry.key_span, title, label));
        }
        if headers.iter().any(|(name, _)| name.eq_ignore_ascii_case(&entry.key)) {
            let title = format!("the header `{}` stands twice", entry.key);
            mistakes.push(Mistake::new(&entry.key_span, title, "capitals make no difference"));
        }
        let Some(value) = template(&entry.node, &entry.key, scope, mistakes) else { continue };
        if let Some(stray) = texts(&value).flat_map(str::chars).find(|c| c.is_control()) {
            let title = format!("the header `{}` holds the character {stray:?}", entry.key);
            mistakes.push(
                Mistake::new(&entry.node.span, title, "would begin another header")
                    .help("a header's value is one line"),
            );
        }
        headers.push((entry.key.clone(), value));
    }
    headers
}

pub(super) fn check_header(name: &str, span: &std::ops::Range<usize>, mistakes: &mut Vec<Mistake>) {
    let token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    if name.is_empty() || !name.chars().all(token) {
        let title = format!("`{}` is no name of a header", name.escape_debug());
        mistakes.push(
            Mistake::new(span, title, "cannot be sent as it is")
                .help("letters, digits and the signs !#$%&'*+-.^_`|~"),
        );
    }
}

fn body(
    table: &Table<'_>,
    scope: &Scope,
    headers: &mut Vec<(String, Template)>,
    act: &Act,
    mistakes: &mut Vec<Mistake>,
) -> Body {
    let Some(entry) = table.entry("body") else { return Body::Empty };
    let read = if let Value::Table(_) = &entry.node.value {
        other_body(&entry.node, scope, headers, act, mistakes)
    } else {
        template(&entry.node, "body", scope, mistakes).map(Body::Text)
    };
    read.unwrap_or(Body::Empty)
}

fn other_body(
    node: &Node,
    scope: &Scope,
    headers: &mut Vec<(String, Template)>,
    act: &Act,
    mistakes: &mut Vec<Mistake>,
) -> Option<Body> {
    let table = Table::open(node, BODY, mistakes)?;
    match (table.entry("file"), table.entry("json")) {
        (Some(_), None) => Some(Body::File(PathBuf::from(table.text("file", mistakes)?))),
        (None, Some(json)) => {
            let text = json_template(&json.node, scope, mistakes)?;
            let told = |(name, _): &(String, _)| name.eq_ignore_ascii_case("content-type");
            if act.is_http() && !headers.iter().any(told) {
                headers.push((
                    "Content-Type".to_owned(),
                    Template::text("application/json".to_owned()),
                ));
            }
            Some(Body::Text(text))
        }
        // Another key is a mistake already.
        (None, None) if !entries(node, "body", mistakes)?.is_empty() => None,
        _ => {
            let title = "a body has exactly one of `file` and `json`";
            mistakes.push(
                Mistake::new(&node.span, title, "here").help("plain text is a string by itself"),
            );
            None
        }
    }
}

fn captures(table: &Table<'_>, mistakes: &mut Vec<Mistake>) -> Vec<Capture> {
    let Some(entry) = table.entry("capture") else { return Vec::new() };
    let Some(entries) = entries(&entry.node, "capture", mistakes) else { return Vec::new() };
    entries.iter().filter_map(|entry| capture(entry, mistakes)).collect()
}

fn capture(entry: &Entry, mistakes: &mut Vec<Mistake>) -> Option<Capture> {
    // A name is what `{{name}}` reads as one.
    let own = Template::parse(&format!("{{{{{}}}}}", entry.key)).ok();
    let named = own.as_ref().and_then(|template| template.slots().next());
    if !matches!(named, Some(Slot::Captured(name)) if *name == entry.key) {
        let title = format!("`{}` is no name for a captured value", entry.key.escape_debug());
        mistakes.push(
            Mistake::new(&entry.key_span, title, "used as `{{NAME}}`")
                .help(format!("a plain word, and none of {}", SLOTS.join(", "))),
        );
    }
    let table = Table::open(&entry.node, CAPTURE, mistakes)?;
    let given: Vec<&str> =
        ["json", "header", "cookie"].into_iter().filter(|key| table.entry(key).is_some()).collect();
    let &[kind] = given.as_slice() else {
        let title = format!("`{}` is captured from nowhere, or from two places", entry.key);
        let label = "exactly one of `json`, `header` and `cookie`";
        mistakes.push(Mistake::new(&entry.node.span, title, label));
        return None;
    };
    let node = &table.entry(kind)?.node;
    let from = match kind {
        "json" => {
            // The empty pointer, the whole body, is one as well.
            let pointer = super::value::text(node, "json", mistakes)?;
            check_pointer(pointer, &node.span, mistakes);
            Origin::Json(pointer.to_owned())
        }
        "header" => {
            let name = table.text("header", mistakes)?;
            check_header(&name, &node.span, mistakes);
            Origin::Header(name)
        }
        _ => Origin::Cookie(table.text("cookie", mistakes)?),
    };
    Some(Capture { name: entry.key.clone(), from })
}
