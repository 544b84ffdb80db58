//! Hard and soft limits, accepted breaches, and what follows for the exit code.

use tollgate::judge::{Finding, Outcome, Strictness, Verdict, judge};
use tollgate::run::{Data, Run};
use tollgate_stats::histogram::Histogram;

use super::build::{MS, around, baseline, case, is_red, judged, of_a, only, run, same, verdict};

const BOTH: &str = "wall = { hard = \"<= 100ms\", soft = \"<= 60ms\" }";

fn wall(budget: &str, ms: f64) -> Verdict {
    verdict(&of_a(budget), [case("a").values("wall", &same(ms * MS, 10))])
}

/// Ten values whose median is the centre and whose interval spans a tenth either way.
fn spread(centre: f64) -> Vec<f64> {
    (0..10).map(|i| centre * MS * (0.9 + 0.2 * f64::from(i) / 9.0)).collect()
}

fn undecided(centre: f64, extra: &str) -> Run {
    let text = of_a(&format!("wall = {{ hard = \"<= 100ms\"{extra} }}"));
    run(&text, [case("a").values("wall", &spread(centre))])
}

#[test]
fn a_warning_comes_from_the_soft_limit_alone() {
    for (ms, finding, outcome) in [
        (50.0, Finding::Within, Outcome::Within),
        (80.0, Finding::Warned, Outcome::Within),
        (120.0, Finding::Exceeded, Outcome::Exceeded),
    ] {
        let found = wall(BOTH, ms);
        assert_eq!((found.finding, found.outcome), (finding, outcome), "{ms}");
        assert_eq!(found.hard.unwrap().value, Some(100.0 * MS));
        assert_eq!(found.soft.unwrap().value, Some(60.0 * MS));
    }
    assert_eq!(wall("wall = \"<= 100ms\"", 80.0).finding, Finding::Within);
}

#[test]
fn a_soft_limit_alone_never_fails_a_build() {
    let budget = "wall = { soft = \"<= 60ms\" }";
    for ms in [50.0, 80.0, 1e6] {
        let text = of_a(budget);
        let run = run(&text, [case("a").values("wall", &same(ms * MS, 10))]);
        for strictness in [Strictness::Usual, Strictness::Strict] {
            let found = only(judge(&run, &[], strictness));
            assert_eq!(found.outcome, Outcome::Within);
            assert_eq!(found.finding == Finding::Warned, ms > 60.0);
        }
    }
    let noisy = run(&of_a(budget), [case("a").values("wall", &spread(62.0))]);
    let found = only(judge(&noisy, &[], Strictness::Strict));
    assert_eq!((found.finding, found.outcome), (Finding::CannotTell, Outcome::Within));
}

#[test]
fn a_soft_limit_on_nothing_is_not_measured_all_the_same() {
    let found = verdict(&of_a("wall = { soft = \"<= 60ms\" }"), [case("a").trials(3)]);
    assert_eq!(found.outcome, Outcome::NotMeasured);
}

#[test]
fn a_soft_limit_that_cannot_be_judged_does_not_hide_the_hard_one() {
    let budget = "wall = { hard = \"<= 100ms\", soft = \"<= baseline + 5%\" }";
    assert_eq!(wall(budget, 120.0).outcome, Outcome::Exceeded);
    let found = wall(budget, 80.0);
    assert_eq!((found.finding, found.outcome), (Finding::Warned, Outcome::Within));
    assert!(found.reason.unwrap().contains("the soft limit was not judged: there is no baseline"));
}

#[test]
fn an_undecided_verdict_fails_when_the_estimate_breaks_the_limit() {
    for (centre, outcome) in [(98.0, Outcome::Within), (103.0, Outcome::CannotTell)] {
        let found = only(judged(&undecided(centre, "")));
        is_red(&found, outcome, "the limit 100 ms lies inside the interval");
        assert_eq!(found.finding, Finding::CannotTell);
    }
}

#[test]
fn a_budget_says_what_being_undecided_means() {
    for (word, outcome) in
        [("fail", Outcome::CannotTell), ("warn", Outcome::Within), ("pass", Outcome::Within)]
    {
        for centre in [98.0, 103.0] {
            let run = undecided(centre, &format!(", on-cannot-tell = \"{word}\""));
            let found = only(judged(&run));
            assert_eq!((found.finding, found.outcome), (Finding::CannotTell, outcome), "{word}");
            assert_eq!(
                judge(&run, &[], Strictness::Strict).outcome,
                Outcome::CannotTell,
                "strict has the last word"
            );
        }
    }
}

fn accepted(limit: &str, until: &str, ms: f64) -> Verdict {
    let accept =
        format!("accept = {{ limit = \"{limit}\", until = \"{until}\", reason = \"new cache\" }}");
    wall(&format!("wall = {{ hard = \"<= 100ms\", {accept} }}"), ms)
}

#[test]
fn an_accepted_breach_warns_until_its_last_day() {
    for until in ["2026-11-21", "2027-01-31"] {
        let found = accepted("<= 150ms", until, 120.0);
        assert_eq!((found.finding, found.outcome), (Finding::Warned, Outcome::Within));
        assert_eq!(found.accepted.unwrap(), format!("`<= 150ms` until {until}: new cache"));
    }
    let found = accepted("<= 150ms", "2026-11-20", 120.0);
    assert_eq!((found.finding, found.outcome), (Finding::Exceeded, Outcome::Exceeded));
    assert!(found.hint.unwrap().contains("that day has passed"));
}

#[test]
fn a_breach_accepted_until_a_day_that_does_not_exist_bites() {
    let text = of_a(
        "wall = { hard = \"<= 100ms\", accept = { limit = \"<= 150ms\", until = \"2027-01-31\", \
         reason = \"new cache\" } }",
    );
    let mut run = run(&text, [case("a").values("wall", &same(120.0 * MS, 10))]);
    // A run from elsewhere may hold any text, and a year of five digits sorts before any other.
    for (until, started_ms) in
        [("whenever", 0), ("2027-02-29", 0), ("2027-01-31", 253_402_300_800_000)]
    {
        run.head.budgets[0].accept.as_mut().unwrap().until = until.to_owned();
        run.head.started_ms = started_ms;
        let found = only(judge(&run, &[], Strictness::Usual));
        assert_eq!(found.finding, Finding::Exceeded, "{until}");
    }
}

#[test]
fn a_breach_beyond_the_accepted_limit_is_exceeded() {
    let found = accepted("<= 110ms", "2027-01-31", 120.0);
    assert_eq!((found.finding, found.outcome), (Finding::Exceeded, Outcome::Exceeded));
    assert!(found.hint.unwrap().contains("even the accepted `<= 110ms` is exceeded"));
    assert_eq!(found.accepted, None);
}

#[test]
fn an_undecided_accepted_limit_follows_the_same_rule_as_any() {
    for (limit, finding, outcome) in [
        ("<= 121ms", Finding::Warned, Outcome::Within),
        ("<= 117ms", Finding::Exceeded, Outcome::Exceeded),
    ] {
        let accept = format!(
            "accept = {{ limit = \"{limit}\", until = \"2027-01-31\", reason = \"new cache\" }}"
        );
        let text = of_a(&format!("wall = {{ hard = \"<= 100ms\", {accept} }}"));
        let found = verdict(&text, [case("a").values("wall", &spread(120.0))]);
        assert_eq!((found.finding, found.outcome), (finding, outcome), "{limit}");
    }
}

#[test]
fn what_is_within_needs_no_acceptance_and_what_is_not_measured_gets_none() {
    let found = accepted("<= 150ms", "2027-01-31", 80.0);
    assert_eq!((found.finding, found.accepted), (Finding::Within, None));
    let accept = "accept = { limit = \"<= 150ms\", until = \"2027-01-31\", reason = \"x\" }";
    let text = of_a(&format!("wall = {{ hard = \"<= 100ms\", {accept} }}"));
    let found = verdict(&text, [case("a").trials(2)]);
    assert_eq!((found.outcome, found.accepted), (Outcome::NotMeasured, None));
}

#[test]
fn a_relative_limit_may_be_accepted_by_an_absolute_or_a_relative_one() {
    for (limit, outcome) in [
        ("<= 150ms", Outcome::Within),
        ("<= baseline + 50%", Outcome::Within),
        ("<= baseline + 10%", Outcome::Exceeded),
        ("<= 110ms", Outcome::Exceeded),
    ] {
        let accept =
            format!("accept = {{ limit = \"{limit}\", until = \"2027-01-31\", reason = \"x\" }}");
        let text = of_a(&format!("wall = {{ hard = \"<= baseline + 5%\", {accept} }}"));
        let of = |ms: f64| run(&text, [case("a").values("wall", &around(ms * MS, 10))]);
        let found = only(judge(&of(120.0), &baseline([of(100.0)]), Strictness::Usual));
        assert_eq!(found.outcome, outcome, "{limit}");
    }
}

#[test]
fn an_accepted_limit_in_another_dimension_bears_nothing() {
    let accept = "accept = { limit = \"<= 150MB\", until = \"2027-01-31\", reason = \"x\" }";
    let text = of_a(&format!("cost = {{ hard = \"<= 100ms\", {accept} }}"));
    let found = verdict(&text, [case("a").values("cost", &same(120.0 * MS, 10))]);
    assert_eq!(found.outcome, Outcome::Exceeded);
}

#[test]
fn the_worst_outcome_wins() {
    // In rising order: within, cannot tell, not measured, exceeded.
    let lines = [
        ("\"good\" = \"<= 200ms\"", Outcome::Within),
        ("\"vague\" = \"<= 100ms\"", Outcome::CannotTell),
        ("\"gone\" = \"<= 100ms\"", Outcome::NotMeasured),
        ("\"bad\" = \"<= 100ms\"", Outcome::Exceeded),
    ];
    for most in 0..lines.len() {
        let chosen: Vec<&str> = lines[..=most].iter().rev().map(|&(line, _)| line).collect();
        let now = case("a")
            .values("good", &same(MS, 10))
            .values("vague", &spread(103.0))
            .values("bad", &same(120.0 * MS, 10));
        let judgement = judged(&run(&of_a(&chosen.join("\n")), [now]));
        assert_eq!(judgement.verdicts.len(), most + 1);
        assert_eq!(judgement.outcome, lines[most].1);
    }
}

#[test]
fn headroom_is_the_distance_to_the_limit_as_a_share_of_it() {
    for (budget, ms, headroom) in [
        ("wall = \"<= 100ms\"", 80.0, 0.2),
        ("wall = \"<= 100ms\"", 120.0, -0.2),
        ("wall = \">= 100ms\"", 120.0, 0.2),
        ("wall = { soft = \"<= 100ms\" }", 80.0, 0.2),
    ] {
        let found = wall(budget, ms).headroom.unwrap();
        assert!((found - headroom).abs() < 1e-12, "{budget} {ms}: {found}");
    }
    let found = verdict(&of_a("\"x\" = \"<= 0\""), [case("a").values("x", &same(0.0, 10))]);
    assert_eq!((found.finding, found.headroom), (Finding::Within, None));
}

/// Two minutes of 15 requests a second, of which one in a hundred takes longer than the others.
fn disturbed(disturbance: usize) -> Vec<Histogram> {
    let mut times: Vec<u64> = (0..1760_u64)
        .map(|i| 3_000_000 + i * 7919 % 1000 * 200 + u64::from(i * 31 % 97 == 5) * 1_000_000)
        .collect();
    times[900..900 + disturbance].iter_mut().for_each(|time| *time += 4_000_000);
    times.chunks(15).map(|second| Histogram::from_values(second.iter().copied())).collect()
}

#[test]
fn one_disturbance_does_not_keep_a_wide_limit_from_being_judged() {
    let of = |disturbance| {
        let windows = Data::Histograms(disturbed(disturbance));
        verdict(&of_a("\"latency p99\" = \"<= 50ms\""), [case("a").at(1, "latency", windows)])
    };
    let found = of(10);
    assert_eq!(found.finding, Finding::Within, "{found:?}");
    let estimate = found.estimate.unwrap();
    assert!(estimate.method.ends_with("upper end by counting bursts"), "{estimate:?}");
    assert!(estimate.high.unwrap() < 9e6, "{estimate:?}");
    // Where nothing but the disturbance is over the p99, another one may be of any length.
    let found = of(60);
    assert_eq!(found.finding, Finding::NotMeasured, "{found:?}");
    assert!(found.reason.unwrap().contains("which depend on each other"));
}
