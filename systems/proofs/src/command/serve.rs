//! `proofs serve`: opens what the service needs, listens, and ends in good order.

mod log;
mod options;
mod signal;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use tokio::net::TcpListener;

use self::options::Loaded;
use super::tell;
use crate::audit::{Audit, Boot};
use crate::service::{Clock, Service, listen};

pub use self::options::Serve;

/// How often the service forgets what is over.
const TIDY_EVERY: Duration = Duration::from_secs(30);

impl Serve {
    pub fn run(&self) -> anyhow::Result<()> {
        log::start(self.log, self.log_level);
        let mut runtime = tokio::runtime::Builder::new_multi_thread();
        if let Some(workers) = self.workers {
            runtime.worker_threads(workers.get());
        }
        let runtime = runtime.enable_all().build().context("failed to start the workers")?;
        runtime.block_on(self.serve())
    }

    async fn serve(&self) -> anyhow::Result<()> {
        let loaded = self.load()?;
        let address = SocketAddr::new(self.host, self.port);
        // Before the database, which a service that cannot listen should not touch. Who connects
        // now waits until everything is there.
        let listener = TcpListener::bind(address)
            .await
            .with_context(|| format!("failed to listen on {address}"))?;
        let service = self.open(loaded).await?;
        let address = listener.local_addr().context("failed to ask for the port")?;
        let ended = signal::ended().context("failed to wait for signals")?;
        tell(&format!("listening on http://{address}"))?;
        let tidy = tokio::spawn(tidy(Arc::clone(&service)));
        listen(&service, listener, self.connections(), ended).await;
        tidy.abort();
        // The commits still to be made take the writer's thread; no request waits here any longer.
        let closing = tokio::task::spawn_blocking(move || service.close());
        closing.await.context("failed to close the audit log")
    }

    async fn open(&self, loaded: Loaded) -> anyhow::Result<Arc<Service>> {
        let clock = Clock::system();
        let now_ms = clock.now_ms();
        let opened = Audit::open(&self.place(), self.durability.into(), &boot(), now_ms)?;
        let (_, recovered) = &opened;
        tracing::info!(
            rows = recovered.head.sequence,
            accepted = recovered.accepted.len(),
            revoked = recovered.revoked.len(),
            credentials = recovered.credentials.len(),
            issued_after_ms = recovered.issued_after_ms,
            "opened the audit log"
        );
        let Loaded { settings, verifier, access, registry } = loaded;
        let service = Service::new(settings, verifier, access, clock, opened)?;
        service.enroll(&registry).await.context("failed to take in the registry")?;
        Ok(service)
    }
}

async fn tidy(service: Arc<Service>) {
    loop {
        tokio::time::sleep(TIDY_EVERY).await;
        service.tidy();
    }
}

/// The name that Linux gives to each start of the machine.
fn boot() -> Boot {
    let id = std::fs::read_to_string("/proc/sys/kernel/random/boot_id");
    Boot(id.ok().map(|id| id.trim().to_owned()).filter(|id| !id.is_empty()))
}
