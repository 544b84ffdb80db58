//! One trial of a service: start it on a free port, wait until it is ready, put the load on it,
//! watch what it needs meanwhile, stop it.

mod account;
mod files;
mod needs;
mod seek;
mod server;

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tollgate_load::report::{Ended, Progress, Report};
use tollgate_load::scenario::Shape;
use tollgate_load::target::Target;
use tollgate_load::workload::{Body, Source as Rows, Tls, Workload};

use crate::budget::{Budget, ServeSource};
use crate::run::{Outcome, Series};

use super::launcher::{End, LauncherError};
use super::process::{Attempt, Stand};
use needs::Needs;
use server::{Server, Unready};

/// A service to be measured.
#[derive(Clone, Copy, Debug)]
pub(super) struct Service<'a> {
    pub source: &'a ServeSource,
    /// The case, and what was promised of it.
    pub case: &'a str,
    pub budgets: &'a [Budget],
    /// Of this trial: another one draws other users.
    pub seed: u64,
}

/// What became of a load that was begun.
enum Loaded {
    Done(Vec<Series>),
    /// The capacity was looked for; the way there, drawn.
    Sought(Vec<Series>, String),
    /// A person ended it; what was seen until then.
    Interrupted(Vec<Series>),
    Failed(String),
}

/// Looks at a load while it runs; the second argument is a search's rate.
pub(super) type Onlooker<'s> = dyn FnMut(&Progress<'_>, Option<f64>) + 's;

pub(super) fn trial(
    stand: &mut Stand<'_>,
    service: Service<'_>,
    onlooker: &mut Onlooker<'_>,
) -> Result<Attempt, LauncherError> {
    match &service.source.url {
        Some(url) => Ok(running(stand, service, url, onlooker)),
        None => started(stand, service, onlooker),
    }
}

/// Loads a service that somebody else started.
fn running(
    stand: &mut Stand<'_>,
    service: Service<'_>,
    url: &str,
    onlooker: &mut Onlooker<'_>,
) -> Attempt {
    let source = service.source;
    let target = match Target::parse(url, &source.allow_hosts) {
        Ok(target) => target,
        Err(error) => return Attempt::Impossible(chain(&error)),
    };
    let mut needs = Needs::of_nobody();
    let stop = stand.stop;
    let loaded = match server::await_ready(&target, source, &|| stop.load(Ordering::Relaxed)) {
        Ok(()) => load(stand.root, service, &target, stop, &mut needs, onlooker),
        Err(Unready::Gone) => return Attempt::Interrupted,
        Err(Unready::Failed(reason)) => Loaded::Failed(reason),
    };
    attempt(stand, loaded, Vec::new(), String::new())
}

/// Starts a service, loads it, and stops it.
fn started(
    stand: &mut Stand<'_>,
    service: Service<'_>,
    onlooker: &mut Onlooker<'_>,
) -> Result<Attempt, LauncherError> {
    let source = service.source;
    let server = match Server::prepare(stand, source) {
        Ok(server) => server,
        Err(reason) => return Ok(Attempt::Impossible(reason)),
    };
    let (root, stop) = (stand.root, stand.stop);
    let mut needs = Needs::of_children(stand.launcher.pid());
    // Either the person's wish or the service's end ends the load.
    let over = AtomicBool::new(false);
    let (loaded, observed) = server.during(stand, |target, gone| {
        let ended = || stop.load(Ordering::Relaxed) || gone.load(Ordering::Relaxed);
        server::await_ready(target, source, &ended)?;
        let mut look = |progress: &Progress<'_>, rate: Option<f64>| {
            if ended() {
                over.store(true, Ordering::Relaxed);
            }
            onlooker(progress, rate);
        };
        Ok(load(root, service, target, &over, &mut needs, &mut look))
    })?;
    let output = stand.tail();
    // Whoever is not told to end has ended by itself, even if nobody has noticed yet.
    let died = !matches!(observed.end, End::Cancelled);
    let loaded = match loaded {
        Ok(_) if died => Loaded::Failed(server::ending("during the load", observed.end)),
        Err(_) if died => Loaded::Failed(server::ending("before it was ready", observed.end)),
        Err(Unready::Gone) => return Ok(Attempt::Interrupted),
        Err(Unready::Failed(reason)) => Loaded::Failed(reason),
        Ok(loaded) => loaded,
    };
    Ok(attempt(stand, loaded, needs.series(&observed), output))
}

fn attempt(stand: &mut Stand<'_>, loaded: Loaded, needs: Vec<Series>, output: String) -> Attempt {
    match loaded {
        Loaded::Sought(series, drawn) => {
            stand.notes.push(drawn);
            attempt(stand, Loaded::Done(series), needs, output)
        }
        Loaded::Done(mut series) => {
            series.extend(needs);
            Attempt::Done { outcome: Outcome::Complete, series }
        }
        Loaded::Interrupted(mut series) => {
            series.extend(needs);
            Attempt::Partial { series }
        }
        Loaded::Failed(reason) => {
            Attempt::Done { outcome: Outcome::Failed { reason, output }, series: Vec::new() }
        }
    }
}

/// Puts the load on a service that is ready.
fn load(
    root: &Path,
    service: Service<'_>,
    target: &Target,
    stop: &AtomicBool,
    needs: &mut Needs,
    onlooker: &mut Onlooker<'_>,
) -> Loaded {
    let source = service.source;
    let mut workload = source.load.workload(service.seed);
    rooted(&mut workload, root);
    if let Shape::Search(search) = source.load.scenario.shape {
        return seek::capacity(&workload, search, service, target, stop, needs, onlooker);
    }
    let mut last_asked = Duration::ZERO;
    let report = tollgate_load::run(&workload, target, stop, &mut |progress| {
        needs.look(progress.elapsed, progress.warming, succeeded(progress.report));
        onlooker(progress, None);
        // Judging is cheap, though not so cheap as to be done four times a second.
        let measured = progress.report.measured;
        let due = source.load.until == crate::budget::load::Until::Decided
            && measured > last_asked + Duration::from_secs(1);
        if due {
            last_asked = measured;
            let needed = needs.so_far();
            if account::is_decided(service.case, service.budgets, progress.report, needed) {
                return ControlFlow::Break(());
            }
        }
        ControlFlow::Continue(())
    });
    match report {
        Err(error) => Loaded::Failed(chain(&error)),
        Ok(report) => {
            let folder = source.load.out.as_ref().map(|out| root.join(out));
            let kept = folder.map_or(Ok(()), |out| files::write(&out, service.case, &report));
            kept.map_or_else(Loaded::Failed, |()| concluded(&report))
        }
    }
}

fn succeeded(report: &Report) -> u64 {
    let windows = report.operations.iter().flat_map(|operation| &operation.windows);
    windows.map(|window| window.succeeded).sum()
}

fn concluded(report: &Report) -> Loaded {
    let series = account::series(report);
    let attempts = report.total().attempts();
    match &report.ended {
        Ended::Interrupted => Loaded::Interrupted(series),
        _ if attempts == 0 => Loaded::Failed("nothing was answered during the load".to_owned()),
        Ended::Complete | Ended::Count | Ended::Decided | Ended::Exhausted => Loaded::Done(series),
    }
}

/// Files are written in the budget file as seen from its folder.
fn rooted(workload: &mut Workload, root: &Path) {
    let under = |path: &mut PathBuf| *path = root.join(&path);
    for feed in &mut workload.feeds {
        match &mut feed.source {
            Rows::File(path) => under(path),
            Rows::Command { dir, .. } => under(dir),
        }
    }
    for user in &mut workload.users {
        let steps = user.tasks.iter_mut().flat_map(|task| &mut task.steps);
        for request in user.start.iter_mut().chain(steps) {
            if let Body::File(path) = &mut request.body {
                under(path);
            }
        }
    }
    if let Tls::Authority(path) = &mut workload.protocol.tls {
        under(path);
    }
}

/// An error with all its causes.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}
