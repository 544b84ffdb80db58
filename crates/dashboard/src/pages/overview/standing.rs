//! How each case stands: the latest judgement that has it, and the worst of its budgets there.

use std::cmp::Ordering;

use tollgate::judge::{Judgement, Verdict};
use tollgate::report::phrase;

use crate::judged::Judged;

pub(super) struct Standing<'j> {
    pub(super) judgement: &'j Judgement,
    pub(super) worst: &'j Verdict,
    /// How many budgets the case has, and how many of them were found like the worst.
    budgets: usize,
    alike: usize,
}

/// The worst case first; of those that are alike the one with the least room.
pub(super) fn standings(judged: &Judged) -> Vec<Standing<'_>> {
    let mut cases: Vec<&str> = Vec::new();
    let mut standings = Vec::new();
    for judgement in judged.judgements.iter().rev() {
        for verdict in &judgement.verdicts {
            if !cases.contains(&verdict.case.as_str()) {
                cases.push(&verdict.case);
                standings.extend(of_case(judgement, &verdict.case));
            }
        }
    }
    standings.sort_by(|a, b| worse_first(a.worst, b.worst));
    standings
}

fn of_case<'j>(judgement: &'j Judgement, case: &str) -> Option<Standing<'j>> {
    let own = || judgement.verdicts.iter().filter(|verdict| verdict.case == case);
    let worst = own().min_by(|a, b| worse_first(a, b))?;
    let alike = own().filter(|verdict| verdict.finding == worst.finding).count();
    Some(Standing { judgement, worst, budgets: own().count(), alike })
}

/// The worse first, then the one with less room.
fn worse_first(a: &Verdict, b: &Verdict) -> Ordering {
    let headroom = |verdict: &Verdict| verdict.headroom.unwrap_or(f64::NEG_INFINITY);
    let severity = phrase::severity(a.finding).cmp(&phrase::severity(b.finding));
    severity.then(headroom(a).total_cmp(&headroom(b)))
}

impl Standing<'_> {
    /// `2 of 10`.
    pub(super) fn share(&self) -> String {
        format!("{} of {}", self.alike, self.budgets)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judged::sample::{judged, verdict};
    use tollgate::judge::Finding;

    #[test]
    fn the_worst_case_comes_first_with_its_worst_budget() {
        let judged = judged(vec![vec![
            verdict("fine", "wall", Finding::Within, 0.5),
            verdict("close", "wall", Finding::Within, 0.1),
            verdict("broken", "wall", Finding::Within, 0.9),
            verdict("broken", "cpu", Finding::Exceeded, -0.1),
            verdict("broken", "memory", Finding::Exceeded, -0.3),
        ]]);
        let standings = standings(&judged);
        let told: Vec<(&str, &str, String)> = standings
            .iter()
            .map(|one| (one.worst.case.as_str(), one.worst.metric.as_str(), one.share()))
            .collect();
        assert_eq!(
            told,
            [
                ("broken", "memory", "2 of 3".to_owned()),
                ("close", "wall", "1 of 1".to_owned()),
                ("fine", "wall", "1 of 1".to_owned()),
            ]
        );
    }

    #[test]
    fn a_case_that_the_latest_run_lacks_stands_as_it_last_did() {
        let judged = judged(vec![
            vec![verdict("old", "wall", Finding::Exceeded, -0.1)],
            vec![
                verdict("old", "wall", Finding::Within, 0.1),
                verdict("new", "wall", Finding::Within, 0.2),
            ],
            vec![verdict("new", "wall", Finding::Warned, 0.3)],
        ]);
        let told: Vec<(&str, Finding)> = standings(&judged)
            .iter()
            .map(|one| (one.worst.case.as_str(), one.worst.finding))
            .collect();
        assert_eq!(told, [("new", Finding::Warned), ("old", Finding::Within)]);
    }
}
