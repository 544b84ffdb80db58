//! What all programs of a trial need: those of the service for the case, those of a program beside
//! it for the operation of its name.

use std::time::Duration;

use crate::measure::launcher::Observed;
use crate::run::Series;

use super::keeper::Keeper;
use super::needs::Needs;

pub(in crate::measure) struct Trees {
    service: Needs,
    beside: Vec<(String, Needs)>,
}

impl Trees {
    /// Of the service's own program, if it has one, and of those beside it.
    pub(super) fn of(service: Option<&Keeper>, beside: &[Keeper]) -> Trees {
        let needs = |keeper: &Keeper| Needs::of_children(keeper.launcher());
        Trees {
            service: service.map_or_else(Needs::of_nobody, needs),
            beside: beside.iter().map(|keeper| (keeper.name().to_owned(), needs(keeper))).collect(),
        }
    }

    #[cfg(test)]
    pub fn of_nobody() -> Trees {
        Trees::of(None, &[])
    }

    pub fn look(&mut self, at: Duration, warming: bool, succeeded: u64) {
        self.service.look(at, warming, succeeded);
        self.beside.iter_mut().for_each(|(_, needs)| needs.look(at, warming, succeeded));
    }

    /// What was seen until now.
    pub fn so_far(&self) -> Vec<Series> {
        let beside = self.beside.iter().flat_map(|(name, needs)| named(name, needs.so_far()));
        self.service.so_far().into_iter().chain(beside).collect()
    }

    /// What was seen, and what the launchers observed of the whole lives of the same programs.
    pub fn series(self, service: Option<Observed>, beside: &[Option<Observed>]) -> Vec<Series> {
        let whole = |needs: Needs, observed: Option<Observed>| match observed {
            Some(observed) => needs.series(&observed),
            None => needs.so_far(),
        };
        let mut series = whole(self.service, service);
        for ((name, needs), observed) in self.beside.into_iter().zip(beside) {
            series.extend(named(&name, whole(needs, *observed)));
        }
        series
    }
}

fn named(name: &str, series: Vec<Series>) -> impl Iterator<Item = Series> {
    let operation = Some(name.to_owned());
    series.into_iter().map(move |one| Series { operation: operation.clone(), ..one })
}
