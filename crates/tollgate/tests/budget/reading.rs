//! What a valid budget file means.

use std::time::Duration;

use tollgate::budget::{Bound, BudgetFile, ServeSource, Source};
use tollgate::metric::Statistic;
use tollgate_load::scenario::Shape;
use tollgate_load::workload::{Expected, Think};

use super::{WHOLE, read, read_for};

fn limit_of(text: &str, environment: Option<&str>, metric: &str) -> String {
    let file = read_for(text, environment).unwrap_or_else(|mistakes| panic!("{mistakes}"));
    let case = file.cases.iter().find(|case| case.name == "verify").unwrap();
    let budget = case.budgets.iter().find(|budget| budget.key.to_string() == metric).unwrap();
    budget.hard.as_ref().unwrap().text.clone()
}

fn serve<'f>(file: &'f BudgetFile, name: &str) -> &'f ServeSource {
    let case = file.cases.iter().find(|case| case.name == name).unwrap();
    let Source::Serve(serve) = &case.source else { panic!("{name} serves") };
    serve
}

#[test]
fn every_kind_of_table_is_read() {
    let file = read(WHOLE).unwrap_or_else(|mistakes| panic!("{mistakes}"));
    assert_eq!(file.project.name, "proofs");
    let names: Vec<&str> = file.cases.iter().map(|case| case.name.as_str()).collect();
    assert_eq!(names, ["k-paths", "direct", "verify"]);
    assert_eq!(file.cases[0].trials, 5);
    assert_eq!(file.cases[0].warmups, 1);
    assert_eq!(file.cases[0].budgets.len(), 4);
    assert_eq!(file.cases[0].budgets[2].operation.as_deref(), Some("feasibility"));
    assert_eq!(file.cases[0].budgets[0].place.line, 9);
    let load = &serve(&file, "verify").load;
    assert_eq!(load.users, file.users);
    assert_eq!(load.scenario.name, "smoke");
    let millis = Duration::from_millis;
    assert_eq!(file.users[0].think, Think { shortest: millis(500), longest: millis(2500) });
    let expected = ("/valid".to_owned(), Expected::Is(true.into()));
    assert_eq!(file.users[0].tasks[0].steps[0].expect.json, [expected]);
    assert!(matches!(&file.scenarios[1].shape, Shape::Stages { stages, .. } if stages.len() == 3));
    assert!(matches!(file.scenarios[2].shape, Shape::Rate { .. }));
    assert_eq!(file.environments, ["staging"]);
}

#[test]
fn an_environment_lays_its_values_over_the_file() {
    assert_eq!(limit_of(WHOLE, None, "latency p99"), "< 150ms");
    assert_eq!(limit_of(WHOLE, Some("staging"), "latency p99"), "< 200ms");
    assert_eq!(limit_of(WHOLE, Some("staging"), "latency mean"), "< 50ms");
}

#[test]
fn a_variable_takes_its_value_or_its_default() {
    assert_eq!(limit_of(WHOLE, None, "errors"), "< 0.1%");
    let text = WHOLE.replace("MAX_FAIL_RATE", "SET");
    assert_eq!(limit_of(&text, None, "errors"), "< 7%");
}

#[test]
fn a_variable_may_stand_for_a_number() {
    let file = read("case.a = { run = [\"true\"], trials = \"${SET}\" }").unwrap();
    assert_eq!(file.cases[0].trials, 7);
}

#[test]
fn two_dollars_keep_a_brace_literal() {
    let file = read("[case.a]\nrun = [\"echo\", \"$${HOME}\"]").unwrap();
    let Source::Run(run) = &file.cases[0].source else { panic!() };
    assert_eq!(run.command[1], "${HOME}");
}

#[test]
fn the_median_is_the_fiftieth_percentile() {
    let file = read("[case.a]\nrun = [\"true\"]\nbudget.\"wall p50\" = \"<= 1s\"").unwrap();
    assert_eq!(file.cases[0].budgets[0].statistic(), Statistic::MEDIAN);
}

#[test]
fn a_zero_needs_no_unit() {
    let file = read("[case.a]\nrun = [\"true\"]\nbudget.\"exit failures\" = \"<= 0\"").unwrap();
    assert!(matches!(
        file.cases[0].budgets[0].hard.as_ref().unwrap().bound,
        Bound::Absolute(quantity) if quantity.value == 0.0
    ));
}
