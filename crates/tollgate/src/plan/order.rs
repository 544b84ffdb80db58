//! The order of the trials: rounds in which cases that are compared stand side by side.

use crate::budget::{Bound, Budget, Source};

use super::{Purpose, Rounds, Step, Unit};

/// Warm-ups first, then rounds: each round holds one trial of every unit that still has one. What
/// is compared with each other is measured one right after the other, and the other way round in
/// the next round (A B, B A), so that neither is always the one that finds the machine warm.
pub(super) fn order(units: &[Unit], budgets: &[Budget], seed: u64) -> Vec<Step> {
    let groups = groups(units, budgets);
    let mut drawn = Rounds::new(seed);
    let mut order = Vec::new();
    let mut rounds = |count: fn(&Unit) -> u32, purpose: fn(u32) -> Purpose| {
        let most = units.iter().map(count).max().unwrap_or(0);
        let mut orders = groups.clone();
        for number in 1..=most {
            let takes_part = |&unit: &usize| count(&units[unit]) >= number;
            let some = |&group: &usize| groups[group].iter().any(takes_part);
            for group in drawn.draw((0..groups.len()).filter(some).collect()) {
                let members = &mut orders[group];
                if number % 2 == 1 && members.len() > 1 {
                    *members = drawn.draw(members.clone());
                } else {
                    members.reverse();
                }
                let steps = members.iter().copied().filter(takes_part);
                order.extend(steps.map(|unit| Step { unit, purpose: purpose(number) }));
            }
        }
    };
    rounds(|unit| unit.warmups, |_| Purpose::Warmup);
    rounds(|unit| unit.trials, Purpose::Trial);
    rounds(|unit| u32::from(counts_instructions(unit)), Purpose::Instructions);
    order
}

/// Units whose cases a limit compares, by the operation their parameters make.
fn groups(units: &[Unit], budgets: &[Budget]) -> Vec<Vec<usize>> {
    let mut of: Vec<usize> = (0..units.len()).collect();
    for budget in budgets {
        for limit in budget.hard.iter().chain(&budget.soft) {
            let Bound::Case { name, .. } = &limit.bound else { continue };
            for (at, unit) in units.iter().enumerate().filter(|(_, unit)| unit.case == budget.case)
            {
                let same = |other: &&Unit| {
                    other.case == *name
                        && (other.operation == unit.operation || other.operation.is_none())
                };
                let other = units.iter().position(|other| same(&other));
                let Some(other) = other else { continue };
                let (from, to) = (of[at].max(of[other]), of[at].min(of[other]));
                of.iter_mut().filter(|group| **group == from).for_each(|group| *group = to);
            }
        }
    }
    let members = |group: usize| (0..units.len()).filter(|&unit| of[unit] == group).collect();
    (0..units.len()).map(members).filter(|members: &Vec<usize>| !members.is_empty()).collect()
}

fn counts_instructions(unit: &Unit) -> bool {
    matches!(&unit.source, Source::Run(run) if run.instructions)
}
