//! `[[inhibit]]`, `[[silence]]` and `[route]`.

use super::section::Section;
use super::value::{duration, matchers, names, pause, time, words};
use crate::mute::{Inhibition, Silence};
use crate::notify::Routing;

pub(super) const INHIBITION: [&str; 3] = ["source", "target", "equal"];
pub(super) const SILENCE: [&str; 6] = ["id", "matchers", "from", "until", "author", "reason"];
pub(super) const ROUTE: [&str; 4] = ["by", "wait", "interval", "repeat"];

pub(super) fn inhibition(section: &Section<'_>) -> Option<Inhibition> {
    let (source, target) = (section.need("source", matchers), section.need("target", matchers));
    let equal = section.get("equal", names).unwrap_or_default();
    Some(Inhibition { source: source?, target: target?, equal })
}

/// One without an identity is called by its number.
pub(super) fn silence(section: &Section<'_>, number: usize) -> Option<Silence> {
    let id = section.get("id", words).unwrap_or_else(|| format!("file-{number}"));
    let matchers = section.need("matchers", matchers);
    let (from, until) = (section.need("from", time), section.need("until", time));
    let (author, reason) = (section.need("author", words), section.need("reason", words));
    let (from_ms, until_ms) = (from?, until?);
    if until_ms <= from_ms {
        section.wrong("until", "has to be after `from`");
    }
    Some(Silence { id, matchers: matchers?, from_ms, until_ms, author: author?, reason: reason? })
}

pub(super) fn routing(section: &Section<'_>) -> Routing {
    let usual = Routing::default();
    Routing {
        by: section.get("by", names).unwrap_or(usual.by),
        wait: section.get("wait", duration).unwrap_or(usual.wait),
        interval: section.get("interval", duration).unwrap_or(usual.interval),
        repeat: section.get("repeat", pause).unwrap_or(usual.repeat),
    }
}
