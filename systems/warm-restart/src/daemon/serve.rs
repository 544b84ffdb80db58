//! Puts the service together, runs it until somebody asks it to end, and ends it in good order.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::sync_channel;
use std::thread;
use std::time::Duration;

use anyhow::{Context, anyhow};
use tollgate_alerts::file::{Action, File};

use super::clock::Clock;
use super::config::Config;
use super::deliver;
use super::http::{Door, router};
use super::keeper::Keeper;
use super::schedule::Schedule;
use super::sd::Supervisor;
use super::watch::{Figures, Request, Watch, outbox};
use crate::core::{Core, Settings};
use crate::rules;

/// Runs it; `listening` is told the address once it answers.
pub fn run(
    config: &Config,
    listening: impl FnOnce(std::net::SocketAddr) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = runtime.worker_threads(2).enable_all().build();
    runtime.context("failed to start the workers")?.block_on(serve(config, listening))
}

/// The rules of a file, or those that hold without one, and the actions it describes.
pub fn settings(config: &Config) -> anyhow::Result<(Settings, Vec<Action>)> {
    let interval = Duration::from_millis(config.interval_ms.into());
    let mut file = match &config.rules {
        Some(path) => read_rules(path, interval)?,
        None => rules::defaults(),
    };
    let actions = std::mem::take(&mut file.actions);
    let tolerance = Duration::from_secs(config.tolerance_seconds.into());
    Ok((Settings { tolerance, ..Settings::of(file) }, actions))
}

/// A file of rules over the metrics that there are.
pub fn read_rules(path: &Path, interval: Duration) -> anyhow::Result<File> {
    let shown = path.display().to_string();
    let text = std::fs::read_to_string(path).with_context(|| format!("failed to read {shown}"))?;
    Ok(rules::read(&text, &shown, interval)?)
}

async fn serve(
    config: &Config,
    listening: impl FnOnce(std::net::SocketAddr) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    // From now on, so that a signal during the start ends it in order as well.
    let ended = super::signal::ended().context("failed to wait for signals")?;
    let (settings, actions) = settings(config)?;
    let keeper = Keeper::open(&config.folder)?;
    let clock = Clock::start();
    let (core, waiting) = match keeper.load()? {
        None => (Core::new(settings), Vec::new()),
        Some(content) => (Core::restore(settings, content.core, clock.now()), content.waiting),
    };
    let (requests, taken) = sync_channel(config.queue as usize);
    let back = requests.clone();
    // There is one errand at a time, so that its end finds room soon if not at once.
    let deliver = deliver::start(actions, move |trial| drop(back.send(Request::Ended(trial))))?;
    let supervisor = Supervisor::of_environment().context("failed to reach NOTIFY_SOCKET")?;
    let watch = Watch {
        core,
        outbox: outbox(config.outbox as usize, waiting),
        keeper,
        clock,
        supervisor,
        deliver,
        schedule: Schedule::new(config.interval_ms.into(), clock.now().steady_ms),
        save_every_ms: i64::from(config.save_seconds) * 1000,
        is_telling: false,
        figures: Figures::default(),
    };
    let listener = tokio::net::TcpListener::bind(config.listen).await;
    let listener = listener.with_context(|| format!("failed to listen on {}", config.listen))?;
    let address = listener.local_addr()?;
    watch.supervisor.tell("READY=1").context("failed to tell systemd")?;
    let work = thread::Builder::new().name("watch".to_owned());
    let work = work.spawn(move || watch.run(&taken))?;
    let is_ending = Arc::new(AtomicBool::new(false));
    let door = Door { requests: requests.clone(), is_ending: Arc::clone(&is_ending) };
    let serving = tokio::spawn(async move { axum::serve(listener, router(door)).await });
    listening(address)?;
    ended.await;
    is_ending.store(true, Ordering::Relaxed);
    let finished = tokio::task::spawn_blocking(move || {
        // What came before is in the queue before it.
        let _ = requests.send(Request::Stop);
        work.join()
    });
    let finished = finished.await?.map_err(|_| anyhow!("the thread that watches panicked"))?;
    serving.abort();
    finished.map_err(|refusal| anyhow!("the end was not saved: {refusal:?}"))
}
