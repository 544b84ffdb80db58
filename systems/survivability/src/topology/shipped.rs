//! The topologies that are part of the program. `data/NOTICE` says where they come from.

use crate::topology::Topology;
use crate::topology::read::{Source, parse};

/// The names [`shipped`] knows.
pub const SHIPPED: &[&str] = &["nsfnet", "nsfnet_deeprmsa", "usbackbone60"];

/// The topology of that name.
#[must_use]
pub fn shipped(name: &str) -> Option<Topology> {
    let (path, text, nodes) = match name {
        "nsfnet" => ("nsfnet.csv", include_str!("../../data/nsfnet.csv"), None),
        "nsfnet_deeprmsa" => {
            ("nsfnet_deeprmsa.csv", include_str!("../../data/nsfnet_deeprmsa.csv"), None)
        }
        "usbackbone60" => {
            let nodes = include_str!("../../data/usbackbone60_nodes.csv");
            let text = include_str!("../../data/usbackbone60.csv");
            ("usbackbone60.csv", text, Some(("usbackbone60_nodes.csv", nodes)))
        }
        _ => return None,
    };
    Some(parse(&Source { path, text, nodes }).expect("a test reads all of them"))
}
