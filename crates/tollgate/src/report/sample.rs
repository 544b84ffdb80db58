//! Judgements for the tests of every format.

use std::collections::BTreeMap;

use crate::budget::{Bound, Limit, Op, Place};
use crate::judge::{BaselineHead, Estimate, FORMAT, Finding, Held, Judgement, Outcome, Verdict};
use crate::metric::Statistic;
use crate::quantity::{Dimension, Quantity};
use crate::run::{self, Commit, Machine, PlannedTrials, RunHead, RunState};

pub(super) fn head() -> RunHead {
    RunHead {
        format: run::FORMAT,
        id: "20261121-021600-7f3a".into(),
        project: "proofs".into(),
        started_ms: 1_795_227_360_000,
        ended_ms: Some(1_795_227_420_000),
        state: RunState::Complete,
        environment: Some("staging".into()),
        seed: u64::MAX,
        commit: Some(Commit {
            hash: "3f2a91c0b1d2e3f405162738495a6b7c8d9e0f1a".into(),
            branch: Some("main".into()),
            dirty: true,
        }),
        machine: Machine {
            host: "bench-1".into(),
            os: "linux".into(),
            kernel: "6.1.0-18".into(),
            cpu_model: "AMD EPYC 7763".into(),
            cores: 2,
            memory_bytes: 8 << 30,
            governor: None,
            limits: BTreeMap::new(),
        },
        planned: vec![
            PlannedTrials { case: "k-paths".into(), operation: None, trials: 5 },
            PlannedTrials { case: "verify".into(), operation: None, trials: 3 },
        ],
        budgets: Vec::new(),
        tool: "0.1.0".into(),
    }
}

pub(super) fn estimate(value: f64, low: Option<f64>, high: Option<f64>) -> Estimate {
    Estimate {
        value,
        low,
        high,
        confidence: 0.99,
        method: "order statistics".into(),
        n: 200,
        n_effective: 200.0,
    }
}

fn at_most(text: &str) -> Held {
    let quantity = Quantity::parse(text).unwrap();
    let limit =
        Limit { op: Op::AtMost, bound: Bound::Absolute(quantity), text: format!("<= {text}") };
    Held { limit, value: Some(quantity.value) }
}

fn relative(op: Op, bound: Bound, text: &str, value: Option<f64>) -> Held {
    Held { limit: Limit { op, bound, text: text.into() }, value }
}

/// A verdict of that finding on a p99 latency, limit 15 ms.
pub(super) fn verdict(finding: Finding) -> Verdict {
    let outcome = match finding {
        Finding::Within | Finding::Warned => Outcome::Within,
        Finding::Exceeded => Outcome::Exceeded,
        Finding::CannotTell => Outcome::CannotTell,
        Finding::NotMeasured => Outcome::NotMeasured,
    };
    Verdict {
        case: "k-paths".into(),
        operation: None,
        metric: "latency".into(),
        statistic: Statistic::Quantile(990_000),
        dimension: Some(Dimension::TIME),
        finding,
        outcome,
        hard: Some(at_most("15ms")),
        soft: None,
        estimate: Some(estimate(12.31e6, Some(12.02e6), Some(12.77e6))),
        headroom: Some(0.179),
        change: None,
        reason: None,
        hint: None,
        accepted: None,
        place: Place { file: "tollgate.toml".into(), line: 12, column: 1 },
    }
}

/// Every finding, with hard and soft, absolute and relative limits.
pub(super) fn judgement() -> Judgement {
    let mut verdicts = of_k_paths();
    verdicts.extend(of_verify());
    Judgement {
        format: FORMAT,
        run: head(),
        baseline: Some(BaselineHead {
            name: "main".into(),
            runs: vec!["20261120-021600-11aa".into(), "20261119-021600-22bb".into()],
        }),
        verdicts,
        notes: vec!["the machine was busy: load 3.1 on 2 cores before the first trial".into()],
        outcome: Outcome::Exceeded,
    }
}

fn of_k_paths() -> Vec<Verdict> {
    let place = |line| Place { file: "tollgate.toml".into(), line, column: 1 };
    vec![
        Verdict {
            metric: "init".into(),
            statistic: Statistic::MEDIAN,
            soft: Some(at_most("13ms")),
            change: Some(estimate(-0.012, Some(-0.031), Some(0.008))),
            place: place(12),
            ..verdict(Finding::Within)
        },
        Verdict {
            metric: "peak memory".into(),
            statistic: Statistic::Max,
            dimension: Some(Dimension::BYTES),
            hard: Some(at_most("100MiB")),
            soft: Some(at_most("60MiB")),
            estimate: Some(estimate(71_303_168.0, Some(71_303_168.0), Some(71_303_168.0))),
            headroom: Some(0.32),
            reason: Some("above the soft limit".into()),
            place: place(13),
            ..verdict(Finding::Warned)
        },
        Verdict {
            operation: Some("feasibility".into()),
            hard: Some(relative(
                Op::AtMost,
                Bound::Baseline { factor: 1.2 },
                "<= baseline + 20%",
                Some(103_200.0),
            )),
            estimate: Some(Estimate {
                n: 20_000,
                n_effective: 3150.2,
                ..estimate(258_000.0, Some(251_000.0), Some(266_000.0))
            }),
            headroom: Some(-1.5),
            change: Some(estimate(2.0, Some(1.91), Some(2.1))),
            reason: Some("the whole interval lies above the limit".into()),
            hint: Some(
                "compare the two commits in one run with `tollgate compare --against main`, \
                 which cancels most of the machine's noise"
                    .into(),
            ),
            place: place(17),
            ..verdict(Finding::Exceeded)
        },
        Verdict {
            operation: Some("feasibility".into()),
            metric: "minor faults".into(),
            statistic: Statistic::MEDIAN,
            dimension: Some(Dimension::COUNT),
            hard: Some(at_most("10000")),
            estimate: Some(estimate(12_345.0, Some(12_100.0), Some(12_600.0))),
            headroom: Some(-0.2345),
            accepted: Some("`<= 20000` until 2027-01-31: the cache is being rewritten".into()),
            place: place(18),
            ..verdict(Finding::Warned)
        },
    ]
}

fn of_verify() -> Vec<Verdict> {
    let verify = |line, finding| Verdict {
        case: "verify".into(),
        place: Place { file: "tollgate.toml".into(), line, column: 1 },
        ..verdict(finding)
    };
    vec![
        Verdict {
            hard: Some(at_most("150ms")),
            estimate: Some(estimate(141e6, Some(122e6), None)),
            headroom: Some(0.06),
            reason: Some("too few observations to bound p99 from above".into()),
            hint: Some("measure longer: about 900 requests are needed".into()),
            ..verify(30, Finding::CannotTell)
        },
        Verdict {
            operation: Some("POST /api/verify-biometric-proof".into()),
            hard: Some(at_most("200ms")),
            estimate: Some(estimate(184e6, Some(171e6), Some(208e6))),
            headroom: Some(0.08),
            outcome: Outcome::Within,
            reason: Some("the limit lies inside the interval".into()),
            ..verify(36, Finding::CannotTell)
        },
        Verdict {
            metric: "errors".into(),
            statistic: Statistic::Mean,
            dimension: Some(Dimension::SHARE),
            hard: Some(at_most("0.1%")),
            estimate: Some(estimate(0.0, Some(0.0), Some(0.0004))),
            headroom: Some(1.0),
            ..verify(31, Finding::Within)
        },
        Verdict {
            metric: "throughput".into(),
            statistic: Statistic::Mean,
            dimension: Some(Dimension::RATE),
            hard: None,
            soft: Some(relative(
                Op::AtLeast,
                Bound::Case { name: "direct".into(), factor: 0.95 },
                ">= case direct - 5%",
                None,
            )),
            estimate: None,
            headroom: None,
            reason: Some("the case `direct` has no value for throughput in this run".into()),
            hint: Some("measure `direct` too: `tollgate check verify direct`".into()),
            ..verify(33, Finding::NotMeasured)
        },
    ]
}

/// A judgement of nothing, which claims to be within.
pub(super) fn empty() -> Judgement {
    Judgement {
        verdicts: Vec::new(),
        notes: Vec::new(),
        baseline: None,
        outcome: Outcome::Within,
        ..judgement()
    }
}

/// Names that try to break out of every format.
pub(super) fn hostile() -> Judgement {
    let mut judgement = judgement();
    let texts = [
        "a|b`c`<img src=x onerror=alert(1)> @octocat https://evil.example\n::error::x",
        "\x1b[31mred\x1b[0m\u{202e}gnp.exe\r\n]]><script>&amp;</script>\u{fffe}\0",
        "=HYPERLINK(\"http://x\"),\"quoted\", --> %0A ::stop-commands::t",
        "µ性能∞ ```sh\n# '; rm -rf / $(id) '",
        "",
    ];
    for (index, verdict) in judgement.verdicts.iter_mut().enumerate() {
        let text = texts[index % texts.len()];
        verdict.case = text.into();
        verdict.operation = (index % 2 == 0).then(|| text.to_owned());
        verdict.metric = text.into();
        verdict.reason = Some(text.into());
        verdict.hint = Some(text.into());
        verdict.place.file = text.into();
    }
    judgement.run.project = "a-->x<b>".into();
    judgement.run.environment = Some(texts[1].into());
    judgement.run.machine.host = texts[0].into();
    judgement.run.commit.as_mut().unwrap().branch = Some(texts[2].into());
    judgement.notes = texts.iter().map(|&text| text.to_owned()).collect();
    judgement
}

/// The sample's verdicts again and again, `n` in all.
pub(super) fn many(n: usize) -> Judgement {
    let mut judgement = judgement();
    judgement.verdicts = judgement.verdicts.into_iter().cycle().take(n).collect();
    for (index, verdict) in judgement.verdicts.iter_mut().enumerate() {
        verdict.case = format!("case-{index}");
    }
    judgement
}

pub(super) fn many_within(n: usize) -> Judgement {
    let mut judgement = many(n);
    for verdict in &mut judgement.verdicts {
        verdict.finding = Finding::Within;
        verdict.outcome = Outcome::Within;
        verdict.accepted = None;
    }
    judgement.outcome = Outcome::Within;
    judgement
}
