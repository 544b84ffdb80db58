//! The verdict on a run: pure, seeded by the run, the same bytes every time.

mod accept;
mod against;
mod compare;
mod estimate;
mod evidence;
mod hold;
mod relative;
mod verdict;

use serde::{Deserialize, Serialize};

use crate::budget::{Limit, Place};
use crate::metric::Statistic;
use crate::quantity::Dimension;
use crate::run::{Run, RunHead, RunState};

pub use compare::{Comparison, ComparisonRow, Difference, compare, detectable};

/// The version of a judgement as it is stored and reported.
pub const FORMAT: u32 = 1;

/// The earlier runs relative limits refer to, chosen before judging.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Baseline {
    /// The baseline a budget asks for by name; none for the one of the default branch.
    pub wanted: Option<String>,
    /// As shown to a person.
    pub name: String,
    pub runs: Vec<Run>,
}

/// How the command line changes what a verdict does to the exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strictness {
    /// Undecided verdicts whose estimate keeps the limit are shown and pass.
    Usual,
    /// Every undecided verdict counts.
    Strict,
}

/// Judges every budget of a run.
#[must_use]
pub fn judge(run: &Run, baselines: &[Baseline], strictness: Strictness) -> Judgement {
    let verdicts = verdict::all(run, baselines, strictness);
    let mut notes = Vec::new();
    match run.head.state {
        RunState::Complete => {}
        RunState::Interrupted => notes.push("the run was interrupted; nothing is within".into()),
        RunState::Open => notes.push("the run never ended; nothing is within".into()),
    }
    if verdicts.is_empty() {
        notes.push("no budget was judged: the cases of this run have none".into());
    }
    notes.extend(gone(run, baselines));
    let worst = verdicts.iter().map(|verdict| verdict.outcome).max();
    let head = baselines.first().map(|baseline| BaselineHead {
        name: baseline.name.clone(),
        runs: baseline.runs.iter().map(|run| run.head.id.clone()).collect(),
    });
    Judgement {
        format: FORMAT,
        run: run.head.clone(),
        baseline: head,
        verdicts,
        notes,
        // Nothing judged is nothing kept.
        outcome: worst.unwrap_or(Outcome::NotMeasured),
    }
}

/// Operations that a budget on a whole case held for in the newest baseline run, and that this run
/// no longer has: a benchmark that is gone breaks no limit.
fn gone(run: &Run, baselines: &[Baseline]) -> Vec<String> {
    let mut notes = Vec::new();
    for budget in run.head.budgets.iter().filter(|budget| budget.operation.is_none()) {
        let baseline = baselines.iter().find(|baseline| baseline.wanted == budget.baseline);
        let planned = |run: &&Run| run.head.planned.iter().any(|own| own.case == budget.case);
        let runs = baseline.into_iter().flat_map(|baseline| &baseline.runs).filter(planned);
        let Some(before) = runs.max_by_key(|run| run.head.started_ms) else { continue };
        let operations = |run| evidence::operations(run, &budget.case, &budget.key.metric);
        let now = operations(run);
        for name in operations(before).into_iter().filter(|name| !now.contains(name)) {
            let note = format!(
                "operation `{name}` of case `{}` was in the baseline and is gone",
                budget.case
            );
            if !notes.contains(&note) {
                notes.push(note);
            }
        }
    }
    notes
}

/// Every verdict on one run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Judgement {
    pub format: u32,
    pub run: RunHead,
    pub baseline: Option<BaselineHead>,
    /// In the order of the budget file.
    pub verdicts: Vec<Verdict>,
    /// Remarks on the run as a whole, such as an interruption.
    pub notes: Vec<String>,
    pub outcome: Outcome,
}

/// The runs a relative limit was held against.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BaselineHead {
    pub name: String,
    pub runs: Vec<String>,
}

/// What the whole judgement comes to; the exit code follows from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    Within,
    CannotTell,
    NotMeasured,
    Exceeded,
}

/// The finding on one budget.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Verdict {
    pub case: String,
    pub operation: Option<String>,
    pub metric: String,
    pub statistic: Statistic,
    /// The dimension of the statistic, in which every number here is given.
    pub dimension: Option<Dimension>,
    pub finding: Finding,
    /// What the finding does to the exit code.
    pub outcome: Outcome,
    pub hard: Option<Held>,
    pub soft: Option<Held>,
    pub estimate: Option<Estimate>,
    /// The distance to the hard limit (or the soft one, alone) as a share of the limit; negative
    /// when it is broken.
    pub headroom: Option<f64>,
    /// The change against the baseline as a share, with its interval; without a baseline, against
    /// the case that the limit names.
    pub change: Option<Estimate>,
    /// Why, in one sentence, when the numbers alone do not say it.
    pub reason: Option<String>,
    /// What a person can do about it.
    pub hint: Option<String>,
    /// A breach that the file accepts until a date.
    pub accepted: Option<String>,
    pub place: Place,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Finding {
    Within,
    Warned,
    Exceeded,
    CannotTell,
    NotMeasured,
}

impl Finding {
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Finding::Within => "within",
            Finding::Warned => "warned",
            Finding::Exceeded => "exceeded",
            Finding::CannotTell => "cannot tell",
            Finding::NotMeasured => "not measured",
        }
    }
}

/// A limit, and the value it came to in this run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Held {
    pub limit: Limit,
    /// In the verdict's dimension; absent when the baseline or other case is.
    pub value: Option<f64>,
}

/// A statistic with its interval.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    pub value: f64,
    /// Absent when the data cannot bound the value on that side.
    pub low: Option<f64>,
    pub high: Option<f64>,
    pub confidence: f64,
    /// How the interval was computed, in a few words.
    pub method: String,
    pub n: u64,
    /// Independent observations `n` is worth.
    pub n_effective: f64,
}
