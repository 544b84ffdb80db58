use serde_json::Value;

use super::*;
use crate::topology::shipped;

const SHARES: [(u32, f64); 5] = [(25, 0.1), (50, 0.1), (100, 0.5), (200, 0.2), (400, 0.1)];

fn traffic(requests: u64, draw: MixDraw, generator: Generator) -> (Topology, ReachTable, Traffic) {
    let table = ReachTable::icc_2020();
    let mix = Mix::new(&table, &SHARES, draw).unwrap();
    let pairs = Pairs::Uniform;
    let (erlang, mean_holding) = (300.0, 0.2);
    let traffic = Traffic { erlang, mean_holding, requests, mix, pairs, generator };
    (shipped("nsfnet").unwrap(), table, traffic)
}

fn close(found: f64, expected: f64, relative: f64) -> bool {
    (found - expected).abs() <= relative * expected.abs()
}

/// Ends and rates come out exactly. Times may differ in their last digits, because the logarithm of
/// numpy is not that of the standard library in the last bit, and arrivals are a sum of such.
#[test]
fn the_compatible_stream_is_that_of_fusion() {
    let text = include_str!("../../tests/golden/requests_nsfnet_seed1_first200.json");
    let golden: Value = serde_json::from_str(text).unwrap();
    let golden = golden["requests"].as_array().unwrap();
    let (topology, table, traffic) = traffic(10_000, MixDraw::Quota, Generator::Mersenne);
    assert_eq!(golden.len(), 200);
    for (request, golden) in Stream::new(&traffic, &topology, 1).zip(golden) {
        let name = |node| topology.place(node).name.parse().unwrap();
        let gbps = u64::from(table.rates()[request.rate].gbps);
        let found = [request.id + 1, name(request.src), name(request.dst), gbps];
        assert_eq!(found, [0, 1, 2, 3].map(|at| golden[at].as_u64().unwrap()));
        let [arrive, depart] = [4, 5].map(|at| golden[at].as_f64().unwrap());
        let same = close(request.arrive, arrive, 1e-15) && close(request.depart, depart, 1e-15);
        assert!(same, "{request:?} {golden}");
    }
}

#[test]
fn the_whole_compatible_stream_is_that_of_fusion() {
    let (topology, _, traffic) = traffic(10_000, MixDraw::Quota, Generator::Mersenne);
    let arrivals: Vec<f64> =
        Stream::new(&traffic, &topology, 1).map(|request| request.arrive).collect();
    assert!(close(arrivals.iter().sum(), 33_182.750_113_469_61, 1e-13));
    assert!(close(arrivals[9999], 6.666_025_381_889_68, 1e-14));
}

#[test]
fn quotas_are_used_up_exactly_and_bend_the_end_of_the_stream() {
    let (topology, table, traffic) = traffic(500, MixDraw::Quota, Generator::Mersenne);
    let rates: Vec<u32> = Stream::new(&traffic, &topology, 1)
        .map(|request| table.rates()[request.rate].gbps)
        .collect();
    for (gbps, share) in SHARES {
        let count = rates.iter().filter(|rate| **rate == gbps).count();
        assert_eq!(count, (share * 500.0) as usize);
    }
    assert!(rates[400..].iter().all(|rate| *rate == 100));
}

#[test]
fn independent_draws_keep_their_shares_from_beginning_to_end() {
    let (topology, table, traffic) = traffic(100_000, MixDraw::Independent, Generator::Xoshiro);
    let rates: Vec<u32> = Stream::new(&traffic, &topology, 1)
        .map(|request| table.rates()[request.rate].gbps)
        .collect();
    for part in rates.chunks(25_000) {
        for (gbps, share) in SHARES {
            let found = part.iter().filter(|rate| **rate == gbps).count() as f64 / 25_000.0;
            // Five standard deviations.
            let off = 5.0 * (share * (1.0 - share) / 25_000.0_f64).sqrt();
            assert!((found - share).abs() < off, "{gbps}: {found}");
        }
    }
}

#[test]
fn arrivals_and_holding_times_have_the_means_of_the_load() {
    let (topology, _, traffic) = traffic(100_000, MixDraw::Independent, Generator::Xoshiro);
    let mut last = 0.0;
    let mut held = 0.0;
    for request in Stream::new(&traffic, &topology, 2) {
        assert!(request.arrive > last && request.depart > request.arrive);
        held += request.depart - request.arrive;
        last = request.arrive;
    }
    assert!(close(held / 100_000.0, 0.2, 0.016));
    assert!(close(last / 100_000.0, 0.2 / 300.0, 0.016));
}

#[test]
fn every_ordered_pair_comes_equally_often() {
    let (topology, _, traffic) = traffic(182_000, MixDraw::Independent, Generator::Xoshiro);
    let mut counts = vec![0_u32; topology.pairs()];
    for request in Stream::new(&traffic, &topology, 3) {
        counts[topology.pair(request.src, request.dst)] += 1;
    }
    let square = |count: &u32| (f64::from(*count) - 1000.0) * (f64::from(*count) - 1000.0) / 1000.0;
    let pairs = counts.iter().filter(|count| **count > 0);
    let (number, chi) = pairs.fold((0, 0.0), |(n, sum), count| (n + 1, sum + square(count)));
    // 181 degrees of freedom: the 0.999 quantile is 245.
    assert!(number == 182 && chi < 245.0, "{number} pairs, {chi}");
}

#[test]
fn a_matrix_gives_each_pair_its_weight() {
    let (topology, _, mut traffic) = traffic(60_000, MixDraw::Independent, Generator::Xoshiro);
    let mut weights = vec![0.0; topology.pairs()];
    let pairs = [(0, 1, 1.0), (1, 0, 2.0), (13, 12, 3.0)].map(|(from, to, weight)| {
        let pair = topology.pair(Node(from), Node(to));
        weights[pair] = weight;
        (pair, weight)
    });
    traffic.pairs = Pairs::Matrix(weights);
    traffic.check(&topology).unwrap();
    let mut counts = vec![0_u32; topology.pairs()];
    for request in Stream::new(&traffic, &topology, 3) {
        counts[topology.pair(request.src, request.dst)] += 1;
    }
    assert_eq!(counts.iter().filter(|count| **count > 0).count(), 3);
    for (pair, weight) in pairs {
        assert!((f64::from(counts[pair]) - weight * 10_000.0).abs() < 600.0);
    }
}

#[test]
fn only_the_nodes_named_are_ends() {
    let (topology, _, mut traffic) = traffic(1000, MixDraw::Independent, Generator::Xoshiro);
    traffic.pairs = Pairs::Among(vec![Node(3), Node(8)]);
    let ends = Stream::new(&traffic, &topology, 3).map(|request| (request.src.0, request.dst.0));
    assert!(ends.into_iter().all(|ends| ends == (3, 8) || ends == (8, 3)));
}

#[test]
fn a_mix_that_is_none_is_refused() {
    let table = ReachTable::icc_2020();
    let mix = |shares: &[(u32, f64)]| Mix::new(&table, shares, MixDraw::Quota).unwrap_err();
    assert_eq!(mix(&[]), TrafficError::Shares(0.0));
    assert_eq!(mix(&[(100, 0.5)]), TrafficError::Shares(0.5));
    assert_eq!(mix(&[(75, 1.0)]), TrafficError::UnknownRate { gbps: 75 });
    assert_eq!(mix(&[(100, 1.5)]), TrafficError::Share { gbps: 100, share: 1.5 });
    assert!(matches!(mix(&[(100, f64::NAN)]), TrafficError::Share { .. }));
    assert_eq!(mix(&[(100, 2.0), (25, -1.0)]), TrafficError::Share { gbps: 100, share: 2.0 });
}

#[test]
fn a_traffic_that_cannot_be_drawn_is_refused() {
    let (topology, _, good) = traffic(1000, MixDraw::Quota, Generator::Xoshiro);
    good.check(&topology).unwrap();
    let refused = |change: fn(&mut Traffic)| {
        let mut traffic = good.clone();
        change(&mut traffic);
        traffic.check(&topology).unwrap_err()
    };
    let nodes = 14 * 14;
    assert_eq!(refused(|traffic| traffic.erlang = 0.0), TrafficError::Load(0.0));
    assert!(matches!(refused(|traffic| traffic.erlang = f64::NAN), TrafficError::Load(_)));
    assert_eq!(
        refused(|traffic| traffic.mean_holding = f64::INFINITY),
        TrafficError::Holding(f64::INFINITY)
    );
    let quotas = TrafficError::Quotas { requests: 1001, sum: 1000 };
    assert_eq!(refused(|traffic| traffic.requests = 1001), quotas);
    let among = [Vec::new(), vec![Node(2)], vec![Node(2), Node(2)]];
    for nodes in among {
        let traffic = Traffic { pairs: Pairs::Among(nodes), ..good.clone() };
        assert_eq!(traffic.check(&topology), Err(TrafficError::Nodes));
    }
    let with = |at: usize, weight: f64| {
        let mut weights = vec![0.0; nodes];
        weights[at] = weight;
        Traffic { pairs: Pairs::Matrix(weights), ..good.clone() }.check(&topology)
    };
    assert_eq!(with(1, 0.0), Err(TrafficError::Nodes));
    assert_eq!(with(1, 1.0), Ok(()));
    assert_eq!(with(15, 1.0), Err(TrafficError::Weight(1.0)));
    assert_eq!(with(1, -1.0), Err(TrafficError::Weight(-1.0)));
    let short = Traffic { pairs: Pairs::Matrix(vec![1.0]), ..good.clone() };
    assert_eq!(short.check(&topology), Err(TrafficError::MatrixSize(1, nodes)));
}

#[test]
fn an_unknown_node_is_refused() {
    let (topology, _, mut traffic) = traffic(1000, MixDraw::Quota, Generator::Xoshiro);
    traffic.pairs = Pairs::Among(vec![Node(0), Node(14)]);
    assert_eq!(traffic.check(&topology), Err(TrafficError::NoNode(14)));
}
