//! One verdict a budget: the estimate, the limits it came to, and what follows for the exit code.

use tollgate_stats::multiple::benjamini_hochberg;

use crate::budget::{Accept, Bound, Budget, Limit, OnCannotTell};
use crate::quantity::Dimension;
use crate::run::{Run, RunState};

use super::evidence::{Evidence, Lack, Subject, gather, operations};
use super::hold::{headroom, hold, undecided};
use super::relative::{Ratio, independent, paired};
use super::{Baseline, Estimate, Finding, Held, Outcome, Strictness, Verdict, estimate};

/// A verdict and the significance of a breach of its relative limit, if it has one.
struct Pending {
    verdict: Verdict,
    p: Option<f64>,
}

pub(super) fn all(run: &Run, baselines: &[Baseline], strictness: Strictness) -> Vec<Verdict> {
    let mut pending: Vec<Pending> = run
        .head
        .budgets
        .iter()
        .flat_map(|budget| spread(run, budget))
        .map(|budget| Judge { run, baselines, budget: &budget, strictness }.pending())
        .collect();
    adjust(&mut pending, strictness);
    pending.into_iter().map(|pending| pending.verdict).collect()
}

/// A budget on a case that measures only operations holds for each of them.
fn spread(run: &Run, budget: &Budget) -> Vec<Budget> {
    if budget.operation.is_some() {
        return vec![budget.clone()];
    }
    let names = operations(run, &budget.case, &budget.key.metric);
    if names.is_empty() {
        return vec![budget.clone()];
    }
    names.into_iter().map(|name| Budget { operation: Some(name), ..budget.clone() }).collect()
}

/// Several relative budgets judged at once find breaches by chance; those that do not survive
/// Benjamini and Hochberg's procedure are not proven.
fn adjust(pending: &mut [Pending], strictness: Strictness) {
    let tested: Vec<usize> = (0..pending.len()).filter(|&i| pending[i].p.is_some()).collect();
    let p: Vec<f64> = tested.iter().filter_map(|&index| pending[index].p).collect();
    let count = tested.len();
    for (index, adjusted) in tested.into_iter().zip(benjamini_hochberg(&p)) {
        let verdict = &mut pending[index].verdict;
        let level = verdict.estimate.as_ref().map_or(0.05, |estimate| 1.0 - estimate.confidence);
        if verdict.finding == Finding::Exceeded && adjusted > level {
            verdict.finding = Finding::CannotTell;
            verdict.reason = Some(format!(
                "among {count} relative budgets a breach like this comes by chance (p {adjusted:.2})"
            ));
            verdict.hint = Some("add trials".to_owned());
            verdict.outcome = undecided_outcome(None, false, strictness);
        }
    }
}

struct Judge<'a> {
    run: &'a Run,
    baselines: &'a [Baseline],
    budget: &'a Budget,
    strictness: Strictness,
}

/// A limit resolved against this run.
struct Against {
    finding: Finding,
    value: Option<f64>,
    estimate: Estimate,
    reason: Option<String>,
    hint: Option<String>,
    p: Option<f64>,
}

impl Judge<'_> {
    fn subject(&self) -> Subject<'_> {
        Subject {
            case: &self.budget.case,
            operation: self.budget.operation.as_deref(),
            metric: &self.budget.key.metric,
        }
    }

    fn pending(&self) -> Pending {
        match self.judged() {
            Ok(pending) => pending,
            Err(lack) => Pending { verdict: self.not_measured(lack), p: None },
        }
    }

    fn judged(&self) -> Result<Pending, Lack> {
        let budget = self.budget;
        let statistic = budget.statistic();
        let evidence = gather(self.run, self.subject())?;
        let dimension = statistic.dimension(evidence.dimension).ok_or_else(|| {
            Lack::new(format!("`{}` is per time already; it has no {statistic}", budget.key.metric))
        })?;
        let own = estimate::estimate(&evidence, statistic, budget.confidence)?;
        let mut verdict = self.blank();
        verdict.dimension = Some(dimension);
        verdict.change = self.change(&evidence);
        verdict.estimate = Some(own.clone());
        let hard = self.against(budget.hard.as_ref(), &evidence, &own, dimension);
        let soft = self.against(budget.soft.as_ref(), &evidence, &own, dimension);
        let main = match (hard, &soft) {
            (Some(hard), _) => Some(hard?),
            (None, _) => None,
        };
        let soft = soft.transpose()?;
        verdict.hard = held(budget.hard.as_ref(), main.as_ref());
        verdict.soft = held(budget.soft.as_ref(), soft.as_ref());
        let p = main.as_ref().and_then(|main| main.p);
        self.conclude(&mut verdict, main, soft);
        self.accept(&mut verdict, &own, dimension);
        self.whole_run_only(&mut verdict);
        Ok(Pending { verdict, p })
    }

    fn blank(&self) -> Verdict {
        let budget = self.budget;
        Verdict {
            case: budget.case.clone(),
            operation: budget.operation.clone(),
            metric: budget.key.metric.clone(),
            statistic: budget.statistic(),
            dimension: None,
            finding: Finding::NotMeasured,
            outcome: Outcome::NotMeasured,
            hard: held(budget.hard.as_ref(), None),
            soft: held(budget.soft.as_ref(), None),
            estimate: None,
            headroom: None,
            change: None,
            reason: None,
            hint: None,
            accepted: None,
            place: budget.place.clone(),
        }
    }

    fn not_measured(&self, lack: Lack) -> Verdict {
        Verdict { reason: Some(lack.reason), hint: lack.hint, ..self.blank() }
    }

    fn against(
        &self,
        limit: Option<&Limit>,
        evidence: &Evidence<'_>,
        own: &Estimate,
        dimension: Dimension,
    ) -> Option<Result<Against, Lack>> {
        let limit = limit?;
        Some(match &limit.bound {
            Bound::Absolute(quantity) => {
                if quantity.dimension != dimension && quantity.value.abs() > 0.0 {
                    return Some(Err(Lack::new(format!(
                        "measured in {dimension}, but the limit `{}` is in {}",
                        limit.text, quantity.dimension
                    ))));
                }
                Ok(judged(
                    limit,
                    counted(own, quantity.value, dimension),
                    quantity.value,
                    dimension,
                ))
            }
            Bound::Baseline { factor } => {
                self.against_baseline(limit, *factor, evidence, own, dimension)
            }
            Bound::Case { name, factor } => {
                self.against_case(limit, (name, *factor), evidence, own, dimension)
            }
        })
    }

    fn baseline(&self) -> Option<&Baseline> {
        self.baselines.iter().find(|baseline| baseline.wanted == self.budget.baseline)
    }

    fn against_baseline(
        &self,
        limit: &Limit,
        factor: f64,
        evidence: &Evidence<'_>,
        own: &Estimate,
        dimension: Dimension,
    ) -> Result<Against, Lack> {
        let baseline = self.baseline().filter(|baseline| !baseline.runs.is_empty());
        let Some(baseline) = baseline else {
            let named = self.budget.baseline.as_deref();
            let what =
                named.map_or("for the default branch".into(), |name| format!("named `{name}`"));
            return Err(Lack::new(format!("there is no baseline {what} yet")).hint(match named {
                Some(name) => format!("`tollgate history baseline set {name} RUN`"),
                None => {
                    "measure the default branch, or `tollgate history baseline set NAME RUN`".into()
                }
            }));
        };
        self.same_machine(baseline)?;
        let before = pooled(baseline, self.subject())?;
        let statistic = self.budget.statistic();
        let base = estimate::estimate(&before, statistic, self.budget.confidence)?;
        if base.value.abs() <= 0.0 {
            // Any multiple of nothing is nothing.
            return Ok(judged(limit, own.clone(), 0.0, dimension));
        }
        let ratio = independent(&before, evidence, statistic, self.budget.confidence)?;
        Ok(related(limit, factor, &ratio, (own, base.value), dimension))
    }

    fn against_case(
        &self,
        limit: &Limit,
        (name, factor): (&str, f64),
        evidence: &Evidence<'_>,
        own: &Estimate,
        dimension: Dimension,
    ) -> Result<Against, Lack> {
        let subject = Subject { case: name, ..self.subject() };
        let other = gather(self.run, subject).map_err(|lack| Lack {
            reason: format!("case `{name}`: {}", lack.reason),
            hint: lack.hint,
        })?;
        let statistic = self.budget.statistic();
        let base = estimate::estimate(&other, statistic, self.budget.confidence)?;
        if base.value.abs() <= 0.0 {
            return Ok(judged(limit, own.clone(), 0.0, dimension));
        }
        let ratio = paired(&other, evidence, statistic, self.budget.confidence)?;
        Ok(related(limit, factor, &ratio, (own, base.value), dimension))
    }

    fn same_machine(&self, baseline: &Baseline) -> Result<(), Lack> {
        let here = self.run.head.machine.fingerprint();
        let other = baseline.runs.iter().find(|run| run.head.machine.fingerprint() != here);
        match other {
            Some(run) if !self.budget.any_machine => Err(Lack::new(format!(
                "the baseline run {} is from another machine ({})",
                run.head.id, run.head.machine.host
            ))
            .hint("measure a baseline here, or set `any-machine = true` on the budget")),
            _ => Ok(()),
        }
    }

    /// The change against the baseline, for display; cheap, because every verdict asks for it.
    fn change(&self, evidence: &Evidence<'_>) -> Option<Estimate> {
        let baseline = self.baseline()?;
        self.same_machine(baseline).ok()?;
        let before = pooled(baseline, self.subject()).ok()?;
        super::compare::change(&before, evidence, self.budget.statistic(), self.budget.confidence)
    }

    fn conclude(&self, verdict: &mut Verdict, hard: Option<Against>, soft: Option<Against>) {
        let only_soft = hard.is_none();
        let Some(main) = hard.or_else(|| soft.as_ref().map(Against::copy)) else { return };
        let limit = if only_soft { &self.budget.soft } else { &self.budget.hard };
        if let (Some(limit), Some(value)) = (limit, main.value) {
            verdict.headroom = headroom(&main.estimate, limit.op, value);
            let keeps = limit.op.holds(main.estimate.value, value);
            verdict.outcome = match main.finding {
                Finding::Within | Finding::Warned => Outcome::Within,
                Finding::Exceeded => Outcome::Exceeded,
                Finding::NotMeasured => Outcome::NotMeasured,
                Finding::CannotTell => {
                    undecided_outcome(self.budget.on_cannot_tell, keeps, self.strictness)
                }
            };
        }
        verdict.finding = main.finding;
        verdict.estimate = Some(main.estimate);
        (verdict.reason, verdict.hint) = (main.reason, main.hint);
        let softly = soft.map(|soft| soft.finding);
        let warns = softly == Some(Finding::Exceeded);
        if warns && (only_soft || verdict.finding == Finding::Within) {
            verdict.finding = Finding::Warned;
            verdict.outcome = Outcome::Within;
            verdict.reason = Some("over the soft limit".to_owned());
        } else if only_soft && verdict.finding == Finding::CannotTell {
            // A soft limit never fails a build.
            verdict.outcome = Outcome::Within;
        }
    }

    /// A breach the file accepts is a warning while the date and the wider limit hold.
    fn accept(&self, verdict: &mut Verdict, own: &Estimate, dimension: Dimension) {
        let Some(accept) = &self.budget.accept else { return };
        if !matches!(verdict.finding, Finding::Exceeded | Finding::CannotTell) {
            return;
        }
        let Accept { limit, until, reason } = accept;
        if date(self.run.head.started_ms) > *until {
            verdict.hint = Some(format!("accepted until {until}; that day has passed"));
            return;
        }
        let Bound::Absolute(quantity) = &limit.bound else {
            verdict.hint = Some("an accepted limit must be absolute".to_owned());
            return;
        };
        let wider = judged(limit, own.clone(), quantity.value, dimension);
        if wider.finding == Finding::Exceeded {
            verdict.hint = Some(format!("even the accepted `{}` is exceeded", limit.text));
            return;
        }
        verdict.finding = Finding::Warned;
        verdict.outcome = Outcome::Within;
        verdict.accepted = Some(format!("`{}` until {until}: {reason}", limit.text));
    }

    /// A run that did not end may show a breach, but keeps no promise.
    fn whole_run_only(&self, verdict: &mut Verdict) {
        if self.run.head.state == RunState::Complete || verdict.finding == Finding::Exceeded {
            return;
        }
        verdict.finding = Finding::NotMeasured;
        verdict.outcome = Outcome::NotMeasured;
        verdict.reason = Some("the run did not end".to_owned());
        verdict.hint = Some("measure again to the end".to_owned());
    }
}

/// No number of trials proves that a share is nothing; a limit of zero promises that this run
/// counted none.
fn counted(own: &Estimate, limit: f64, dimension: Dimension) -> Estimate {
    if dimension != Dimension::SHARE || limit.abs() > 0.0 {
        return own.clone();
    }
    Estimate {
        low: Some(own.value),
        high: Some(own.value),
        method: "counted in this run".to_owned(),
        ..own.clone()
    }
}

impl Against {
    fn copy(&self) -> Against {
        Against {
            finding: self.finding,
            value: self.value,
            estimate: self.estimate.clone(),
            reason: self.reason.clone(),
            hint: self.hint.clone(),
            p: self.p,
        }
    }
}

fn undecided_outcome(asked: Option<OnCannotTell>, keeps: bool, strictness: Strictness) -> Outcome {
    let fails = match (strictness, asked) {
        (Strictness::Strict, _) | (_, Some(OnCannotTell::Fail)) => true,
        (_, Some(OnCannotTell::Warn | OnCannotTell::Pass)) => false,
        (_, None) => !keeps,
    };
    if fails { Outcome::CannotTell } else { Outcome::Within }
}

fn held(limit: Option<&Limit>, against: Option<&Against>) -> Option<Held> {
    let limit = limit?;
    let value = against.and_then(|against| against.value).or(match &limit.bound {
        Bound::Absolute(quantity) => Some(quantity.value),
        _ => None,
    });
    Some(Held { limit: limit.clone(), value })
}

fn judged(limit: &Limit, estimate: Estimate, value: f64, dimension: Dimension) -> Against {
    let finding = hold(&estimate, limit.op, value);
    let (reason, hint) = match finding {
        Finding::CannotTell | Finding::NotMeasured => {
            let (reason, hint) = undecided(&estimate, limit.op, value, dimension);
            (Some(reason), hint)
        }
        _ => (None, None),
    };
    Against { finding, value: Some(value), estimate, reason, hint, p: None }
}

/// A ratio turned back into the metric's own unit, so that limit and value read alike.
fn related(
    limit: &Limit,
    factor: f64,
    ratio: &Ratio,
    (own, base): (&Estimate, f64),
    dimension: Dimension,
) -> Against {
    let bound = |end: f64| (end * base).is_finite().then_some(end * base);
    let estimate = Estimate {
        value: own.value,
        low: bound(ratio.interval.low).map(|low| low.min(own.value)),
        high: bound(ratio.interval.high).map(|high| high.max(own.value)),
        confidence: ratio.interval.confidence,
        method: ratio.method.to_owned(),
        n: ratio.n,
        n_effective: ratio.n as f64,
    };
    let mut against = judged(limit, estimate, base * factor, dimension);
    against.p = Some(ratio.p(factor, limit.op.is_upper()));
    against
}

/// The trials of all baseline runs as one side of a comparison.
fn pooled<'r>(baseline: &'r Baseline, subject: Subject<'_>) -> Result<Evidence<'r>, Lack> {
    let mut pooled: Option<Evidence<'r>> = None;
    let mut last = Lack::new("the baseline has no runs");
    for run in &baseline.runs {
        match (gather(run, subject), &mut pooled) {
            (Ok(evidence), Some(pooled)) if evidence.dimension == pooled.dimension => {
                pooled.trials.extend(evidence.trials);
            }
            (Ok(evidence), None) => pooled = Some(evidence),
            (Ok(_), Some(_)) => last = Lack::new("the baseline's runs differ in unit"),
            (Err(lack), _) => last = lack,
        }
    }
    pooled.ok_or_else(|| Lack {
        reason: format!("baseline `{}`: {}", baseline.name, last.reason),
        hint: last.hint,
    })
}

/// The UTC day of a time, as `YYYY-MM-DD`.
fn date(ms: i64) -> String {
    // Days to civil date, after Howard Hinnant, "chrono-compatible low-level date algorithms".
    let days = ms.div_euclid(86_400_000) + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}
