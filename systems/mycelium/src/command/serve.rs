//! `serve`: listens, serves, and ends in good order.

mod options;
mod signal;

use std::net::SocketAddr;

use anyhow::Context as _;

use self::options::Chosen;
use super::output;
use super::{BadInput, Exit};
use crate::service::{self, Options};

pub use self::options::Serve;

impl Serve {
    pub fn run(&self) -> anyhow::Result<Exit> {
        let Chosen { options, log_format, log_level } = self.chosen()?;
        options.check().map_err(|error| BadInput(error.to_string()))?;
        service::start_log(log_format, log_level, options.environment);
        let runtime = service::runtime(&options).context("could not start the threads")?;
        runtime.block_on(self.serve(options))?;
        Ok(Exit::Done)
    }

    async fn serve(&self, options: Options) -> anyhow::Result<()> {
        let address = SocketAddr::new(self.host, self.port);
        let listener =
            service::bind(address).with_context(|| format!("could not listen on {address}"))?;
        let address = listener.local_addr().context("could not ask for the port")?;
        let ended = signal::ended().context("could not wait for signals")?;
        // It serves as well where nobody can read that.
        let _ = output::result(&format!("listening on http://{address}"));
        service::serve(options, listener, ended).await.context("could not begin the service")
    }
}
