//! What a failure does to the requests that are live: protected ones switch to their second path,
//! others are given a new path if restoration is on, and the rest lose their slots.

use super::Simulation;
use super::live::{Hold, Kind, Live};
use super::tally::Recovery;
use crate::link_set::{self, LinkSet};
use crate::topology::Link;

impl Simulation<'_> {
    /// Handles the requests whose signal runs over a link that has just failed, the oldest first.
    pub(super) fn hit(&mut self, failed: &[Link]) {
        let mut links = LinkSet::new(self.network.topology().links().len());
        for link in failed {
            links.insert(*link);
        }
        let all = self.live.iter();
        let mut affected: Vec<(u32, Live)> =
            all.filter(|(_, live)| self.runs_over(*live, &links)).collect();
        affected.sort_unstable_by_key(|(_, live)| live.id);
        // Each gives up its slots just before it looks for new ones, and not all at once before.
        let mut restored = 0;
        for (place, live) in affected {
            match live.kind {
                Kind::Plain => self.restore(place, live, &mut restored),
                Kind::OnPrimary => self.switch(place, live),
                Kind::OnBackup => self.drop_request(place, live),
            }
        }
    }

    /// After a repair: protected requests go back to their first path if they may.
    pub(super) fn revert(&mut self) {
        if !self.setup.protection.is_some_and(|protection| protection.revert) {
            return;
        }
        let on_backup: Vec<(u32, Live)> =
            self.live.iter().filter(|(_, live)| live.kind == Kind::OnBackup).collect();
        for (place, live) in on_backup {
            if self.live.holds_of(live).next().is_some_and(|primary| self.works(primary)) {
                self.live.set_kind(place, Kind::OnPrimary);
            }
        }
    }

    /// Whether the lightpath that carries the signal, or any of several, uses one of the links.
    fn runs_over(&self, live: Live, links: &LinkSet) -> bool {
        let mut holds = self.live.holds_of(live);
        let uses = |hold: Hold| {
            link_set::intersect(self.network.path(hold.path).link_words, links.words())
        };
        match live.kind {
            Kind::Plain => holds.any(uses),
            Kind::OnPrimary => holds.next().is_some_and(uses),
            Kind::OnBackup => holds.nth(1).is_some_and(uses),
        }
    }

    fn switch(&mut self, place: u32, live: Live) {
        let works = self.live.holds_of(live).nth(1).is_some_and(|backup| self.works(backup));
        match self.setup.protection {
            Some(protection) if works => {
                self.live.set_kind(place, Kind::OnBackup);
                self.tally.recovered(Recovery::Switched, live.id, protection.switchover_ms);
            }
            _ => self.drop_request(place, live),
        }
    }

    fn works(&self, hold: Hold) -> bool {
        self.failures.is_feasible(self.network.path(hold.path).link_words)
    }

    /// Gives up the old lightpaths, then looks for new ones on what still works.
    fn restore(&mut self, place: u32, live: Live, restored: &mut u64) {
        let Some(restoration) = self.setup.restoration else {
            self.drop_request(place, live);
            return;
        };
        let old = self.live.detach(place);
        self.release(old);
        match self.route(live.pair as usize, usize::from(live.rate)) {
            Ok(routed) => {
                self.live.replace(place, routed.chain);
                let hops = self.network.path(routed.path).hops() as f64;
                let waited = restoration.per_request_ms * *restored as f64;
                let ms = restoration.latency_ms + restoration.per_hop_ms * hops + waited;
                *restored += 1;
                self.tally.recovered(Recovery::Restored, live.id, ms);
            }
            Err(_) => self.drop_request(place, live),
        }
    }

    fn drop_request(&mut self, place: u32, live: Live) {
        if let Some((_, chain)) = self.live.remove(place) {
            self.release(chain);
        }
        let gbps = self.network.reach().rates()[usize::from(live.rate)].gbps;
        self.tally.dropped(live.id, gbps, live.kind != Kind::Plain);
    }
}
