//! What `proofs serve` takes, and what it makes of that.

use std::fs;
use std::net::{IpAddr, Ipv4Addr};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::ValueEnum;

use super::log::{Format, LogLevel};
use crate::audit::{self, Place};
use crate::command::BadInput;
use crate::encoding;
use crate::key::KeyRing;
use crate::registry::Registry;
use crate::service::access::{Access, ApiKeys, TokenRules, Tokens};
use crate::service::{Connections, Settings};
use crate::verify::{self, Verifier};
use crate::webauthn::RelyingParty;

#[derive(Debug, clap::Args)]
pub struct Serve {
    /// Address to listen on
    #[arg(long, env = "PROOFS_HOST", default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    pub host: IpAddr,
    /// Port to listen on; 0 for any that is free
    #[arg(long, env = "PROOFS_PORT", default_value_t = 8000)]
    pub port: u16,
    /// Where accepted proofs and revocations are kept; `:memory:` forgets them at the end
    #[arg(long, value_name = "PATH", env = "PROOFS_DATABASE", default_value = "proofs.db")]
    pub database: PathBuf,
    /// What an accepted proof survives
    #[arg(long, env = "PROOFS_DURABILITY", default_value = "process")]
    pub durability: Durability,
    /// Threads that answer requests; one for each core if not given
    #[arg(long, value_name = "N", env = "PROOFS_WORKERS")]
    pub workers: Option<NonZeroUsize>,
    /// Requests a second for each client, by its name or address; 0 for no limit
    #[arg(long, value_name = "N", env = "PROOFS_RATE_LIMIT", default_value_t = 1000)]
    pub rate_limit: u32,
    /// Proxies whose X-Forwarded-For is believed
    #[arg(long, value_name = "ADDRESS", env = "PROOFS_TRUSTED_PROXIES", value_delimiter = ',')]
    pub trusted_proxy: Vec<IpAddr>,
    /// Registered keys of signers: a JSON list of public keys in base64url
    #[arg(long, value_name = "FILE", env = "PROOFS_KEYS")]
    pub keys: Option<PathBuf>,
    /// Keys of signers, revoked keys, authenticators and the secret of sealed challenges
    #[arg(long, value_name = "FILE", env = "PROOFS_REGISTRY")]
    pub registry: Option<PathBuf>,
    /// Accept proofs under keys that nobody registered, for trials
    #[arg(long, env = "PROOFS_ANY_KEY")]
    pub any_key: bool,
    /// API keys: a JSON list of {"name", "sha256", "scopes"}
    #[arg(long, value_name = "FILE", env = "PROOFS_API_KEYS")]
    pub api_keys: Option<PathBuf>,
    /// Keys of bearer tokens: a JWK set, or one public key in PEM
    #[arg(
        long,
        value_name = "FILE",
        env = "PROOFS_JWT_KEYS",
        requires = "jwt_issuer",
        requires = "jwt_audience"
    )]
    pub jwt_keys: Option<PathBuf>,
    /// Who has to have issued a bearer token
    #[arg(long, value_name = "NAME", env = "PROOFS_JWT_ISSUER")]
    pub jwt_issuer: Option<String>,
    /// For whom a bearer token has to be
    #[arg(long, value_name = "NAME", env = "PROOFS_JWT_AUDIENCE")]
    pub jwt_audience: Option<String>,
    /// Seconds by which the clock of a token's issuer may differ
    #[arg(long, value_name = "SECONDS", env = "PROOFS_JWT_LEEWAY", default_value_t = 30)]
    pub jwt_leeway: u64,
    /// Verify proofs for anybody, even where clients can authenticate
    #[arg(long, env = "PROOFS_OPEN")]
    pub open: bool,
    /// Origins whose pages may ask authenticators
    #[arg(
        long,
        value_name = "URL",
        env = "PROOFS_ORIGINS",
        value_delimiter = ',',
        default_value = "http://localhost:8000"
    )]
    pub origin: Vec<String>,
    /// The domain for which authenticators assert
    #[arg(long, value_name = "DOMAIN", env = "PROOFS_RP_ID", default_value = "localhost")]
    pub rp_id: String,
    /// Take proofs in the shapes from before there were envelopes, too
    #[arg(long, env = "PROOFS_LEGACY")]
    pub legacy: bool,
    /// The longest life of a proof
    #[arg(long, value_name = "SECONDS", env = "PROOFS_MAX_AGE", default_value_t = 300)]
    pub max_age: u32,
    /// Seconds by which the clock of a signer may differ
    #[arg(long, value_name = "SECONDS", env = "PROOFS_SKEW", default_value_t = 30)]
    pub skew: u32,
    /// Accepted proofs remembered until they expire; beyond that requests get 503 busy
    #[arg(long, value_name = "N", env = "PROOFS_REMEMBERED", default_value_t = 4_000_000)]
    pub remembered: usize,
    /// Seconds a request may take
    #[arg(long, value_name = "SECONDS", env = "PROOFS_REQUEST_SECONDS", default_value_t = 10)]
    pub request_seconds: u64,
    /// Seconds that requests at hand have when the service is asked to end
    #[arg(long, value_name = "SECONDS", env = "PROOFS_DRAIN_SECONDS", default_value_t = 10)]
    pub drain_seconds: u64,
    /// Connections at a time; who comes then waits
    #[arg(long, value_name = "N", env = "PROOFS_CONNECTIONS", default_value_t = 10_000)]
    pub connections: u32,
    /// Seconds for which a connection may be silent
    #[arg(long, value_name = "SECONDS", env = "PROOFS_IDLE_SECONDS", default_value_t = 60)]
    pub idle_seconds: u64,
    /// How the log is written
    #[arg(long, value_name = "FORMAT", env = "PROOFS_LOG", default_value = "text")]
    pub log: Format,
    /// What the log says
    #[arg(long, value_name = "LEVEL", env = "PROOFS_LOG_LEVEL", default_value = "info")]
    pub log_level: LogLevel,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Durability {
    /// The end of the process; after a loss of power older proofs are refused
    Process,
    /// The loss of power; each commit waits for the disk
    Disk,
}

/// What the files say.
pub struct Loaded {
    pub settings: Settings,
    pub verifier: Verifier,
    pub access: Access,
    pub registry: Registry,
}

impl Serve {
    pub fn place(&self) -> Place {
        match self.database.as_os_str() == ":memory:" {
            true => Place::Memory,
            false => Place::File(self.database.clone()),
        }
    }

    pub fn connections(&self) -> Connections {
        Connections {
            most: self.connections as usize,
            silence: Duration::from_secs(self.idle_seconds),
            patience: Duration::from_secs(self.drain_seconds),
        }
    }

    /// Reads every file, so that a mistake in one of them is told before anything is touched.
    pub fn load(&self) -> Result<Loaded, BadInput> {
        let registry = self.registry()?;
        let verifier = Verifier::new(
            verify::Settings {
                skew_ms: u64::from(self.skew) * 1000,
                max_age_ms: u64::from(self.max_age) * 1000,
                unregistered_keys: self.any_key,
                ..verify::Settings::default()
            },
            self.ring(&registry)?,
        );
        let access =
            Access { api_keys: self.api_keys()?, tokens: self.tokens()?, is_open: self.open };
        let challenge_secret = registry.challenge_secret.clone();
        let settings = Settings { challenge_secret, ..self.settings() };
        Ok(Loaded { settings, verifier, access, registry })
    }

    fn registry(&self) -> Result<Registry, BadInput> {
        let Some(path) = &self.registry else { return Ok(Registry::default()) };
        let registry = Registry::parse(&read(path)?).map_err(|error| bad(path, &error))?;
        if registry.generated.is_some() {
            tracing::warn!("the registry is for load tests: whoever has it can sign for its users");
        }
        Ok(registry)
    }

    fn settings(&self) -> Settings {
        Settings {
            legacy: self.legacy,
            relying_party: RelyingParty::new(&self.rp_id, self.origin.clone()),
            rate_limit: self.rate_limit,
            trusted_proxies: self.trusted_proxy.clone(),
            remembered: self.remembered,
            request_time: Duration::from_secs(self.request_seconds),
            body_time: Duration::from_secs(self.request_seconds.div_ceil(2)),
            ..Settings::default()
        }
    }

    fn ring(&self, registry: &Registry) -> Result<KeyRing, BadInput> {
        let mut ring = KeyRing::new();
        for (key, path) in registry.signers().zip(self.registry.iter().cycle()) {
            ring.register(key).map_err(|refusal| bad(path, &format!("a key: {refusal}")))?;
        }
        let Some(path) = &self.keys else {
            if !self.any_key && ring.is_empty() {
                tracing::warn!("without registered keys no signed proof is accepted");
            }
            return Ok(ring);
        };
        let keys: Vec<String> =
            serde_json::from_str(&read(path)?).map_err(|error| bad(path, &error))?;
        for (text, number) in keys.iter().zip(1..) {
            let registered = encoding::fixed("key", text).and_then(|bytes| ring.register(&bytes));
            registered.map_err(|refusal| bad(path, &format!("key {number}: {refusal}")))?;
        }
        Ok(ring)
    }

    fn api_keys(&self) -> Result<ApiKeys, BadInput> {
        let Some(path) = &self.api_keys else { return Ok(ApiKeys::default()) };
        ApiKeys::parse(&read(path)?).map_err(|error| bad(path, &error))
    }

    fn tokens(&self) -> Result<Option<Tokens>, BadInput> {
        let (Some(path), Some(issuer), Some(audience)) =
            (&self.jwt_keys, &self.jwt_issuer, &self.jwt_audience)
        else {
            return Ok(None);
        };
        let (issuer, audience) = (issuer.clone(), audience.clone());
        let rules = TokenRules { issuer, audience, leeway_s: self.jwt_leeway };
        Tokens::open(path, rules).map(Some).map_err(|error| bad(path, &error))
    }
}

impl From<Durability> for audit::Durability {
    fn from(durability: Durability) -> audit::Durability {
        match durability {
            Durability::Process => audit::Durability::Process,
            Durability::Disk => audit::Durability::Disk,
        }
    }
}

fn read(path: &Path) -> Result<String, BadInput> {
    fs::read_to_string(path).map_err(|error| bad(path, &error))
}

fn bad(path: &Path, what: &dyn std::fmt::Display) -> BadInput {
    BadInput(format!("{}: {what}", path.display()))
}
