//! How tensors are named: `fc1.weight` by our own files and by modules with named layers,
//! `0.weight` by a `Sequential`, where ReLU takes the odd numbers, `actor.0.weight` by an actor.

use crate::policy::learned::Kind;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    Named,
    Sequential,
    Actor,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Part {
    Weight,
    Bias,
}

/// Which tensor a name means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) style: Style,
    /// From 0.
    pub(super) layer: usize,
    pub(super) part: Part,
}

impl Style {
    /// The style of our own files.
    pub(super) fn of(kind: Kind) -> Style {
        match kind {
            Kind::BehaviourCloning => Style::Named,
            Kind::ImplicitQ => Style::Actor,
        }
    }

    /// The kind that a style gives away.
    pub(super) fn kind(self) -> Option<Kind> {
        match self {
            Style::Named => Some(Kind::BehaviourCloning),
            Style::Actor => Some(Kind::ImplicitQ),
            Style::Sequential => None,
        }
    }

    pub(super) fn name(self, layer: usize, part: Part) -> String {
        let part = match part {
            Part::Weight => "weight",
            Part::Bias => "bias",
        };
        match self {
            Style::Named => format!("fc{}.{part}", layer + 1),
            Style::Sequential => format!("{}.{part}", 2 * layer),
            Style::Actor => format!("actor.{}.{part}", 2 * layer),
        }
    }
}

pub(super) fn place(name: &str) -> Option<Place> {
    let (layer, part) = match name.rsplit_once('.')? {
        (layer, "weight") => (layer, Part::Weight),
        (layer, "bias") => (layer, Part::Bias),
        _ => return None,
    };
    let (style, layer) = if let Some(number) = layer.strip_prefix("fc") {
        (Style::Named, usize::from(number.parse::<u16>().ok()?.checked_sub(1)?))
    } else {
        let actor = layer.strip_prefix("actor.");
        let number: u16 = actor.unwrap_or(layer).parse().ok()?;
        let style = if actor.is_some() { Style::Actor } else { Style::Sequential };
        (style, usize::from(number.is_multiple_of(2).then_some(number / 2)?))
    };
    let place = Place { style, layer, part };
    // `+2` and `02` are numbers, but not names.
    (style.name(layer, part) == name).then_some(place)
}
