//! Runs in a few words, and budgets from the text a person would write.

use tollgate::budget::BudgetFile;
use tollgate::budget::parse::{Input, parse};
use tollgate::judge::{Baseline, Judgement, Outcome, Strictness, Verdict, judge};
use tollgate::metric::known;
use tollgate::quantity::Dimension;
use tollgate::run::{
    Data, FORMAT, Machine, Outcome as Ended, PlannedTrials, Resolution, Run, RunHead, RunState,
    Series, Trial,
};

pub const MS: f64 = 1e6;

/// The measurements of one case, or of one value of its parameter.
#[derive(Clone)]
pub struct Case {
    name: String,
    /// The parameter's operation.
    parameter: Option<String>,
    planned: Option<u32>,
    elapsed_ns: u64,
    operation: Option<String>,
    unit: Option<Dimension>,
    resolution: Resolution,
    series: Vec<(Option<u32>, Series)>,
    failed: Vec<u32>,
    crashes_of_extras: u32,
}

pub fn case(name: &str) -> Case {
    Case {
        name: name.to_owned(),
        parameter: None,
        planned: None,
        elapsed_ns: 1_000_000_000,
        operation: None,
        unit: None,
        resolution: Resolution::Exact,
        series: Vec::new(),
        failed: Vec::new(),
        crashes_of_extras: 0,
    }
}

impl Case {
    /// As many trials as were planned; otherwise as many as there are values.
    pub fn trials(mut self, trials: u32) -> Case {
        self.planned = Some(trials);
        self
    }

    pub fn parameter(mut self, operation: &str) -> Case {
        self.parameter = Some(operation.to_owned());
        self.operation = Some(operation.to_owned());
        self
    }

    /// The operation of the series that follow.
    pub fn of(mut self, operation: &str) -> Case {
        self.operation = Some(operation.to_owned());
        self
    }

    /// The dimension of the series that follow, in place of the metric's own.
    pub fn unit(mut self, dimension: Dimension) -> Case {
        self.unit = Some(dimension);
        self
    }

    pub fn rounded(mut self, resolution: Resolution) -> Case {
        self.resolution = resolution;
        self
    }

    pub fn elapsed_ns(mut self, elapsed_ns: u64) -> Case {
        self.elapsed_ns = elapsed_ns;
        self
    }

    /// One value a trial.
    pub fn values(mut self, metric: &str, values: &[f64]) -> Case {
        for (index, value) in values.iter().enumerate() {
            self = self.at(index as u32 + 1, metric, Data::Samples(vec![*value]));
        }
        self
    }

    /// Several values in a single trial.
    pub fn samples(self, metric: &str, values: &[f64]) -> Case {
        self.at(1, metric, Data::Samples(values.to_vec()))
    }

    /// The series of one trial.
    pub fn at(mut self, trial: u32, metric: &str, data: Data) -> Case {
        let series = self.make(metric, data);
        self.series.push((Some(trial), series));
        self
    }

    /// In an extra trial after the planned ones, as instructions are counted.
    pub fn extra(mut self, metric: &str, data: Data) -> Case {
        let series = self.make(metric, data);
        self.series.push((None, series));
        self
    }

    pub fn failed_extra(mut self) -> Case {
        self.crashes_of_extras += 1;
        self
    }

    /// A trial that crashed; nothing it measured is kept.
    pub fn crash(mut self, trial: u32) -> Case {
        self.failed.push(trial);
        self
    }

    fn make(&self, metric: &str, data: Data) -> Series {
        let own = known(metric).map_or(Dimension::TIME, |metric| metric.dimension);
        Series {
            operation: self.operation.clone(),
            metric: metric.to_owned(),
            dimension: self.unit.unwrap_or(own),
            data,
            resolution: self.resolution.clone(),
        }
    }

    fn count(&self) -> u32 {
        let numbers = self.series.iter().filter_map(|(trial, _)| *trial);
        numbers.chain(self.failed.iter().copied()).max().unwrap_or(0)
    }

    fn into_trials(self) -> Vec<Trial> {
        let blank = |number: u32, position: u32| Trial {
            case: self.name.clone(),
            operation: self.parameter.clone(),
            number,
            position,
            started_ms: 0,
            elapsed_ns: self.elapsed_ns,
            outcome: Ended::Complete,
            series: Vec::new(),
        };
        let crashed = || Ended::Failed { reason: "exit code 101".into(), output: "boom".into() };
        let mut trials: Vec<Trial> = (1..=self.count()).map(|n| blank(n, n)).collect();
        let last = self.count() + 1;
        for (trial, series) in &self.series {
            match trial {
                Some(number) => trials[*number as usize - 1].series.push(series.clone()),
                None => trials.push(Trial { series: vec![series.clone()], ..blank(1, last) }),
            }
        }
        for number in &self.failed {
            let trial = &mut trials[*number as usize - 1];
            (trial.outcome, trial.series) = (crashed(), Vec::new());
        }
        for _ in 0..self.crashes_of_extras {
            trials.push(Trial { outcome: crashed(), ..blank(1, last) });
        }
        trials
    }
}

/// A complete run of the cases under the budgets of a file.
pub fn run(text: &str, cases: impl IntoIterator<Item = Case>) -> Run {
    let file = file(text);
    let mut planned = Vec::new();
    let mut trials = Vec::new();
    for case in cases {
        planned.push(PlannedTrials {
            case: case.name.clone(),
            operation: case.parameter.clone(),
            trials: case.planned.unwrap_or_else(|| case.count()),
        });
        trials.extend(case.into_trials());
    }
    Run {
        head: RunHead {
            format: FORMAT,
            id: "20261121-021600-7f3a".to_owned(),
            project: file.project.name.clone(),
            // 2026-11-21
            started_ms: 1_795_226_400_000,
            ended_ms: Some(1_795_226_460_000),
            state: RunState::Complete,
            environment: None,
            seed: 7,
            commit: None,
            machine: machine("here", 4),
            planned,
            budgets: file.cases.into_iter().flat_map(|case| case.budgets).collect(),
            tool: "0.1.0".to_owned(),
        },
        trials,
    }
}

pub fn machine(host: &str, cores: u32) -> Machine {
    Machine { host: host.to_owned(), cores, ..Machine::default() }
}

pub fn file(text: &str) -> BudgetFile {
    let input = Input {
        path: "tollgate.toml",
        text,
        folder: "folder",
        environment: None,
        variables: &|_| None,
    };
    parse(&input).unwrap_or_else(|mistakes| panic!("{mistakes}"))
}

/// A file with one case `a` and these lines as its budgets.
pub fn of_a(budgets: &str) -> String {
    format!("[case.a]\nrun = [\"true\"]\n[case.a.budget]\n{budgets}\n")
}

/// The same with a second case `b` that has no budgets.
pub fn of_a_beside_b(budgets: &str) -> String {
    format!("{}[case.b]\nrun = [\"true\"]\n", of_a(budgets))
}

/// The baseline of the default branch.
pub fn baseline(runs: impl IntoIterator<Item = Run>) -> Vec<Baseline> {
    vec![Baseline { wanted: None, name: "main".to_owned(), runs: runs.into_iter().collect() }]
}

/// The same number again and again, as a list.
pub fn same(value: f64, times: usize) -> Vec<f64> {
    vec![value; times]
}

/// Values that differ a little, evenly, around a centre: sure to have no ties.
pub fn around(centre: f64, times: usize) -> Vec<f64> {
    let step = |index: usize| (index as f64 - (times as f64 - 1.0) / 2.0) / times as f64;
    (0..times).map(|index| centre * (1.0 + 0.02 * step(index))).collect()
}

pub fn judged(run: &Run) -> Judgement {
    judge(run, &[], Strictness::Usual)
}

/// The only verdict of a run without a baseline.
pub fn verdict(text: &str, cases: impl IntoIterator<Item = Case>) -> Verdict {
    only(judged(&run(text, cases)))
}

/// The only verdict against a baseline of one run with the given measurements.
pub fn against(text: &str, before: Case, now: Case) -> Verdict {
    let baseline = baseline([run(text, [before])]);
    only(judge(&run(text, [now]), &baseline, Strictness::Usual))
}

pub fn only(judgement: Judgement) -> Verdict {
    let [verdict] = <[Verdict; 1]>::try_from(judgement.verdicts).unwrap();
    assert_eq!(judgement.outcome, verdict.outcome);
    verdict
}

/// Asserts that a verdict keeps the build from being green, and why.
#[track_caller]
pub fn is_red(verdict: &Verdict, outcome: Outcome, because: &str) {
    assert_eq!(verdict.outcome, outcome, "{verdict:#?}");
    let reason = verdict.reason.as_deref().unwrap_or("");
    assert!(reason.contains(because), "{reason:?} does not say {because:?}");
}
