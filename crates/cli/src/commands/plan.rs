//! `tollgate plan`: what would be done, how long it takes, and what it could show.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use anyhow::Result;
use tollgate::budget::load::Load;
use tollgate::budget::{Bound, Budget, ServeSource, Source};
use tollgate::history::History;
use tollgate::judge::detectable;
use tollgate::metric::{Source as From, Statistic, known};
use tollgate::plan::{self, Purpose, Unit, resolve};
use tollgate::quantity::{Dimension, show};
use tollgate::run::Run;
use tollgate_stats::quantile::minimum_n;

use crate::args::{Global, Plan};
use crate::exit::Exit;
use crate::output::{count, result};
use crate::project::Project;

use super::check::wish;

pub fn plan(global: &Global, args: &Plan) -> Result<Exit> {
    let project = Project::read(global)?;
    let plan = resolve(&project.file, &wish(&project, &args.selection, false))?;
    let path = project.history(global);
    // A plan writes nothing, so it does not create a history either.
    let before = path.is_file().then(|| last_run(&path, &plan)).flatten();
    let mut text = String::new();
    overview(&mut text, &plan, before.as_ref());
    for unit in &plan.units {
        unit_lines(&mut text, unit, &plan.budgets, before.as_ref());
    }
    for line in unjudged(&plan) {
        let _ = writeln!(text, "\nwarning: {line}");
    }
    if args.order {
        order(&mut text, &plan);
    }
    result(&text)?;
    Ok(Exit::Within)
}

/// The newest complete run that measured one of the planned cases.
fn last_run(path: &std::path::Path, plan: &plan::Plan) -> Option<Run> {
    let history = History::open(path).ok()?;
    let case = plan.units.first()?.case.clone();
    let filter = tollgate::history::Filter {
        project: Some(plan.project.clone()),
        case: Some(case),
        ..tollgate::history::Filter::default()
    };
    let listed = history.list(&filter).ok()?;
    let complete =
        |head: &&tollgate::history::Listed| head.head.state == tollgate::run::RunState::Complete;
    history.load(&listed.iter().find(complete)?.head.id).ok()
}

fn overview(text: &mut String, plan: &plan::Plan, before: Option<&Run>) {
    let mut names: Vec<&str> = plan.units.iter().map(|unit| unit.case.as_str()).collect();
    names.dedup();
    let environment = plan.environment.as_deref().unwrap_or("none");
    let _ = writeln!(
        text,
        "{}: {}, {} (warm-ups included), seed {}, environment {environment}",
        plan.project,
        count(names.len(), "case"),
        count(plan.order.len(), "trial"),
        plan.seed
    );
    for command in &plan.build {
        let _ = writeln!(text, "build: {}", command.join(" "));
    }
    let services = plan.units.iter().filter(|unit| matches!(unit.source, Source::Serve(_))).count();
    let by = match (services, plan.units.len() - services) {
        (0, _) => "by the trials of the last run",
        (_, 0) => "by the scenarios",
        _ => "by the scenarios and the trials of the last run",
    };
    let _ = match duration(plan, before) {
        Some(ns) => writeln!(text, "about {}, {by}", show(ns, Dimension::TIME)),
        None => writeln!(text, "no earlier run tells how long this takes"),
    };
}

fn duration(plan: &plan::Plan, before: Option<&Run>) -> Option<f64> {
    let mut spent: BTreeMap<(&str, Option<&str>), (f64, f64)> = BTreeMap::new();
    for trial in before.iter().flat_map(|run| &run.trials) {
        let key = (trial.case.as_str(), trial.operation.as_deref());
        let (sum, count) = spent.entry(key).or_default();
        *sum += trial.elapsed_ns as f64;
        *count += 1.0;
    }
    let mean = |step: &plan::Step| {
        let unit = &plan.units[step.unit];
        if let Source::Serve(serve) = &unit.source {
            return Some(serve.load.total().as_secs_f64() * 1e9);
        }
        let (sum, count) = spent.get(&(unit.case.as_str(), unit.operation.as_deref()))?;
        Some(sum / count)
    };
    plan.order.iter().map(mean).sum()
}

fn unit_lines(text: &mut String, unit: &Unit, budgets: &[Budget], before: Option<&Run>) {
    let operation = unit.operation.as_ref().map_or(String::new(), |name| format!(" {name}"));
    let _ = writeln!(text, "\n{}{operation}", unit.case);
    if let Some(about) = &unit.about {
        let _ = writeln!(text, "  {about}");
    }
    let _ = writeln!(text, "  {}", what(&unit.source));
    if let Source::Serve(serve) = &unit.source {
        load_lines(text, &serve.load);
        company_lines(text, serve);
    }
    let _ = writeln!(text, "  {}{}", count(unit.trials as usize, "trial"), after(unit.warmups));
    let own = budgets.iter().filter(|budget| {
        budget.case == unit.case
            && (budget.operation.is_none()
                || budget.operation == unit.operation
                || unit.operation.is_none())
    });
    for budget in own {
        let limits: Vec<String> = budget
            .hard
            .iter()
            .map(|limit| limit.text.clone())
            .chain(budget.soft.iter().map(|limit| format!("{} (soft)", limit.text)))
            .collect();
        let operation = budget.operation.as_ref().filter(|_| unit.operation.is_none());
        let operation = operation.map_or(String::new(), |name| format!("{name}: "));
        let _ = write!(text, "    {operation}{} {}", budget.key, limits.join(", "));
        let _ = writeln!(text, "{}", shows(unit, budget, before));
    }
}

/// Who sends, in which shape, and for how long.
fn load_lines(text: &mut String, load: &Load) {
    let users: Vec<String> = load
        .participants()
        .map(|user| match user.weight {
            1 => user.name.clone(),
            weight => format!("{} (weight {weight})", user.name),
        })
        .collect();
    let scenario = &load.scenario;
    let length = show(load.total().as_secs_f64() * 1e9, Dimension::TIME);
    let most = if load.searches() { "at most " } else { "" };
    let _ = writeln!(text, "  users {}", users.join(", "));
    let _ = writeln!(text, "  scenario {}: {}", scenario.name, scenario.describe());
    let _ = writeln!(text, "  {most}{length} a trial");
}

/// What runs beside the service, and what is done to all of them.
fn company_lines(text: &mut String, serve: &ServeSource) {
    for program in &serve.beside {
        let _ = writeln!(text, "  beside it {}: {}", program.name, program.command.join(" "));
    }
    for what in &serve.disturb {
        let at = show(what.at.as_secs_f64() * 1e9, Dimension::TIME);
        let _ = writeln!(text, "  at {at} {} {}", what.action.word(), what.who.word());
    }
}

fn after(warmups: u32) -> String {
    if warmups == 0 {
        String::new()
    } else {
        format!(" after {}", count(warmups as usize, "warm-up"))
    }
}

fn what(source: &Source) -> String {
    match source {
        Source::Run(run) => format!("runs {}", run.command.join(" ")),
        Source::Serve(serve) => match &serve.url {
            Some(url) => format!("loads {url}"),
            None => format!("serves {}", serve.words()),
        },
        Source::Import(import) => match &import.producer {
            Some(run) => format!("runs {}, then reads {}", run.command.join(" "), import.path),
            None => format!("reads {}", import.path),
        },
    }
}

/// Budgets that the planned trials cannot show to hold, whatever they measure.
pub fn hopeless(plan: &plan::Plan) -> Vec<String> {
    let mut lines = Vec::new();
    for unit in &plan.units {
        for budget in plan.budgets.iter().filter(|budget| budget.case == unit.case) {
            let Some(needed) = needed(unit, budget) else { continue };
            let line = format!(
                "{}: {} {} will not be measured by {}: {} needs {needed}",
                unit.case,
                budget.key.metric,
                budget.statistic(),
                count(unit.trials as usize, "trial"),
                budget.statistic(),
            );
            if !lines.contains(&line) {
                lines.push(line);
            }
        }
    }
    lines
}

/// Cases that are measured for nothing: without a budget, and no other case is held against them.
pub fn unjudged(plan: &plan::Plan) -> Vec<String> {
    let limits = || plan.budgets.iter().flat_map(|own| own.hard.iter().chain(&own.soft));
    let held = |case: &str| {
        plan.budgets.iter().any(|budget| budget.case == case)
            || limits().any(|own| matches!(&own.bound, Bound::Case { name, .. } if name == case))
    };
    let mut names: Vec<&str> = plan.units.iter().map(|unit| unit.case.as_str()).collect();
    names.dedup();
    names.retain(|case| !held(case));
    let aside = plan.set_aside.iter().map(|budget| {
        let (case, key) = (&budget.case, &budget.key);
        format!("{case}: `{key}` is not judged: the service was not started here")
    });
    let unjudged = |case| format!("{case}: measured and not judged: no budget");
    names.into_iter().map(unjudged).chain(aside).collect()
}

/// The trials a percentile of one value a trial needs, if more than are planned.
fn needed(unit: &Unit, budget: &Budget) -> Option<u64> {
    let one_a_trial = matches!(unit.source, Source::Run(_))
        && known(&budget.key.metric).is_some_and(|metric| metric.source == From::Process)
        // An operation that the program reports itself may have any number of values.
        && (budget.operation.is_none() || budget.operation == unit.operation);
    let limit = budget.hard.as_ref().or(budget.soft.as_ref())?;
    let q = budget.statistic().quantile().filter(|q| one_a_trial && *q > 0.0 && *q < 1.0)?;
    if !matches!(limit.bound, Bound::Absolute(_)) {
        return None;
    }
    let needed = minimum_n(q, budget.confidence);
    let needed = if limit.op.is_upper() { needed.upper } else { needed.lower };
    (u64::from(unit.trials) < needed).then_some(needed)
}

/// What the planned trials could show of this budget.
fn shows(unit: &Unit, budget: &Budget, before: Option<&Run>) -> String {
    let statistic = budget.statistic();
    if let Some(needed) = needed(unit, budget) {
        let planned = count(unit.trials as usize, "trial");
        return format!("  (cannot be shown by {planned}: {statistic} needs {needed})");
    }
    let operation = budget.operation.as_deref().or(unit.operation.as_deref());
    let key = (budget.key.metric.as_str(), statistic);
    // An extreme or a total is the number itself: there is no noise to see it through.
    let noisy = statistic.quantile().is_some() || statistic == Statistic::Mean;
    before
        .filter(|_| noisy)
        .and_then(|run| detectable(run, &unit.case, operation, key, unit.trials))
        .map_or(String::new(), |share| {
            format!("  (smallest change to be seen: {:.1} %)", share * 100.0)
        })
}

fn order(text: &mut String, plan: &plan::Plan) {
    let _ = writeln!(text, "\norder:");
    for (index, step) in plan.order.iter().enumerate() {
        let unit = &plan.units[step.unit];
        let operation = unit.operation.as_ref().map_or(String::new(), |name| format!(" {name}"));
        let purpose = match step.purpose {
            Purpose::Warmup => "warm-up".to_owned(),
            Purpose::Trial(number) => format!("trial {number}"),
            Purpose::Instructions(_) => "instructions".to_owned(),
        };
        let _ = writeln!(text, "  {:4}  {}{operation}  {purpose}", index + 1, unit.case);
    }
}
