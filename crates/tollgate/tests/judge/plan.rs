//! The plan: which cases, in which order, and the smallest change they can show.

use std::collections::BTreeSet;
use std::time::Duration;

use tollgate::budget::Source;
use tollgate::budget::load::Load;
use tollgate::judge::detectable;
use tollgate::metric::Statistic;
use tollgate::plan::{Plan, PlanError, Purpose, Wish, resolve};
use tollgate_load::scenario::Shape;

use super::build::{case, file, of_a, run};

const FILE: &str = r#"
[case.start]
run = ["true"]
trials = 5
[case.parse-small]
run = ["true", "{size}", "{mode}"]
trials = 3
params = { size = [1, 10], mode = ["fast", "slow"] }
[case.parse-large]
run = ["true"]
trials = 7
warmups = 2
sets = ["nightly"]
budget.wall = "<= case start + 5%"
[case.leaf]
run = ["true"]
sets = ["nightly", "weekly"]
budget.wall = { soft = "<= case parse-large + 5%" }
"#;

fn plan(wish: &Wish) -> Result<Plan, PlanError> {
    resolve(&file(FILE), wish)
}

fn named(names: &[&str]) -> Wish {
    Wish { cases: names.iter().map(|&name| name.to_owned()).collect(), ..Wish::default() }
}

fn cases(plan: &Plan) -> Vec<&str> {
    let mut names: Vec<&str> = plan.units.iter().map(|unit| unit.case.as_str()).collect();
    names.dedup();
    names
}

#[test]
fn each_round_holds_every_unit_once() {
    let plan = plan(&named(&["*"])).unwrap();
    let mut steps = plan.order.iter().filter(|step| matches!(step.purpose, Purpose::Trial(_)));
    for round in 1..=10 {
        let wanted: BTreeSet<usize> =
            (0..plan.units.len()).filter(|&unit| plan.units[unit].trials >= round).collect();
        let taken: Vec<_> = steps.by_ref().take(wanted.len()).collect();
        assert!(taken.iter().all(|step| step.purpose == Purpose::Trial(round)));
        assert_eq!(taken.iter().map(|step| step.unit).collect::<BTreeSet<_>>(), wanted);
    }
    assert_eq!(steps.next(), None);
    let first = plan.order.iter().position(|step| step.purpose != Purpose::Warmup).unwrap();
    assert!(plan.order[first..].iter().all(|step| step.purpose != Purpose::Warmup));
}

#[test]
fn the_order_differs_between_rounds_and_follows_the_seed() {
    let seeded = |seed| plan(&Wish { seed, ..named(&["*"]) }).unwrap().order;
    assert_eq!(seeded(1), seeded(1));
    assert_ne!(seeded(1), seeded(2));
    let plan = plan(&named(&["*"])).unwrap();
    let round = |number| -> Vec<usize> {
        let of = plan.order.iter().filter(|step| step.purpose == Purpose::Trial(number));
        of.map(|step| step.unit).collect()
    };
    let orders: BTreeSet<Vec<usize>> = (1..=3).map(round).collect();
    assert!(orders.len() > 1, "three rounds of all units in one order");
}

#[test]
fn every_combination_of_parameters_is_a_unit() {
    let plan = plan(&named(&["parse-small"])).unwrap();
    let operations: Vec<&str> =
        plan.units.iter().filter_map(|unit| unit.operation.as_deref()).collect();
    assert_eq!(
        operations,
        ["size=1 mode=fast", "size=1 mode=slow", "size=10 mode=fast", "size=10 mode=slow"]
    );
    let Source::Run(run) = &plan.units[3].source else { panic!("it runs") };
    assert_eq!(run.command, ["true", "10", "slow"]);
    let planned = plan.trials();
    assert!(planned.iter().all(|planned| planned.trials == 3));
    assert_eq!(planned.len(), 4);
}

#[test]
fn a_case_brings_along_what_it_is_held_against() {
    assert_eq!(cases(&plan(&named(&["parse-large"])).unwrap()), ["start", "parse-large"]);
    // Also at second hand, and for a soft limit.
    assert_eq!(cases(&plan(&named(&["leaf"])).unwrap()), ["start", "parse-large", "leaf"]);
}

#[test]
fn cases_are_chosen_by_set_name_and_glob() {
    let set = |name: &str| Wish { set: Some(name.to_owned()), ..Wish::default() };
    assert_eq!(cases(&plan(&Wish::default()).unwrap()), ["start", "parse-small"]);
    assert_eq!(cases(&plan(&set("weekly")).unwrap()), ["start", "parse-large", "leaf"]);
    assert_eq!(
        cases(&plan(&set("full")).unwrap()),
        ["start", "parse-small", "parse-large", "leaf"]
    );
    assert_eq!(
        cases(&plan(&named(&["parse-*"])).unwrap()),
        ["start", "parse-small", "parse-large"]
    );
    // Twice the same, or two patterns on one case, measure it once.
    let twice = plan(&named(&["start", "st*", "start"])).unwrap();
    assert_eq!(twice.units.len(), 1);
    assert_eq!(twice.order.iter().filter(|s| s.purpose != Purpose::Warmup).count(), 5);
}

#[test]
fn unknown_names_are_told_with_what_was_meant() {
    let told = |wish: &Wish| plan(wish).unwrap_err().to_string();
    assert_eq!(told(&named(&["strat"])), "no case is called `strat`; there is a case `start`");
    assert_eq!(
        told(&named(&["start", "zzzzzz"])),
        "no case is called `zzzzzz`; cases: start, parse-small, parse-large, leaf"
    );
    assert!(told(&named(&["[a"])).starts_with("`[a` is no pattern"));
    let set = Wish { set: Some("nigthly".to_owned()), ..Wish::default() };
    assert!(
        told(&set).contains("no case is in the set `nigthly` (sets: full, nightly, quick, weekly)")
    );
}

#[test]
fn the_number_of_trials_may_be_asked_for() {
    let plan = plan(&Wish { trials: Some(2), ..named(&["*"]) }).unwrap();
    assert!(plan.trials().iter().all(|planned| planned.trials == 2));
}

const SERVICES: &str = r#"
[case.start]
run = ["true"]
[case.api]
serve = ["api", "--port", "{port}"]
sets = ["nightly"]
load = { users = ["reader"], set = { requests = 7 } }
budget.latency = "<= case other + 5%"
[case.other]
url = "http://127.0.0.1:1"
sets = ["weekly"]
load = { users = ["reader", "writer"], scenario = "steady" }
[user.reader]
task = [{ get = "/" }]
[user.writer]
task = [{ post = "/" }]
[scenario.smoke]
users = 3
for = "1s"
[scenario.writes]
rate = "5/s"
for = "1s"
classes = ["writer"]
"#;

fn under(scenario: &str, wish: Wish) -> Result<Plan, PlanError> {
    resolve(&file(SERVICES), &Wish { scenario: Some(scenario.to_owned()), ..wish })
}

fn loads(plan: &Plan) -> Vec<&Load> {
    let mut loads = Vec::new();
    for unit in &plan.units {
        if let Source::Serve(serve) = &unit.source {
            loads.push(&serve.load);
        }
    }
    loads
}

#[test]
fn a_scenario_is_laid_over_every_service_where_none_is_in_the_usual_set() {
    let plan = under("smoke", Wish::default()).unwrap();
    assert_eq!(cases(&plan), ["api", "other"]);
    // The file's own scenario takes the place of the ready-made one of that name.
    for load in loads(&plan) {
        assert_eq!(load.scenario.shape, users(3));
    }
    // What a case sets holds under any scenario.
    assert_eq!(
        loads(&plan).iter().map(|load| load.scenario.requests).collect::<Vec<_>>(),
        [Some(7), None]
    );
    let nightly = Wish { set: Some("nightly".to_owned()), ..Wish::default() };
    assert_eq!(cases(&under("peak", nightly).unwrap()), ["api", "other"]);
    assert_eq!(cases(&under("peak", named(&["start", "other"])).unwrap()), ["start", "other"]);
}

fn users(users: u32) -> Shape {
    Shape::Users { users, ramp: Duration::ZERO, hold: Duration::from_secs(1) }
}

#[test]
fn a_scenario_that_cannot_be_laid_over_a_case_is_refused() {
    let told = |scenario: &str, wish: Wish| under(scenario, wish).unwrap_err().to_string();
    assert_eq!(
        told("smok", Wish::default()),
        "no scenario is called `smok`; there is a scenario `smoke`"
    );
    assert!(told("zzzz", Wish::default()).ends_with(
        "; scenarios: smoke, writes, steady, normal, spike, peak, stress, capacity, endurance"
    ));
    assert!(told("smoke", named(&["start"])).contains("none of those chosen is a service"));
    assert!(told("writes", named(&["api"])).contains("no user of the case takes part"));
    // The case sets a number of requests, and a search has none.
    assert!(told("capacity", named(&["api"])).contains("case `api` cannot be loaded"));
}

#[test]
fn only_the_classes_of_the_scenario_take_part() {
    let plan = under("writes", named(&["other"])).unwrap();
    let workload = loads(&plan)[0].workload(1);
    let names: Vec<&str> = workload.users.iter().map(|user| user.name.as_str()).collect();
    assert_eq!(names, ["writer"]);
}

/// Values whose logarithms have exactly this standard deviation.
fn with_spread(sd: f64) -> Vec<f64> {
    let z: Vec<f64> = (0..20).map(|i| f64::from(i) - 9.5).collect();
    let own = (z.iter().map(|z| z * z).sum::<f64>() / 19.0).sqrt();
    z.iter().map(|z| 100.0 * (z / own * sd).exp()).collect()
}

#[test]
fn the_detectable_change_is_that_of_the_published_table() {
    // Trials on each side that find a change four times in five, by noise.
    for (sd, trials, change) in [
        (0.02, 18, 0.02),
        (0.02, 4, 0.05),
        (0.05, 102, 0.02),
        (0.05, 18, 0.05),
        (0.05, 6, 0.10),
        (0.10, 402, 0.02),
        (0.10, 67, 0.05),
        (0.10, 19, 0.10),
    ] {
        let run = run(&of_a("t = \"<= 1s\""), [case("a").values("t", &with_spread(sd))]);
        let found = |trials| detectable(&run, "a", None, ("t", Statistic::MEDIAN), trials).unwrap();
        assert!(found(trials) <= change * 1.04, "{sd} {trials}: {}", found(trials));
        assert!(found(trials - 1) >= change * 0.98, "{sd} {trials}: {}", found(trials - 1));
    }
}

#[test]
fn nothing_is_said_of_a_change_without_noise_to_judge_by() {
    let of = |values: &[f64]| {
        let run = run(&of_a("t = \"<= 1s\""), [case("a").values("t", values)]);
        detectable(&run, "a", None, ("t", Statistic::MEDIAN), 10)
    };
    assert_eq!(of(&[1.0, 2.0, 3.0]), None);
    assert_eq!(of(&[1.0, 2.0, 3.0, 0.0]), None);
    assert_eq!(of(&[]), None);
    assert!(of(&[1.0, 2.0, 3.0, 4.0]).is_some());
}

const USUAL: &str = r#"
[case.program]
run = ["true"]
[case.api]
serve = ["api", "{port}"]
load = { users = ["u"] }
[case.api.budget]
"latency p99" = "< 1s"
"server cpu" = "< 50%"
[case.long]
serve = ["api", "{port}"]
load = { users = ["u"] }
sets = ["nightly"]
[user.u]
task = [{ get = "/" }]
"#;

#[test]
fn a_scenario_is_laid_over_the_services_of_the_usual_set() {
    let wish = Wish { scenario: Some("spike".to_owned()), ..Wish::default() };
    let chosen = resolve(&file(USUAL), &wish).unwrap();
    assert_eq!(cases(&chosen), ["api"]);
    let all = Wish { set: Some("full".to_owned()), ..wish.clone() };
    assert_eq!(cases(&resolve(&file(USUAL), &all).unwrap()), ["api", "long"]);
    let only_nightly = USUAL.replacen("load = {", "sets = [\"nightly\"]\nload = {", 1);
    let chosen = resolve(&file(&only_nightly), &wish).unwrap();
    assert_eq!(cases(&chosen), ["api", "long"]);
}

#[test]
fn what_a_service_elsewhere_needs_is_set_aside() {
    let here = resolve(&file(USUAL), &Wish::default()).unwrap();
    assert_eq!((here.budgets.len(), here.set_aside.len()), (2, 0));
    let elsewhere = USUAL.replacen("load = {", "url = \"http://127.0.0.1:1\"\nload = {", 1);
    let there = resolve(&file(&elsewhere), &Wish::default()).unwrap();
    assert_eq!(there.budgets.len(), 1);
    assert_eq!(there.set_aside[0].key.metric, "server cpu");
}

#[test]
fn cases_that_are_compared_stand_side_by_side_and_change_places_each_round() {
    let compared = file(
        r#"
[case.direct]
run = ["true"]
trials = 8
[case.other]
run = ["true"]
trials = 8
[case.gateway]
run = ["true"]
trials = 8
budget.cpu = "<= case direct + 5%"
"#,
    );
    for seed in 0..20 {
        let plan = resolve(&compared, &Wish { seed, ..Wish::default() }).unwrap();
        let name = |unit: usize| plan.units[unit].case.as_str();
        let trials: Vec<&str> = plan
            .order
            .iter()
            .filter(|step| matches!(step.purpose, Purpose::Trial(_)))
            .map(|step| name(step.unit))
            .collect();
        let pair = |round: &[&str]| -> Vec<String> {
            let at = |wanted: &str| round.iter().position(|name| *name == wanted).unwrap();
            assert_eq!(at("direct").abs_diff(at("gateway")), 1, "{round:?}");
            round.iter().filter(|name| **name != "other").map(|name| (*name).to_owned()).collect()
        };
        let rounds: Vec<Vec<String>> = trials.chunks(3).map(pair).collect();
        assert!(rounds.chunks(2).all(|two| two[0] != two[1]), "{rounds:?}");
        assert_eq!(
            plan.order,
            resolve(&compared, &Wish { seed, ..Wish::default() }).unwrap().order
        );
    }
}
