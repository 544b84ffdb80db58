//! Who asks for how much, when and for how long: Poisson arrivals, exponential holding times, a
//! traffic matrix and a mix of bit rates.

mod draws;
mod stream;

use thiserror::Error;

use crate::modulation::ReachTable;
use crate::topology::{Node, Topology};

pub use draws::Draws;
pub use stream::Stream;

/// The requests of one simulation, apart from their seed.
#[derive(Clone, Debug, PartialEq)]
pub struct Traffic {
    /// Offered load in Erlang: mean number of requests that would be held if none was blocked.
    pub erlang: f64,
    pub mean_holding: f64,
    pub requests: u64,
    pub mix: Mix,
    pub pairs: Pairs,
    pub generator: Generator,
}

/// Bit rates by their index in the reach table, with their shares. Shares sum to 1.
#[derive(Clone, Debug, PartialEq)]
pub struct Mix {
    pub shares: Vec<(usize, f64)>,
    pub draw: MixDraw,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MixDraw {
    /// Each request draws its rate for itself, so that the mix is the same all the time.
    Independent,
    /// Each rate has a quota of the whole stream and is not drawn any more once that is used up:
    /// how FUSION draws. The last requests are then of few rates.
    Quota,
}

/// Between which nodes requests run.
#[derive(Clone, Debug, PartialEq)]
pub enum Pairs {
    /// Any two different nodes, all equally often.
    Uniform,
    /// Any two different of these nodes.
    Among(Vec<Node>),
    /// Weight of each ordered pair, by [`Topology::pair`]. The diagonal is 0.
    Matrix(Vec<f64>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Generator {
    /// xoshiro256++, seeded through splitmix64.
    Xoshiro,
    /// MT19937 with the doubles and the order of draws of FUSION, whose streams come out exactly.
    Mersenne,
}

/// One request for a lightpath.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Request {
    /// Counts from 0.
    pub id: u64,
    pub src: Node,
    pub dst: Node,
    /// Index in the reach table.
    pub rate: usize,
    pub arrive: f64,
    pub depart: f64,
}

#[derive(Debug, Error, PartialEq)]
pub enum TrafficError {
    #[error("a load of {0} Erlang is not a positive number")]
    Load(f64),
    #[error("a mean holding time of {0} is not a positive number")]
    Holding(f64),
    #[error("the shares of bit rates sum to {0}, not to 1")]
    Shares(f64),
    #[error("the share {share} of {gbps} Gb/s is no share")]
    Share { gbps: u32, share: f64 },
    #[error("{gbps} Gb/s is not in the reach table")]
    UnknownRate { gbps: u32 },
    #[error(
        "quotas of {requests} requests sum to {sum}: every share has to be a whole number of them"
    )]
    Quotas { requests: u64, sum: u64 },
    #[error("traffic needs at least two different nodes")]
    Nodes,
    #[error("there is no node {0}")]
    NoNode(u16),
    #[error("the traffic matrix has {0} weights, of {1}")]
    MatrixSize(usize, usize),
    #[error("the traffic matrix has a weight of {0}")]
    Weight(f64),
}

impl Mix {
    /// Rates in Gb/s with their shares.
    pub fn new(
        table: &ReachTable,
        shares: &[(u32, f64)],
        draw: MixDraw,
    ) -> Result<Mix, TrafficError> {
        let mut known = Vec::new();
        for (gbps, share) in shares {
            if !(0.0..=1.0).contains(share) {
                return Err(TrafficError::Share { gbps: *gbps, share: *share });
            }
            let rate = table.rate(*gbps).ok_or(TrafficError::UnknownRate { gbps: *gbps })?;
            known.push((rate, *share));
        }
        let sum: f64 = shares.iter().map(|(_, share)| share).sum();
        // Shares are typed as decimals; their sum is exact to the last digits only.
        if (sum - 1.0).abs() > 1e-9 {
            return Err(TrafficError::Shares(sum));
        }
        Ok(Mix { shares: known, draw })
    }
}

impl Traffic {
    /// Between any two nodes, holding for a time of mean 1.
    #[must_use]
    pub fn uniform(erlang: f64, requests: u64, mix: Mix) -> Traffic {
        let (pairs, generator) = (Pairs::Uniform, Generator::Xoshiro);
        Traffic { erlang, mean_holding: 1.0, requests, mix, pairs, generator }
    }

    /// Requests a unit of time.
    #[must_use]
    pub fn rate(&self) -> f64 {
        self.erlang / self.mean_holding
    }

    pub fn check(&self, topology: &Topology) -> Result<(), TrafficError> {
        if !(self.erlang > 0.0 && self.erlang.is_finite()) {
            return Err(TrafficError::Load(self.erlang));
        }
        if !(self.mean_holding > 0.0 && self.mean_holding.is_finite()) {
            return Err(TrafficError::Holding(self.mean_holding));
        }
        if self.mix.draw == MixDraw::Quota {
            let sum = stream::quotas(&self.mix, self.requests).iter().sum();
            if sum != self.requests {
                return Err(TrafficError::Quotas { requests: self.requests, sum });
            }
        }
        match &self.pairs {
            Pairs::Uniform => Ok(()),
            Pairs::Among(nodes) => check_nodes(nodes, topology),
            Pairs::Matrix(weights) => check_matrix(weights, topology),
        }
    }
}

fn check_nodes(nodes: &[Node], topology: &Topology) -> Result<(), TrafficError> {
    if let Some(unknown) = nodes.iter().find(|node| node.index() >= topology.nodes().len()) {
        return Err(TrafficError::NoNode(unknown.0));
    }
    let differs = nodes.iter().any(|node| *node != nodes[0]);
    if differs { Ok(()) } else { Err(TrafficError::Nodes) }
}

fn check_matrix(weights: &[f64], topology: &Topology) -> Result<(), TrafficError> {
    if weights.len() != topology.pairs() {
        return Err(TrafficError::MatrixSize(weights.len(), topology.pairs()));
    }
    if let Some(weight) = weights.iter().find(|weight| !(**weight >= 0.0 && weight.is_finite())) {
        return Err(TrafficError::Weight(*weight));
    }
    let nodes = topology.nodes().len();
    if let Some(weight) = weights.iter().step_by(nodes + 1).find(|weight| **weight > 0.0) {
        return Err(TrafficError::Weight(*weight));
    }
    let is_empty = weights.iter().all(|weight| *weight <= 0.0);
    if is_empty { Err(TrafficError::Nodes) } else { Ok(()) }
}

#[cfg(test)]
mod tests;
