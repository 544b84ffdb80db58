//! The sections of an experiment and their keys. `docs/experiment.md` says what each means.

#[derive(Debug)]
pub struct Keys {
    /// As messages call it.
    pub header: &'static str,
    pub names: &'static [&'static str],
}

pub const FILE: Keys = Keys {
    header: "an experiment",
    names: &[
        "name",
        "compat",
        "seeds",
        "loads",
        "network",
        "traffic",
        "routing",
        "failure",
        "random-failures",
        "protection",
        "restoration",
        "measure",
        "dataset",
    ],
};

pub const LOADS: Keys = Keys { header: "loads", names: &["from", "to", "step"] };

pub const SEEDS: Keys = Keys { header: "seeds", names: &["from", "count"] };

pub const NETWORK: Keys = Keys {
    header: "[network]",
    names: &["topology", "k", "order", "paths", "slots", "cores", "guard", "reach", "modulation"],
};

pub const MODULATION: Keys =
    Keys { header: "[[network.modulation]]", names: &["gbps", "name", "reach-km", "slots"] };

pub const TRAFFIC: Keys = Keys {
    header: "[traffic]",
    names: &["requests", "warmup", "mean-holding", "mix", "draw", "generator", "nodes", "matrix"],
};

pub const ROUTING: Keys = Keys {
    header: "[routing]",
    names: &["policy", "alpha", "model", "fallback", "mask", "assignment", "max-segments"],
};

pub const FAILURE: Keys = Keys {
    header: "[[failure]]",
    names: &[
        "type",
        "link",
        "node",
        "links",
        "centre",
        "radius-hops",
        "radius-km",
        "rule",
        "at-arrival",
        "at-time",
        "at-share",
        "repair-after-arrivals",
        "repair-after-time",
    ],
};

pub const RANDOM_FAILURES: Keys = Keys {
    header: "[random-failures]",
    names: &["type", "mean-time-between", "mean-time-to-repair"],
};

pub const PROTECTION: Keys =
    Keys { header: "[protection]", names: &["switchover-ms", "disjoint", "revert"] };

pub const RESTORATION: Keys =
    Keys { header: "[restoration]", names: &["latency-ms", "per-hop-ms", "per-request-ms"] };

pub const MEASURE: Keys = Keys { header: "[measure]", names: &["window", "fragmentation-every"] };

pub const DATASET: Keys = Keys { header: "[dataset]", names: &["epsilon", "decision-time"] };

/// All of them.
pub const SECTIONS: &[&Keys] = &[
    &FILE,
    &LOADS,
    &SEEDS,
    &NETWORK,
    &MODULATION,
    &TRAFFIC,
    &ROUTING,
    &FAILURE,
    &RANDOM_FAILURES,
    &PROTECTION,
    &RESTORATION,
    &MEASURE,
    &DATASET,
];
