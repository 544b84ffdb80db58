//! Lists of links, a line each: `src,dst,km` under that header, or the same with white space, a
//! line for each direction and no header.

use crate::topology::draft::{Draft, Second};
use crate::topology::read::{Fault, ReadError, Source, stem};
use crate::topology::{Position, Topology};

#[derive(Clone, Copy)]
pub(super) enum Separator {
    Comma,
    Space,
}

pub(super) const LINKS_HEADER: &str = "src,dst,km";
pub(super) const NODES_HEADER: &str = "node,lat,lon";

/// Nodes stand in the order in which the links name them first, whether or not there is a file of
/// nodes, so that adding positions changes no result.
pub(super) fn parse(source: &Source, separator: Separator) -> Result<Topology, ReadError> {
    let mut draft = Draft::new(source.path);
    let second = match separator {
        Separator::Comma => Second::Refused,
        Separator::Space => Second::Ignored,
    };
    if matches!(separator, Separator::Comma)
        && let Some(fault) = header(source.text, LINKS_HEADER)
    {
        draft.mistake(1, fault);
    }
    for (line, fields) in rows(source.text, separator) {
        match link(&fields) {
            Ok(([from, to], metres)) => {
                let ends = [draft.place(from), draft.place(to)];
                draft.link(line, ends, metres, second);
            }
            Err(fault) => draft.mistake(line, fault),
        }
    }
    if let Some((path, text)) = source.nodes {
        add_positions(&mut draft, path, text.strip_prefix('\u{feff}').unwrap_or(text));
    }
    draft.finish(stem(source.path))
}

fn header(text: &str, expected: &'static str) -> Option<Fault> {
    let first = text.lines().next().unwrap_or_default().trim_end();
    (first != expected).then(|| Fault::Header(first.to_owned(), expected))
}

/// The lines that are not blank, in fields; without the header of a list with commas.
fn rows(text: &str, separator: Separator) -> impl Iterator<Item = (usize, Vec<&str>)> {
    let header = match separator {
        Separator::Comma => 1,
        Separator::Space => 0,
    };
    let lines = text.lines().zip(1..).skip(header);
    lines.filter(|(line, _)| !line.trim().is_empty()).map(move |(line, number)| {
        let fields = match separator {
            Separator::Comma => line.split(',').map(str::trim).collect(),
            Separator::Space => line.split_whitespace().collect(),
        };
        (number, fields)
    })
}

fn link<'a>(fields: &[&'a str]) -> Result<([&'a str; 2], u32), Fault> {
    let [from, to, km] = fields else { return Err(Fault::Fields(fields.len(), 3)) };
    if from.is_empty() || to.is_empty() {
        return Err(Fault::NoName);
    }
    if let Some(quoted) = [from, to].into_iter().find(|name| name.contains('"')) {
        return Err(Fault::Quoted((*quoted).to_owned()));
    }
    if from == to {
        return Err(Fault::Loop((*from).to_owned()));
    }
    Ok(([from, to], metres(km)?))
}

/// Whole metres from a text in km.
pub(super) fn metres(text: &str) -> Result<u32, Fault> {
    let km: f64 = text.trim().parse().map_err(|_| Fault::NoNumber(text.to_owned()))?;
    let metres = (km * 1000.0).round();
    match metres >= 1.0 && metres <= f64::from(u32::MAX) {
        true => Ok(metres as u32),
        false => Err(Fault::Length(km)),
    }
}

pub(super) fn position(latitude: &str, longitude: &str) -> Result<Position, Fault> {
    let refused = || Fault::Position(format!("{latitude},{longitude}"));
    let degrees = |text: &str| text.trim().parse().map_err(|_| refused());
    let position = Position { latitude: degrees(latitude)?, longitude: degrees(longitude)? };
    position.is_valid().then_some(position).ok_or_else(refused)
}

fn add_positions(draft: &mut Draft, path: &str, text: &str) {
    if let Some(fault) = header(text, NODES_HEADER) {
        draft.mistake_in(path, 1, fault);
    }
    for (line, fields) in rows(text, Separator::Comma) {
        let found = match fields[..] {
            [name, latitude, longitude] => match draft.find(name) {
                None => Err(Fault::NoSuchNode(name.to_owned())),
                Some(place) if draft.position(place).is_some() => {
                    Err(Fault::NodeTwice(name.to_owned()))
                }
                Some(place) => position(latitude, longitude).map(|position| (place, position)),
            },
            _ => Err(Fault::Fields(fields.len(), 3)),
        };
        match found {
            Ok((place, position)) => draft.set_position(place, position),
            Err(fault) => draft.mistake_in(path, line, fault),
        }
    }
}
