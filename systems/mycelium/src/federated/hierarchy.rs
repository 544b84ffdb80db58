//! Krum in two levels: in clusters drawn by lot, and over what they picked.
//!
//! How many clusters there are decides whether it protects. A cluster of `m` bears
//! `t = (m - 3) / 2` liars, so `f` liars can spoil `f / (t + 1)` clusters, if the lot is against
//! us. Clusters are only as many as leave the spoilt ones a minority for every lot. Random clusters
//! of one or two would bear nobody, and two have no majority: neither is ever used.

use super::krum::{borne, check, pick};
use super::median::{Middle, by_coordinate, median};
use super::width;
use crate::error::Error;
use crate::random::Random;
use crate::settings::Streams;

/// How clients are drawn and put into clusters.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hierarchy {
    /// At most so many: fewer where so many would not protect.
    pub clusters: usize,
    /// How many of those who take part may lie: from 0 and below a half.
    pub liars: f64,
    /// How many of the clients take part where there are more than a thousand.
    pub sample: f64,
    pub middle: Middle,
    pub seed: u64,
}

/// What became of the clients.
#[derive(Clone, Debug, PartialEq)]
pub struct Aggregate {
    pub values: Vec<f64>,
    /// How many clusters there were.
    pub clusters: usize,
    /// How many clients took part.
    pub clients: usize,
}

/// Fewer clients than this are always looked at all.
const SAMPLED_ABOVE: usize = 1000;
/// What Krum counts for where there are enough clusters for both; the rest is the median's.
const KRUM_SHARE: f64 = 0.7;
/// The fewest clients of which Krum bears one liar.
const LEAST_CLUSTER: usize = 5;

impl Default for Hierarchy {
    fn default() -> Hierarchy {
        let middle = Middle::default();
        Hierarchy { clusters: 100, liars: 0.2, sample: 0.1, middle, seed: 42 }
    }
}

impl Hierarchy {
    pub fn validate(&self) -> Result<(), Error> {
        if self.clusters == 0 {
            return Err(Error::out_of_range("clusters", self.clusters, "at least 1"));
        }
        if !(0.0..0.5).contains(&self.liars) {
            return Err(Error::out_of_range("liars", self.liars, "from 0 and below 0.5"));
        }
        if !(self.sample > 0.0 && self.sample <= 1.0) {
            return Err(Error::out_of_range("sample", self.sample, "above 0 and at most 1"));
        }
        Ok(())
    }

    /// How many clusters so many clients are put into.
    #[must_use]
    pub fn clusters_for(&self, clients: usize) -> usize {
        let most = self.clusters.min(clients / LEAST_CLUSTER);
        (2..=most).rev().find(|clusters| self.protects(clients, *clusters)).unwrap_or(1)
    }

    /// Whether no lot can give the liars half of the clusters.
    fn protects(&self, clients: usize, clusters: usize) -> bool {
        clusters >= 3 && spoilt(clients, self.expected(clients), clusters) <= (clusters - 1) / 2
    }

    /// How many of so many may lie.
    fn expected(&self, clients: usize) -> usize {
        (clients as f64 * self.liars).ceil() as usize
    }

    /// Who takes part, in an order by lot.
    fn draw(&self, clients: usize) -> Vec<usize> {
        let mut places: Vec<usize> = (0..clients).collect();
        Random::new(Streams::Fast, self.seed).shuffle(&mut places);
        if clients > SAMPLED_ABOVE {
            places.truncate((clients as f64 * self.sample).ceil() as usize);
        }
        places
    }

    /// What stands for a cluster: the client that Krum picks, or the median of two at most.
    fn representative(&self, members: &[&[f64]], liars: usize) -> Result<Vec<f64>, Error> {
        if members.len() < 3 {
            return Ok(by_coordinate(members, |values| median(values, self.middle)));
        }
        let liars = liars.min(borne(members.len()));
        check(members.len(), liars)?;
        Ok(members[pick(members, liars)].to_vec())
    }
}

/// One vector for all clients.
///
/// The same clients in another order give the result of another lot. Refused are clients without
/// finite coordinates or of different lengths, and more than 4096 in one cluster. Where more may
/// lie than Krum bears even in one cluster, it bears as many as it can.
pub fn hierarchical_krum(clients: &[Vec<f64>], hierarchy: &Hierarchy) -> Result<Aggregate, Error> {
    hierarchy.validate()?;
    width(clients)?;
    let drawn = hierarchy.draw(clients.len());
    let clusters = hierarchy.clusters_for(drawn.len());
    let liars = hierarchy.expected(drawn.len());
    let mut picked = Vec::with_capacity(clusters);
    for cluster in 0..clusters {
        let mut places: Vec<usize> =
            drawn.iter().copied().skip(cluster).step_by(clusters).collect();
        // In the order they came in, so that of equals the first one is picked.
        places.sort_unstable();
        let members: Vec<&[f64]> = places.iter().map(|place| clients[*place].as_slice()).collect();
        picked.push(hierarchy.representative(&members, liars)?);
    }
    let spoilt = spoilt(drawn.len(), liars, clusters);
    let values = combine(picked, spoilt, hierarchy.middle);
    Ok(Aggregate { values, clusters, clients: drawn.len() })
}

/// How many clusters so many liars can spoil at most.
fn spoilt(clients: usize, liars: usize, clusters: usize) -> usize {
    liars / (borne(clients / clusters) + 1)
}

/// What the clusters picked, made into one. Krum has a say if it bears the spoilt clusters.
fn combine(mut picked: Vec<Vec<f64>>, spoilt: usize, middle: Middle) -> Vec<f64> {
    if picked.len() == 1 {
        return picked.swap_remove(0);
    }
    let mut values = by_coordinate(&picked, |values| median(values, middle));
    if picked.len() >= 3 && spoilt <= borne(picked.len()) {
        let best = &picked[pick(&picked, spoilt)];
        for (value, best) in values.iter_mut().zip(best) {
            *value = KRUM_SHARE * best + (1.0 - KRUM_SHARE) * *value;
        }
    }
    values
}
