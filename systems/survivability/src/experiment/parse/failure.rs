//! `[[failure]]`: what fails, when, and until when.

use super::MOST_REQUESTS;
use crate::experiment::mistake::{Mistake, either};
use crate::experiment::section::Section;
use crate::experiment::value::{Bound, choice, ends, integer, list, name, number};
use crate::experiment::{FailureSection, Located, Start, What};
use crate::failure::{AreaRule, Radius};
use crate::setup::After;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Link,
    Node,
    SharedRisk,
    Geographic,
}

const KINDS: [(&str, Kind); 4] = [
    ("link", Kind::Link),
    ("node", Kind::Node),
    ("srlg", Kind::SharedRisk),
    ("geo", Kind::Geographic),
];

impl Kind {
    fn word(self) -> &'static str {
        KINDS.iter().find(|(_, kind)| *kind == self).map_or("", |(word, _)| word)
    }

    /// The keys that say what fails, the first of which has to be there.
    fn keys(self) -> &'static [&'static str] {
        match self {
            Kind::Link => &["link"],
            Kind::Node => &["node"],
            Kind::SharedRisk => &["links"],
            Kind::Geographic => &["centre", "radius-hops", "radius-km", "rule"],
        }
    }
}

pub(super) fn failure(section: &Section, requests: u64) -> Option<FailureSection> {
    let start = start(section, requests);
    let repair = repair(section);
    let what = what(section)?;
    let table = Located { value: (), place: Some(section.place) };
    Some(FailureSection { what, start, repair, table })
}

fn what(section: &Section) -> Option<What> {
    if section.entry("type").is_none() {
        let told = KINDS.iter().find(|(_, kind)| section.entry(kind.keys()[0]).is_some());
        let title = "a failure without a `type`";
        let label = format!("expected {}", either(KINDS.map(|(word, _)| word)));
        let mistake = Mistake::new(Some(section.place), title, label);
        section.push(match told {
            Some((word, _)) => mistake.hint(format!("add `type = \"{word}\"`")),
            None => mistake,
        });
        return None;
    }
    let kind = section.get("type", choice(&KINDS))?;
    check_keys(section, kind);
    match kind {
        Kind::Link => section.get("link", ends).map(What::Link),
        Kind::Node => section.get("node", name).map(What::Node),
        Kind::SharedRisk => {
            section.get("links", list("a list of links", ends)).map(What::SharedRisk)
        }
        Kind::Geographic => area(section),
    }
}

/// Tells keys of other kinds, and the missing one.
fn check_keys(section: &Section, kind: Kind) {
    for (word, other) in KINDS.iter().filter(|(_, other)| *other != kind) {
        for entry in other.keys().iter().filter_map(|key| section.entry(key)) {
            let title = format!("`{}` in a failure of type `{}`", entry.key, kind.word());
            let label = format!("belongs to type `{word}`");
            section.push(Mistake::new(Some(entry.place), title, label));
        }
    }
    let needed = kind.keys()[0];
    if section.entry(needed).is_none() {
        let title = format!("a failure of type `{}` without `{needed}`", kind.word());
        let hint = match kind {
            Kind::Link => "link = [\"8\", \"12\"]",
            Kind::Node => "node = \"3\"",
            Kind::SharedRisk => "links = [[\"0\", \"1\"], [\"2\", \"5\"]]",
            Kind::Geographic => "centre = \"5\"",
        };
        let label = "what fails is not said";
        section.push(Mistake::new(Some(section.place), title, label).hint(hint));
    }
}

fn area(section: &Section) -> Option<What> {
    let centre = section.get("centre", name);
    let hops = section.get("radius-hops", integer(1..=1000_u16)).map(Radius::Hops);
    let km = section.get("radius-km", number(Bound::Positive)).map(Radius::Km);
    only_one(section, &["radius-hops", "radius-km"]);
    if section.entry("radius-hops").is_none() && section.entry("radius-km").is_none() {
        let title = "a failure of type `geo` without a radius";
        let hint = "radius-hops = 1, or radius-km = 500 where nodes have positions";
        let label = "how far it reaches is not said";
        section.push(Mistake::new(Some(section.place), title, label).hint(hint));
    }
    let mut rule = AreaRule::Touch;
    let rules = [("touch", AreaRule::Touch), ("inside", AreaRule::Inside)];
    section.set("rule", &mut rule, choice(&rules));
    Some(What::Geographic { centre: centre?, radius: hops.or(km)?, rule })
}

/// Half of the arrivals unless told otherwise.
fn start(section: &Section, requests: u64) -> Start {
    only_one(section, &["at-arrival", "at-time", "at-share"]);
    let arrival = section.get("at-arrival", integer(0..=MOST_REQUESTS));
    if let Some(arrival) = arrival.filter(|arrival| *arrival >= requests) {
        let title = format!("a failure before request {arrival}, of {requests}");
        let label = format!("requests count from 0 to {}", requests - 1);
        section.push(Mistake::new(section.place_of("at-arrival"), title, label));
    }
    let time = section.get("at-time", number(Bound::NotNegative)).map(Start::Time);
    let share = section.get("at-share", number(Bound::Share)).map(Start::Share);
    arrival.map(Start::Arrival).or(time).or(share).unwrap_or(Start::Share(0.5))
}

fn repair(section: &Section) -> Option<After> {
    only_one(section, &["repair-after-arrivals", "repair-after-time"]);
    let arrivals = section.get("repair-after-arrivals", integer(1..=MOST_REQUESTS));
    let time = section.get("repair-after-time", number(Bound::Positive)).map(After::Time);
    arrivals.map(After::Arrivals).or(time)
}

fn only_one(section: &Section, keys: &[&str]) {
    let there: Vec<_> = keys.iter().filter_map(|key| section.entry(key)).collect();
    if let [first, second, ..] = there.as_slice() {
        let title = format!("a failure with both `{}` and `{}`", first.key, second.key);
        let place = first.place.max(second.place);
        section.push(Mistake::new(Some(place), title, "one of them says it"));
    }
}
