//! `event-bus serve`: opens what the service needs, runs it, and ends in good order.

mod log;
mod options;
mod signal;

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::Context;
use tollgate_bus::Door;

use self::options::Where;
use super::{tell, without_password};
use crate::bus::Bus;
use crate::bus::embedded::Embedded;
use crate::http::Http;
use crate::service::{Service, ServiceError};
use crate::store::Store;

pub use self::options::Serve;
pub use self::signal::ended;

impl Serve {
    pub fn run(&self) -> anyhow::Result<()> {
        log::start(self.log_format, self.log_level);
        let mut runtime = tokio::runtime::Builder::new_multi_thread();
        if let Some(workers) = self.workers {
            runtime.worker_threads(workers.get());
        }
        let runtime = runtime.enable_all().build().context("failed to start the workers")?;
        let done = runtime.block_on(self.serve());
        // What was not done in time is not waited for.
        runtime.shutdown_background();
        done
    }

    async fn serve(&self) -> anyhow::Result<()> {
        let settings = self.settings()?;
        // From now on, so that a signal during the start ends it in order as well.
        let ended = ended().context("failed to wait for signals")?;
        let (bus, door) = self.bus().await?;
        let (url, durability) = (self.store.clone(), self.durability.into());
        let open = move || Store::open(&url, durability);
        let (prefix, instance) = (settings.prefix.clone(), settings.instance.clone());
        let service = Service::start(bus.clone(), open, self.limits(), settings).await;
        let service = service.map_err(|error| self.explained(error))?;
        let http = match self.http {
            Some(address) => {
                let listening = Http::listen(address, service.shared()).await;
                Some(listening.with_context(|| format!("failed to listen on {address}"))?)
            }
            None => None,
        };
        if let Some(http) = &http {
            tell(&format!("listening on http://{}", http.address()))?;
        }
        if let Some(door) = &door {
            tell(&format!("listening on nats://{}", door.address()))?;
        }
        let (prefix, bus_address) = (prefix.as_str(), bus.address());
        let store = without_password(&self.store);
        tracing::info!(instance, prefix, bus = bus_address, store, "ready");
        tell("ready")?;
        ended.await;
        service.drain(Duration::from_secs(self.drain_seconds)).await?;
        if let Some(door) = door {
            door.close().await;
        }
        drop(http);
        tracing::info!("ended");
        Ok(())
    }

    async fn bus(&self) -> anyhow::Result<(Bus, Option<Door>)> {
        match self.place()? {
            Where::Nats(options) => Ok((Bus::connect(&options).await?, None)),
            Where::Embedded { listen } => {
                let bus = tollgate_bus::Bus::new();
                let door = match listen {
                    Some(address) => Some(open(&bus, address).await?),
                    None => None,
                };
                Ok((Bus::Embedded(Embedded::new(bus)), door))
            }
        }
    }

    /// What goes wrong with a database does not always name it.
    fn explained(&self, error: ServiceError) -> anyhow::Error {
        match error {
            ServiceError::Store(error) => anyhow::Error::new(error)
                .context(format!("the store {}", without_password(&self.store))),
            other => other.into(),
        }
    }
}

async fn open(bus: &tollgate_bus::Bus, address: SocketAddr) -> anyhow::Result<Door> {
    let opened = Door::open(bus.clone(), address).await;
    opened.with_context(|| format!("failed to listen on {address}"))
}
