//! Does during a load what is to be done to the programs and to the network, each at its time.

use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use crate::budget::company::{Action, Disturbance, Who};
use crate::budget::load::Load;
use crate::quantity::{Dimension, show};
use crate::run::{Data, Resolution, Series};

use super::recovery::{Slice, recoveries, resolution};
use super::stage::Stage;
use crate::measure::process::single;

/// Something that was done, and when after the start of the load.
pub(super) struct Done<'a> {
    what: &'a Disturbance,
    at: Duration,
}

/// Why a load cannot be disturbed as it should be: it may be another one than the file has.
pub(super) fn refusal(list: &[Disturbance], load: &Load) -> Option<String> {
    let last = list.last()?;
    let name = &load.scenario.name;
    if load.searches() {
        return Some(format!("the scenario `{name}` looks for a rate and cannot be disturbed"));
    }
    let length = load.total();
    (last.at >= length).then(|| {
        let (word, at, length) = (last.action.word(), time(last.at), time(length));
        format!("`{word}` at {at} comes after the scenario `{name}`, which takes {length}")
    })
}

/// That long ago.
#[expect(clippy::disallowed_methods, reason = "the load tells how long it has run")]
pub(super) fn before(elapsed: Duration) -> Instant {
    let now = Instant::now();
    now.checked_sub(elapsed).unwrap_or(now)
}

/// Waits for the start of the load, does everything in its time, and stops when the load is over:
/// when nobody can tell any more.
pub(super) fn disturb<'a>(
    list: &'a [Disturbance],
    stage: &Stage,
    start: &Receiver<Instant>,
) -> Vec<Done<'a>> {
    let mut done = Vec::new();
    let Ok(started) = start.recv() else { return done };
    for what in list {
        let wait = what.at.saturating_sub(started.elapsed());
        if start.recv_timeout(wait) == Err(RecvTimeoutError::Disconnected) {
            break;
        }
        done.push(Done { what, at: started.elapsed() });
        carry_out(what, stage);
    }
    done
}

fn carry_out(what: &Disturbance, stage: &Stage) {
    let keeper = match &what.who {
        Who::Network => {
            stage.relay.iter().for_each(|relay| relay.apply(what.action));
            return;
        }
        Who::Service => stage.service.as_ref(),
        Who::Beside(name) => stage.beside.iter().find(|keeper| keeper.name() == name),
    };
    let Some(keeper) = keeper else { return };
    match what.action {
        Action::Kill => keeper.strike(libc::SIGKILL),
        Action::Terminate => keeper.strike(libc::SIGTERM),
        Action::Stop => keeper.signal(libc::SIGSTOP),
        Action::Continue => keeper.signal(libc::SIGCONT),
        Action::Start => keeper.start(),
        Action::Delay(_) | Action::Cut | Action::Heal | Action::Reset | Action::Throttle(_) => {}
    }
}

/// What became of the disturbances: the series of recoveries, if there is one from each that was
/// to be, and a note of each.
pub(super) fn told(
    list: &[Disturbance],
    done: &[Done<'_>],
    slices: &[Slice],
) -> (Option<Series>, Vec<String>) {
    let taken: Vec<Duration> =
        done.iter().filter(|done| done.what.action.takes_away()).map(|done| done.at).collect();
    let recovered = recoveries(slices, &taken);
    let around = resolution(slices);
    let mut next = recovered.iter();
    let mut notes: Vec<String> = Vec::new();
    for one in done {
        let again = one.what.action.takes_away().then(|| next.next().copied().flatten());
        notes.push(line(one, again, around));
    }
    notes.extend(list[done.len()..].iter().map(|what| {
        let (action, who) = (what.action.word(), what.who.word());
        format!("{action} of {who}: not done, the load was over before {}", time(what.at))
    }));
    let due = list.iter().filter(|what| what.action.takes_away()).count();
    let values: Vec<f64> = recovered.iter().flatten().map(|one| one.as_nanos() as f64).collect();
    let is_whole = due > 0 && values.len() == due;
    let series = is_whole.then(|| Series {
        data: Data::Samples(values),
        resolution: Resolution::Absolute(around.as_nanos() as f64),
        ..single("recovery", 0.0, None)
    });
    (series, notes)
}

/// Nothing is told of a recovery where nothing was taken away.
fn line(done: &Done<'_>, again: Option<Option<Duration>>, around: Duration) -> String {
    let action = match done.what.action {
        Action::Delay(by) => format!("delay of {}", time(by)),
        Action::Throttle(rate) => {
            let bytes = Dimension { per_time: true, ..Dimension::BYTES };
            format!("throttle to {}", show(rate, bytes))
        }
        action => action.word().to_owned(),
    };
    let begin = format!("{action} of {} at {}", done.what.who.word(), time(done.at));
    match again {
        None => begin,
        Some(None) => format!("{begin}: requests did not succeed again before the load was over"),
        Some(Some(Duration::ZERO)) => format!("{begin}: no request showed it"),
        Some(Some(again)) => format!(
            "{begin}: requests succeeded again after {} (seen to {})",
            time(again),
            time(around)
        ),
    }
}

fn time(time: Duration) -> String {
    show(time.as_nanos() as f64, Dimension::TIME)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn disturbance(at: u64, action: Action, who: Who) -> Disturbance {
        Disturbance { at: Duration::from_secs(at), action, who }
    }

    fn slice(until: u64, failed: u64) -> Slice {
        Slice { until: Duration::from_secs(until), succeeded: 5, failed }
    }

    #[test]
    fn every_disturbance_is_noted_with_what_became_of_it() {
        let list = [
            disturbance(1, Action::Kill, Who::Beside("db".to_owned())),
            disturbance(3, Action::Start, Who::Beside("db".to_owned())),
            disturbance(9, Action::Cut, Who::Network),
        ];
        let done = |at: usize| Done { what: &list[at], at: list[at].at };
        let slices = [slice(1, 0), slice(2, 1), slice(3, 1), slice(4, 0), slice(9, 0)];
        let (series, notes) = told(&list, &[done(0), done(1)], &slices);
        // Of the cut nothing is known.
        assert_eq!(series, None);
        assert_eq!(
            notes,
            [
                "kill of db at 1 s: requests succeeded again after 2 s (seen to 5.25 s)",
                "start of db at 3 s",
                "cut of network: not done, the load was over before 9 s",
            ]
        );
        let (series, _) = told(&list[..2], &[done(0), done(1)], &slices);
        assert_eq!(series.unwrap().data, Data::Samples(vec![2e9]));
    }
}
