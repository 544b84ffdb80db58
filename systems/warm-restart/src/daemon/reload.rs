//! Reads the configuration and the rules again when the process is asked to. Files are read away
//! from the thread that owns all that is known, which then goes by them as a whole or not at all.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::SyncSender;

use super::clock;
use super::config::Config;
use super::orders::Orders;
use super::signal;
use super::watch::{Request, Watch};

/// Until nobody is left who could be told.
pub async fn listen(
    mut asked: signal::Reload,
    path: Option<PathBuf>,
    requests: SyncSender<Request>,
) {
    loop {
        asked.heard().await;
        let (path, requests) = (path.clone(), requests.clone());
        let told = tokio::task::spawn_blocking(move || {
            let read = Orders::read(path.as_deref()).map_err(|error| error.to_string());
            requests.send(Request::Reload(read.map(Box::new))).is_ok()
        });
        if !matches!(told.await, Ok(true)) {
            return;
        }
    }
}

impl Watch {
    pub(super) fn reload(&mut self, read: Result<Box<Orders>, String>) {
        self.announce(&format!("RELOADING=1\nMONOTONIC_USEC={}", clock::monotonic_us()));
        self.figures.is_reload_bad = read.is_err();
        match read {
            Ok(orders) => self.obey(*orders),
            Err(why) => {
                self.figures.failed_reloads += 1;
                tracing::error!("what was read again is wrong, and all stays as it was: {why}");
            }
        }
        self.announce("READY=1");
    }

    /// Goes by other orders from now on.
    fn obey(&mut self, orders: Orders) {
        let now = self.clock.now();
        let Orders { config, settings, means } = orders;
        for key in self.config.differences_for_a_start(&config) {
            tracing::warn!(key, "it has another value, which holds from the next start on");
        }
        let changes = self.core.replace(settings, now);
        Watch::log(&changes);
        self.schedule.change(config.interval_ms.into(), now.steady_ms);
        self.means = Arc::new(means);
        let old = &self.config;
        let (listen, folder) = (old.listen, old.folder.clone());
        self.config = Config { listen, folder, queue: old.queue, outbox: old.outbox, ..config };
        self.figures.reloads += 1;
        tracing::info!("the configuration and the rules were read again");
    }

    fn announce(&self, word: &str) {
        if let Err(error) = self.supervisor.tell(word) {
            tracing::warn!(%error, "systemd was not told");
        }
    }
}
