//! Puts together what the threads of a load tell: windows in the order of time, failures by reason.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use crate::lane::{Orders, Told};
use crate::report::{Deliveries, Ended, Failure, Generator, Operation, Report, Window};
use crate::script::Script;

/// When there are more windows than this, each two become one: a load of any length is between 60
/// and 120 windows.
const MOST_WINDOWS: usize = 120;

const SHORTEST_TICK: u64 = 50_000_000;
const LONGEST_TICK: u64 = 250_000_000;

/// How often threads tell, for a measured part of that length in nanoseconds.
pub(super) fn tick(measured: u64) -> u64 {
    measured.div_ceil(60).clamp(SHORTEST_TICK, LONGEST_TICK)
}

pub(super) struct Ledger {
    report: Report,
    latest: Vec<Window>,
    failures: BTreeMap<(usize, String), u64>,
    /// By thread: the last it told, and the processor time when the measured part began.
    lanes: HashMap<u32, Lane>,
    warmup: u64,
    end: u64,
    tick: u64,
    /// Ticks in a window.
    ticks: i64,
    most_users: u64,
}

#[derive(Clone, Copy, Default)]
struct Lane {
    connects: u64,
    deliveries: Option<Deliveries>,
    users: u64,
    most_users: u64,
    due: u64,
    begun: u64,
    cpu_ns: u64,
    cpu_before: Option<u64>,
    last_ended: u64,
    at: u64,
}

impl Ledger {
    pub fn new(script: &Script, orders: &Orders) -> Ledger {
        let operations: Vec<Operation> = script
            .operations
            .iter()
            .map(|operation| Operation {
                name: operation.name.clone(),
                method: operation.method.clone(),
                windows: Vec::new(),
            })
            .collect();
        Ledger {
            latest: vec![Window::default(); operations.len()],
            report: Report {
                operations,
                window: Duration::from_nanos(orders.tick),
                measured: Duration::ZERO,
                ended: Ended::Complete,
                failures: Vec::new(),
                deliveries: None,
                generator: Generator { threads: orders.share.1, ..Generator::default() },
            },
            failures: BTreeMap::new(),
            lanes: HashMap::new(),
            warmup: orders.warmup,
            end: orders.end,
            tick: orders.tick,
            ticks: 1,
            most_users: 0,
        }
    }

    pub fn enter(&mut self, told: &Told) {
        let lane = self.lanes.entry(told.lane).or_default();
        if told.tick < 0 {
            lane.cpu_before = Some(told.cpu_ns);
        }
        *lane = Lane {
            connects: told.connects,
            deliveries: told.deliveries,
            users: told.users,
            most_users: told.most_users,
            due: told.due,
            begun: told.begun,
            cpu_ns: told.cpu_ns,
            cpu_before: lane.cpu_before,
            last_ended: told.last_ended,
            at: told.at,
        };
        self.most_users =
            self.most_users.max(self.lanes.values().map(|lane| lane.most_users).sum());
        for ((counted, warm), latest) in told.counted.iter().zip(&told.warm).zip(&mut self.latest) {
            latest.merge(counted);
            latest.merge(warm);
        }
        let at = self.place(told.tick.max(0));
        for (operation, counted) in self.report.operations.iter_mut().zip(&told.counted) {
            if operation.windows.len() <= at {
                operation.windows.resize(at + 1, Window::default());
            }
            operation.windows[at].merge(counted);
        }
        for ((operation, reason), count) in &told.failures {
            *self.failures.entry((*operation, reason.clone())).or_insert(0) += count;
        }
    }

    /// The window of a tick, which is never far behind those there are: a machine that slept makes
    /// a leap, not a million empty windows.
    fn place(&mut self, tick: i64) -> usize {
        loop {
            match usize::try_from(tick / self.ticks) {
                Ok(at) if at < MOST_WINDOWS => return at,
                _ => self.coalesce(),
            }
        }
    }

    fn coalesce(&mut self) {
        self.ticks *= 2;
        for operation in &mut self.report.operations {
            operation.windows = operation
                .windows
                .chunks(2)
                .map(|pair| {
                    let mut window = pair[0].clone();
                    pair[1..].iter().for_each(|other| window.merge(other));
                    window
                })
                .collect();
        }
    }

    pub fn users(&self) -> u64 {
        self.lanes.values().map(|lane| lane.users).sum()
    }

    /// What happened since this was last asked, by operation.
    pub fn latest(&mut self) -> Vec<Window> {
        let fresh = vec![Window::default(); self.latest.len()];
        std::mem::replace(&mut self.latest, fresh)
    }

    /// The report as it would be if the load ended now.
    pub fn so_far(&mut self, now: u64) -> &Report {
        self.settle(now.min(self.end));
        &self.report
    }

    /// The report of a load that has ended.
    pub fn close(mut self, ended: Ended) -> Report {
        let last = |of: fn(&Lane) -> u64| self.lanes.values().map(of).max().unwrap_or(0);
        let end = match ended {
            Ended::Complete => self.end,
            Ended::Count | Ended::Exhausted => last(|lane| lane.last_ended),
            // Whatever was awaited then was a part of it.
            Ended::Decided | Ended::Interrupted => last(|lane| lane.at),
        };
        self.settle(end.min(self.end));
        self.report.ended = ended;
        self.report
    }

    fn settle(&mut self, end: u64) {
        let report = &mut self.report;
        let ticks = u64::try_from(self.ticks).unwrap_or(1);
        report.window = Duration::from_nanos(self.tick * ticks);
        report.measured = Duration::from_nanos(end.saturating_sub(self.warmup));
        let lanes = self.lanes.values();
        let sum = |of: fn(&Lane) -> u64| lanes.clone().map(of).sum::<u64>();
        let deliveries = lanes.clone().filter_map(|lane| lane.deliveries);
        report.deliveries = deliveries.reduce(|one, other| Deliveries {
            lost: one.lost + other.lost,
            duplicates: one.duplicates + other.duplicates,
        });
        report.generator = Generator {
            threads: report.generator.threads,
            cpu: Duration::from_nanos(sum(|lane| {
                lane.cpu_ns.saturating_sub(lane.cpu_before.unwrap_or(0))
            })),
            connects: sum(|lane| lane.connects),
            users: self.most_users,
            due: sum(|lane| lane.due),
            begun: sum(|lane| lane.begun),
        };
        let named = |(&(operation, ref reason), &count): (&(usize, String), &u64)| Failure {
            operation: report.operations[operation].name.clone(),
            reason: reason.clone(),
            count,
        };
        report.failures = self.failures.iter().map(named).collect();
        report.failures.sort_by_key(|failure| std::cmp::Reverse(failure.count));
    }
}

#[cfg(test)]
mod tests;
