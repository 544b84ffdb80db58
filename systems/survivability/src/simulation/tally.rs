//! Counts what happens, for [`Outcome`].

use super::live::Hold;
use crate::network::Network;
use crate::outcome::{
    Bin, FailureWindow, Fragmentation, Outcome, Recoveries, Served, Share, Totals,
};
use crate::setup::Setup;
use crate::traffic::Request;
use crate::transition::WindowTag;

/// Why a request was not served.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Blocked {
    /// It is too long for its rate on every candidate.
    Distance,
    /// No candidate that works has the slots.
    Congestion,
    /// Every candidate on which it would reach is down.
    Failure,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Recovery {
    Switched,
    Restored,
}

/// How many points a course over time has at most.
const BINS: u64 = 200;
/// How many failures have a window of their own in the outcome; more are only counted.
const WINDOWS: usize = 1000;

pub(super) struct Tally {
    warmup: u64,
    fragmentation_every: u64,
    arrivals: u64,
    /// A bit for each arrival, set if it was blocked.
    blocked: Vec<u64>,
    totals: Totals,
    served: Served,
    recoveries: Recoveries,
    /// How often each value from 0 to 1 in steps of 0.0001 was seen.
    fragmentation: Vec<u64>,
    windows: Vec<FailureWindow>,
    failures: u64,
    bin_arrivals: u64,
    bin: Bin,
    series: Vec<Bin>,
    time: f64,
    busy_time: f64,
    live_time: f64,
    last_arrival: f64,
}

impl Tally {
    pub(super) fn new(setup: &Setup, network: &Network) -> Tally {
        let requests = setup.traffic.requests;
        let counted = requests.saturating_sub(setup.warmup);
        Tally {
            warmup: setup.warmup,
            fragmentation_every: setup.fragmentation_every,
            arrivals: 0,
            blocked: vec![0; (requests as usize).div_ceil(64)],
            totals: Totals::default(),
            served: Served::new(network.paths().k(), usize::from(setup.grid.cores)),
            recoveries: Recoveries::default(),
            fragmentation: vec![0; 10_001],
            windows: Vec::new(),
            failures: 0,
            bin_arrivals: counted.div_ceil(BINS).max(1),
            bin: Bin::default(),
            series: Vec::with_capacity(BINS as usize),
            time: 0.0,
            busy_time: 0.0,
            live_time: 0.0,
            last_arrival: 0.0,
        }
    }

    pub(super) fn arrivals(&self) -> u64 {
        self.arrivals
    }

    /// Time in which so many slots were busy and so many requests live.
    #[inline]
    pub(super) fn pass(&mut self, time: f64, busy: u64, live: usize) {
        if self.arrivals > self.warmup || self.warmup == 0 {
            self.time += time;
            self.busy_time += time * busy as f64;
            self.live_time += time * live as f64;
            self.bin.time += time;
            self.bin.busy_time += time * busy as f64;
        }
    }

    pub(super) fn arrive(&mut self, request: &Request, network: &Network) {
        self.arrivals += 1;
        self.last_arrival = request.arrive;
        if self.counts(request.id) {
            self.totals.offered += 1;
            self.totals.offered_gbps += u64::from(gbps(network, request.rate));
        }
    }

    pub(super) fn decided(
        &mut self,
        request: &Request,
        network: &Network,
        blocked: Option<Blocked>,
    ) {
        if !self.counts(request.id) {
            return;
        }
        if let Some(reason) = blocked {
            self.blocked[request.id as usize / 64] |= 1 << (request.id % 64);
            self.totals.blocked_gbps += u64::from(gbps(network, request.rate));
            self.bin.blocked += 1;
            match reason {
                Blocked::Distance => self.totals.blocked_by_distance += 1,
                Blocked::Congestion => self.totals.blocked_by_congestion += 1,
                Blocked::Failure => self.totals.blocked_by_failure += 1,
            }
        }
        self.bin.arrivals += 1;
        if self.bin.arrivals == self.bin_arrivals {
            self.end_bin();
        }
    }

    pub(super) fn served(
        &mut self,
        request: &Request,
        candidate: Option<usize>,
        network: &Network,
        holds: impl Iterator<Item = Hold>,
    ) {
        if !self.counts(request.id) {
            return;
        }
        let served = &mut self.served;
        served.requests += 1;
        if let Some(candidate) = candidate {
            served.by_candidate[candidate] += 1;
        }
        for hold in holds {
            let path = network.path(hold.path);
            served.lightpaths += 1;
            served.hops += path.hops() as u64;
            served.metres += u64::from(path.metres);
            served.by_core[usize::from(hold.block.core)] += 1;
        }
    }

    pub(super) fn protected(&mut self, request: &Request) {
        if self.counts(request.id) {
            self.recoveries.protected += 1;
        }
    }

    /// Whether the fragmentation on the path of this request is wanted.
    pub(super) fn measures_fragmentation(&self, request: &Request) -> bool {
        self.fragmentation_every > 0
            && self.counts(request.id)
            && request.id.is_multiple_of(self.fragmentation_every)
    }

    pub(super) fn fragmentation(&mut self, value: f64) {
        let step = (value * 10_000.0).round().clamp(0.0, 10_000.0) as usize;
        self.fragmentation[step] += 1;
    }

    /// Links failed at a time, before the next arrival.
    pub(super) fn failed(&mut self, now: f64) {
        self.failures += 1;
        if self.windows.len() < WINDOWS {
            self.windows.push(FailureWindow::beginning(now, self.arrivals));
        }
    }

    /// Links work again; whether all of them do.
    pub(super) fn repaired(&mut self, now: f64, is_over: bool) {
        if is_over {
            let open = self.windows.iter_mut().filter(|window| window.t_repair.is_none());
            for window in open {
                window.t_repair = Some(now);
                window.repair_arrival = Some(self.arrivals);
            }
        }
    }

    pub(super) fn recovered(&mut self, how: Recovery, id: u64, ms: f64) {
        if self.counts(id) {
            match how {
                Recovery::Switched => self.recoveries.switched += 1,
                Recovery::Restored => self.recoveries.restored += 1,
            }
            // Ten decimals, so that sums of the latencies do not show their last bit.
            self.recoveries.ms.push((ms * 1e10).round() / 1e10);
        }
    }

    pub(super) fn dropped(&mut self, id: u64, gbps: u32, was_protected: bool) {
        if self.counts(id) {
            self.totals.dropped += 1;
            self.totals.blocked_gbps += u64::from(gbps);
            self.bin.dropped += 1;
            self.recoveries.protection_failures += u64::from(was_protected);
        }
    }

    /// The tag of a decision, by whether a failure is active.
    pub(super) fn window(&self, is_any_down: bool) -> WindowTag {
        match (self.failures, is_any_down) {
            (_, true) => WindowTag::Fail,
            (0, false) => WindowTag::Pre,
            _ => WindowTag::Post,
        }
    }

    pub(super) fn outcome(
        &self,
        seed: u64,
        capacity: u64,
        setup: &Setup,
        warnings: Vec<String>,
    ) -> Outcome {
        let mut series = self.series.clone();
        if self.bin.arrivals > 0 {
            series.push(Bin { end: self.last_arrival, ..self.bin });
        }
        let mean = |sum: f64| if self.time > 0.0 { sum / self.time } else { 0.0 };
        Outcome {
            seed,
            erlang: setup.traffic.erlang,
            arrivals: self.arrivals,
            is_complete: self.arrivals == setup.traffic.requests,
            totals: self.totals.clone(),
            served: self.served.clone(),
            utilisation: mean(self.busy_time) / capacity as f64,
            mean_live: mean(self.live_time),
            fragmentation: Fragmentation::of(&self.fragmentation),
            recoveries: self.recoveries.clone(),
            failures: self.failures,
            windows: self.windows.iter().map(|window| self.filled(window, setup.window)).collect(),
            series,
            capacity,
            warnings,
        }
    }

    fn counts(&self, id: u64) -> bool {
        id >= self.warmup
    }

    fn end_bin(&mut self) {
        self.series.push(Bin { end: self.last_arrival, ..self.bin });
        self.bin = Bin::default();
    }

    /// The window with its shares of blocked arrivals.
    fn filled(&self, window: &FailureWindow, width: u64) -> FailureWindow {
        let fail = window.fail_arrival;
        let share = |from: u64| self.share(from, from.saturating_add(width));
        FailureWindow {
            before: self.share(fail.saturating_sub(width), fail),
            from_failure: share(fail),
            after_repair: window.repair_arrival.and_then(share),
            ..window.clone()
        }
    }

    /// Of the counted arrivals in a range of numbers, how many were blocked. None if there is none.
    fn share(&self, from: u64, to: u64) -> Option<Share> {
        let range = from.max(self.warmup)..to.min(self.arrivals);
        let blocked = range.clone().filter(|id| self.is_blocked(*id)).count() as u64;
        (!range.is_empty()).then(|| Share { of: range.end - range.start, blocked })
    }

    fn is_blocked(&self, id: u64) -> bool {
        self.blocked[id as usize / 64] >> (id % 64) & 1 == 1
    }
}

fn gbps(network: &Network, rate: usize) -> u32 {
    network.reach().rates()[rate].gbps
}
