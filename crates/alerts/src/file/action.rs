//! One `[action.NAME]`.

use super::section::{Section, Value};
use super::value::{names, text, yes};
use super::{Action, Deed};

const KEYS: [&str; 4] = ["log", "url", "run", "subject"];

/// An action that rules can name, whether or not it can be read.
pub(super) struct Named {
    pub name: String,
    deed: Option<Deed>,
}

impl Named {
    pub fn action(self) -> Option<Action> {
        Some(Action { name: self.name, deed: self.deed? })
    }
}

pub(super) fn read((name, section): &(&str, Section<'_>)) -> Named {
    let section = section.clone().with(&KEYS);
    let deed = section.one_of(&KEYS).and_then(|kind| match kind {
        "log" => section.get("log", yes).map(|()| Deed::Log),
        "url" => section.get("url", url).map(|url| Deed::Post { url }),
        "run" => section.get("run", command).map(|command| Deed::Run { command }),
        _ => section.get("subject", subject).map(|subject| Deed::Publish { subject }),
    });
    Named { name: (*name).to_owned(), deed }
}

fn url(value: &Value<'_>) -> Result<String, String> {
    let url = text(value)?;
    let host = ["http://", "https://"].iter().find_map(|scheme| url.strip_prefix(scheme));
    let is_sound = |host: &str| {
        let server = host.split(['/', '?', '#']).next().unwrap_or(host);
        let is_clean = !host.contains(|c: char| c.is_whitespace() || c.is_control());
        is_clean && !server.is_empty() && !server.starts_with(':')
    };
    let server = host.and_then(|host| host.split(['/', '?', '#']).next());
    if server.is_some_and(|server| server.contains('@')) {
        // It is not shown: whoever reads the message need not know the password.
        return Err("may not hold a name or a password; put a secret into the path".to_owned());
    }
    match host.is_some_and(is_sound) {
        true => Ok(url),
        false => Err(format!("has to begin with `http://` or `https://` and a host, not {url:?}")),
    }
}

fn command(value: &Value<'_>) -> Result<Vec<String>, String> {
    match names(value)? {
        none if none.is_empty() => Err("may not be empty: there is no program".to_owned()),
        command => Ok(command),
    }
}

/// Words with points between them, without wildcards.
fn subject(value: &Value<'_>) -> Result<String, String> {
    let subject = text(value)?;
    let is_word = |word: &str| {
        !word.is_empty() && !word.contains(|c: char| c.is_whitespace() || c == '*' || c == '>')
    };
    match subject.split('.').all(is_word) {
        true => Ok(subject),
        false => Err(format!("has to be words with points between them, not {subject:?}")),
    }
}
