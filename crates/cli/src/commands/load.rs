//! `tollgate load`: puts a load on a URL and shows how it answers, without a budget file.

mod bars;
mod capacity;
mod figures;
mod files;
mod json;
mod live;
mod request;
#[cfg(test)]
mod sample;
mod summary;
mod table;
mod workload;

use anyhow::{Result, bail};
use tollgate::machine;
use tollgate::quantity::{Dimension, show};
use tollgate_load::LoadError;
use tollgate_load::report::{Ended, Report};
use tollgate_load::scenario::{Search, Shape};

use crate::args::{Global, Load};
use crate::exit::Exit;
use crate::output::{chain, colour_errors, note, result, style};
use crate::stop::STOP;

use capacity::Limits;
use live::Live;
use workload::Plan;

/// The share of requests that may fail at a rate that holds.
const ERRORS: f64 = 0.01;

pub fn load(global: &Global, args: &Load) -> Result<Exit> {
    let plan = workload::plan(args)?;
    if !args.shown.quiet {
        note(&plan.told);
    }
    let ended = match plan.scenario.shape {
        Shape::Search(search) => capacity(global, args, plan, search),
        Shape::Users { .. } | Shape::Rate { .. } | Shape::Stages { .. } => {
            once(global, args, &plan)
        }
    };
    match ended {
        // The arguments are good, and the service may be there the next time.
        Err(error) if matches!(error.downcast_ref(), Some(LoadError::Unreachable { .. })) => {
            note(&format!("tollgate: {}", chain(&error)));
            Ok(Exit::NotMeasured)
        }
        ended => ended,
    }
}

fn once(global: &Global, args: &Load, plan: &Plan) -> Result<Exit> {
    if let Some(folder) = &args.shown.out {
        files::prepare(folder)?;
    }
    let began_ms = machine::now_ms();
    let report = watched(global, args, plan, "")?;
    let shown = if args.shown.json {
        result(&format!("{:#}", json::json(&plan.told, &report)))
    } else {
        result(&summary::text(&report, &style(global.color, args.shown.quiet)))
    };
    if let Some(folder) = &args.shown.out {
        let warmup = plan.workload.stop.warmup.as_millis();
        let start_ms = began_ms.saturating_add(i64::try_from(warmup).unwrap_or(i64::MAX));
        files::write(folder, &plan.told, &report, u64::try_from(start_ms).unwrap_or(0))?;
    }
    shown?;
    Ok(exit(&report))
}

/// A load that was cut short or that nothing answered measured nothing to rely on.
fn exit(report: &Report) -> Exit {
    let answered = report.operations.iter().any(|o| o.windows.iter().any(|w| w.succeeded > 0));
    if report.ended == Ended::Interrupted || !answered { Exit::NotMeasured } else { Exit::Within }
}

fn capacity(global: &Global, args: &Load, mut plan: Plan, search: Search) -> Result<Exit> {
    if args.shown.json || args.shown.out.is_some() {
        bail!("a search for the capacity is shown as a table; --json and --out are for one load");
    }
    let errors = args.amount.limit_errors.unwrap_or(ERRORS);
    let mut limits = Limits { p99: args.amount.limit_p99, errors };
    let found = capacity::search(search, &mut limits, &mut |rate| {
        plan.workload.schedule = search.step_at(rate);
        watched(global, args, &plan, &show(rate, Dimension::RATE))
    })?;
    result(&capacity::text(&found, &limits, &style(global.color, args.shown.quiet)))?;
    let done = found.capacity.is_some() && !STOP.load(std::sync::atomic::Ordering::SeqCst);
    Ok(if done { Exit::Within } else { Exit::NotMeasured })
}

/// Runs a load with a live view of it; `about` says which of several it is.
fn watched(global: &Global, args: &Load, plan: &Plan, about: &str) -> Result<Report> {
    let mut live = Live::new(
        args.shown.quiet,
        colour_errors(global.color),
        about,
        plan.workload.stop.requests,
    );
    let ran = tollgate_load::run(&plan.workload, &plan.target, &STOP, &mut |progress| {
        live.watch(progress)
    });
    live.finish();
    Ok(ran?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_whole_load_that_was_answered_is_a_success() {
        assert_eq!(exit(&sample::healthy()), Exit::Within);
        assert_eq!(exit(&sample::troubled()), Exit::NotMeasured);
        assert_eq!(exit(&sample::dead()), Exit::NotMeasured);
        let whole = Report { ended: Ended::Count, ..sample::troubled() };
        assert_eq!(exit(&whole), Exit::Within);
    }
}
