use super::*;
use crate::judged::sample;
use tollgate::judge::Finding;

fn asked(runs: Option<u32>) -> Wanted {
    Wanted { name: "pay".to_owned(), project: None, environment: None, runs }
}

#[test]
fn the_number_of_runs_is_bounded() {
    let counts = [None, Some(0), Some(7), Some(u32::MAX)].map(|runs| asked(runs).count());
    assert_eq!(counts, [50, 1, 7, 500]);
}

#[test]
fn every_operation_has_its_part_and_every_budget_its_chart() {
    let of = |operation: Option<&str>, metric| Verdict {
        operation: operation.map(str::to_owned),
        ..sample::verdict("pay", metric, Finding::Within, 0.2)
    };
    let run = vec![of(Some("a"), "wall"), of(Some("<b>"), "wall"), of(Some("a"), "cpu")];
    let judged = sample::judged(vec![run.clone(), run]);
    let shown = Environment { project: "shop".to_owned(), name: None };
    let found = Found { judged, environments: vec![None], shown };
    let markup = page(&asked(None), &found).into_string();
    assert_eq!(markup.matches("<h2").count(), 2);
    assert_eq!(markup.matches("class=\"plot\"").count(), 3);
    assert_eq!(markup.matches("<table").count(), 3);
    assert!(markup.contains("&lt;b&gt;") && !markup.contains("<b>"));
}

#[test]
fn runs_of_another_machine_are_told() {
    let run = vec![sample::verdict("pay", "wall", Finding::Within, 0.2)];
    let mut judged = sample::judged(vec![run; 3]);
    assert_eq!(elsewhere(&judged).into_string(), "");
    judged.judgements[1].run.machine.host = "bench-2".to_owned();
    judged.judgements[1].run.machine.cores = 64;
    let told = elsewhere(&judged).into_string();
    assert!(told.contains("1 of these 3 runs is") && told.contains("bench-2"), "{told}");
}
