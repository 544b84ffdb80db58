//! Watches a history by rules, and tells people what fires.
//!
//! A thread asks every second whether somebody wrote to the history, which costs it no reading.
//! When a run was judged, and at an interval, it holds the rules against what the latest runs say.
//! What follows from that is saved in the history itself and then told.

pub mod board;
mod clock;
mod lock;
mod reading;
mod rules;
#[cfg(test)]
pub(crate) mod sample;
mod saved;
mod view;
mod watcher;

use std::io;
use std::path::PathBuf;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};
use tollgate_alerts::deliver;

use self::reading::Reading;
use self::rules::Rules;
use self::watcher::{Beginning, Request, Watcher};
use crate::live::Live;
use crate::picture::Picture;

pub use self::rules::{BadRules, DEFAULTS};

/// What is watched, and by which rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// A history that need not be there yet.
    pub history: PathBuf,
    /// Without a file, [`DEFAULTS`] hold.
    pub rules: Option<PathBuf>,
    /// Between two evaluations, if no run is judged in between.
    pub interval: Duration,
    /// The server for those who publish.
    pub nats: Option<String>,
    /// Only runs of this branch count.
    pub branch: Option<String>,
}

/// Somebody watches as long as this lives. Whoever drops it ends the watch at once, as a kill
/// would.
#[derive(Debug)]
pub struct Watch {
    requests: SyncSender<Request>,
    thread: Option<JoinHandle<()>>,
    /// Where a connection to a message bus lives.
    runtime: Option<Runtime>,
}

/// Why nobody watches.
#[derive(Debug, thiserror::Error)]
pub enum WatchError {
    #[error(transparent)]
    Rules(#[from] BadRules),
    #[error("could not evaluate every {0:?}: an interval is at least a tenth of a second")]
    Interval(Duration),
    #[error("could not start a thread")]
    Thread(#[from] io::Error),
}

/// An error with what caused it.
fn whole(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

const SHORTEST: Duration = Duration::from_millis(100);

/// Requests that wait. The end of an errand finds room soon, since there is one at a time.
const QUEUE: usize = 16;

impl Options {
    /// The default rules every ten seconds, over runs of any branch.
    #[must_use]
    pub fn new(history: PathBuf) -> Options {
        let interval = Duration::from_secs(10);
        Options { history, rules: None, interval, nats: None, branch: None }
    }
}

impl Watch {
    /// Begins to watch. What comes of it is seen as it changes.
    pub fn start(options: Options) -> Result<(Watch, Live), WatchError> {
        let Options { history, rules, interval, nats, branch } = options;
        if interval < SHORTEST {
            return Err(WatchError::Interval(interval));
        }
        let mut rules = Rules::new(rules, interval, nats.is_some());
        let file = rules.read()?;
        let (requests, taken) = sync_channel(QUEUE);
        let back = requests.clone();
        // Whoever watched may be gone by then.
        let ended = move |trial| drop(back.send(Request::Ended(trial)));
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        let deliver = deliver::start("tollgate", runtime.handle().clone(), ended)?;
        let live = Live::watched(Picture::default());
        let reading = Reading::new(history, branch);
        let shown = live.clone();
        let beginning = Beginning { reading, rules, file, nats, interval, deliver, live: shown };
        let work = move || Watcher::new(beginning).run(&taken);
        let thread = thread::Builder::new().name("watch".to_owned()).spawn(work)?;
        Ok((Watch { requests, thread: Some(thread), runtime: Some(runtime) }, live))
    }

    /// Ends in good order: waits ten seconds at most for what is being told, and saves.
    pub fn stop(mut self) {
        self.end(Request::Stop);
    }

    fn end(&mut self, how: Request) {
        let Some(thread) = self.thread.take() else { return };
        let _ = self.requests.send(how);
        if thread.join().is_err() {
            tracing::error!("the thread that watches panicked");
        }
        // Whoever is still telling somebody is not waited for.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.end(Request::Vanish);
    }
}
