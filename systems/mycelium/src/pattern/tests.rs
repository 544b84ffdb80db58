mod linear;
mod scheme;
mod waves;

use super::*;
use crate::settings::Boundary;

const SCHNAKENBERG: Reaction = Reaction::Schnakenberg { a: 0.1, b: 0.9 };

fn preset(name: &str) -> PatternSettings {
    PatternSettings::preset(name).unwrap()
}
