//! What a decision sees of a request and its candidate paths. Policies read it, datasets log it.

/// One candidate path at the time of a decision.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PathFeatures {
    /// Number of links.
    pub hops: u16,
    /// The longest run of free slots on the link where that run is shortest. Runs on different
    /// links need not overlap, so that many slots may still not be there end to end.
    pub min_residual_slots: u16,
    /// One less the longest free run of any link by the free slots of all links, to four decimals.
    /// 1 if no slot is free.
    pub frag_indicator: f64,
    /// Whether the path uses a failed link.
    pub is_failed: bool,
    /// Hops from the nearest node of the path to the centre of the failure; 0 without a failure.
    pub dist_to_disaster_centroid: u16,
}

/// A request with its candidate paths, in the order of the path cache.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct State {
    /// Identity of the source node, as in the topology's file.
    pub src: u32,
    pub dst: u32,
    /// Slots the request takes on the shortest candidate, without guard; 0 if none reaches.
    pub slots_needed: u16,
    /// Time the request will hold its slots.
    pub est_remaining_time: f64,
    /// Whether any failure is active.
    pub is_disaster: bool,
    pub paths: Vec<PathFeatures>,
}

/// Which candidates a policy may choose, in the same order.
pub type ActionMask = Vec<bool>;

/// What a policy chose: a candidate, or to block the request.
pub type Action = Option<u16>;
