//! A budget on a case that measures only operations holds for each of them.

use tollgate::judge::{Finding, Outcome};

use super::build::{case, is_red, judged, of_a, run, same};

#[test]
fn a_budget_on_a_case_holds_for_each_operation() {
    let now = case("a")
        .of("read")
        .values("latency", &same(1.0, 10))
        .of("write")
        .values("latency", &same(9e9, 10));
    let judgement = judged(&run(&of_a("\"latency median\" = \"<= 1s\""), [now]));
    let found: Vec<(Option<&str>, Finding)> =
        judgement.verdicts.iter().map(|v| (v.operation.as_deref(), v.finding)).collect();
    assert_eq!(found, [(Some("read"), Finding::Within), (Some("write"), Finding::Exceeded)]);
}

#[test]
fn a_case_measured_as_a_whole_is_judged_as_a_whole() {
    let now =
        case("a").values("latency", &same(1.0, 10)).of("write").values("latency", &same(9e9, 10));
    let judgement = judged(&run(&of_a("\"latency median\" = \"<= 1s\""), [now]));
    assert_eq!(judgement.verdicts.len(), 1);
    assert_eq!(judgement.verdicts[0].operation, None);
    assert_eq!(judgement.outcome, Outcome::Within);
}

#[test]
fn an_operation_missing_from_one_trial_is_not_measured() {
    let now = case("a")
        .trials(10)
        .of("read")
        .values("latency", &same(1.0, 10))
        .of("write")
        .values("latency", &same(1.0, 9));
    let judgement = judged(&run(&of_a("\"latency median\" = \"<= 1s\""), [now]));
    assert_eq!(judgement.verdicts[0].finding, Finding::Within);
    is_red(&judgement.verdicts[1], Outcome::NotMeasured, "only 9 of 10");
}

#[test]
fn a_parameter_whose_every_trial_crashed_is_judged_as_well() {
    let text = "[case.a]\nrun = [\"true\", \"{size}\"]\nparams = { size = [1, 10] }\n\
                [case.a.budget]\n\"parse time\" = \"<= 1s\"\n";
    let small = case("a").parameter("size=1").of("size=1 / x").values("parse time", &same(1.0, 3));
    let large = case("a").parameter("size=10").crash(1).crash(2).crash(3);
    let judgement = judged(&run(text, [small, large]));
    assert_eq!(judgement.verdicts.len(), 2);
    assert_eq!(judgement.verdicts[1].operation.as_deref(), Some("size=10"));
    is_red(&judgement.verdicts[1], Outcome::NotMeasured, "3 of 3 trials failed");
}

#[test]
fn verdicts_stand_in_the_order_of_the_file() {
    let now = case("a").values("x", &same(1.0, 10)).values("y", &same(1.0, 10));
    let judgement = judged(&run(&of_a("y = \"<= 1s\"\nx = \"<= 1s\""), [now]));
    let metrics: Vec<&str> = judgement.verdicts.iter().map(|v| v.metric.as_str()).collect();
    assert_eq!(metrics, ["y", "x"]);
}
