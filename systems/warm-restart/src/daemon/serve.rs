//! Puts the service together, runs it until somebody asks it to end, and ends it in good order.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::sync_channel;
use std::thread;
use std::time::Duration;

use anyhow::{Context, anyhow};

use tokio::runtime::Handle;
use tokio::sync::oneshot;
use tollgate_alerts::deliver::{self, Message};
use tollgate_alerts::desk::Settings;
use tollgate_alerts::moment::Moment;

use super::clock::Clock;
use super::figures::Figures;
use super::http::{self, Door};
use super::keeper::{Keeper, Left, Reported};
use super::orders::Orders;
use super::reload;
use super::schedule::Schedule;
use super::sd::Supervisor;
use super::signal::Reload;
use super::watch::{Request, Watch};
use crate::core::Core;

/// How long those who still wait for an answer have to take it.
const LAST_ANSWERS: Duration = Duration::from_secs(5);

/// Runs it; the path is that of the configuration, which is read again when the process is asked
/// to, and `listening` is told the address once it answers.
pub fn run(
    orders: Orders,
    path: Option<&Path>,
    listening: impl FnOnce(std::net::SocketAddr) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = runtime.worker_threads(2).enable_all().build();
    runtime.context("failed to start the workers")?.block_on(serve(orders, path, listening))
}

async fn serve(
    orders: Orders,
    path: Option<&Path>,
    listening: impl FnOnce(std::net::SocketAddr) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    // From now on, so that a signal during the start ends it in order as well.
    let ended = super::signal::ended().context("failed to wait for signals")?;
    let asked = Reload::listen().context("failed to wait for signals")?;
    let Orders { config, settings, means } = orders;
    let mut keeper = Keeper::open(&config.folder)?;
    let clock = Clock::start();
    let (core, waiting) = resumed(settings, keeper.load()?, clock.now());
    let (requests, taken) = sync_channel(config.queue as usize);
    let back = requests.clone();
    // There is one errand at a time, so that its end finds room soon if not at once.
    let tell_end = move |trial| drop(back.send(Request::Ended(trial)));
    let deliver = deliver::start("warm-restart", Handle::current(), tell_end)?;
    let supervisor = Supervisor::of_environment().context("failed to reach NOTIFY_SOCKET")?;
    let watch = Watch {
        core,
        outbox: deliver::outbox(config.outbox as usize, waiting),
        keeper,
        clock,
        supervisor,
        deliver,
        schedule: Schedule::new(config.interval_ms.into(), clock.now().steady_ms),
        means: Arc::new(means),
        config,
        is_telling: false,
        figures: Figures::default(),
        unsaved: None,
    };
    let wanted = watch.config.listen;
    let listener = tokio::net::TcpListener::bind(wanted).await;
    let listener = listener.with_context(|| format!("failed to listen on {wanted}"))?;
    let address = listener.local_addr()?;
    watch.supervisor.tell("READY=1").context("failed to tell systemd")?;
    let work = thread::Builder::new().name("watch".to_owned());
    let work = work.spawn(move || watch.run(&taken))?;
    let is_ending = Arc::new(AtomicBool::new(false));
    let door = Door::new(requests.clone(), Arc::clone(&is_ending));
    let (close, closed) = oneshot::channel();
    let serving = tokio::spawn(http::serve(listener, door, closed, LAST_ANSWERS));
    let reloading = reload::listen(asked, path.map(Path::to_owned), requests.clone());
    let reloading = tokio::spawn(reloading);
    listening(address)?;
    ended.await;
    is_ending.store(true, Ordering::Relaxed);
    let finished = tokio::task::spawn_blocking(move || {
        // What came before is in the queue before it.
        let _ = requests.send(Request::Stop);
        work.join()
    });
    let finished = finished.await?.map_err(|_| anyhow!("the thread that watches panicked"))?;
    reloading.abort();
    // What was saved is answered, and so is whoever asks in the meantime.
    let _ = close.send(());
    serving.await?.context("failed to answer")?;
    finished.map_err(|refusal| anyhow!("the end was not saved: {refusal:?}"))
}

/// All that an earlier process knew, and what still waits to be told.
fn resumed(settings: Settings, left: Left, now: Moment) -> (Core, Vec<(Message, u32)>) {
    let Left { content, reported, torn } = left;
    let (mut core, waiting) = match content {
        None => (Core::new(settings), Vec::new()),
        Some(content) => (Core::restore(settings, content.core, now), content.waiting),
    };
    for Reported { wall_ms, reports } in &reported {
        core.count(reports, *wall_ms);
    }
    if torn > 0 {
        tracing::info!(torn, "the last write to the journal was cut short, and never answered");
    }
    (core, waiting)
}
