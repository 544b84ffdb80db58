//! Any run at all: odd text, huge numbers, empty lists, every kind of evidence.

use std::collections::BTreeMap;

use proptest::collection::{btree_map, vec};
use proptest::num::f64::{INFINITE, NEGATIVE, NORMAL, POSITIVE, SUBNORMAL, ZERO};
use proptest::option;
use proptest::prelude::*;
use tollgate::budget::{Bound, Budget, Limit, Op, Place};
use tollgate::metric::{Key, Statistic};
use tollgate::quantity::{Dimension, Kind, Quantity};
use tollgate::run::{
    Batch, Commit, Data, Machine, Outcome, PlannedTrials, Point, Resolution, Run, RunHead,
    RunState, Series, Share, Stated, Summary, Trial,
};
use tollgate_stats::histogram::Histogram;

pub(crate) fn any_run() -> impl Strategy<Value = Run> {
    (any_head(), vec(any_trial(), 0..4)).prop_map(|(head, trials)| Run { head, trials })
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z ]{0,8}",
        vec(any::<char>(), 0..6).prop_map(|chars| chars.into_iter().collect()),
    ]
}

/// Any float that equals itself.
fn float() -> impl Strategy<Value = f64> {
    prop_oneof![POSITIVE | NEGATIVE | NORMAL | SUBNORMAL | ZERO | INFINITE, 0.0..1e9]
}

fn finite() -> impl Strategy<Value = f64> {
    POSITIVE | NEGATIVE | NORMAL | SUBNORMAL | ZERO
}

fn any_head() -> impl Strategy<Value = RunHead> {
    let ended = prop_oneof![
        (option::of(any::<i64>()), Just(RunState::Interrupted)),
        (any::<i64>().prop_map(Some), Just(RunState::Complete)),
    ];
    let commit = (text(), option::of(text()), any::<bool>())
        .prop_map(|(hash, branch, dirty)| Commit { hash, branch, dirty });
    let planned = (text(), option::of(text()), any::<u32>())
        .prop_map(|(case, operation, trials)| PlannedTrials { case, operation, trials });
    (
        ("[0-9][0-9A-Za-z_-]{0,63}", text(), any::<i64>(), ended, option::of(text())),
        (any::<u64>(), option::of(commit), any_machine(), vec(planned, 0..3)),
        (vec(any_budget(), 0..3), text()),
    )
        .prop_map(|((id, project, started_ms, ended, environment), rest, (budgets, tool))| {
            let ((ended_ms, state), (seed, commit, machine, planned)) = (ended, rest);
            RunHead {
                format: tollgate::run::FORMAT,
                id,
                project,
                started_ms,
                ended_ms,
                state,
                environment,
                seed,
                commit,
                machine,
                planned,
                budgets,
                tool,
            }
        })
}

fn any_machine() -> impl Strategy<Value = Machine> {
    (
        text(),
        text(),
        any::<u32>(),
        any::<u64>(),
        option::of(text()),
        btree_map(text(), text(), 0..3),
    )
        .prop_map(|(host, cpu_model, cores, memory_bytes, governor, limits)| Machine {
            os: host.clone(),
            kernel: cpu_model.clone(),
            host,
            cpu_model,
            cores,
            memory_bytes,
            governor,
            limits,
        })
}

fn any_dimension() -> impl Strategy<Value = Dimension> {
    let kinds = vec![Kind::Time, Kind::Bytes, Kind::Count, Kind::Share];
    (proptest::sample::select(kinds), any::<bool>())
        .prop_map(|(kind, per_time)| Dimension { kind, per_time })
}

fn any_statistic() -> impl Strategy<Value = Statistic> {
    prop_oneof![
        (1..1_000_000_u32).prop_map(Statistic::Quantile),
        Just(Statistic::Min),
        Just(Statistic::Growth),
        Just(Statistic::Stddev),
    ]
}

fn any_budget() -> impl Strategy<Value = Budget> {
    let bound = prop_oneof![
        (finite(), any_dimension())
            .prop_map(|(value, dimension)| Bound::Absolute(Quantity { value, dimension })),
        finite().prop_map(|factor| Bound::Baseline { factor }),
        (text(), finite()).prop_map(|(name, factor)| Bound::Case { name, factor }),
    ];
    let limit = (bound, text()).prop_map(|(bound, text)| Limit { op: Op::AtMost, bound, text });
    (text(), option::of(text()), option::of(any_statistic()), option::of(limit), finite()).prop_map(
        |(case, operation, statistic, hard, confidence)| Budget {
            key: Key { metric: case.clone(), statistic },
            case,
            operation,
            hard,
            soft: None,
            on_cannot_tell: None,
            baseline: None,
            any_machine: false,
            accept: None,
            confidence,
            place: Place::default(),
        },
    )
}

fn any_trial() -> impl Strategy<Value = Trial> {
    let outcome = prop_oneof![
        Just(Outcome::Complete),
        (text(), text()).prop_map(|(reason, output)| Outcome::Failed { reason, output }),
    ];
    (
        (text(), option::of(text()), any::<u32>(), any::<u32>()),
        (any::<i64>(), any::<u64>(), outcome, vec(any_series(), 0..5)),
    )
        .prop_map(|((case, operation, number, position), rest)| {
            let (started_ms, elapsed_ns, outcome, series) = rest;
            Trial { case, operation, number, position, started_ms, elapsed_ns, outcome, series }
        })
}

fn any_series() -> impl Strategy<Value = Series> {
    let pair = || (float(), float());
    let histogram = vec((any::<u64>(), 1..u64::from(u32::MAX)), 0..20).prop_map(|values| {
        let mut histogram = Histogram::new();
        values.into_iter().for_each(|(value, n)| histogram.record_n(value, n));
        histogram
    });
    let stated = (float(), option::of(float()), option::of(float()))
        .prop_map(|(value, low, high)| Stated { value, low, high });
    let summary = (option::of(any::<u64>()), btree_map(any_statistic(), stated, 0..4))
        .prop_map(|(n, values): (_, BTreeMap<_, _>)| Data::Summary(Summary { n, values }));
    let data = prop_oneof![
        vec(float(), 0..30).prop_map(Data::Samples),
        vec(histogram, 0..3).prop_map(Data::Histograms),
        vec(pair().prop_map(|(total, iterations)| Batch { total, iterations }), 0..5)
            .prop_map(Data::Batches),
        vec(pair().prop_map(|(at_ns, value)| Point { at_ns, value }), 0..5).prop_map(Data::Points),
        vec((any::<u64>(), any::<u64>()).prop_map(|(hits, of)| Share { hits, of }), 0..5)
            .prop_map(Data::Shares),
        float().prop_map(Data::Total),
        summary,
    ];
    let resolution = prop_oneof![
        Just(Resolution::Exact),
        float().prop_map(Resolution::Absolute),
        float().prop_map(Resolution::Relative),
        vec(pair(), 0..3).prop_map(Resolution::Steps),
    ];
    (option::of(text()), text(), any_dimension(), data, resolution).prop_map(
        |(operation, metric, dimension, data, resolution)| Series {
            operation,
            metric,
            dimension,
            data,
            resolution,
        },
    )
}
