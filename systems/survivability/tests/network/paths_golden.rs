//! The cache of the shipped networks against figures that do not depend on how ties are broken.

use survivability::paths::{KPathCache, Path, PathId, PathOrder};
use survivability::topology::{Topology, shipped};

use crate::graphs::pairs;

fn cache(topology: &Topology, order: PathOrder) -> KPathCache {
    KPathCache::new(topology, 4, order).unwrap()
}

/// The sum over all ordered pairs of the figure of the first path, the second, and so on.
fn sums_by_rank(topology: &Topology, cache: &KPathCache, of: fn(Path) -> u64) -> Vec<u64> {
    let mut sums = vec![0; cache.k()];
    for (from, to) in pairs(topology) {
        for (rank, id) in cache.candidates(topology.pair(from, to)).enumerate() {
            sums[rank] += of(cache.path(PathId(id)));
        }
    }
    sums
}

fn histogram_of_hops(cache: &KPathCache) -> Vec<usize> {
    let hops: Vec<usize> =
        (0..cache.store().len() as u32).map(|id| cache.path(PathId(id)).hops()).collect();
    let most = hops.iter().max().copied().unwrap_or(0);
    (1..=most).map(|count| hops.iter().filter(|hops| **hops == count).count()).collect()
}

#[test]
fn paths_of_fewest_hops_have_the_known_sums_and_histograms() {
    for (name, paths, sums, histogram) in [
        ("nsfnet", 728, [386, 596, 710, 792], &[44, 96, 202, 292, 90, 4][..]),
        (
            "usbackbone60",
            14_160,
            [21_538, 24_826, 27_590, 29_442],
            &[158, 288, 524, 898, 1478, 2188, 2412, 1964, 1472, 1106, 736, 478, 250, 138, 58, 12],
        ),
    ] {
        let topology = shipped(name).unwrap();
        let cache = cache(&topology, PathOrder::Hops);
        assert_eq!(cache.store().len(), paths);
        assert_eq!(sums_by_rank(&topology, &cache, |path| path.hops() as u64), sums);
        assert_eq!(histogram_of_hops(&cache), histogram);
    }
}

#[test]
fn shortest_paths_have_the_known_sums_of_lengths() {
    for (name, metres) in [
        ("nsfnet", [351_200_000, 491_400_000, 597_400_000, 703_000_000]),
        ("usbackbone60", [9_439_542_600, 10_931_396_400, 11_990_949_400, 12_837_801_200]),
    ] {
        let topology = shipped(name).unwrap();
        let cache = cache(&topology, PathOrder::Length);
        assert_eq!(sums_by_rank(&topology, &cache, |path| path.metres.into()), metres);
    }
}

#[test]
fn single_pairs_of_nsfnet_have_the_known_paths() {
    let topology = shipped("nsfnet").unwrap();
    let by_hops = KPathCache::new(&topology, 6, PathOrder::Hops).unwrap();
    let by_length = cache(&topology, PathOrder::Length);
    for (from, to, hops, km) in [
        ("0", "13", [3, 4, 4, 4, 5, 5], [3500, 3700, 4400, 4500]),
        ("3", "9", [3, 3, 4, 4, 4, 5], [2500, 2800, 3300, 3500]),
        ("12", "13", [1, 3, 3, 4, 5, 6], [100, 900, 1600, 3800]),
    ] {
        let pair = topology.pair(topology.node(from).unwrap(), topology.node(to).unwrap());
        let found = by_hops.candidates(pair).map(|id| by_hops.path(PathId(id)).hops());
        assert_eq!(found.collect::<Vec<_>>(), hops);
        let found = by_length.candidates(pair).map(|id| by_length.path(PathId(id)).metres / 1000);
        assert_eq!(found.collect::<Vec<_>>(), km);
    }
}

/// Another program's lists, read as a cache, are as good path by path.
#[test]
fn the_recorded_lists_weigh_what_ours_do() {
    let topology = shipped("nsfnet").unwrap();
    for (order, text) in [
        (PathOrder::Hops, include_str!("../golden/ksp_NSFNet_hops_k4.json")),
        (PathOrder::Length, include_str!("../golden/ksp_NSFNet_length_k4.json")),
    ] {
        let recorded = KPathCache::read_lists_json(&topology, text).unwrap();
        let ours = cache(&topology, order);
        assert_eq!((recorded.order(), recorded.k()), (order, 4));
        assert_eq!(recorded.store().len(), ours.store().len());
        for id in (0..ours.store().len() as u32).map(PathId) {
            let (recorded, ours) = (recorded.path(id), ours.path(id));
            match order {
                PathOrder::Hops => assert_eq!(recorded.hops(), ours.hops()),
                PathOrder::Length => assert_eq!(recorded.metres, ours.metres),
            }
        }
    }
}
