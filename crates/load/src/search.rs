//! Looks for the highest rate at which the budgets hold, as a state machine without a clock: it
//! says which rate to try and is told how that went.

use std::time::Duration;

use crate::scenario;

/// What part of a rate has to be achieved for it to hold.
const ENOUGH: f64 = 0.99;

/// Doubles the rate until one does not hold, then narrows the gap by geometric means.
///
/// A rate counts as not holding only after it failed twice in a row, since one failure may be
/// chance. Nothing above the highest allowed rate is tried.
#[derive(Clone, Debug, PartialEq)]
pub struct Search {
    to: f64,
    precision: f64,
    /// What to try next; none at the end.
    next: Option<f64>,
    /// Whether that has failed once.
    doubted: bool,
    /// The highest rate that held, and the lowest that did not, with the reason.
    held: Option<f64>,
    failed: Option<(f64, Reached)>,
    tried: Vec<Tried>,
}

/// How a rate went.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tried {
    /// Tasks a second that were asked for.
    pub rate: f64,
    /// Those that were done: the rate times the part done of those that were due, since chance may
    /// make fewer of Poisson arrivals due.
    pub achieved: f64,
    pub p50: Duration,
    pub p99: Duration,
    /// The share of requests that failed.
    pub errors: f64,
    /// Whether the budgets held.
    pub held: bool,
}

/// What the search came to.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// The highest rate that held.
    pub capacity: Option<f64>,
    /// In the order of time.
    pub tried: Vec<Tried>,
    pub limit: Reached,
}

/// What keeps the capacity from being higher.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reached {
    /// Above it a budget is broken.
    Budget,
    /// Above it the rate is not achieved.
    Rate,
    /// The highest rate to be tried held.
    Ceiling,
    /// Not even the first rate held.
    Floor,
    /// Nothing yet: the search was not at its end.
    Unfinished,
}

/// How many steps a search has at most: each rate may be tried twice.
#[must_use]
pub fn most_steps(search: scenario::Search) -> u32 {
    let plan = Search::new(search);
    let Some(from) = plan.next else { return 0 };
    // Both rounded up, even where rounding hides that they are above a whole number.
    let steps_up = |exact: f64| (exact.max(0.0) + 1e-9).ceil();
    let doublings = steps_up((plan.to / from).log2());
    // Each mean halves the logarithm of the gap.
    let halvings = steps_up((2_f64.ln() / plan.precision.ln_1p()).log2());
    (2.0 * (1.0 + doublings + halvings)) as u32
}

impl Search {
    /// A first rate that is no positive number is not tried: it is the floor at once.
    #[must_use]
    pub fn new(search: scenario::Search) -> Search {
        let from = search.from.min(search.to);
        let valid = search.from.is_finite() && from > 0.0;
        Search {
            to: search.to.max(from),
            // Closer than a tenth of a per cent is more than any measurement tells.
            precision: search.precision.max(0.001),
            next: valid.then_some(from),
            doubted: false,
            held: None,
            failed: None,
            tried: Vec::new(),
        }
    }

    /// The rate to try now; the same until it is told how that went. None at the end.
    #[must_use]
    pub fn next(&self) -> Option<f64> {
        self.next
    }

    /// Takes how the rate went that was to be tried.
    pub fn tell(&mut self, tried: &Tried) {
        let Some(rate) = self.next else { return };
        self.tried.push(*tried);
        match tried.failure() {
            None => self.held = Some(rate),
            Some(_) if !self.doubted => {
                self.doubted = true;
                return;
            }
            Some(reason) => self.failed = Some((rate, reason)),
        }
        self.doubted = false;
        self.next = self.following();
    }

    #[must_use]
    pub fn outcome(&self) -> Found {
        let limit = match (self.next, self.held, self.failed) {
            (Some(_), _, _) => Reached::Unfinished,
            (None, None, _) => Reached::Floor,
            (None, Some(_), None) => Reached::Ceiling,
            (None, Some(_), Some((_, reason))) => reason,
        };
        Found { capacity: self.held, tried: self.tried.clone(), limit }
    }

    /// What comes after a rate that is settled.
    fn following(&self) -> Option<f64> {
        match (self.held, self.failed) {
            (Some(held), None) => (held < self.to).then_some((held * 2.0).min(self.to)),
            (Some(held), Some((failed, _))) => {
                (failed > held * (1.0 + self.precision)).then_some((held * failed).sqrt())
            }
            (None, _) => None,
        }
    }
}

impl Tried {
    /// Whether the rate holds: within the budgets, and achieved but for a hundredth.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.failure().is_none()
    }

    /// Why it does not hold, if so.
    fn failure(&self) -> Option<Reached> {
        if !self.held {
            Some(Reached::Budget)
        } else if self.achieved >= self.rate * ENOUGH {
            None
        } else {
            Some(Reached::Rate)
        }
    }
}
