//! One trial of a service: start it on a free port and the programs beside it after it, each when
//! the one before is ready, put the load on it, watch what all of them need meanwhile, stop them.

mod account;
mod conclusion;
mod disturber;
mod files;
mod keeper;
mod nats;
mod needs;
mod ready;
mod recovery;
mod relay;
mod seek;
mod stage;
mod start;
mod trees;

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::sync_channel;
use std::time::Duration;

use tollgate_load::chain;
use tollgate_load::report::{Ended, Progress, Report};
use tollgate_load::scenario::Shape;
use tollgate_load::target::Target;
use tollgate_load::workload::{Body, Login, Source as Rows, Tls, Workload};

use crate::budget::{Budget, ServeSource};
use crate::run::Series;

use super::launcher::LauncherError;
use super::process::{Attempt, Stand};
use conclusion::conclude;
use keeper::Keeper;
use recovery::Slice;
use stage::{Stage, Unset};
use start::{EndAll, begin};

pub(super) use nats::is_beside_the_path as has_nats_server;
pub(super) use trees::Trees;

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
    /// With what is to be noted.
    Done(Vec<Series>, Vec<String>),
    /// A person ended it; what was seen until then.
    Interrupted(Vec<Series>),
    Failed(String),
}

/// Looks at a load while it runs, at a search's rate, and at what everything needed so far.
pub(super) type Onlooker<'s> = dyn FnMut(&Progress<'_>, Option<f64>, &Trees) + 's;

pub(super) fn trial(
    stand: &mut Stand<'_>,
    service: Service<'_>,
    onlooker: &mut Onlooker<'_>,
) -> Result<Attempt, LauncherError> {
    if let Some(reason) = disturber::refusal(&service.source.disturb, &service.source.load) {
        return Ok(Attempt::Impossible(reason));
    }
    let (stage, mut launchers) = match Stage::set(stand, service.source) {
        Ok(set) => set,
        Err(Unset::Impossible(reason)) => return Ok(Attempt::Impossible(reason)),
        Err(Unset::Launcher(error)) => return Err(error),
    };
    let mut trees = Trees::of(stage.service.as_ref(), &stage.beside);
    let loaded = std::thread::scope(|scope| {
        let keeping: Vec<_> = stage
            .keepers()
            .zip(&mut launchers)
            .map(|(keeper, launcher)| scope.spawn(|| keeper.keep(launcher)))
            .collect();
        let loaded = {
            let _ended = EndAll(&stage);
            begin(&stage, service.source, stand.stop)
                .map(|()| perform(stand, &stage, service, &mut trees, onlooker))
        };
        for keeper in keeping {
            match keeper.join() {
                Ok(kept) => kept?,
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        Ok(loaded)
    })?;
    Ok(conclude(stand, &stage, loaded, trees))
}

/// Loads the service while everything runs, and disturbs it.
fn perform(
    stand: &Stand<'_>,
    stage: &Stage,
    service: Service<'_>,
    trees: &mut Trees,
    onlooker: &mut Onlooker<'_>,
) -> Loaded {
    let list = &service.source.disturb;
    // Either the person's wish or the end of a program ends the load.
    let over = AtomicBool::new(false);
    let mut slices = Vec::new();
    let (loaded, done) = std::thread::scope(|scope| {
        let (started, start) = sync_channel(1);
        let disturbing = scope.spawn(move || disturber::disturb(list, stage, &start));
        let mut look = |progress: &Progress<'_>, rate: Option<f64>, needs: &Trees| {
            let ended = stage.keepers().any(Keeper::has_fallen);
            if ended || stand.stop.load(Ordering::Relaxed) {
                over.store(true, Ordering::Relaxed);
            }
            if slices.is_empty() {
                let _ = started.try_send(disturber::before(progress.elapsed));
            }
            slices.push(Slice::of(progress));
            onlooker(progress, rate, needs);
        };
        let loaded = load(stand.root, service, &stage.target(), &over, trees, &mut look);
        drop(started);
        (loaded, disturbing.join())
    });
    let done = match done {
        Ok(done) => done,
        Err(panic) => std::panic::resume_unwind(panic),
    };
    match loaded {
        Loaded::Done(mut series, notes) if !list.is_empty() => {
            let (recovery, mut told) = disturber::told(list, &done, &slices);
            series.extend(recovery);
            // What was done to it comes before what came of that.
            told.extend(notes);
            Loaded::Done(series, told)
        }
        other => other,
    }
}

/// Puts the load on a service that is ready.
fn load(
    root: &Path,
    service: Service<'_>,
    target: &Target,
    stop: &AtomicBool,
    needs: &mut Trees,
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
        onlooker(progress, None, needs);
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

/// Everything that was measured of a load so far.
pub(super) fn series(report: &Report, needs: &Trees) -> Vec<Series> {
    let mut series = account::series(report);
    series.extend(needs.so_far());
    series
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
        Ended::Complete | Ended::Count | Ended::Decided | Ended::Exhausted => {
            Loaded::Done(series, account::failures(report))
        }
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
    if let Login::Nkey(path) | Login::Credentials(path) = &mut workload.bus.login {
        under(path);
    }
}
