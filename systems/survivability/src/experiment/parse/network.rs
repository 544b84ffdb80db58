//! `[network]`, and the mix of bit rates, which its table of reach has to know.

use std::path::Path;

use super::file_name;
use crate::experiment::keys;
use crate::experiment::mistake::{Mistake, nearest};
use crate::experiment::node::{Node, Value};
use crate::experiment::section::Section;
use crate::experiment::value::{Bound, Read, Wrong, choice, integer, number, text};
use crate::experiment::{Experiment, NetworkSection};
use crate::modulation::{Format, Rate, ReachTable};
use crate::paths::PathOrder;
use crate::spectrum::MOST_SLOTS;

/// A metre less would not fit where metres are counted.
const LONGEST_KM: f64 = 4_294_967.0;

pub(super) fn network(section: &Section, folder: &Path, network: &mut NetworkSection) {
    section.set("topology", &mut network.topology, |node| file_name(node, folder));
    section.locate("k", &mut network.k, |node| integer(1..=1000_u32)(node).map(|k| k as usize));
    let orders = [("length", PathOrder::Length), ("hops", PathOrder::Hops)];
    section.locate("order", &mut network.order, choice(&orders));
    network.paths = section.get("paths", |node| file_name(node, folder));
    let grid = &mut network.grid;
    section.set("slots", &mut grid.slots, integer(1..=MOST_SLOTS));
    section.set("cores", &mut grid.cores, integer(1..=100));
    section.set("guard", &mut grid.guard, integer(0..=100));
    let tables = [("icc-2020", ReachTable::icc_2020()), ("lanman-2024", ReachTable::lanman_2024())];
    section.set("reach", &mut network.reach, choice(&tables));
    if let Some(table) = modulation(section) {
        network.reach = table;
    }
}

/// The table of one's own, if there is one.
fn modulation(section: &Section) -> Option<ReachTable> {
    let formats = section.sections("modulation", &keys::MODULATION);
    if let (Some(reach), Some(own)) = (section.entry("reach"), section.entry("modulation")) {
        let title = "[network] has both `reach` and `modulation`";
        let label = "a table of one's own replaces the other";
        section.push(Mistake::new(Some(reach.place.max(own.place)), title, label));
    }
    let mut rates: Vec<Rate> = Vec::new();
    for section in &formats {
        for key in ["gbps", "reach-km", "slots"] {
            if section.entry(key).is_none() {
                let title = format!("[[network.modulation]] has no `{key}`");
                section.push(Mistake::new(Some(section.place), title, "this format"));
            }
        }
        let gbps = section.get("gbps", integer(1..=1_000_000_u32));
        let slots = section.get("slots", integer(1..=MOST_SLOTS));
        let km = section.get("reach-km", reach_km);
        let name = section.get("name", text);
        let (Some(gbps), Some(slots), Some(km)) = (gbps, slots, km) else { continue };
        let name = name.unwrap_or_else(|| format!("{km} km"));
        let format = Format { name, max_metres: (km * 1000.0).round() as u32, slots };
        match rates.iter_mut().find(|rate| rate.gbps == gbps) {
            Some(rate) => rate.formats.push(format),
            None => rates.push(Rate { gbps, formats: vec![format] }),
        }
    }
    (!rates.is_empty()).then(|| ReachTable::new(rates))
}

fn reach_km(node: &Node) -> Read<f64> {
    let km = number(Bound::Positive)(node)?;
    if (0.001..=LONGEST_KM).contains(&km) {
        return Ok(km);
    }
    Err(vec![Wrong::new(node, "from 0.001 to 4,294,967 km")])
}

/// Shares by bit rate, which sum to 1.
pub(super) fn mix(node: &Node) -> Read<Vec<(u32, f64)>> {
    let expected =
        "a table of bit rates in Gb/s with their shares, such as { 100 = 0.8, 400 = 0.2 }";
    let Value::Table(entries) = &node.value else {
        return Err(vec![Wrong::new(node, expected)]);
    };
    let (mut shares, mut wrong) = (Vec::new(), Vec::new());
    for entry in entries {
        match (entry.key.parse(), number(Bound::Share)(&entry.node)) {
            (Ok(gbps), Ok(share)) => shares.push((gbps, share)),
            (Err(_), _) => wrong.push(Wrong {
                place: entry.place,
                verb: "has",
                found: format!("a share of `{}`", entry.key),
                ..Wrong::new(&entry.node, "a bit rate in Gb/s")
            }),
            (_, Err(more)) => wrong.extend(more),
        }
    }
    let sum: f64 = shares.iter().map(|(_, share)| share).sum();
    // Shares are typed as decimals; their sum is exact to the last digits only.
    if wrong.is_empty() && (sum - 1.0).abs() > 1e-9 {
        let sum = (sum * 1e9).round() / 1e9;
        let found = format!("shares that sum to {sum}");
        wrong.push(Wrong { verb: "has", found, ..Wrong::new(node, "a sum of 1") });
    }
    if wrong.is_empty() { Ok(shares) } else { Err(wrong) }
}

/// Every rate of the mix has to be in the table.
pub(super) fn check_mix(file: &Section, experiment: &Experiment) {
    let Experiment { network, traffic, .. } = experiment;
    let place = traffic.mix.place.or(file.place_of("network"));
    for (gbps, _) in &traffic.mix.value {
        if network.reach.rate(*gbps).is_some() {
            continue;
        }
        let title = format!("the mix has {gbps} Gb/s, which no format carries");
        let known: Vec<String> =
            network.reach.rates().iter().map(|rate| rate.gbps.to_string()).collect();
        let label = format!("formats carry {} Gb/s", known.join(", "));
        let mistake = Mistake::new(place, title, label);
        let near = nearest(&gbps.to_string(), known.iter().map(String::as_str));
        file.push(match (traffic.mix.place, near) {
            (None, _) => mistake.hint("give `mix` in [traffic] with rates of your own table"),
            (_, Some(near)) => mistake.hint(format!("perhaps {near}")),
            _ => mistake,
        });
    }
}
