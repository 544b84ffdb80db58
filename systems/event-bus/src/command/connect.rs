//! How commands reach the bus.

use std::path::PathBuf;
use std::time::Duration;

use clap::ValueEnum;

use super::BadInput;
use crate::bus::{Address, Bus, Login, Options, Policy};
use crate::subject::Prefix;

#[derive(Debug, clap::Args)]
pub struct Connect {
    /// The broker, nats://[user:password@]host[:port], or several of a cluster with commas between
    #[arg(
        long,
        global = true,
        value_name = "URL",
        env = "EVENT_BUS_URL",
        hide_env_values = true,
        default_value = "nats://127.0.0.1:4222"
    )]
    pub bus: Address,
    /// What all subjects begin with
    #[arg(long, global = true, value_parser = prefix, env = "EVENT_BUS_PREFIX", default_value = "rosey")]
    pub prefix: Prefix,
    /// Who connects
    #[arg(
        long,
        global = true,
        env = "EVENT_BUS_USER",
        requires = "password",
        conflicts_with = "token"
    )]
    pub user: Option<String>,
    /// The password of the user
    #[arg(
        long,
        global = true,
        env = "EVENT_BUS_PASSWORD",
        hide_env_values = true,
        requires = "user"
    )]
    pub password: Option<String>,
    /// A token in the place of a user
    #[arg(long, global = true, env = "EVENT_BUS_TOKEN", hide_env_values = true)]
    pub token: Option<String>,
    /// A file with the seed of an nkey
    #[arg(long, global = true, value_name = "FILE", env = "EVENT_BUS_NKEY", conflicts_with_all = ["user", "token"])]
    pub nkey: Option<PathBuf>,
    /// A credentials file
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        env = "EVENT_BUS_CREDS",
        conflicts_with_all = ["user", "token", "nkey"]
    )]
    pub creds: Option<PathBuf>,
    /// Certificates that vouch for the broker; with them the connection is encrypted
    #[arg(long, global = true, value_name = "FILE", env = "EVENT_BUS_TLS_CA")]
    pub tls_ca: Option<PathBuf>,
    /// Seconds until the broker has to be reached
    #[arg(
        long,
        global = true,
        value_name = "SECONDS",
        env = "EVENT_BUS_CONNECT_SECONDS",
        default_value_t = 5
    )]
    pub connect_seconds: u64,
    /// Messages that are kept while the broker is away
    #[arg(
        long,
        global = true,
        value_name = "N",
        env = "EVENT_BUS_BUFFER",
        default_value_t = 100_000
    )]
    pub buffer: usize,
    /// What happens when there is no room for one more
    #[arg(
        long,
        global = true,
        value_name = "POLICY",
        env = "EVENT_BUS_OVERFLOW",
        default_value = "refuse"
    )]
    pub overflow: Overflow,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Overflow {
    /// It is refused, and the command fails
    Refuse,
    /// It takes the place of the oldest
    DropOldest,
}

impl Connect {
    /// A connection to a broker, for those who cannot bring one of their own.
    pub async fn connect(&self) -> anyhow::Result<Bus> {
        Ok(Bus::connect(&self.options()?).await?)
    }

    pub fn options(&self) -> Result<Options, BadInput> {
        let Address::Nats(server) = &self.bus else {
            let text = "the embedded bus is inside `event-bus serve --bus embedded --listen \
                        ADDRESS`: name that address, nats://ADDRESS";
            return Err(BadInput(text.to_owned()));
        };
        Ok(Options {
            login: self.login(),
            certificates: self.tls_ca.clone(),
            patience: Duration::from_secs(self.connect_seconds),
            room: self.buffer,
            policy: match self.overflow {
                Overflow::Refuse => Policy::Refuse,
                Overflow::DropOldest => Policy::DropOldest,
            },
            ..Options::new(server.clone())
        })
    }

    fn login(&self) -> Login {
        match (&self.user, &self.password, &self.token, &self.nkey, &self.creds) {
            (Some(name), Some(password), ..) => {
                Login::User { name: name.clone(), password: password.clone() }
            }
            (_, _, Some(token), ..) => Login::Token(token.clone()),
            (_, _, _, Some(path), _) => Login::Nkey(path.clone()),
            (.., Some(path)) => Login::Credentials(path.clone()),
            _ => Login::Nobody,
        }
    }
}

fn prefix(text: &str) -> Result<Prefix, String> {
    Prefix::new(text).map_err(|refusal| refusal.to_string())
}
