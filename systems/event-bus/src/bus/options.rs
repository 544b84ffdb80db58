//! How to connect to a NATS server, and what happens while it is away.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use async_nats::{ConnectOptions, Event};
use rand::rngs::Xoshiro256PlusPlus;
use rand::{RngExt, SeedableRng};

use super::BusError;
use super::address::{Server, User};
use super::backoff::Backoff;
use super::outbox::Policy;

/// What an operator chooses.
#[derive(Clone, Debug)]
pub struct Options {
    pub server: Server,
    pub login: Login,
    /// Certificates of those who sign for the server; with them the connection has to be encrypted.
    pub certificates: Option<PathBuf>,
    /// The name that the server shows in its list of connections.
    pub name: String,
    /// How long the first connection may take in all, with its attempts.
    pub patience: Duration,
    pub backoff: Backoff,
    /// Messages that are kept while the broker is away.
    pub room: usize,
    pub policy: Policy,
    /// Messages of one subscription that wait to be read; those beyond it are lost and counted.
    pub unread: usize,
}

/// Who connects; nobody stands for whom the address names.
#[derive(Clone, Default)]
pub enum Login {
    #[default]
    Nobody,
    User {
        name: String,
        password: String,
    },
    Token(String),
    /// A file with the seed of a key pair.
    Nkey(PathBuf),
    /// A file with a token and a seed, as the tools of NATS write them.
    Credentials(PathBuf),
}

impl Options {
    #[must_use]
    pub fn new(server: Server) -> Options {
        Options {
            server,
            login: Login::default(),
            certificates: None,
            name: "event-bus".to_owned(),
            patience: Duration::from_secs(5),
            backoff: Backoff { first: Duration::from_millis(20), most: Duration::from_secs(2) },
            room: 100_000,
            policy: Policy::default(),
            unread: 1 << 16,
        }
    }

    /// The options in the words of the client; `seed` is for the lots of its waits.
    pub(super) fn for_client(
        &self,
        seed: u64,
        told: impl Fn(Event) + Send + Sync + 'static,
    ) -> Result<ConnectOptions, BusError> {
        let backoff = self.backoff;
        let lots = Mutex::new(Xoshiro256PlusPlus::seed_from_u64(seed));
        let mut options = self
            .login()?
            .name(&self.name)
            .connection_timeout(self.patience)
            .subscription_capacity(self.unread)
            // Subjects are looked at before they come here.
            .skip_subject_validation(true)
            .reconnect_delay_callback(move |attempt| {
                let lot = lots.lock().unwrap_or_else(PoisonError::into_inner).random::<f64>();
                backoff.delay(attempt, lot)
            })
            .event_callback(move |event| {
                told(event);
                std::future::ready(())
            });
        if let Some(path) = &self.certificates {
            // The client says of a file that is not there only that encryption failed.
            std::fs::metadata(path).map_err(|error| unread(path, &error))?;
            options = options.add_root_certificates(path.clone()).require_tls(true);
        }
        Ok(options)
    }

    fn login(&self) -> Result<ConnectOptions, BusError> {
        let read = |path: &Path| {
            let text = std::fs::read_to_string(path).map_err(|error| unread(path, &error))?;
            Ok(text.trim().to_owned())
        };
        let options = ConnectOptions::new();
        Ok(match &self.login {
            Login::Nobody => match self.server.user() {
                None => options,
                Some(User { name, password: None }) => options.token(name.clone()),
                Some(User { name, password: Some(password) }) => {
                    options.user_and_password(name.clone(), password.clone())
                }
            },
            Login::User { name, password } => {
                options.user_and_password(name.clone(), password.clone())
            }
            Login::Token(token) => options.token(token.clone()),
            Login::Nkey(path) => options.nkey(read(path)?),
            Login::Credentials(path) => {
                options.credentials(&read(path)?).map_err(|error| unread(path, &error))?
            }
        })
    }
}

// Secrets stay out of logs.
impl std::fmt::Debug for Login {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        to.write_str(match self {
            Login::Nobody => "Nobody",
            Login::User { .. } => "User",
            Login::Token(_) => "Token",
            Login::Nkey(_) => "Nkey",
            Login::Credentials(_) => "Credentials",
        })
    }
}

fn unread(path: &Path, error: &dyn std::fmt::Display) -> BusError {
    BusError::File { path: path.display().to_string(), cause: error.to_string() }
}
