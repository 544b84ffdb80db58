//! `proofs generate`: lines of proofs for a load generator, and the registry that they need.

use std::fs;
use std::io::{self, ErrorKind, Write};
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context;
use clap::ValueEnum;

use super::input::{self, bad};
use super::{BadInput, key_file};
use crate::batch::BATCH_LIMIT;
use crate::feed::users::{Generated, MOST_USERS, Root};
use crate::feed::{Authenticators, Feed, Mix, Outcome, Plan, Source};
use crate::registry::Registry;
use crate::service::Clock;
use crate::webauthn::ChallengeSecret;

/// Print proofs for load tests, for as long as somebody reads them: a JSON object a line, with the
/// answer that the service has to give. They are signed as they are printed; what has been read
/// ahead has to be sent within the lifetime.
#[derive(Debug, clap::Args)]
pub struct Generate {
    /// What is signed, and so where it is sent
    #[arg(long, value_enum, default_value_t = Kind::Verify)]
    kind: Kind,
    /// Lines to print; without end if not given
    #[arg(long, value_name = "N")]
    count: Option<u64>,
    /// Proofs in a batch: a number, or the least and the most
    #[arg(long, value_name = "N..N", default_value = "5..20", value_parser = sizes)]
    size: RangeInclusive<usize>,
    /// Shares of valid, invalid, expired, replayed and revoked proofs [default: valid=1]
    #[arg(long, value_name = "KIND=WEIGHT,..")]
    mix: Option<Mix>,
    /// Users who sign; a registry that is there says it itself [default: 10000]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=MOST_USERS.into()))]
    users: Option<u32>,
    /// Print the same again but for the times; a registry that is made has guessable keys then
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// What `proofs serve --registry` has to know; made if it is not there
    #[arg(long, value_name = "FILE")]
    registry: Option<PathBuf>,
    /// How long a proof may be used
    #[arg(long, value_name = "TIME", default_value = "5m", value_parser = input::duration)]
    lifetime: Duration,
    /// Lines after which a proof may be repeated, by when it has to be answered
    #[arg(long, value_name = "N", default_value_t = 2000)]
    replay_after: u64,
    /// Origin whose pages ask authenticators
    #[arg(long, value_name = "URL", default_value = "http://localhost:8000")]
    origin: String,
    /// The domain for which authenticators assert
    #[arg(long, value_name = "DOMAIN", default_value = "localhost")]
    rp_id: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// Logins and transactions, five to three
    Verify,
    Login,
    Transaction,
    /// Assertions of authenticators; needs --registry
    Biometric,
    /// Many proofs a request
    Batch,
}

impl Generate {
    pub fn run(&self) -> anyhow::Result<()> {
        let (users, secret) = self.pool()?;
        let mut feed = Feed::new(self.plan(users, secret)?);
        let clock = Clock::system();
        let mut out = io::stdout().lock();
        let mut chunk = String::with_capacity(2 * CHUNK);
        for line in 0.. {
            let is_last = self.count == Some(line);
            if is_last || chunk.len() >= CHUNK {
                match out.write_all(chunk.as_bytes()).and_then(|()| out.flush()) {
                    // Whoever read has enough.
                    Err(error) if error.kind() == ErrorKind::BrokenPipe => return Ok(()),
                    written => written.context("failed to print")?,
                }
                chunk.clear();
            }
            if is_last {
                break;
            }
            feed.write(clock.now_ms(), &mut chunk);
        }
        Ok(())
    }

    fn plan(&self, users: Generated, secret: Option<ChallengeSecret>) -> anyhow::Result<Plan> {
        let mix = self.mix.clone().unwrap_or(Mix::VALID);
        if mix.has(Outcome::Revoked) && (self.kind == Kind::Biometric || self.registry.is_none()) {
            let why = match self.kind {
                Kind::Biometric => "authenticators cannot be revoked",
                _ => "revoked keys need a --registry that tells the service which they are",
            };
            return Err(BadInput(why.to_owned()).into());
        }
        let source = match self.kind {
            Kind::Verify => Source::verify(users.signers()),
            Kind::Login => Source::login(users.signers()),
            Kind::Transaction => Source::transaction(users.signers()),
            Kind::Batch => Source::batch(users.signers(), self.size.clone()),
            Kind::Biometric => {
                let why = "biometric proofs need a --registry, whose secret seals challenges";
                let secret = secret.ok_or_else(|| BadInput(why.to_owned()))?;
                let authenticators = Authenticators::new(&users, secret, &self.rp_id, &self.origin);
                Source::Biometric(authenticators)
            }
        };
        Ok(Plan {
            source,
            mix,
            lifetime_ms: u64::try_from(self.lifetime.as_millis()).unwrap_or(u64::MAX),
            replay_after: self.replay_after,
            seed: match self.seed {
                Some(seed) => seed,
                None => u64::from_be_bytes(random()?),
            },
        })
    }

    /// The users of the registry, or of the seed.
    fn pool(&self) -> anyhow::Result<(Generated, Option<ChallengeSecret>)> {
        let Some(path) = &self.registry else { return Ok((self.made_up()?, None)) };
        let registry = match read(path)? {
            Some(registry) => registry,
            None => {
                let registry = self.made_up()?.registry(ChallengeSecret(random()?));
                match key_file::write_private(path, &registry.to_json(), false) {
                    // Another feed that was started with this one was faster.
                    Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                    written => {
                        written.with_context(|| format!("failed to write {}", path.display()))?;
                    }
                }
                read(path)?.with_context(|| format!("{} was removed", path.display()))?
            }
        };
        let made = "not made by `proofs generate`, so nobody can sign for its users";
        let users = registry.generated.ok_or_else(|| bad(path, made))?;
        match self.users {
            Some(wanted) if wanted != users.users => {
                let why = format!("it has {} users, not {wanted}", users.users);
                Err(bad(path, why).into())
            }
            _ => Ok((users, registry.challenge_secret)),
        }
    }

    fn made_up(&self) -> anyhow::Result<Generated> {
        let root = match self.seed {
            Some(seed) => Root::of_seed(seed),
            None => Root(random()?),
        };
        Ok(Generated { root, users: self.users.unwrap_or(10_000) })
    }
}

/// Bytes that are gathered before they are written: few, so that a reader who waits does not wait
/// for long.
const CHUNK: usize = 16 << 10;

fn read(path: &Path) -> Result<Option<Registry>, BadInput> {
    match fs::read_to_string(path) {
        Ok(text) => Registry::parse(&text).map(Some).map_err(|error| bad(path, error)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(bad(path, error)),
    }
}

fn random<const N: usize>() -> anyhow::Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).context("failed to get random bytes")?;
    Ok(bytes)
}

fn sizes(text: &str) -> Result<RangeInclusive<usize>, String> {
    let (least, most) = text.split_once("..").unwrap_or((text, text));
    let number = |text: &str| text.parse::<usize>().map_err(|_| format!("`{text}` is no number"));
    let (least, most) = (number(least)?, number(most)?);
    if least == 0 || least > most || most > BATCH_LIMIT {
        return Err(format!("a batch has 1 to {BATCH_LIMIT} proofs, the least number first"));
    }
    Ok(least..=most)
}
