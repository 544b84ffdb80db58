//! Which cases and which scenario a person asked for.

use tollgate_load::scenario::Scenario;

use super::{DEFAULT_SET, FULL_SET, PlanError, Wish};
use crate::budget::mistake::nearest;
use crate::budget::{Bound, Budget, BudgetFile, Case, Source};

pub(super) fn scenario(
    file: &BudgetFile,
    name: Option<&str>,
) -> Result<Option<Scenario>, PlanError> {
    let Some(name) = name else { return Ok(None) };
    file.scenario(name).map(Some).ok_or_else(|| {
        let known = file.scenario_names();
        let near = nearest(name, known.iter().copied()).map(str::to_owned);
        let known = known.into_iter().map(str::to_owned).collect();
        PlanError::NoScenario { name: name.to_owned(), near, known }
    })
}

pub(super) fn choose<'f>(file: &'f BudgetFile, wish: &Wish) -> Result<Vec<&'f Case>, PlanError> {
    if wish.cases.is_empty() {
        let cases = if wish.scenario.is_some() {
            services(file, wish.set.as_deref())?
        } else {
            by_set(file, wish.set.as_deref().unwrap_or(DEFAULT_SET))?
        };
        return Ok(with_compared(file, cases));
    }
    let mut patterns = Vec::new();
    for name in &wish.cases {
        let pattern = glob::Pattern::new(name).map_err(|error| PlanError::Pattern {
            pattern: name.clone(),
            problem: error.msg.to_owned(),
        })?;
        if !file.cases.iter().any(|case| pattern.matches(&case.name)) {
            let names = file.cases.iter().map(|case| case.name.as_str());
            let near = nearest(name, names).map(str::to_owned);
            let known = file.cases.iter().map(|case| case.name.clone()).collect();
            return Err(PlanError::NoCase { name: name.clone(), near, known });
        }
        patterns.push(pattern);
    }
    let named = |case: &&Case| patterns.iter().any(|pattern| pattern.matches(&case.name));
    Ok(with_compared(file, file.cases.iter().filter(named).collect()))
}

/// The services of a set; without one, of the usual set, or of all if there are none in that.
fn services<'f>(file: &'f BudgetFile, set: Option<&str>) -> Result<Vec<&'f Case>, PlanError> {
    let serves = |case: &&Case| matches!(case.source, Source::Serve(_));
    let usual: Vec<&Case> = match set {
        Some(set) => return Ok(by_set(file, set)?.into_iter().filter(serves).collect()),
        None => by_set(file, DEFAULT_SET).unwrap_or_default().into_iter().filter(serves).collect(),
    };
    if usual.is_empty() {
        return Ok(by_set(file, FULL_SET)?.into_iter().filter(serves).collect());
    }
    Ok(usual)
}

fn by_set<'f>(file: &'f BudgetFile, set: &str) -> Result<Vec<&'f Case>, PlanError> {
    let member = |case: &&Case| set == FULL_SET || case.sets.iter().any(|own| own == set);
    let cases: Vec<&Case> = file.cases.iter().filter(member).collect();
    if cases.is_empty() {
        let mut known: Vec<String> =
            file.cases.iter().flat_map(|case| case.sets.iter().cloned()).collect();
        known.push(FULL_SET.to_owned());
        known.sort();
        known.dedup();
        return Err(PlanError::NoSet { set: set.to_owned(), known });
    }
    Ok(cases)
}

/// A limit against another case needs that case in the same run.
fn with_compared<'f>(file: &'f BudgetFile, mut cases: Vec<&'f Case>) -> Vec<&'f Case> {
    let mut next = 0;
    while next < cases.len() {
        for name in cases[next].budgets.iter().flat_map(compared) {
            if let Some(case) = file.cases.iter().find(|case| case.name == name)
                && !cases.iter().any(|chosen| chosen.name == name)
            {
                cases.push(case);
            }
        }
        next += 1;
    }
    let place = |case: &&Case| file.cases.iter().position(|known| known.name == case.name);
    cases.sort_by_key(place);
    cases
}

fn compared(budget: &Budget) -> Vec<String> {
    let limits = budget.hard.iter().chain(&budget.soft);
    limits
        .filter_map(|limit| match &limit.bound {
            Bound::Case { name, .. } => Some(name.clone()),
            _ => None,
        })
        .collect()
}
