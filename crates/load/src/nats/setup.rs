//! What is settled before a load over a bus begins: as whom it comes, what its subscribers
//! subscribe to, and the streams it needs.

use std::path::PathBuf;
use std::sync::Arc;

use async_nats::ConnectOptions;
use async_nats::jetstream::{self, stream};
use rustls::ClientConfig;
use tollgate_bus::subject;

use crate::check::Fault;
use crate::target::Target;
use crate::template::{Piece, Template};
use crate::workload::{self, Login};

#[derive(Debug, thiserror::Error)]
pub enum BusError {
    #[error("connect to {target} before the load: {fault}")]
    Unreachable { target: String, fault: Fault },
    #[error("make the stream `{stream}`: {problem}")]
    Stream { stream: String, problem: String },
    #[error("read `{}`, which the load is to log in with: {problem}", path.display())]
    Login { path: PathBuf, problem: String },
    #[error(
        "subscribe to `{first}` and `{second}`: some messages belong to both and would count twice \
         (name what is to be subscribed to)"
    )]
    Overlap { first: String, second: String },
    #[error("drive the connection")]
    Runtime(#[from] std::io::Error),
}

/// As whom a load comes, with everything secret in it known.
#[derive(Clone)]
pub(crate) enum Identity {
    User { name: String, password: String },
    Token(String),
    Nkey(String),
    Credentials(String),
}

/// Shows nothing of it.
impl std::fmt::Debug for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Identity")
    }
}

impl Identity {
    /// Of a login whose slots are filled.
    pub fn of(login: &Login) -> Result<Option<Identity>, BusError> {
        let text = |template: &Template| template.fixed().unwrap_or_default().to_owned();
        let read = |path: &PathBuf| {
            let failed = |error: std::io::Error| BusError::Login {
                path: path.clone(),
                problem: error.to_string(),
            };
            std::fs::read_to_string(path).map_err(failed)
        };
        Ok(Some(match login {
            Login::Nobody => return Ok(None),
            Login::User { name, password } => {
                Identity::User { name: text(name), password: text(password) }
            }
            Login::Token(token) => Identity::Token(text(token)),
            Login::Nkey(path) => Identity::Nkey(read(path)?.trim().to_owned()),
            Login::Credentials(path) => Identity::Credentials(read(path)?),
        }))
    }

    pub fn applied(&self, options: ConnectOptions) -> Result<ConnectOptions, Fault> {
        Ok(match self.clone() {
            Identity::User { name, password } => options.user_and_password(name, password),
            Identity::Token(token) => options.token(token),
            Identity::Nkey(seed) => options.nkey(seed),
            Identity::Credentials(text) => options.credentials(&text).map_err(|_| {
                Fault::Failed("the file of credentials holds no token and key".to_owned())
            })?,
        })
    }
}

/// What the subjects that are published to look like to subscribers: a token with a slot in it may
/// be any. None belongs to another.
pub(crate) fn patterns(subjects: &[Template], named: &[String]) -> Result<Vec<String>, BusError> {
    let mut wanted: Vec<String> = match named {
        [] => subjects.iter().map(pattern).collect(),
        named => named.to_vec(),
    };
    wanted.sort_unstable();
    wanted.dedup();
    let mut patterns: Vec<String> = Vec::new();
    for pattern in &wanted {
        let wider = |other: &&String| *other != pattern && subject::matches(other, pattern);
        if wanted.iter().any(|other| wider(&other)) {
            continue;
        }
        if let Some(other) = patterns.iter().find(|other| overlap(other, pattern)) {
            return Err(BusError::Overlap { first: other.clone(), second: pattern.clone() });
        }
        patterns.push(pattern.clone());
    }
    Ok(patterns)
}

fn pattern(template: &Template) -> String {
    let slot = '\0';
    let mut text = String::new();
    for piece in &template.pieces {
        match piece {
            Piece::Text(words) => text.push_str(words),
            Piece::Slot(_) => text.push(slot),
        }
    }
    let token = |token: &str| if token.contains(slot) { "*".to_owned() } else { token.to_owned() };
    text.split('.').map(token).collect::<Vec<_>>().join(".")
}

/// Whether some subject belongs to both.
fn overlap(one: &str, other: &str) -> bool {
    let (mut ones, mut others) = (one.split('.'), other.split('.'));
    loop {
        match (ones.next(), others.next()) {
            (Some(">"), Some(_)) | (Some(_), Some(">")) | (None, None) => return true,
            (Some(a), Some(b)) if a == b || a == "*" || b == "*" => {}
            _ => return false,
        }
    }
}

/// Connects once, so that what is wrong with the login is told before the load, and makes the
/// streams that are not there.
pub(crate) fn prepare(
    target: &Target,
    identity: Option<&Identity>,
    tls: Option<&Arc<ClientConfig>>,
    streams: &[workload::Stream],
) -> Result<(), BusError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let client = super::connect(target, identity, tls)
            .await
            .map_err(|fault| BusError::Unreachable { target: target.to_string(), fault })?;
        let context = jetstream::new(client);
        for wanted in streams {
            let config = stream::Config {
                name: wanted.name.clone(),
                subjects: wanted.subjects.clone(),
                storage: match wanted.in_memory {
                    true => stream::StorageType::Memory,
                    false => stream::StorageType::File,
                },
                max_bytes: wanted.most_bytes.and_then(|n| i64::try_from(n).ok()).unwrap_or(-1),
                ..stream::Config::default()
            };
            context.get_or_create_stream(config).await.map_err(|error| BusError::Stream {
                stream: wanted.name.clone(),
                problem: crate::chain(&error),
            })?;
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(subjects: &[&str]) -> Vec<String> {
        let parse = |text: &&str| Template::parse(text).unwrap();
        patterns(&subjects.iter().map(parse).collect::<Vec<_>>(), &[]).unwrap()
    }

    #[test]
    fn subscribers_subscribe_to_what_is_published_and_to_nothing_twice() {
        assert_eq!(of(&["chat.message", "chat.message"]), ["chat.message"]);
        assert_eq!(of(&["chat.{{int 1 9}}-x.sent", "media"]), ["chat.*.sent", "media"]);
        assert_eq!(of(&["chat.{{int 1 9}}", "chat.message"]), ["chat.*"]);
    }

    #[test]
    fn patterns_that_share_messages_are_refused() {
        let named = |texts: &[&str]| {
            let named: Vec<String> = texts.iter().map(|&text| text.to_owned()).collect();
            patterns(&[], &named)
        };
        assert!(matches!(named(&["a.*", "*.b"]), Err(BusError::Overlap { .. })));
        assert!(named(&["a.*", "b.*"]).is_ok());
        assert_eq!(named(&["a.>", "a.b"]).unwrap(), ["a.>"]);
    }

    #[test]
    fn nothing_of_a_login_is_shown() {
        let login = Login::User {
            name: Template::text("me".to_owned()),
            password: Template::text("hunter2".to_owned()),
        };
        let identity = Identity::of(&login).unwrap().unwrap();
        assert!(!format!("{identity:?}").contains("hunter2"));
        let nowhere = Login::Nkey(PathBuf::from("/nowhere/seed.nk"));
        let error = Identity::of(&nowhere).unwrap_err().to_string();
        assert!(error.contains("/nowhere/seed.nk"), "{error}");
    }
}
