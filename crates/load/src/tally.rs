//! What a thread has seen since it last told, in arrays that cost a few nanoseconds a request.

use std::collections::HashMap;

use tollgate_stats::histogram::Recorder;

use crate::check::Fault;
use crate::report::Window;

/// Reasons kept apart for one operation; whatever else goes wrong is counted together.
const MOST_REASONS: usize = 50;

/// One request that ended.
#[derive(Debug)]
pub(crate) struct Seen<'a> {
    pub operation: usize,
    /// When it should have been sent, when it was, and when it ended.
    pub due: u64,
    pub sent: u64,
    /// By how much the generator itself was late.
    pub late: u64,
    pub ended: u64,
    pub fault: Option<&'a Fault>,
    pub bytes: u64,
}

#[derive(Debug)]
pub(crate) struct Tally {
    /// Before this nothing counts, though it is shown.
    warmup: u64,
    warm: Vec<Cell>,
    counted: Vec<Cell>,
    /// Those told before stay, with a count of zero.
    failures: HashMap<(usize, String), u64>,
    reasons: Vec<usize>,
}

#[derive(Debug, Default)]
struct Cell {
    latency: Recorder,
    service: Recorder,
    lateness: Recorder,
    succeeded: u64,
    failed: u64,
    in_time: u64,
    received: u64,
}

/// Failures by operation and reason.
pub(crate) type Failures = Vec<((usize, String), u64)>;

impl Tally {
    pub fn new(operations: usize, warmup: u64) -> Tally {
        let cells = || (0..operations).map(|_| Cell::default()).collect();
        Tally {
            warmup,
            warm: cells(),
            counted: cells(),
            failures: HashMap::new(),
            reasons: vec![0; operations],
        }
    }

    /// `end` is that of the schedule.
    pub fn record(&mut self, seen: &Seen<'_>, end: u64) {
        let counts = seen.due >= self.warmup;
        let cells = if counts { &mut self.counted } else { &mut self.warm };
        let cell = &mut cells[seen.operation];
        cell.lateness.record(seen.late);
        cell.received += seen.bytes;
        if matches!(seen.fault, None | Some(Fault::TimedOut)) {
            cell.latency.record(seen.ended.saturating_sub(seen.due));
            cell.service.record(seen.ended.saturating_sub(seen.sent));
        }
        let Some(fault) = seen.fault else {
            cell.succeeded += 1;
            cell.in_time += u64::from(seen.ended <= end);
            return;
        };
        cell.failed += 1;
        if counts {
            self.fail(seen.operation, fault);
        }
    }

    fn fail(&mut self, operation: usize, fault: &Fault) {
        let reason = fault.to_string();
        let known = self.failures.contains_key(&(operation, reason.clone()));
        let reason = if known || self.reasons[operation] < MOST_REASONS {
            self.reasons[operation] += usize::from(!known);
            reason
        } else {
            "other reasons".to_owned()
        };
        *self.failures.entry((operation, reason)).or_insert(0) += 1;
    }

    /// Empties it: what counts, what was before that, and the failures among what counts.
    pub fn take(&mut self) -> (Vec<Window>, Vec<Window>, Failures) {
        let windows = |cells: &mut Vec<Cell>| cells.iter_mut().map(Cell::take).collect();
        let failures = self
            .failures
            .iter_mut()
            .filter(|(_, count)| **count > 0)
            .map(|(key, count)| (key.clone(), std::mem::take(count)))
            .collect();
        (windows(&mut self.counted), windows(&mut self.warm), failures)
    }
}

impl Cell {
    fn take(&mut self) -> Window {
        Window {
            latency: self.latency.take(),
            service: self.service.take(),
            lateness: self.lateness.take(),
            succeeded: std::mem::take(&mut self.succeeded),
            failed: std::mem::take(&mut self.failed),
            in_time: std::mem::take(&mut self.in_time),
            received: std::mem::take(&mut self.received),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(due: u64, ended: u64, fault: Option<&Fault>) -> Seen<'_> {
        Seen { operation: 0, due, sent: due + 1, late: 1, ended, fault, bytes: 10 }
    }

    #[test]
    fn what_was_due_before_the_warm_up_ended_does_not_count() {
        let mut tally = Tally::new(1, 100);
        tally.record(&seen(99, 200, None), 1000);
        tally.record(&seen(100, 200, None), 1000);
        let (counted, warm, _) = tally.take();
        assert_eq!((counted[0].succeeded, warm[0].succeeded), (1, 1));
    }

    #[test]
    fn a_time_out_counts_at_its_full_length_and_a_refusal_does_not_look_fast() {
        let mut tally = Tally::new(1, 0);
        tally.record(&seen(0, 500, Some(&Fault::TimedOut)), 1000);
        tally.record(&seen(0, 2, Some(&Fault::Refused)), 1000);
        let (counted, _, failures) = tally.take();
        assert_eq!((counted[0].latency.count(), counted[0].failed), (1, 2));
        assert_eq!(counted[0].latency.max(), Some(500));
        assert_eq!(failures.len(), 2);
    }

    #[test]
    fn an_answer_after_the_end_is_a_success_but_no_throughput() {
        let mut tally = Tally::new(1, 0);
        tally.record(&seen(900, 1001, None), 1000);
        let (counted, ..) = tally.take();
        assert_eq!((counted[0].succeeded, counted[0].in_time), (1, 0));
    }

    #[test]
    fn endless_reasons_are_counted_together() {
        let mut tally = Tally::new(1, 0);
        for number in 0..1000 {
            let fault = Fault::Malformed(number.to_string());
            tally.record(&seen(0, 1, Some(&fault)), 10);
        }
        let (_, _, failures) = tally.take();
        assert_eq!(failures.len(), MOST_REASONS + 1);
        assert_eq!(failures.iter().map(|(_, count)| count).sum::<u64>(), 1000);
    }

    #[test]
    fn the_same_reason_stays_the_same_however_often_it_is_told() {
        let mut tally = Tally::new(1, 0);
        for _ in 0..MOST_REASONS + 10 {
            tally.record(&seen(0, 1, Some(&Fault::Refused)), 10);
            let (_, _, failures) = tally.take();
            assert_eq!(failures, [((0, Fault::Refused.to_string()), 1)]);
        }
        assert!(tally.take().2.is_empty());
    }
}
