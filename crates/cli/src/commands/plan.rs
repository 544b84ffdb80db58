//! `tollgate plan`: what would be done, how long it takes, and what it could show.

use std::fmt::Write as _;

use anyhow::Result;
use tollgate::budget::{Budget, Source};
use tollgate::history::History;
use tollgate::judge::detectable;
use tollgate::metric::Statistic;
use tollgate::plan::{self, Purpose, Unit, resolve};
use tollgate::quantity::{Dimension, show};
use tollgate::run::Run;
use tollgate_stats::quantile::minimum_n;

use crate::args::{Global, Plan};
use crate::exit::Exit;
use crate::output::result;
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
    if args.order {
        order(&mut text, &plan);
    }
    result(&text);
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
    let trials = plan.order.len();
    let environment = plan.environment.as_deref().unwrap_or("none");
    let _ = writeln!(
        text,
        "{}: {} cases, {trials} trials (warm-ups included), seed {}, environment {environment}",
        plan.project,
        {
            let mut names: Vec<&str> = plan.units.iter().map(|unit| unit.case.as_str()).collect();
            names.dedup();
            names.len()
        },
        plan.seed
    );
    for command in &plan.build {
        let _ = writeln!(text, "build: {}", command.join(" "));
    }
    let _ = match before.and_then(|run| duration(plan, run)) {
        Some(ns) => {
            writeln!(text, "about {}, by the trials of the last run", show(ns, Dimension::TIME))
        }
        None => writeln!(text, "no earlier run tells how long this takes"),
    };
}

fn duration(plan: &plan::Plan, run: &Run) -> Option<f64> {
    let mut total = 0.0;
    for step in &plan.order {
        let unit = &plan.units[step.unit];
        let own = run
            .trials
            .iter()
            .filter(|trial| trial.case == unit.case && trial.operation == unit.operation)
            .map(|trial| trial.elapsed_ns as f64);
        let (sum, count) = own.fold((0.0, 0.0), |(sum, count), ns| (sum + ns, count + 1.0));
        if count < 1.0 {
            return None;
        }
        total += sum / count;
    }
    Some(total)
}

fn unit_lines(text: &mut String, unit: &Unit, budgets: &[Budget], before: Option<&Run>) {
    let operation = unit.operation.as_ref().map_or(String::new(), |name| format!(" {name}"));
    let _ = writeln!(text, "\n{}{operation}", unit.case);
    if let Some(about) = &unit.about {
        let _ = writeln!(text, "  {about}");
    }
    let _ = writeln!(text, "  {}", what(&unit.source));
    let _ = writeln!(text, "  {} trials after {} warm-ups", unit.trials, unit.warmups);
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

fn what(source: &Source) -> String {
    match source {
        Source::Run(run) => format!("runs {}", run.command.join(" ")),
        Source::Serve(serve) if serve.command.is_empty() => {
            format!("loads {}", serve.url.as_deref().unwrap_or("?"))
        }
        Source::Serve(serve) => format!("serves {}", serve.command.join(" ")),
        Source::Import(import) => match &import.producer {
            Some(run) => format!("runs {}, then reads {}", run.command.join(" "), import.path),
            None => format!("reads {}", import.path),
        },
    }
}

/// What the planned trials could show of this budget.
fn shows(unit: &Unit, budget: &Budget, before: Option<&Run>) -> String {
    let statistic = budget.statistic();
    let single = matches!(unit.source, Source::Run(_))
        && tollgate::metric::known(&budget.key.metric).is_some();
    if single && let Some(q) = statistic.quantile() {
        let needed = minimum_n(q, budget.confidence);
        let needed = if q >= 0.5 { needed.upper } else { needed.lower };
        if u64::from(unit.trials) < needed {
            return format!("  (cannot be shown: {statistic} needs {needed} trials)");
        }
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
