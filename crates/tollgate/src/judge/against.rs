//! A limit resolved against this run: as it stands, by the baseline, or by another case.

use tollgate_stats::quantile::{minimum_n, select};

use crate::budget::{Bound, Budget, Limit};
use crate::metric::Statistic;
use crate::quantity::Dimension;
use crate::run::Run;

use super::evidence::{Evidence, Lack, Subject, gather};
use super::hold::{hold, undecided};
use super::relative::{Ratio, independent, numbers, paired, same_dimension};
use super::{Baseline, Estimate, Finding};

/// What a limit came to, and what the evidence says about it.
#[derive(Clone)]
pub(super) struct Against {
    pub finding: Finding,
    /// The limit in the verdict's dimension.
    pub value: f64,
    pub estimate: Estimate,
    pub reason: Option<String>,
    pub hint: Option<String>,
    /// The significance of a breach, where several breaches must be weighed together.
    pub p: Option<f64>,
    /// Against another case: the change as a share, with its interval.
    pub change: Option<Estimate>,
}

/// What a budget is judged on.
pub(super) struct Bench<'a> {
    pub run: &'a Run,
    pub baseline: Option<&'a Baseline>,
    pub budget: &'a Budget,
    pub subject: Subject<'a>,
    pub evidence: Evidence<'a>,
    /// The estimate of this run alone.
    pub own: Estimate,
    pub dimension: Dimension,
}

impl Bench<'_> {
    pub(super) fn against(&self, limit: &Limit) -> Result<Against, Lack> {
        match &limit.bound {
            Bound::Absolute(quantity) => {
                if quantity.dimension != self.dimension && quantity.value.abs() > 0.0 {
                    return Err(Lack::new(format!(
                        "measured in {}, but the limit `{}` is in {}",
                        self.dimension, limit.text, quantity.dimension
                    )));
                }
                let estimate = counted(&self.own, quantity.value, self.dimension);
                let against = judged(limit, estimate, quantity.value, self.dimension);
                Ok(self.with_need(limit, against))
            }
            Bound::Baseline { factor } => self.against_baseline(limit, *factor),
            Bound::Case { name, factor } => self.against_case(limit, name, *factor),
        }
    }

    /// Of an open end, how many observations would close it.
    fn with_need(&self, limit: &Limit, against: Against) -> Against {
        let statistic = self.budget.statistic();
        let quantile = statistic.quantile().filter(|q| *q > 0.0 && *q < 1.0);
        let Some(q) = quantile.filter(|_| against.finding == Finding::NotMeasured) else {
            return against;
        };
        let need = minimum_n(q, self.budget.confidence);
        let need = if limit.op.is_upper() { need.upper } else { need.lower };
        let hint = format!(
            "{statistic} needs {need} independent observations; add trials, or let each give more"
        );
        Against { hint: Some(hint), ..against }
    }

    fn against_baseline(&self, limit: &Limit, factor: f64) -> Result<Against, Lack> {
        let baseline = self.baseline.filter(|baseline| !baseline.runs.is_empty());
        let baseline = baseline.ok_or_else(|| no_baseline(self.budget.baseline.as_deref()))?;
        let elsewhere = from_elsewhere(self.run, baseline);
        if let Some(other) = elsewhere.filter(|_| !self.budget.any_machine) {
            return Err(Lack::new(format!(
                "the baseline run {} is from another machine ({})",
                other.head.id, other.head.machine.host
            ))
            .hint("measure a baseline here, or set `any-machine = true` on the budget"));
        }
        let before = pooled(baseline, self.subject)?;
        let mut against = self.related(limit, factor, &before, independent)?;
        if elsewhere.is_some() {
            // An interval knows only the noise of the machines it has seen.
            let remark = "the baseline is from another machine";
            against.reason = Some(match against.reason {
                Some(reason) => format!("{reason}; {remark}"),
                None => remark.to_owned(),
            });
        }
        Ok(against)
    }

    fn against_case(&self, limit: &Limit, name: &str, factor: f64) -> Result<Against, Lack> {
        let of_case = |lack: Lack| Lack {
            reason: format!("case `{name}`: {}", lack.reason),
            hint: lack.hint,
        };
        let same = Subject { case: name, ..self.subject };
        let other = match (gather(self.run, same), only_operation(self.run, same)) {
            // What is measured alone is meant, whatever it is called.
            (Err(_), Some(only)) => gather(self.run, Subject { operation: Some(only), ..same }),
            (found, _) => found,
        };
        let other = other.map_err(of_case)?;
        let against = self.related(limit, factor, &other, paired)?;
        Ok(Against { change: share(&against, factor), ..against })
    }

    fn related(
        &self,
        limit: &Limit,
        factor: f64,
        other: &Evidence<'_>,
        compare: fn(&Evidence<'_>, &Evidence<'_>, Statistic, f64) -> Result<Ratio, Lack>,
    ) -> Result<Against, Lack> {
        same_dimension(other, &self.evidence)?;
        let statistic = self.budget.statistic();
        if is_nothing(&numbers(other, statistic)?) {
            // Any multiple of nothing is nothing.
            return Ok(judged(limit, self.own.clone(), 0.0, self.dimension));
        }
        let ratio = compare(other, &self.evidence, statistic, self.budget.confidence)?;
        self.by_ratio(limit, factor, &ratio)
    }

    /// A ratio turned back into the metric's own unit, so that limit and value read alike. The
    /// value stays the run's own; the other side becomes what the ratio says it would have been
    /// beside this run, so that limit and interval stand to each other exactly as factor and
    /// ratio do, also where the pooled statistic and the trials' own ones differ.
    fn by_ratio(&self, limit: &Limit, factor: f64, ratio: &Ratio) -> Result<Against, Lack> {
        let other = self.own.value / ratio.value;
        let value = other * factor;
        if !value.is_finite() || value <= 0.0 {
            return Err(Lack::new("the two sides are too far apart for a ratio"));
        }
        let bound = |end: f64| Some(end * other).filter(|end| end.is_finite());
        let estimate = Estimate {
            value: self.own.value,
            low: bound(ratio.interval.low).map(|low| low.min(self.own.value)),
            high: bound(ratio.interval.high).map(|high| high.max(self.own.value)),
            confidence: ratio.interval.confidence,
            method: ratio.method.to_owned(),
            n: ratio.n,
            n_effective: ratio.n as f64,
        };
        let p = ratio.p(factor, limit.op.is_upper());
        Ok(Against { p, ..judged(limit, estimate, value, self.dimension) })
    }
}

/// How much more than the other side, as a share of it: in the verdict's unit the limit stands for
/// the factor.
fn share(against: &Against, factor: f64) -> Option<Estimate> {
    let other = against.value / factor;
    let of = |value: f64| value / other - 1.0;
    let estimate = &against.estimate;
    (other > 0.0).then(|| Estimate {
        value: of(estimate.value),
        low: estimate.low.map(of),
        high: estimate.high.map(of),
        ..estimate.clone()
    })
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
    Against { finding, value, estimate, reason, hint, p: None, change: None }
}

fn no_baseline(named: Option<&str>) -> Lack {
    match named {
        Some(name) => Lack::new(format!("there is no baseline named `{name}` yet"))
            .hint(format!("`tollgate history baseline set {name} RUN`")),
        None => Lack::new("there is no baseline for the default branch yet").hint(
            "check `main` or `master`, or what `default-branch` in [project] names, at a commit \
                 without changes; or `tollgate history baseline set NAME RUN` and \
                 `baseline = \"NAME\"`",
        ),
    }
}

/// A run of the baseline that another machine measured.
pub(super) fn from_elsewhere<'b>(run: &Run, baseline: &'b Baseline) -> Option<&'b Run> {
    let here = run.head.machine.fingerprint();
    baseline.runs.iter().find(|other| other.head.machine.fingerprint() != here)
}

fn is_nothing(values: &[f64]) -> bool {
    select(&mut values.to_vec(), 0.5).abs() <= 0.0
}

/// The trials of all baseline runs as one side of a comparison.
pub(super) fn pooled<'r>(
    baseline: &'r Baseline,
    subject: Subject<'_>,
) -> Result<Evidence<'r>, Lack> {
    let named = |lack: Lack| Lack {
        reason: format!("baseline `{}`: {}", baseline.name, lack.reason),
        hint: lack.hint,
    };
    let mut pooled: Option<Evidence<'r>> = None;
    let mut last = Lack::new("it has no runs");
    for run in &baseline.runs {
        match (gather(run, subject), &mut pooled) {
            (Ok(evidence), Some(pooled)) => {
                same_dimension(pooled, &evidence).map_err(named)?;
                pooled.trials.extend(evidence.trials);
            }
            (Ok(evidence), None) => pooled = Some(evidence),
            (Err(lack), _) => last = lack,
        }
    }
    pooled.ok_or_else(|| named(last))
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

/// The operation of a case that measures the metric of one alone.
fn only_operation<'r>(run: &'r Run, subject: Subject<'_>) -> Option<&'r str> {
    let trials = run.trials.iter().filter(|trial| trial.case == subject.case);
    let series = trials.flat_map(|trial| &trial.series);
    let mut names = series
        .filter(|series| series.metric == subject.metric)
        .map(|series| series.operation.as_deref());
    let first = names.next()??;
    names.all(|name| name == Some(first)).then_some(first)
}
