//! How often an operation runs, and which of its runs are timed together.
//!
//! Knows neither names nor records: it takes work, a clock and limits, and gives times.

use crate::clock::{Clock, Timer};
use crate::precision;

/// Something that can be timed. Whatever it needs besides is made and dropped outside the time.
pub(crate) trait Work {
    /// Runs it so many times and returns the nanoseconds between two readings around them.
    fn timed(&mut self, clock: &dyn Clock, runs: u64) -> u64;
    /// Whether what a batch takes in or gives out stays in memory until the batch ends.
    fn keeps(&self) -> bool;
}

/// How the times of an operation are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// `Samples` if a run lasts for twenty periods of the clock, `Batches` otherwise. An operation
    /// close to that bound, some 500 ns, should say which: a budget needs one form in all trials.
    Fitting,
    /// Each run is timed, for all the measuring time. Of very many, evenly spread ones are kept.
    Samples,
    /// Each run is timed, for all the measuring time, and counted in one of a hundred histograms.
    Histograms,
    /// Many runs are timed together: a mean and a median can be judged, a tail cannot.
    Batches,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    pub warm_up: u64,
    pub measuring: u64,
    /// Measuring ends before its time once half the width of the median's interval is no more than
    /// this share of the median. Zero: never.
    pub precision: f64,
}

/// Times in nanoseconds, without what the clock took.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Times {
    Single(Vec<u64>),
    /// What a batch took, and how many runs it held.
    Batches(Vec<(u64, u64)>),
}

/// A median needs six timings to be bounded on both sides at 95 % confidence; one is spare.
const FEWEST: usize = 7;
/// Measuring does not end before its time with fewer timings than these, nor in less than this
/// part of the time.
const FEWEST_PRECISE: usize = 50;
const SHORTEST_PART: u64 = 10;
/// As many batches as are told; more are put together.
const MOST_BATCHES: usize = 1_000;
/// As many samples as are told of one operation.
const MOST_SAMPLES: u64 = 50_000;
/// As many runs as are counted in histograms.
const MOST_COUNTED: usize = 10_000_000;
/// The longest batch: work that costs nothing must not be repeated for ever.
const MOST_RUNS: u64 = 1 << 30;
/// A batch that keeps its inputs or outputs holds no more than these.
const MOST_KEPT: u64 = 1 << 20;
/// Runs that differ by less than this are warm.
const STABLE: f64 = 0.05;

pub(crate) fn measure(
    clock: &dyn Clock,
    timer: &Timer,
    limits: Limits,
    form: Form,
    work: &mut dyn Work,
) -> Result<Times, String> {
    let most = if work.keeps() { MOST_KEPT } else { MOST_RUNS };
    let target = match work.keeps() {
        // What lies in memory shall stay in a cache.
        true => timer.shortest().saturating_mul(5),
        false => timer.shortest().max(limits.measuring / MOST_BATCHES as u64),
    };
    let run = warm_up(clock, timer, limits.warm_up, Batching { target, most }, work);
    let is_long = run >= timer.shortest() as f64;
    match form {
        Form::Fitting if is_long => Ok(Times::Single(samples(clock, timer, limits, run, work))),
        Form::Samples if is_long => Ok(Times::Single(samples(clock, timer, limits, run, work))),
        Form::Histograms if is_long => Ok(Times::Single(every(clock, timer, limits, work))),
        Form::Samples | Form::Histograms => Err(format!(
            "a run lasts {run:.0} ns and the clock's period is {} ns: too short to be timed \
             singly, use `Form::Batches`",
            timer.period
        )),
        Form::Fitting | Form::Batches => {
            let runs = ((target as f64 / run.max(f64::MIN_POSITIVE)).ceil() as u64).clamp(1, most);
            Ok(Times::Batches(batches(clock, timer, limits, (runs, most), work)))
        }
    }
}

struct Batching {
    target: u64,
    most: u64,
}

/// Runs the work until it takes the same time again and again, or time is up; at least once. A
/// processor that was asleep is steadily slow at first, so a part of the time passes in any case.
/// Returns the nanoseconds of a run.
fn warm_up(
    clock: &dyn Clock,
    timer: &Timer,
    limit: u64,
    Batching { target, most }: Batching,
    work: &mut dyn Work,
) -> f64 {
    let start = clock.now();
    let mut runs = 1;
    let mut last = [f64::INFINITY; 3];
    loop {
        let raw = work.timed(clock, runs);
        let passed = clock.now().saturating_sub(start);
        // Longer batches take longer to prepare, too.
        let can_grow = raw < target && runs < most && passed / 10 < limit;
        if raw >= timer.shortest() || !can_grow {
            last.rotate_left(1);
            last[2] = timer.net(raw) as f64 / runs as f64;
            let least = last.iter().copied().fold(f64::INFINITY, f64::min);
            let largest = last.iter().copied().fold(0.0, f64::max);
            let is_stable = largest.is_finite() && largest - least <= STABLE * largest;
            let is_warm = is_stable && passed >= limit / SHORTEST_PART;
            if (is_warm && !can_grow) || passed >= limit {
                return least;
            }
        }
        if can_grow {
            runs = (runs * 2).min(most);
        }
    }
}

/// Says when an operation was timed for long enough. Preparing inputs may take four times as long
/// as the operation itself; then the time is up as well.
///
/// Whether the median is known well enough is asked again after each quarter more timings. The
/// answer hangs on the width of its interval, never on where it lies.
struct Meter {
    start: u64,
    limits: Limits,
    timed: u64,
    next_look: usize,
}

impl Meter {
    fn new(clock: &dyn Clock, limits: Limits) -> Meter {
        Meter { start: clock.now(), limits, timed: 0, next_look: FEWEST_PRECISE }
    }

    fn is_over<T>(
        &mut self,
        clock: &dyn Clock,
        timed: u64,
        so_far: &[T],
        per_run: impl Fn(&T) -> f64,
    ) -> bool {
        self.timed = self.timed.saturating_add(timed);
        if so_far.len() < FEWEST {
            return false;
        }
        if self.timed >= self.limits.measuring || self.is_spent(clock) {
            return true;
        }
        if so_far.len() < self.next_look
            || self.timed < self.limits.measuring / SHORTEST_PART
            || self.limits.precision <= 0.0
        {
            return false;
        }
        self.next_look = so_far.len() * 5 / 4;
        let timings: Vec<f64> = so_far.iter().map(per_run).collect();
        precision::of(&timings) <= self.limits.precision
    }

    fn is_spent(&self, clock: &dyn Clock) -> bool {
        clock.now().saturating_sub(self.start) / 5 >= self.limits.measuring
    }
}

/// Runs timed singly; where there would be too many, the ones in between run and are not kept.
fn samples(
    clock: &dyn Clock,
    timer: &Timer,
    limits: Limits,
    run: f64,
    work: &mut dyn Work,
) -> Vec<u64> {
    let expected = (limits.measuring as f64 / run) as u64;
    let step = expected.div_ceil(MOST_SAMPLES).max(1);
    let mut times = Vec::new();
    let mut meter = Meter::new(clock, limits);
    loop {
        let mut all = 0;
        for _ in 1..step {
            all += work.timed(clock, 1);
        }
        let raw = work.timed(clock, 1);
        times.push(timer.net(raw));
        if meter.is_over(clock, all + raw, &times, |&time| time as f64) {
            return times;
        }
    }
}

fn every(clock: &dyn Clock, timer: &Timer, limits: Limits, work: &mut dyn Work) -> Vec<u64> {
    let mut times = Vec::new();
    let mut meter = Meter::new(clock, limits);
    loop {
        let raw = work.timed(clock, 1);
        times.push(timer.net(raw));
        let is_over = meter.is_over(clock, raw, &times, |&time| time as f64);
        if is_over || times.len() >= MOST_COUNTED {
            return times;
        }
    }
}

fn batches(
    clock: &dyn Clock,
    timer: &Timer,
    limits: Limits,
    (mut runs, most): (u64, u64),
    work: &mut dyn Work,
) -> Vec<(u64, u64)> {
    let mut batches = Vec::new();
    let mut meter = Meter::new(clock, limits);
    loop {
        let raw = work.timed(clock, runs);
        if raw < timer.shortest() && runs < most && !meter.is_spent(clock) {
            // The work became faster than it was when it was tried.
            runs = (runs * 2).min(most);
            batches.clear();
            continue;
        }
        batches.push((timer.net(raw), runs));
        if meter.is_over(clock, raw, &batches, |&(time, runs)| time as f64 / runs as f64) {
            return together(&batches);
        }
    }
}

/// Puts neighbours together until there are few enough; nothing a batch says is lost by that.
fn together(batches: &[(u64, u64)]) -> Vec<(u64, u64)> {
    let step = batches.len().div_ceil(MOST_BATCHES).max(1);
    let sum = |part: &[(u64, u64)]| {
        part.iter().fold((0, 0), |(time, runs), batch| (time + batch.0, runs + batch.1))
    };
    batches.chunks(step).map(sum).collect()
}

#[cfg(test)]
mod tests;
