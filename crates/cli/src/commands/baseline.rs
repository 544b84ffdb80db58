//! Chooses the runs that relative limits are held against, before judging.

use anyhow::Result;
use tollgate::budget::{Bound, Project};
use tollgate::history::{Dirty, History, Wanted};
use tollgate::judge::Baseline;
use tollgate::run::Run;

/// Runs a branch baseline is made of.
pub const LAST: u32 = 10;

/// What the default branch is called where the budget file does not say: `master` is what git still
/// calls the first branch, and it counts where `main` has no runs.
const USUAL: [&str; 2] = ["main", "master"];

/// The branch baseline, and every named one that a budget of the run asks for.
pub fn wanted(history: &History, run: &Run, project: Option<&Project>) -> Result<Vec<Baseline>> {
    let mut names: Vec<Option<String>> = vec![None];
    for budget in &run.head.budgets {
        let limits = budget.hard.iter().chain(&budget.soft);
        let relative = limits.into_iter().any(|l| matches!(l.bound, Bound::Baseline { .. }));
        if relative && !names.contains(&budget.baseline) {
            names.push(budget.baseline.clone());
        }
    }
    let cases: Vec<&str> = run.head.planned.iter().map(|own| own.case.as_str()).collect();
    let fingerprint = run.head.machine.fingerprint();
    let named = project.and_then(|project| project.default_branch.as_deref());
    let branches = named.as_ref().map_or(&USUAL[..], std::slice::from_ref);
    let mut baselines = Vec::new();
    for name in names {
        let found = history.baseline(&Wanted {
            name: name.as_deref(),
            project: &run.head.project,
            branch: None,
            default_branches: branches,
            cases: &cases,
            fingerprint: Some(&fingerprint),
            last: LAST,
            before: Some(&run.head.id),
            dirty: Dirty::Leave,
        })?;
        baselines.extend(found.map(|found| Baseline { wanted: name, ..found.baseline }));
    }
    Ok(baselines)
}
