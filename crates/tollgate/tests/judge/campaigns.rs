//! Planted changes under realistic noise: how often a verdict is wrong.
//!
//! Seeds are fixed, so the shares are too; each bound leaves room for what a few hundred
//! campaigns may deviate.

use tollgate::judge::{Baseline, Finding, Strictness, judge};
use tollgate_stats::rng::{lcg, seed_from};

use super::build::{baseline, case, of_a, of_a_beside_b, run};

/// Normal noise on logarithms, with a spike of half as much again in one trial of fifty.
fn noise(seed: u64, n: usize, sd: f64) -> Vec<f64> {
    spiky(seed, n, sd, 0.02)
}

fn spiky(seed: u64, n: usize, sd: f64, share: f64) -> Vec<f64> {
    let uniform = lcg(seed, 3 * n + 8);
    uniform[8..]
        .chunks_exact(3)
        .map(|u| {
            let radius = (-2.0 * u[0].max(1e-300).ln()).sqrt();
            let spike = if u[2] < share { 1.5 } else { 1.0 };
            (radius * (std::f64::consts::TAU * u[1]).cos() * sd).exp() * spike
        })
        .collect()
}

fn times(factor: f64, noise: &[f64]) -> Vec<f64> {
    noise.iter().map(|value| value * factor * 1e8).collect()
}

#[derive(Debug, Default)]
struct Shares {
    within: f64,
    exceeded: f64,
    undecided: f64,
}

fn shares(findings: impl IntoIterator<Item = Finding>) -> Shares {
    let mut shares = Shares::default();
    let mut count = 0.0;
    for finding in findings {
        count += 1.0;
        match finding {
            Finding::Within => shares.within += 1.0,
            Finding::Exceeded => shares.exceeded += 1.0,
            Finding::CannotTell => shares.undecided += 1.0,
            other => panic!("{other:?}"),
        }
    }
    shares.within /= count;
    shares.exceeded /= count;
    shares.undecided /= count;
    shares
}

/// Ten trials against a stored baseline of ten runs of as many, with a limit of 5 %.
fn stored(name: &str, change: f64, campaigns: u32) -> Shares {
    let text = of_a("t = \"<= baseline + 5%\"");
    let one = |campaign: u32| {
        let seed = |side: &str| seed_from(&[name, side, &campaign.to_string()]);
        let before = times(1.0, &noise(seed("before"), 60, 0.02));
        let runs = before.chunks(10).map(|values| run(&text, [case("a").values("t", values)]));
        let now = times(1.0 + change, &noise(seed("now"), 10, 0.02));
        let now = run(&text, [case("a").values("t", &now)]);
        judge(&now, &baseline(runs), Strictness::Usual).verdicts[0].finding
    };
    shares((0..campaigns).map(one))
}

#[test]
fn an_unchanged_program_is_not_exceeded_against_its_baseline() {
    let found = stored("equal", 0.0, 250);
    println!("baseline + 5 %, no change: {found:?}");
    assert!(found.exceeded <= 0.01 && found.within >= 0.95, "{found:?}");
}

#[test]
fn a_tenth_slower_than_the_baseline_is_found() {
    let found = stored("tenth", 0.10, 120);
    println!("baseline + 5 %, +10 %: {found:?}");
    assert!(found.exceeded >= 0.95 && found.within <= 0.0, "{found:?}");
}

#[test]
fn a_change_at_the_limit_itself_is_undecided() {
    let found = stored("limit", 0.05, 120);
    println!("baseline + 5 %, +5 %: {found:?}");
    assert!(found.exceeded <= 0.05 && found.within <= 0.05, "{found:?}");
}

/// Pairs of trials that share a machine whose speed drifts by a third.
fn pairs(change: f64, pairs: usize, spikes: f64) -> Shares {
    let text = of_a_beside_b("t = \"<= case b + 5%\"");
    let one = |campaign: u32| {
        let seed = |side: &str| seed_from(&["pairs", side, &campaign.to_string()]);
        let drift = |values: Vec<f64>| -> Vec<f64> {
            let at = |index: usize| 1.0 + 0.33 * index as f64 / pairs as f64;
            values.iter().enumerate().map(|(index, value)| value * at(index)).collect()
        };
        // Two sides of 1.4 % make a ratio of 2 %.
        let sd = 0.02 / std::f64::consts::SQRT_2;
        let own = drift(times(1.0 + change, &spiky(seed("own"), pairs, sd, spikes)));
        let other = drift(times(1.0, &spiky(seed("other"), pairs, sd, spikes)));
        let run = run(&text, [case("a").values("t", &own), case("b").values("t", &other)]);
        judge(&run, &[], Strictness::Usual).verdicts[0].finding
    };
    shares((0..250).map(one))
}

/// One spike among ten pairs leaves an exact interval at 95 % undecided; among twenty it does not.
#[test]
fn pairs_find_what_changed_and_not_what_drifted() {
    for (n, spikes, least) in [(10, 0.0, 0.99), (20, 0.0, 0.99), (10, 0.02, 0.75), (20, 0.02, 0.97)]
    {
        for change in [0.0, 0.10] {
            let found = pairs(change, n, spikes);
            println!("{n} pairs, {spikes} spikes, {change:+}: {found:?}");
            let (right, wrong) = if change > 0.0 {
                (found.exceeded, found.within)
            } else {
                (found.within, found.exceeded)
            };
            assert!(right >= least && wrong <= 0.01, "{n} {spikes} {change}: {found:?}");
        }
    }
}

/// Forty metrics at their limit, where each alone would be exceeded once in forty runs.
#[test]
fn forty_metrics_at_once_raise_few_false_alarms() {
    let lines: String = (0..40).map(|i| format!("\"m{i}\" = \"<= baseline\"\n")).collect();
    let text = of_a(&lines);
    let of = |campaign: u32, side: &str, n: usize| {
        let metrics = (0..40).fold(case("a"), |case, i| {
            let seed = seed_from(&["forty", side, &campaign.to_string(), &i.to_string()]);
            case.values(&format!("m{i}"), &times(1.0, &noise(seed, n, 0.02)))
        });
        run(&text, [metrics])
    };
    let campaigns = 12;
    let (mut runs, mut alone) = (0, 0);
    for campaign in 0..campaigns {
        let before: Vec<Baseline> = baseline([of(campaign, "before", 20)]);
        let judgement = judge(&of(campaign, "now", 10), &before, Strictness::Usual);
        let by = |finding| judgement.verdicts.iter().filter(|v| v.finding == finding).count();
        let demoted = judgement
            .verdicts
            .iter()
            .filter(|v| v.reason.as_deref().is_some_and(|reason| reason.contains("by chance")));
        runs += u32::from(by(Finding::Exceeded) > 0);
        alone += by(Finding::Exceeded) + demoted.count();
    }
    println!("{runs} of {campaigns} runs alarm; {alone} of {} metrics would alone", campaigns * 40);
    assert!(runs <= 1, "{runs} of {campaigns}");
}

#[test]
fn one_slow_metric_among_forty_is_still_found() {
    let lines: String = (0..40).map(|i| format!("\"m{i}\" = \"<= baseline + 5%\"\n")).collect();
    let text = of_a(&lines);
    let of = |side: &str, slow: f64, n: usize| {
        let metrics = (0..40).fold(case("a"), |case, i| {
            let factor = if i == 7 { slow } else { 1.0 };
            let seed = seed_from(&["one of forty", side, &i.to_string()]);
            case.values(&format!("m{i}"), &times(factor, &noise(seed, n, 0.02)))
        });
        run(&text, [metrics])
    };
    let before = baseline([of("before", 1.0, 20)]);
    let judgement = judge(&of("now", 1.15, 10), &before, Strictness::Usual);
    let exceeded: Vec<&str> = judgement
        .verdicts
        .iter()
        .filter(|v| v.finding == Finding::Exceeded)
        .map(|v| v.metric.as_str())
        .collect();
    assert_eq!(exceeded, ["m7"]);
}

#[test]
fn an_overhead_at_its_limit_is_seldom_decided_either_way() {
    let found = pairs(0.05, 10, 0.0);
    println!("10 pairs, 0 spikes, +5 % at a limit of 5 %: {found:?}");
    assert!(found.exceeded <= 0.05 && found.within <= 0.05, "{found:?}");
}
