//! The one request of a load, from its arguments.

use anyhow::{Context as _, Result, anyhow, bail};
use tollgate_load::target::Kind;
use tollgate_load::template::Template;
use tollgate_load::workload::{Act, Body, Expect, Request, Status};

use crate::args;

/// Reads the request; `path` is that of the URL, with its query, or a subject.
pub fn request(args: &args::Request, kind: Kind, path: &str) -> Result<Request> {
    let body = match (&args.body, &args.body_file) {
        (Some(text), _) => Body::Text(template("the body", text)?),
        (None, Some(file)) => Body::File(file.clone()),
        (None, None) => Body::Empty,
    };
    let act = match kind {
        Kind::Http => method(args, &body)?,
        Kind::Nats => act(args)?,
    };
    let status = args.expect_status.map_or(Status::Below400, Status::Is);
    let text = args.expect_text.as_deref().map(|text| template("the expected text", text));
    // What follows the path may be secret, and would make every name another one.
    let named = path.split('?').next().unwrap_or(path);
    let request = Request {
        name: format!("{} {named}", act.word()),
        act,
        path: template("the URL", path)?,
        headers: args.headers.iter().map(|text| header(text)).collect::<Result<_>>()?,
        body,
        expect: Expect { status, text: text.transpose()?, ..Expect::default() },
        captures: Vec::new(),
    };
    feed_is_given(&request, args)?;
    Ok(request)
}

fn method(args: &args::Request, body: &Body) -> Result<Act> {
    let usual = if *body == Body::Empty { "GET" } else { "POST" };
    let method = args.method.clone().unwrap_or_else(|| usual.to_owned());
    if !is_token(&method) {
        bail!("`{method}` is no method");
    }
    Ok(Act::Http(method))
}

fn act(args: &args::Request) -> Result<Act> {
    let act = match args.method.as_deref().map(str::to_ascii_lowercase).as_deref() {
        None | Some("publish") => Act::Publish,
        Some("request") => Act::Ask,
        Some("store") => Act::Store,
        Some(other) => bail!("`{other}` is none of publish, request and store"),
    };
    if act == Act::Publish && (args.expect_status.is_some() || args.expect_text.is_some()) {
        bail!("nobody answers what is published; `--method request` waits for a reply");
    }
    Ok(act)
}

fn feed_is_given(request: &Request, args: &args::Request) -> Result<()> {
    let mut templates: Vec<&Template> = vec![&request.path];
    templates.extend(request.headers.iter().map(|(_, value)| value));
    templates.extend(request.expect.text.as_ref());
    if let Body::Text(text) = &request.body {
        templates.push(text);
    }
    if args.feed.is_none() && templates.iter().any(|template| template.uses_feed()) {
        bail!("a slot takes a row of a feed, and there is none; --feed FILE gives one");
    }
    match templates.iter().find_map(|template| template.captured().next()) {
        Some(name) => bail!("`{{{{{name}}}}}` is no slot, and a single request captures nothing"),
        None => Ok(()),
    }
}

/// `Name: value`. An error never shows the value, which may be a secret.
fn header(text: &str) -> Result<(String, Template)> {
    let Some((name, value)) = text.split_once(':') else {
        bail!("a header is written `NAME: VALUE`, and one has no colon");
    };
    let name = name.trim();
    if !is_token(name) {
        bail!("a header begins with `{name}`, which is no name of a header");
    }
    if value.contains(['\r', '\n', '\0']) {
        bail!("the value of the header `{name}` has more than one line");
    }
    let value = Template::parse(value.trim())
        .map_err(|_| anyhow!("the value of the header `{name}` has a slot that is none"))?;
    Ok((name.to_owned(), value))
}

/// A word of HTTP, such as the name of a method or a header.
fn is_token(text: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    !text.is_empty() && text.chars().all(fits)
}

fn template(what: &str, text: &str) -> Result<Template> {
    Template::parse(text).with_context(|| format!("read the slots of {what}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_is_a_name_and_a_template() {
        let (name, value) = header("X-Id:  {{uuid}} ").unwrap();
        assert_eq!((name.as_str(), value), ("X-Id", Template::parse("{{uuid}}").unwrap()));
        assert_eq!(header("A:b:c").unwrap().1.fixed(), Some("b:c"));
        for text in ["", "name", ": value", "two words: value", "a: b\r\nc: d"] {
            assert!(header(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_method_is_one_word() {
        assert!(is_token("PURGE") && is_token("x-y"));
        assert!(!is_token("") && !is_token("GE T") && !is_token("a\r\n"));
    }
}
