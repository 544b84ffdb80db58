//! Limits against their metrics and against each other: units, and what cannot be kept or broken.

use super::Written;
use crate::budget::mistake::Mistake;
use crate::budget::{Bound, Budget, Limit};
use crate::metric::{Metric, Statistic, known};
use crate::quantity::{Dimension, show};

fn limits(budget: &Budget) -> impl Iterator<Item = &Limit> {
    let accepted = budget.accept.as_ref().map(|accept| &accept.limit);
    budget.hard.iter().chain(&budget.soft).chain(accepted)
}

pub(super) fn check_units(written: &Written) -> Option<Mistake> {
    let budget = &written.budget;
    let statistic = budget.statistic();
    let expected = match known(&budget.key.metric) {
        Some(metric) => match expected_dimension(metric, statistic) {
            Ok(dimension) => Some(dimension),
            Err(mistake) => {
                return Some(Mistake::new(&written.key, mistake, "has no such statistic"));
            }
        },
        None => None,
    };
    for limit in limits(budget) {
        let Bound::Absolute(quantity) = &limit.bound else { continue };
        let fits = match expected {
            Some(expected) => quantity.dimension == expected || is_zero(quantity.value),
            // The program says what it measures; only growth and rate are known to be per time.
            None => {
                !matches!(statistic, Statistic::Growth | Statistic::Rate)
                    || quantity.dimension.per_time
                    || is_zero(quantity.value)
            }
        };
        if fits {
            continue;
        }
        let (what, units) = expected.map_or(
            ("something per time".to_owned(), "for example 50MB/h or 100/s"),
            |dimension| (dimension.to_string(), dimension.units()),
        );
        let title =
            format!("`{}` is measured in {what}, not in {}", budget.key, quantity.dimension);
        let mistake = Mistake::new(&written.limit, title, format!("expected {units}"));
        // `0.1` for a share most likely means per cent, but only the author knows.
        return Some(match expected {
            Some(Dimension::SHARE) if quantity.dimension == Dimension::COUNT => {
                mistake.help(format!("write `{} {}%`", limit.op.symbol(), quantity.value))
            }
            _ => mistake,
        });
    }
    None
}

fn is_zero(value: f64) -> bool {
    value.abs() <= 0.0
}

fn expected_dimension(metric: &Metric, statistic: Statistic) -> Result<Dimension, String> {
    statistic
        .dimension(metric.dimension)
        .ok_or_else(|| format!("`{}` is per time already; it has no {statistic}", metric.name))
}

/// Limits nothing can keep, or nothing can break.
pub(super) fn check_sense(written: &Written) -> Option<Mistake> {
    let budget = &written.budget;
    let signed = matches!(budget.statistic(), Statistic::Growth);
    let measured = known(&budget.key.metric).is_some();
    for limit in limits(budget) {
        let Bound::Absolute(quantity) = &limit.bound else { continue };
        let value = quantity.value;
        let impossible = measured
            && !signed
            && limit.op.is_upper()
            && (value < 0.0 || (is_zero(value) && !limit.op.holds(0.0, value)));
        let beyond = measured
            && quantity.dimension == Dimension::SHARE
            && !budget.key.metric.contains("cpu")
            && !limit.op.is_upper()
            && !limit.op.holds(1.0, value);
        if impossible || beyond {
            let title = format!("nothing can keep to `{}`", limit.text);
            let bound = if beyond { "is never above 100 %" } else { "is never below zero" };
            let label = format!("`{}` {bound}", budget.key);
            return Some(Mistake::new(&written.limit, title, label));
        }
        let idle = measured
            && !signed
            && !limit.op.is_upper()
            && value <= 0.0
            && limit.op.holds(0.0, value);
        if idle {
            let title = format!("nothing can break `{}`", limit.text);
            let label = format!("`{}` is never below zero", budget.key);
            return Some(Mistake::new(&written.limit, title, label));
        }
    }
    check_soft(written)
}

/// A soft limit warns before the hard one breaks, or it never speaks.
fn check_soft(written: &Written) -> Option<Mistake> {
    let (Some(hard), Some(soft)) = (&written.budget.hard, &written.budget.soft) else {
        return None;
    };
    if hard.op.is_upper() != soft.op.is_upper() {
        let title = format!("`{}` and `{}` point in opposite directions", hard.text, soft.text);
        return Some(Mistake::new(&written.limit, title, "hard and soft limit of one budget"));
    }
    let (Bound::Absolute(outer), Bound::Absolute(inner)) = (&hard.bound, &soft.bound) else {
        return None;
    };
    let idle =
        if hard.op.is_upper() { inner.value >= outer.value } else { inner.value <= outer.value };
    if !idle {
        return None;
    }
    let title = format!("the soft limit `{}` never warns", soft.text);
    let label = format!("the hard limit `{}` breaks first", hard.text);
    Some(
        Mistake::new(&written.limit, title, label)
            .help("the soft limit is the stricter one of the two"),
    )
}

/// Two budgets on the same number: the same limit again, or limits that exclude each other.
pub(super) fn check_pair(written: &Written, before: &[Written]) -> Option<Mistake> {
    let budget = &written.budget;
    let same = before.iter().filter(|other| {
        other.budget.case == budget.case
            && other.budget.operation == budget.operation
            && other.budget.key.metric == budget.key.metric
            && other.budget.statistic() == budget.statistic()
    });
    for other in same {
        if other.key != written.key {
            let title = format!("`{}` and `{}` are the same budget", other.budget.key, budget.key);
            return Some(
                Mistake::new(&written.key, title, format!("{} again", budget.statistic()))
                    .other(&other.key, "first here")
                    .help("several limits on one number are a list: `[\"<= 5ms\", \"<= baseline + 5%\"]`"),
            );
        }
        let (Some(a), Some(b)) = (&other.budget.hard, &budget.hard) else { continue };
        if let Some(title) = conflict(a, b) {
            return Some(
                Mistake::new(&written.limit, title, "this one").other(&other.limit, "and this one"),
            );
        }
    }
    None
}

fn conflict(a: &Limit, b: &Limit) -> Option<String> {
    let (Bound::Absolute(first), Bound::Absolute(second)) = (&a.bound, &b.bound) else {
        return (a.op == b.op && a.bound == b.bound)
            .then(|| format!("the limit `{}` stands twice", b.text));
    };
    if a.op.is_upper() == b.op.is_upper() {
        return Some(format!("`{}` and `{}` bound the same side", a.text, b.text));
    }
    let (upper, lower) = if a.op.is_upper() { (first, second) } else { (second, first) };
    (lower.value > upper.value).then(|| {
        format!(
            "nothing is both above {} and below {}",
            show(lower.value, lower.dimension),
            show(upper.value, upper.dimension)
        )
    })
}
