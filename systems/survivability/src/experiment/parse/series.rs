//! Loads and seeds: a number, a list of them, or a range.

use crate::experiment::keys::{self, Keys};
use crate::experiment::node::{Node, Value};
use crate::experiment::section::{Found, Section};
use crate::experiment::value::{Bound, Read, Wrong, integer, list, number};

/// More would be no experiment but a slip of the finger.
const MOST: usize = 100_000;

/// Seeds fit the integers of TOML and JSON.
const LARGEST_SEED: u64 = i64::MAX as u64;

pub(super) fn loads(node: &Node, found: &Found) -> Read<Vec<f64>> {
    let load = number(Bound::Positive);
    let loads = match &node.value {
        Value::Array(_) => list("a list of loads in Erlang", load)(node)?,
        Value::Table(_) => {
            let Some(range) = range(node, &keys::LOADS, found) else { return Ok(vec![1.0]) };
            let [from, to, step] = ["from", "to", "step"].map(|key| range.get(key, &load));
            let (Some(from), Some(to), Some(step)) = (from, to, step) else {
                return Ok(vec![1.0]);
            };
            // A step that is a decimal may miss the end by its last digits.
            let steps = ((to - from) / step + 1e-9).floor();
            if !(0.0..MOST as f64).contains(&steps) {
                return Err(vec![Wrong::new(node, "`from` up to `to` in at most 100,000 steps")]);
            }
            (0..=steps as u32).map(|index| from + f64::from(index) * step).collect()
        }
        _ => vec![load(node)?],
    };
    twice(node, &loads, |left, right| left.total_cmp(right).is_eq())?;
    Ok(loads)
}

pub(super) fn seeds(node: &Node, found: &Found) -> Read<Vec<u64>> {
    let seed = integer(0..=LARGEST_SEED);
    let seeds = match &node.value {
        Value::Array(_) => list("a list of seeds", seed)(node)?,
        Value::Table(_) => {
            let Some(range) = range(node, &keys::SEEDS, found) else { return Ok(vec![1]) };
            let from = range.get("from", integer(0..=LARGEST_SEED - MOST as u64));
            let count = range.get("count", integer(1..=MOST as u64));
            let (Some(from), Some(count)) = (from, count) else { return Ok(vec![1]) };
            (from..from + count).collect()
        }
        _ => vec![seed(node)?],
    };
    twice(node, &seeds, |left, right| left == right)?;
    Ok(seeds)
}

/// Opens a range, which needs all of its keys.
fn range<'n>(node: &'n Node, keys: &'static Keys, found: &'n Found) -> Option<Section<'n>> {
    let section = Section::open(node, keys.header, keys, found)?;
    for key in keys.names {
        if section.entry(key).is_none() {
            let expected = keys.names.join("`, `");
            let wrong = Wrong::new(node, format!("a range with `{expected}`; it has no `{key}`"));
            section.push(wrong.mistake(keys.header));
            return None;
        }
    }
    Some(section)
}

fn twice<T: ToString>(node: &Node, values: &[T], same: impl Fn(&T, &T) -> bool) -> Read<()> {
    let Value::Array(items) = &node.value else { return Ok(()) };
    for (index, value) in values.iter().enumerate().take(1000) {
        if values[..index].iter().any(|earlier| same(earlier, value)) {
            let found = format!("{} twice", value.to_string());
            let wrong = Wrong::new(&items[index], "each number once");
            return Err(vec![Wrong { verb: "has", found, ..wrong }]);
        }
    }
    Ok(())
}
