//! Making the cache of candidate paths, and what it takes in memory.

use tollgate_harness::Bench;

use super::scene::{self, K, NETWORKS};
use crate::paths::{KPathCache, PathOrder};

pub(super) fn measure(bench: &mut Bench) {
    for (name, _) in NETWORKS {
        let topology = scene::topology(name);
        let make = || KPathCache::new(&topology, K, PathOrder::Hops).expect("the network is small");
        let group = format!("k-path cache / {name}");
        if bench.chooses(&group) {
            let bytes = make().memory_bytes();
            bench.group(&group).value("cache memory", (bytes as f64, "B"));
        }
        bench.run(group, make);
    }
}
