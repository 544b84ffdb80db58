//! `disturb`: what is done during the load, at which moment, and to whom.

mod course;

use std::ops::Range;

use crate::budget::ServeSource;
use crate::budget::company::{Action, Disturbance, NETWORK, SERVICE, Who};
use crate::budget::keys::DISTURB;
use crate::budget::load::Until;
use crate::budget::mistake::{Mistake, nearest};
use crate::budget::node::Node;
use crate::quantity::{Dimension, Kind, Quantity, show};

use super::table::Table;
use super::value::text;

/// A disturbance, and where it stands.
struct Told {
    disturbance: Disturbance,
    table: Range<usize>,
}

/// In the order of time.
pub(super) fn disturb(
    table: &Table<'_>,
    source: &ServeSource,
    mistakes: &mut Vec<Mistake>,
) -> Vec<Disturbance> {
    let nodes = table.list("disturb", mistakes);
    let mut told: Vec<Told> = nodes.iter().filter_map(|node| one(node, source, mistakes)).collect();
    told.sort_by_key(|told| told.disturbance.at);
    if let Some(entry) = table.entry("disturb")
        && !nodes.is_empty()
    {
        check_load(&entry.key_span, source, mistakes);
    }
    if told.len() == nodes.len() {
        course::check(&told, mistakes);
    }
    told.into_iter().map(|told| told.disturbance).collect()
}

/// A load that may end at any moment has no times at which something could be done.
fn check_load(span: &Range<usize>, source: &ServeSource, mistakes: &mut Vec<Mistake>) {
    let title = "a load of unknown length cannot be disturbed";
    if source.load.searches() {
        mistakes.push(Mistake::new(span, title, "the scenario looks for the highest rate"));
    } else if source.load.until == Until::Decided {
        mistakes.push(
            Mistake::new(span, title, "it ends as soon as its budgets are decided")
                .help("leave out `until = \"decided\"`"),
        );
    }
}

fn one(node: &Node, source: &ServeSource, mistakes: &mut Vec<Mistake>) -> Option<Told> {
    let table = Table::open(node, DISTURB, mistakes)?;
    for key in ["at", "do"] {
        if table.entry(key).is_none() {
            let title = format!("a disturbance has no `{key}`");
            mistakes.push(
                Mistake::new(&node.span, title, "here")
                    .help("write for example `{ at = \"5s\", do = \"kill\", who = \"service\" }`"),
            );
        }
    }
    let at = table.span("at", mistakes);
    let action = action(&table, mistakes)?;
    let who = who(&table, action, source, mistakes)?;
    let at = at?;
    let length = source.load.total();
    // Where nobody loads, the length is not known, and that is told already.
    if at >= length && !source.load.users.is_empty() && !source.load.searches() {
        let length = show(length.as_secs_f64() * 1e9, Dimension::TIME);
        let span = table.entry("at").map_or(&node.span, |entry| &entry.node.span);
        let title = format!("the load is over before something is done to `{}`", who.word());
        mistakes.push(Mistake::new(span, title, format!("the load takes {length}")));
    }
    let disturbance = Disturbance { at, action, who };
    Some(Told { disturbance, table: node.span.clone() })
}

fn action(table: &Table<'_>, mistakes: &mut Vec<Mistake>) -> Option<Action> {
    let word = table.choice("do", mistakes)?;
    for (key, of) in [("by", "delay"), ("to", "throttle")] {
        let entry = table.entry(key);
        if let Some(entry) = entry.filter(|_| word != of) {
            let title = format!("`{key}` has no meaning beside `do = \"{word}\"`");
            let label = format!("goes with `do = \"{of}\"`");
            mistakes.push(Mistake::new(&entry.key_span, title, label));
        } else if entry.is_none() && word == of {
            let title = format!("a {of} does not say how much");
            let help = if of == "delay" { "by = \"50ms\"" } else { "to = \"1MB/s\"" };
            mistakes.push(
                Mistake::new(&table.node.span, title, format!("has no `{key}`"))
                    .help(format!("add for example `{help}`")),
            );
        }
    }
    Some(match word {
        "kill" => Action::Kill,
        "terminate" => Action::Terminate,
        "stop" => Action::Stop,
        "continue" => Action::Continue,
        "start" => Action::Start,
        "cut" => Action::Cut,
        "heal" => Action::Heal,
        "reset" => Action::Reset,
        "delay" => Action::Delay(table.span("by", mistakes)?),
        _ => Action::Throttle(throughput(table, mistakes)?),
    })
}

fn throughput(table: &Table<'_>, mistakes: &mut Vec<Mistake>) -> Option<f64> {
    let node = &table.entry("to")?.node;
    let words = text(node, "to", mistakes)?;
    let bytes = Dimension { kind: Kind::Bytes, per_time: true };
    match Quantity::parse(words) {
        Ok(Quantity { value, dimension }) if dimension == bytes && value >= 1.0 => Some(value),
        _ => {
            let title = format!("`{words}` is not a number of bytes per time");
            mistakes.push(
                Mistake::new(&node.span, title, "expected at least one byte a second")
                    .help("write for example `1MB/s` or `64KiB/s`"),
            );
            None
        }
    }
}

fn who(
    table: &Table<'_>,
    action: Action,
    source: &ServeSource,
    mistakes: &mut Vec<Mistake>,
) -> Option<Who> {
    let word = action.word();
    let Some(name) = table.text("who", mistakes) else {
        if action.is_on_network() {
            return Some(Who::Network);
        }
        if table.entry("who").is_none() {
            let title = format!("`do = \"{word}\"` does not say to whom");
            mistakes
                .push(Mistake::new(&table.node.span, title, "has no `who`").help(known(source)));
        }
        return None;
    };
    let span = &table.entry("who")?.node.span;
    let beside = source.beside.iter().map(|program| program.name.as_str());
    let found = match name.as_str() {
        NETWORK => Who::Network,
        SERVICE => Who::Service,
        name if beside.clone().any(|known| known == name) => Who::Beside(name.to_owned()),
        _ => {
            let title = format!("there is no program `{name}` in this case");
            let mistake = Mistake::new(span, title, "named here");
            mistakes.push(match nearest(&name, beside.chain([SERVICE, NETWORK])) {
                Some(near) => mistake.fix(format!("there is `{near}`"), format!("\"{near}\"")),
                None => mistake.help(known(source)),
            });
            return None;
        }
    };
    if action.is_on_network() != (found == Who::Network) {
        let (to, what) = match found {
            Who::Network => ("a program", "the network"),
            _ => ("the network", "a program"),
        };
        let title = format!("`{word}` cannot be done to `{name}`");
        mistakes.push(Mistake::new(span, title, format!("is done to {to}, and this is {what}")));
        return None;
    }
    if found == Who::Service && (source.url.is_some() || !source.starts_process()) {
        let label = match source.url {
            Some(_) => "it runs already, and who started it may stop it",
            None => "it is no process of its own",
        };
        let title = format!("nobody here can {word} the service");
        mistakes.push(Mistake::new(span, title, label));
        return None;
    }
    Some(found)
}

fn known(source: &ServeSource) -> String {
    let mut names: Vec<&str> = source.beside.iter().map(|program| program.name.as_str()).collect();
    if source.url.is_none() && source.starts_process() {
        names.push(SERVICE);
    }
    match names.as_slice() {
        [] => "the case starts no program: there is only the `network`".to_owned(),
        names => format!("programs: {}", names.join(", ")),
    }
}
