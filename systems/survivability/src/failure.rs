//! What can fail together: a link, a node, links that share a risk, or an area. A failure becomes
//! the set of links that it takes down; [`FailureManager`] knows which are down now.

mod manager;

use thiserror::Error;

use crate::topology::{Link, Node, Topology};

pub use manager::{Event, EventId, FailureManager};

#[derive(Clone, Debug, PartialEq)]
pub enum Failure {
    /// F1.
    Link(Link),
    /// F2: every link at the node.
    Node(Node),
    /// F3: links that run through the same duct.
    SharedRisk(Vec<Link>),
    /// F4: an area around a node.
    Geographic { centre: Node, radius: Radius, rule: AreaRule },
}

/// How far an area reaches from its centre.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Radius {
    /// Links of the intact network.
    Hops(u16),
    /// Along the ground, for topologies whose nodes have positions.
    Km(f64),
}

/// Which links an area takes down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum AreaRule {
    /// Those with at least one end in the area, so that the damage reaches one hop further.
    #[default]
    Touch,
    /// Those with both ends in it.
    Inside,
}

#[derive(Debug, Error, PartialEq)]
pub enum FailureError {
    #[error("there is no link {0}")]
    NoLink(u16),
    #[error("there is no node {0}")]
    NoNode(u16),
    #[error("a shared-risk group needs at least one link")]
    EmptyGroup,
    #[error("a radius of {0} is not positive")]
    Radius(f64),
    #[error("a radius in kilometres needs the position of every node; `{0}` has none")]
    NoPosition(String),
    #[error("no link lies in the area around `{0}`")]
    EmptyArea(String),
    #[error("the repair at {repair} is not after the failure at {fail}")]
    RepairFirst { fail: f64, repair: f64 },
    #[error("a repair {0} after the failure is not after it")]
    RepairAfter(f64),
    #[error("a failure at {0} is at no time from 0 on")]
    Time(f64),
    #[error("a mean time of {0} is not positive")]
    MeanTime(f64),
    #[error("random failures {between} apart are more than {most} for each arrival")]
    TooOften { between: f64, most: f64 },
    #[error("random failures need at least one failure to draw from")]
    NoneToDraw,
}

impl Failure {
    /// The links that go down, ascending, each once.
    pub fn links(&self, topology: &Topology) -> Result<Vec<Link>, FailureError> {
        let mut links = match self {
            Failure::Link(link) => vec![known_link(*link, topology)?],
            Failure::Node(node) => {
                let node = known_node(*node, topology)?;
                topology.neighbours(node).iter().map(|(_, link)| *link).collect()
            }
            Failure::SharedRisk(links) if links.is_empty() => return Err(FailureError::EmptyGroup),
            Failure::SharedRisk(links) => {
                links.iter().map(|link| known_link(*link, topology)).collect::<Result<_, _>>()?
            }
            Failure::Geographic { centre, radius, rule } => {
                area(known_node(*centre, topology)?, *radius, *rule, topology)?
            }
        };
        links.sort_unstable();
        links.dedup();
        Ok(links)
    }

    /// Where the failure is: the centre of an area, the node, or every end of the links.
    #[must_use]
    pub fn centres(&self, topology: &Topology) -> Vec<Node> {
        match self {
            Failure::Node(node) | Failure::Geographic { centre: node, .. } => vec![*node],
            Failure::Link(link) => topology.fibre(*link).ends.to_vec(),
            Failure::SharedRisk(links) => {
                links.iter().flat_map(|link| topology.fibre(*link).ends).collect()
            }
        }
    }

    /// The word of experiment files and reports.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Failure::Link(_) => "link",
            Failure::Node(_) => "node",
            Failure::SharedRisk(_) => "srlg",
            Failure::Geographic { .. } => "geo",
        }
    }
}

fn known_link(link: Link, topology: &Topology) -> Result<Link, FailureError> {
    let is_known = link.index() < topology.links().len();
    if is_known { Ok(link) } else { Err(FailureError::NoLink(link.0)) }
}

fn known_node(node: Node, topology: &Topology) -> Result<Node, FailureError> {
    let is_known = node.index() < topology.nodes().len();
    if is_known { Ok(node) } else { Err(FailureError::NoNode(node.0)) }
}

fn area(
    centre: Node,
    radius: Radius,
    rule: AreaRule,
    topology: &Topology,
) -> Result<Vec<Link>, FailureError> {
    let inside = nodes_within(centre, radius, topology)?;
    let is_down = |ends: [Node; 2]| {
        let [from, to] = ends.map(|node| inside[node.index()]);
        match rule {
            AreaRule::Touch => from || to,
            AreaRule::Inside => from && to,
        }
    };
    let links = topology.links().iter().zip(0..);
    let down: Vec<Link> =
        links.filter(|(fibre, _)| is_down(fibre.ends)).map(|(_, index)| Link(index)).collect();
    if down.is_empty() {
        return Err(FailureError::EmptyArea(topology.place(centre).name.clone()));
    }
    Ok(down)
}

/// For each node whether it lies within the radius of the centre.
fn nodes_within(
    centre: Node,
    radius: Radius,
    topology: &Topology,
) -> Result<Vec<bool>, FailureError> {
    match radius {
        Radius::Hops(0) => Err(FailureError::Radius(0.0)),
        Radius::Hops(most) => {
            Ok(topology.hops_from(centre).iter().map(|hops| *hops <= most).collect())
        }
        Radius::Km(most) if most.is_nan() || most <= 0.0 => Err(FailureError::Radius(most)),
        Radius::Km(most) => {
            let position = |node: usize| {
                let place = &topology.nodes()[node];
                place.position.ok_or_else(|| FailureError::NoPosition(place.name.clone()))
            };
            let from = position(centre.index())?;
            let nodes = 0..topology.nodes().len();
            nodes.map(|node| Ok(from.km_to(position(node)?) <= most)).collect()
        }
    }
}

#[cfg(test)]
mod tests;
