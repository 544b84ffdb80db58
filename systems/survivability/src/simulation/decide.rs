//! The decision on one request: which candidate it takes, or why none.

use std::time::Duration;

use super::live::{Chain, Kind};
use super::tally::Blocked;
use super::{Recording, Simulation};
use crate::features::{features, residual_mask};
use crate::link_set;
use crate::paths::PathId;
use crate::policy::{Candidates, Policy};
use crate::setup::MaskRule;
use crate::spectrum::Block;
use crate::state::State;
use crate::traffic::Request;
use crate::transition::{Meta, Transition, WindowTag};

/// What the last decision saw. Its lists are used again for the next.
pub(super) struct Observed {
    pub(super) transition: Transition,
    metres: Vec<u32>,
    occupancy: Vec<f64>,
    /// The mask that the fallback is asked with.
    working: Vec<bool>,
}

impl Observed {
    pub(super) fn new(seed: u64) -> Observed {
        let meta = Meta {
            decision_time_ms: 0.0,
            restoration_latency_ms: 0.0,
            window: WindowTag::Pre,
            backup_available: false,
            was_groomed: false,
        };
        let transition = Transition {
            t: 0,
            seed: Some(seed),
            state: State::default(),
            action: -1,
            reward: 0.0,
            next_state: None,
            action_mask: Vec::new(),
            meta,
        };
        let (metres, occupancy, working) = (Vec::new(), Vec::new(), Vec::new());
        Observed { transition, metres, occupancy, working }
    }
}

/// What the search for slots met, to tell why it found none.
#[derive(Default)]
struct Search {
    looked: bool,
    met_failure: bool,
}

impl Search {
    /// Distance only if the request reaches on no candidate, whether it works or not.
    fn reason(&self) -> Blocked {
        match self {
            Search { looked: true, .. } => Blocked::Congestion,
            Search { met_failure: true, .. } => Blocked::Failure,
            _ => Blocked::Distance,
        }
    }

    /// The reason where one candidate alone was tried: it is not for distance if the request
    /// reaches on another.
    fn reason_of_one(&self, another_reaches: bool) -> Blocked {
        match self.reason() {
            Blocked::Distance if another_reaches => Blocked::Congestion,
            reason => reason,
        }
    }
}

/// Where a request is to go.
enum Choice {
    /// To the first candidate where it fits.
    FirstThatFits,
    Candidate(u16),
    Nowhere,
}

/// A request that was given slots, not yet added to the live ones.
pub(super) struct Routed {
    pub(super) chain: Chain,
    /// The path of its lightpaths; the primary one of two.
    pub(super) path: PathId,
}

impl Simulation<'_> {
    /// Serves the request or says why not.
    pub(super) fn decide(&mut self, request: &Request) -> Result<(), Blocked> {
        let pair = self.network.topology().pair(request.src, request.dst);
        if self.setup.protection.is_some() {
            let routed = self.route_protected(request, pair)?;
            self.tally.protected(request);
            self.add(request, pair, Kind::OnPrimary, routed);
            return Ok(());
        }
        let is_plain = matches!(self.policy, Policy::KspFirstFit);
        if is_plain && self.recording.is_none() {
            let routed = self.route(pair, request.rate)?;
            self.add(request, pair, Kind::Plain, routed);
            return Ok(());
        }
        let began = self.clock();
        self.observe(request, pair);
        let choice = self.choose();
        let took = self.clock().zip(began).map(|(ended, began)| ended.saturating_sub(began));
        let served = self.serve(request, pair, &choice);
        if self.recording.is_some() {
            let ms = took.map_or(0.0, |took| took.as_secs_f64() * 1000.0);
            self.record(pair, served.ok(), ms);
        }
        served.map(|_| ())
    }

    /// Serves the request as chosen, and tells the path.
    fn serve(
        &mut self,
        request: &Request,
        pair: usize,
        choice: &Choice,
    ) -> Result<PathId, Blocked> {
        let routed = match choice {
            Choice::FirstThatFits => self.route(pair, request.rate)?,
            Choice::Candidate(index) => {
                let first = self.network.candidates(pair).start;
                let path = PathId(first + u32::from(*index));
                let mut search = Search::default();
                let chain = self.whole(path, request.rate, &mut search);
                let chain = chain.or_else(|| self.cut(path, request.rate, &mut search));
                let reaches = self.network.least_need(pair, request.rate) > 0;
                Routed { chain: chain.ok_or_else(|| search.reason_of_one(reaches))?, path }
            }
            Choice::Nowhere => return Err(self.reason_of_nowhere(request, pair)),
        };
        let path = routed.path;
        self.add(request, pair, Kind::Plain, routed);
        Ok(path)
    }

    /// K-shortest-path first-fit: whole on the first candidate where it fits, else cut.
    pub(super) fn route(&mut self, pair: usize, rate: usize) -> Result<Routed, Blocked> {
        let mut search = Search::default();
        for path in self.network.candidates(pair).map(PathId) {
            if let Some(chain) = self.whole(path, rate, &mut search) {
                return Ok(Routed { chain, path });
            }
        }
        for path in self.network.candidates(pair).map(PathId) {
            if let Some(chain) = self.cut(path, rate, &mut search) {
                return Ok(Routed { chain, path });
            }
        }
        Err(search.reason())
    }

    /// The same slots on two disjoint paths, as many as the longer of them takes.
    fn route_protected(&mut self, request: &Request, pair: usize) -> Result<Routed, Blocked> {
        let paths = self.network.disjoint(pair).ok_or(Blocked::Distance)?;
        let need = paths.map(|path| self.network.need(path, request.rate));
        if need.contains(&0) {
            return Err(Blocked::Distance);
        }
        let views = paths.map(|path| self.network.path(path));
        if views.iter().any(|view| !self.failures.is_feasible(view.link_words)) {
            return Err(Blocked::Failure);
        }
        let slots = need[0].max(need[1]) + self.setup.grid.guard;
        let [primary, backup] = views;
        let (draws, assignment) = (&mut self.placement, self.setup.assignment);
        let draw = |count| draws.below(count);
        let found = self.spectrum.find_on(primary.links, backup.links, slots, assignment, draw);
        let block = found.ok_or(Blocked::Congestion)?;
        self.spectrum.take(primary.links, block);
        self.spectrum.take(backup.links, block);
        let chain = self.live.hold(paths[1], block, Chain::empty());
        let chain = self.live.hold(paths[0], block, chain);
        Ok(Routed { chain, path: paths[0] })
    }

    /// One lightpath.
    fn whole(&mut self, path: PathId, rate: usize, search: &mut Search) -> Option<Chain> {
        let block = self.lightpath(path, rate, search)?;
        Some(self.live.hold(path, block, Chain::empty()))
    }

    /// Several lightpaths of the highest lower rate at which all of them fit on the path.
    fn cut(&mut self, path: PathId, rate: usize, search: &mut Search) -> Option<Chain> {
        let rates = self.network.reach().rates();
        for lower in (0..rate).rev() {
            if self.network.need(path, lower) == 0 {
                continue;
            }
            let count = rates[rate].gbps.div_ceil(rates[lower].gbps);
            if count > u32::from(self.setup.max_segments) {
                return None;
            }
            let mut chain = Chain::empty();
            let mut placed = 0;
            while let Some(block) = self.lightpath(path, lower, search) {
                chain = self.live.hold(path, block, chain);
                placed += 1;
                if placed == count {
                    return Some(chain);
                }
            }
            self.release(chain);
        }
        None
    }

    /// Takes slots on a path, if it works, reaches, and has them.
    fn lightpath(&mut self, path: PathId, rate: usize, search: &mut Search) -> Option<Block> {
        let need = self.network.need(path, rate);
        if need == 0 {
            return None;
        }
        let view = self.network.path(path);
        if !self.failures.is_feasible(view.link_words) {
            search.met_failure = true;
            return None;
        }
        search.looked = true;
        let slots = need + self.setup.grid.guard;
        let (draws, assignment) = (&mut self.placement, self.setup.assignment);
        let block =
            self.spectrum.find(view.links, slots, assignment, |count| draws.below(count))?;
        self.spectrum.take(view.links, block);
        Some(block)
    }

    fn add(&mut self, request: &Request, pair: usize, kind: Kind, routed: Routed) {
        let Routed { chain, path } = routed;
        // A protected request lies on a path that is no candidate.
        let all = self.network.candidates(pair);
        let candidate = all.contains(&path.0).then(|| (path.0 - all.start) as usize);
        let holds = self.live.holds(&chain);
        self.tally.served(request, candidate, self.network, holds);
        if self.tally.measures_fragmentation(request) {
            let path = self.network.path(path);
            let value = features(path, &mut self.spectrum, &self.failures).frag_indicator;
            self.tally.fragmentation(value);
        }
        self.live.add(request, pair as u32, kind, chain);
    }

    /// Reads the features and the mask of every candidate.
    fn observe(&mut self, request: &Request, pair: usize) {
        let topology = self.network.topology();
        let Observed { transition, metres, occupancy, .. } = &mut self.observed;
        let (state, mask) = (&mut transition.state, &mut transition.action_mask);
        let weighs_load = self.policy.weighs_load() || self.fallback.weighs_load();
        state.src = topology.place(request.src).id;
        state.dst = topology.place(request.dst).id;
        state.slots_needed = self.network.least_need(pair, request.rate);
        state.est_remaining_time = request.depart - request.arrive;
        state.is_disaster = self.failures.is_any_down();
        state.paths.clear();
        metres.clear();
        occupancy.clear();
        for id in self.network.candidates(pair).map(PathId) {
            let path = self.network.path(id);
            state.paths.push(features(path, &mut self.spectrum, &self.failures));
            if weighs_load {
                metres.push(path.metres);
                occupancy.push(self.spectrum.occupancy(path.links));
            }
        }
        residual_mask(&state.paths, state.slots_needed, mask);
        if self.setup.mask == MaskRule::Assignable {
            for (id, may) in self.network.candidates(pair).map(PathId).zip(mask) {
                let need = self.network.need(id, request.rate);
                let links = self.network.path(id).links;
                let fits = || self.spectrum.common_run(links) >= need + self.setup.grid.guard;
                *may = *may && need > 0 && fits();
            }
        }
    }

    /// The policy's choice, now and then the second candidate for the sake of the dataset, or the
    /// fallback's choice if the mask leaves none.
    fn choose(&mut self) -> Choice {
        let Observed { transition, metres, occupancy, working } = &mut self.observed;
        let (state, mask) = (&transition.state, &transition.action_mask);
        let mut open = (0..).zip(mask).filter(|(_, may)| **may).map(|(index, _)| index);
        let (first, second) = (open.next(), open.next());
        if self.recording.is_some() && self.setup.epsilon > 0.0 && first.is_some() {
            let explores = self.exploration.uniform() < self.setup.epsilon;
            if let (true, Some(second)) = (explores, second) {
                return Choice::Candidate(second);
            }
        }
        // It needs no mask, and so decides the same whether decisions are recorded or not.
        if matches!(self.policy, Policy::KspFirstFit) {
            return Choice::FirstThatFits;
        }
        let chosen = match first {
            Some(_) => self.policy.select(Candidates { state, mask, metres, occupancy }),
            // Cut into lightpaths that take fewer slots, it may fit all the same.
            None if matches!(self.fallback, Policy::KspFirstFit) => return Choice::FirstThatFits,
            None => {
                working.clear();
                working.extend(state.paths.iter().map(|path| !path.is_failed));
                self.fallback.select(Candidates { state, mask: working, metres, occupancy })
            }
        };
        chosen.map_or(Choice::Nowhere, Choice::Candidate)
    }

    /// Why a request was blocked without a candidate being tried.
    fn reason_of_nowhere(&self, request: &Request, pair: usize) -> Blocked {
        let mask = &self.observed.transition.action_mask;
        if self.network.least_need(pair, request.rate) == 0 {
            Blocked::Distance
        } else if mask.iter().any(|may| *may) {
            // The policy chose none although it might.
            Blocked::Congestion
        } else {
            Blocked::Failure
        }
    }

    fn clock(&self) -> Option<Duration> {
        let Recording { clock } = self.recording.as_ref()?;
        clock.map(|clock| clock())
    }

    /// Completes the transition of a decision. A request that had to be cut was served where the
    /// mask, which counts the slots of a whole one, did not say so; it does then.
    fn record(&mut self, pair: usize, path: Option<PathId>, decision_time_ms: f64) {
        let candidates = self.network.candidates(pair);
        let action = path.map_or(-1, |PathId(path)| (path - candidates.start) as i32);
        let transition = &mut self.observed.transition;
        if let Some(may) = transition.action_mask.get_mut(action as usize) {
            *may = true;
        }
        let backup_available = path.is_some_and(|chosen| {
            let chosen = self.network.path(chosen).link_words;
            let others = candidates.map(PathId).zip(&transition.action_mask);
            let mut open = others.filter(|(_, may)| **may);
            open.any(|(other, _)| !link_set::intersect(chosen, self.network.path(other).link_words))
        });
        let latency = self.setup.restoration.map_or(0.0, |restoration| restoration.latency_ms);
        transition.t = self.tally.arrivals() - 1;
        transition.action = action;
        transition.reward = if path.is_some() { 1.0 } else { -1.0 };
        transition.meta = Meta {
            decision_time_ms,
            restoration_latency_ms: if transition.state.is_disaster { latency } else { 0.0 },
            window: self.tally.window(self.failures.is_any_down()),
            backup_available,
            was_groomed: false,
        };
    }
}
