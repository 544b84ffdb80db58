//! Any bytes, read as a topology in every format, as lists of paths and as a path cache: an error
//! with a message, or a topology that can be written and read again, and paths that are paths.
//!
//! Built for fuzzing, a path cache believes its checksum, or no change to it would get past it.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use survivability::paths::{KPathCache, PathId};
use survivability::topology::{Source, Topology, parse, shipped, to_csv};

static NSFNET: LazyLock<Topology> = LazyLock::new(|| shipped("nsfnet").expect("it is shipped"));

fuzz_target!(|bytes: &[u8]| {
    match KPathCache::read(&NSFNET, &mut &bytes[..]) {
        Ok(cache) => check(&cache),
        Err(error) => assert!(!error.to_string().is_empty()),
    }
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Ok(cache) = KPathCache::read_lists_json(&NSFNET, text) {
        check(&cache);
    }
    let (links, nodes) = text.split_once("\n\n").unwrap_or((text, ""));
    let nodes = (!nodes.is_empty()).then_some(("nodes.csv", nodes));
    for path in ["links", "links.csv", "links.graphml"] {
        for (text, nodes) in [(text, None), (links, nodes)] {
            match parse(&Source { path, text, nodes }) {
                Ok(topology) => write(&topology),
                Err(error) => assert!(!error.to_string().is_empty()),
            }
        }
    }
});

fn check(cache: &KPathCache) {
    for id in (0..cache.store().len() as u32).map(PathId) {
        let path = cache.path(id);
        let metres = path.links.iter().map(|link| NSFNET.fibre(*link).metres).sum::<u32>();
        assert_eq!((path.metres, path.hops() + 1), (metres, path.nodes.len()));
    }
    let mut bytes = Vec::new();
    cache.write(&NSFNET, &mut bytes).expect("memory can be written to");
    let again = KPathCache::read(&NSFNET, &mut &bytes[..]).expect("what was written can be read");
    assert_eq!(&again, cache);
}

fn write(topology: &Topology) {
    let Ok(csv) = to_csv(topology) else { return };
    let nodes = csv.nodes.as_deref().map(|text| ("nodes.csv", text));
    let source = Source { path: "links.csv", text: &csv.links, nodes };
    let again = parse(&source).expect("what was written can be read");
    assert_eq!(again.links().len(), topology.links().len());
    if csv.keeps_order {
        assert_eq!((again.nodes(), again.links()), (topology.nodes(), topology.links()));
    }
}
