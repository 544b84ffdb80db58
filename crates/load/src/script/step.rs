//! One request of a task, and the bytes it becomes.

use std::cell::RefCell;

use async_nats::HeaderMap;
use bytes::Bytes;
use http_body_util::Full;
use rand::rngs::Xoshiro256PlusPlus;

use super::ScriptError;
use crate::check::{Captures, Check, Fault};
use crate::connection::Wants;
use crate::cookies::Jar;
use crate::nats::Message;
use crate::target::{Kind, Target};
use crate::template::{Template, Values};
use crate::workload::{Act, Body, Http, Protocol, Request};

/// Who sends a request, and where to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sender<'a> {
    pub target: &'a Target,
    pub protocol: &'a Protocol,
}

#[derive(Debug)]
pub(crate) struct Step {
    pub operation: usize,
    pub act: Act,
    pub check: Check,
    pub captures: Captures,
    pub wants: Wants,
    path: Template,
    /// Those of the protocol included, but for the body's length and cookies.
    headers: Vec<(String, Template)>,
    body: Content,
    authority: String,
    secure: bool,
    /// All of it over HTTP/1.1, when nothing in it changes.
    pub fixed: Option<Vec<u8>>,
}

#[derive(Debug)]
enum Content {
    Empty,
    Fixed(Bytes),
    Text(Template),
}

impl Content {
    fn of(
        request: &Request,
        resolved: &dyn Fn(&Template) -> Result<Template, ScriptError>,
    ) -> Result<Content, ScriptError> {
        Ok(match &request.body {
            Body::Empty => Content::Empty,
            Body::Text(text) => {
                let text = resolved(text)?;
                match text.fixed() {
                    Some(fixed) => Content::Fixed(Bytes::copy_from_slice(fixed.as_bytes())),
                    None => Content::Text(text),
                }
            }
            Body::File(path) => {
                let read = std::fs::read(path).map_err(|source| ScriptError::Body {
                    request: request.name.clone(),
                    path: path.clone(),
                    source,
                })?;
                Content::Fixed(Bytes::from(read))
            }
        })
    }

    fn filled(&self, fill: &mut Fill<'_>) -> Result<Bytes, Fault> {
        Ok(match self {
            Content::Empty => Bytes::new(),
            Content::Fixed(body) => body.clone(),
            Content::Text(text) => {
                let mut body = Vec::with_capacity(512);
                text.render(&fill.values, fill.rng, &mut body)?;
                Bytes::from(body)
            }
        })
    }
}

/// Whether the target can be asked for it.
fn fits(request: &Request, target: &Target) -> Result<(), ScriptError> {
    let problem = match (request.act.is_http(), target.kind) {
        (true, Kind::Http) | (false, Kind::Nats) => return Ok(()),
        (true, Kind::Nats) => format!("it is a request of HTTP, and {target} is a message bus"),
        (false, Kind::Http) => format!("it is a message, and {target} is no message bus"),
    };
    Err(ScriptError::Unsendable { request: request.name.clone(), problem })
}

/// What changes from one request to the next.
pub(crate) struct Fill<'a> {
    pub values: Values<'a>,
    pub rng: &'a mut Xoshiro256PlusPlus,
    pub cookies: &'a Jar,
}

impl Step {
    pub fn new(
        request: &Request,
        operation: usize,
        sender: &Sender<'_>,
        secret: &mut dyn FnMut(&str) -> Option<String>,
    ) -> Result<Step, ScriptError> {
        fits(request, sender.target)?;
        let secret = RefCell::new(secret);
        let resolved = |template: &Template| {
            template
                .resolved(&|name| (*secret.borrow_mut())(name))
                .map_err(|name| ScriptError::Variable { request: request.name.clone(), name })
        };
        let Sender { target, protocol } = *sender;
        let mut headers = Vec::new();
        for (name, value) in &request.headers {
            if let Some(problem) = unsendable(name, &request.act) {
                return Err(ScriptError::Unsendable { request: request.name.clone(), problem });
            }
            headers.push((name.clone(), resolved(value)?));
        }
        if request.act.is_http() {
            add_usual(&mut headers, protocol);
        }
        let body = Content::of(request, &resolved)?;
        let (check, captures) = (Check::new(&request.expect), Captures::new(&request.captures));
        let wants = Wants {
            headers: check.needs_headers()
                || captures.needs_headers()
                || protocol.redirects > 0
                || protocol.compression,
            cookies: protocol.cookies,
            body: check.needs_body() || captures.needs_body(),
            is_head: request.act.word() == "HEAD",
        };
        let mut path = resolved(&request.path)?;
        if !target.base.is_empty() {
            path.pieces.insert(0, crate::template::Piece::Text(target.base.clone()));
        }
        let mut step = Step {
            operation,
            act: request.act.clone(),
            check,
            captures,
            wants,
            path,
            headers,
            body,
            authority: target.authority(),
            secure: target.secure,
            fixed: None,
        };
        if protocol.http == Http::One && request.act.is_http() {
            step.fixed = step.written_once().map_err(|fault| ScriptError::Unsendable {
                request: request.name.clone(),
                problem: fault.to_string(),
            })?;
        }
        Ok(step)
    }

    /// The bytes of a request in which nothing changes.
    fn written_once(&self) -> Result<Option<Vec<u8>>, Fault> {
        let is_fixed = |template: &Template| template.fixed().is_some();
        let changes = !is_fixed(&self.path)
            || !self.headers.iter().all(|(_, value)| is_fixed(value))
            || matches!(self.body, Content::Text(_));
        if changes {
            return Ok(None);
        }
        let mut out = Vec::new();
        let captured = crate::check::Captured::default();
        let fill = &mut Fill {
            values: Values { now_ms: 0, user: 0, row: None, captured: &captured },
            rng: &mut crate::schedule::stream(0, "nothing", 0),
            cookies: &Jar::default(),
        };
        self.write(fill, &mut out)?;
        Ok(Some(out))
    }

    /// The path and query of this request.
    pub fn path(&self, fill: &mut Fill<'_>) -> Result<String, Fault> {
        let mut out = Vec::new();
        self.path.render(&fill.values, fill.rng, &mut out)?;
        if out.first() != Some(&b'/') && out != b"*" {
            return Err(Fault::Template("a path that does not begin with a slash".to_owned()));
        }
        if out.iter().any(|byte| byte.is_ascii_control() || *byte == b' ') {
            return Err(Fault::Template("a path with a space or a control character".to_owned()));
        }
        String::from_utf8(out).map_err(|_| Fault::Template("a path that is not UTF-8".to_owned()))
    }

    /// Appends the request as HTTP/1.1 has it.
    pub fn write(&self, fill: &mut Fill<'_>, out: &mut Vec<u8>) -> Result<(), Fault> {
        let path = self.path(fill)?;
        out.extend_from_slice(self.act.word().as_bytes());
        out.push(b' ');
        out.extend_from_slice(path.as_bytes());
        out.extend_from_slice(b" HTTP/1.1\r\n");
        if !self.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("host")) {
            out.extend_from_slice(b"Host: ");
            out.extend_from_slice(self.authority.as_bytes());
            out.extend_from_slice(b"\r\n");
        }
        self.write_headers(fill, out)?;
        if !fill.cookies.is_empty() {
            fill.cookies.write_line(&path, self.secure, fill.values.now_ms, out);
        }
        match &self.body {
            Content::Empty => {
                if matches!(self.act.word(), "POST" | "PUT" | "PATCH") {
                    out.extend_from_slice(b"Content-Length: 0\r\n");
                }
                out.extend_from_slice(b"\r\n");
            }
            Content::Fixed(body) => with_length(body, out),
            Content::Text(text) => {
                let mut body = Vec::with_capacity(512);
                text.render(&fill.values, fill.rng, &mut body)?;
                with_length(&body, out);
            }
        }
        Ok(())
    }

    fn write_headers(&self, fill: &mut Fill<'_>, out: &mut Vec<u8>) -> Result<(), Fault> {
        for (name, value) in &self.headers {
            out.extend_from_slice(name.as_bytes());
            out.extend_from_slice(b": ");
            let start = out.len();
            value.render(&fill.values, fill.rng, out)?;
            if out[start..].iter().any(|byte| matches!(byte, b'\r' | b'\n' | 0)) {
                return Err(Fault::Template(format!("a line break in the header `{name}`")));
            }
            out.extend_from_slice(b"\r\n");
        }
        Ok(())
    }

    /// The same for HTTP/2.
    pub fn request(&self, fill: &mut Fill<'_>) -> Result<http::Request<Full<Bytes>>, Fault> {
        let path = self.path(fill)?;
        let scheme = if self.secure { "https" } else { "http" };
        let mut request = http::Request::builder()
            .method(self.act.word())
            .uri(format!("{scheme}://{}{path}", self.authority));
        for (name, value) in &self.headers {
            // Headers about a connection have no place here (RFC 9113, 8.2.2).
            if name.eq_ignore_ascii_case("connection") {
                continue;
            }
            let mut rendered = Vec::new();
            value.render(&fill.values, fill.rng, &mut rendered)?;
            request = request.header(name.as_str(), rendered);
        }
        let mut cookies = Vec::new();
        if fill.cookies.write_value(&path, self.secure, fill.values.now_ms, &mut cookies) {
            request = request.header("cookie", cookies);
        }
        let body = self.body.filled(fill)?;
        request.body(Full::new(body)).map_err(|error| Fault::Template(error.to_string()))
    }

    /// The message to a bus.
    pub fn message(&self, fill: &mut Fill<'_>) -> Result<Message, Fault> {
        let mut subject = Vec::with_capacity(64);
        self.path.render(&fill.values, fill.rng, &mut subject)?;
        let subject = String::from_utf8(subject)
            .map_err(|_| Fault::Template("a subject that is not UTF-8".to_owned()))?;
        if !tollgate_bus::subject::is_subject(&subject) {
            return Err(Fault::Template(format!("`{subject}` is no subject to send to")));
        }
        let mut headers = HeaderMap::new();
        for (name, value) in &self.headers {
            let mut rendered = Vec::new();
            value.render(&fill.values, fill.rng, &mut rendered)?;
            let fits = String::from_utf8(rendered).ok().filter(|text| !text.contains(['\r', '\n']));
            let value = fits.ok_or_else(|| Fault::Template(format!("no text in `{name}`")))?;
            headers.append(name.as_str(), value);
        }
        Ok(Message { subject, headers, payload: self.body.filled(fill)? })
    }

    /// What subscribers need to know of a message they are to receive.
    pub fn published(&self) -> Option<&Template> {
        (self.act == Act::Publish).then_some(&self.path)
    }
}

/// What is wrong with a header of that name in a request.
fn unsendable(name: &str, act: &Act) -> Option<String> {
    if http::HeaderName::from_bytes(name.as_bytes()).is_err() {
        return Some(format!("`{name}` is no name of a header"));
    }
    // Told by the body itself; a second word about it is how requests are smuggled.
    let framing = ["content-length", "transfer-encoding"];
    let framing = act.is_http() && framing.iter().any(|known| name.eq_ignore_ascii_case(known));
    framing.then(|| format!("the header `{name}` follows from the body"))
}

/// What every request says, unless the person says otherwise.
fn add_usual(headers: &mut Vec<(String, Template)>, protocol: &Protocol) {
    let mut add = |name: &str, value: &str| {
        if !headers.iter().any(|(known, _)| known.eq_ignore_ascii_case(name)) {
            headers.push((name.to_owned(), Template::text(value.to_owned())));
        }
    };
    add("User-Agent", concat!("tollgate/", env!("CARGO_PKG_VERSION")));
    add("Accept", "*/*");
    if protocol.compression {
        add("Accept-Encoding", "gzip, deflate");
    }
    if !protocol.keep_alive {
        add("Connection", "close");
    }
}

fn with_length(body: &[u8], out: &mut Vec<u8>) {
    out.extend_from_slice(format!("Content-Length: {}\r\n\r\n", body.len()).as_bytes());
    out.extend_from_slice(body);
}
