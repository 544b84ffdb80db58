//! The requests one after the other. The order of draws is part of the format: inter-arrival time,
//! holding time, source, destination, bit rate.

use super::{Draws, MixDraw, Pairs, Request, Traffic};
use crate::topology::{Node, Topology};

/// Gives the requests in the order of their arrival.
#[derive(Clone, Debug)]
pub struct Stream {
    draws: Draws,
    requests: u64,
    next: u64,
    now: f64,
    rate: f64,
    mean_holding: f64,
    ends: Ends,
    rates: Rates,
}

#[derive(Clone, Debug)]
enum Ends {
    Among(Vec<Node>),
    /// Ordered pairs with the sums of weights up to each.
    Weighted(Vec<(f64, Node, Node)>),
}

#[derive(Clone, Debug)]
enum Rates {
    /// Rates with the sums of shares up to each.
    Independent(Vec<(f64, usize)>),
    /// Rates with what is left of their quotas.
    Quota(Vec<(usize, u64)>),
}

/// How many requests of a stream each rate of the mix may have.
pub(super) fn quotas(mix: &super::Mix, requests: u64) -> Vec<u64> {
    let quota = |(_, share): &(usize, f64)| (share * requests as f64).floor() as u64;
    mix.shares.iter().map(quota).collect()
}

impl Stream {
    /// The stream of a traffic that passes [`Traffic::check`].
    #[must_use]
    pub fn new(traffic: &Traffic, topology: &Topology, seed: u64) -> Stream {
        let all = || (0..topology.nodes().len()).map(|index| Node(index as u16));
        let ends = match &traffic.pairs {
            Pairs::Uniform => Ends::Among(all().collect()),
            Pairs::Among(nodes) => Ends::Among(nodes.clone()),
            Pairs::Matrix(weights) => Ends::Weighted(cumulated(weights, topology)),
        };
        let mix = &traffic.mix;
        let rates = match mix.draw {
            MixDraw::Independent => {
                let mut sum = 0.0;
                let mut add = |share| {
                    sum += share;
                    sum
                };
                Rates::Independent(mix.shares.iter().map(|(rate, s)| (add(*s), *rate)).collect())
            }
            MixDraw::Quota => {
                let rates = mix.shares.iter().map(|(rate, _)| *rate);
                Rates::Quota(rates.zip(quotas(mix, traffic.requests)).collect())
            }
        };
        Stream {
            draws: Draws::traffic(traffic.generator, seed),
            requests: traffic.requests,
            next: 0,
            now: 0.0,
            rate: traffic.rate(),
            mean_holding: traffic.mean_holding,
            ends,
            rates,
        }
    }
}

impl Iterator for Stream {
    type Item = Request;

    fn next(&mut self) -> Option<Request> {
        if self.next == self.requests {
            return None;
        }
        let id = self.next;
        self.next += 1;
        self.now += self.draws.exponential() / self.rate;
        let depart = self.now + self.mean_holding * self.draws.exponential();
        let (src, dst) = self.ends.draw(&mut self.draws);
        let rate = self.rates.draw(&mut self.draws);
        Some(Request { id, src, dst, rate, arrive: self.now, depart })
    }
}

impl Ends {
    fn draw(&self, draws: &mut Draws) -> (Node, Node) {
        match self {
            Ends::Among(nodes) => {
                let mut pick = || nodes[draws.below(nodes.len() as u64) as usize];
                let src = pick();
                loop {
                    let dst = pick();
                    if dst != src {
                        return (src, dst);
                    }
                }
            }
            Ends::Weighted(pairs) => {
                let total = pairs.last().map_or(0.0, |(sum, ..)| *sum);
                let target = draws.uniform() * total;
                let at = pairs.partition_point(|(sum, ..)| *sum <= target);
                let (_, src, dst) = pairs[at.min(pairs.len() - 1)];
                (src, dst)
            }
        }
    }
}

impl Rates {
    fn draw(&mut self, draws: &mut Draws) -> usize {
        match self {
            Rates::Independent(rates) => {
                let target = draws.uniform();
                let at = rates.iter().position(|(sum, _)| target < *sum);
                rates[at.unwrap_or(rates.len() - 1)].1
            }
            Rates::Quota(rates) => loop {
                let at = draws.below(rates.len() as u64) as usize;
                let (rate, left) = &mut rates[at];
                if *left > 0 {
                    *left -= 1;
                    return *rate;
                }
            },
        }
    }
}

/// The pairs that have a weight.
fn cumulated(weights: &[f64], topology: &Topology) -> Vec<(f64, Node, Node)> {
    let nodes = topology.nodes().len();
    let mut sum = 0.0;
    let mut pairs = Vec::new();
    for (index, weight) in weights.iter().enumerate() {
        if *weight > 0.0 {
            sum += weight;
            pairs.push((sum, Node((index / nodes) as u16), Node((index % nodes) as u16)));
        }
    }
    pairs
}
