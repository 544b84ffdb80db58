//! `tollgate doctor`: what this machine does to measurements.

use anyhow::Result;
use tollgate::machine;
use tollgate::machine::doctor::{Check, Rating, examine};

use crate::args::Global;
use crate::exit::Exit;
use crate::output::{note, result, style};

pub fn doctor(global: &Global) -> Result<Exit> {
    note("examining this machine, about two seconds");
    let machine = machine::read();
    result(&format!("{}\n", machine.fingerprint()))?;
    let colour = style(global.color, false).colour;
    let checks = examine();
    let width = checks.iter().map(|check| check.name.chars().count()).max().unwrap_or(0);
    for check in &checks {
        result(&line(check, width, colour))?;
    }
    let poor = checks.iter().filter(|check| check.rating == Rating::Poor).count();
    result(&match poor {
        0 => "\nnothing here stands in the way of measuring".to_owned(),
        1 => "\none of these makes measurements worse than they need be".to_owned(),
        _ => format!("\n{poor} of these make measurements worse than they need be"),
    })?;
    Ok(Exit::Within)
}

fn line(check: &Check, width: usize, colour: bool) -> String {
    let (word, code) = match check.rating {
        Rating::Good => ("good", "32"),
        Rating::Fair => ("fair", "33"),
        Rating::Poor => ("poor", "31"),
    };
    let word = if colour { format!("\x1b[{code}m{word}\x1b[0m") } else { word.to_owned() };
    format!(
        "{word}  {:width$}  {}\n      {:width$}  {}",
        check.name, check.value, "", check.meaning
    )
}
