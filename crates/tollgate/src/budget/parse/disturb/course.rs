//! Whether a series of disturbances makes sense one after the other: what is down cannot be killed
//! again, and what runs cannot be started.

use crate::budget::company::{Action, Who};
use crate::budget::mistake::Mistake;

use super::Told;

/// How a program or the network is, after what was done before.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Condition {
    Well,
    Stopped,
    Down,
    /// Of the network: delayed or throttled.
    Slow,
}

pub(super) fn check(told: &[Told], mistakes: &mut Vec<Mistake>) {
    for (index, here) in told.iter().enumerate() {
        let disturbance = &here.disturbance;
        let before = told[..index].iter().rfind(|before| before.disturbance.who == disturbance.who);
        let condition = before.map_or(Condition::Well, |before| after(told, index, before));
        let Some((problem, help)) = problem(disturbance.action, condition) else { continue };
        let (word, who) = (disturbance.action.word(), disturbance.who.word());
        let title = format!("`{word}` finds `{who}` {problem}");
        let mistake = Mistake::new(&here.table, title, "at that moment").help(help);
        mistakes.push(match before {
            Some(before) => mistake.other(&before.table, "because of this"),
            None => mistake,
        });
    }
}

/// The condition after the last of what was done to the same one before.
fn after(told: &[Told], index: usize, last: &Told) -> Condition {
    let who: &Who = &last.disturbance.who;
    let all = told[..index].iter().filter(|told| told.disturbance.who == *who);
    all.fold(Condition::Well, |condition, told| match told.disturbance.action {
        Action::Kill | Action::Terminate | Action::Cut => Condition::Down,
        Action::Stop => Condition::Stopped,
        Action::Continue | Action::Start | Action::Heal => Condition::Well,
        Action::Delay(_) | Action::Throttle(_) if condition == Condition::Well => Condition::Slow,
        Action::Delay(_) | Action::Throttle(_) | Action::Reset => condition,
    })
}

fn problem(action: Action, condition: Condition) -> Option<(&'static str, &'static str)> {
    use Condition::{Down, Slow, Stopped, Well};
    let start = "start it before, or leave one of them out";
    Some(match (action, condition) {
        (Action::Kill | Action::Terminate | Action::Stop | Action::Continue, Down) => {
            ("already gone", start)
        }
        (Action::Stop, Stopped) => ("already stopped", "let it continue before"),
        (Action::Terminate, Stopped) => {
            ("stopped, when it hears nothing", "let it continue before, or kill it")
        }
        (Action::Continue, Well | Slow) => ("running", "only what was stopped can continue"),
        (Action::Start, Well | Slow) => ("running", "kill or terminate it before"),
        (Action::Start, Stopped) => ("stopped, not ended", "let it continue, or kill it before"),
        (Action::Cut | Action::Reset, Down) => ("already cut", "heal it before"),
        (Action::Heal, Well) => ("well", "there is nothing to heal"),
        _ => return None,
    })
}
