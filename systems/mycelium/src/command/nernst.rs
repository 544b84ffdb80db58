//! `nernst`: the potential at which an ion is in balance.

use clap::{Args, ValueEnum};
use serde_json::json;

use super::output::{self, Format};
use super::table::Table;
use super::{BadInput, Exit};
use crate::nernst::{Ion, potential};

/// Without flags it tells those of the usual ions of a mammal at 310 K.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Nernst {
    /// An ion with its usual concentrations
    #[arg(long, value_name = "NAME", value_enum, conflicts_with = "valence")]
    ion: Option<Name>,
    /// The charge in units of the elementary charge, such as 2 or -1
    #[arg(
        long,
        short = 'z',
        value_name = "CHARGE",
        allow_negative_numbers = true,
        requires = "outside",
        requires = "inside"
    )]
    valence: Option<i32>,
    /// The concentration outside
    #[arg(long, value_name = "MOL/L", allow_negative_numbers = true)]
    outside: Option<f64>,
    /// The concentration inside
    #[arg(long, value_name = "MOL/L", allow_negative_numbers = true)]
    inside: Option<f64>,
    /// The temperature [default: 310, or 291.65 for the squid's axon]
    #[arg(long, value_name = "KELVIN", allow_negative_numbers = true)]
    temperature: Option<f64>,
    /// How the result is printed
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t)]
    format: Format,
}

const EXAMPLES: &str = "\
Examples:
  mycelium nernst
  mycelium nernst --ion calcium --temperature 293.15
  mycelium nernst -z -1 --outside 0.12 --inside 0.004";

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Name {
    Potassium,
    Sodium,
    Chloride,
    Calcium,
    SquidPotassium,
    SquidSodium,
    SquidChloride,
}

impl Nernst {
    pub fn run(&self) -> anyhow::Result<Exit> {
        let ions = self.ions()?;
        let mut table = Table::new(["Ion", "charge", "outside mM", "inside mM", "K", "mV"]);
        let mut rows = Vec::new();
        for (ion, temperature) in &ions {
            let volts = potential(ion.valence, ion.outside, ion.inside, *temperature)
                .map_err(|error| BadInput(error.to_string()))?;
            let mv = volts * 1000.0;
            let concentration = |mol: f64| format!("{}", (mol * 1e9).round() / 1e6);
            table.row(
                ion.name,
                [
                    format!("{:+}", ion.valence),
                    concentration(ion.outside),
                    concentration(ion.inside),
                    temperature.to_string(),
                    format!("{mv:.4}"),
                ],
            );
            rows.push(json!({
                "ion": ion.name,
                "valence": ion.valence,
                "outside_molar": ion.outside,
                "inside_molar": ion.inside,
                "temperature_k": temperature,
                "potential_mV": mv,
            }));
        }
        match self.format {
            Format::Json => output::json(&rows.into()),
            Format::Text => output::result(&table.render()),
        }?;
        Ok(Exit::Done)
    }

    fn ions(&self) -> Result<Vec<(Ion, f64)>, BadInput> {
        if let (Some(valence), Some(outside), Some(inside)) =
            (self.valence, self.outside, self.inside)
        {
            let ion = Ion { name: "given", valence, outside, inside };
            return Ok(vec![(ion, self.temperature.unwrap_or(MAMMAL))]);
        }
        let names: &[Name] = match &self.ion {
            Some(name) => std::slice::from_ref(name),
            None if self.outside.is_some() || self.inside.is_some() => {
                let what = "concentrations need an ion: say which by --ion, or its charge by -z";
                return Err(BadInput(what.to_owned()));
            }
            None => &[Name::Potassium, Name::Sodium, Name::Chloride, Name::Calcium],
        };
        let given = |name: &Name| {
            let ion = name.ion();
            let outside = self.outside.unwrap_or(ion.outside);
            let inside = self.inside.unwrap_or(ion.inside);
            let temperature = self.temperature.unwrap_or(name.temperature());
            (Ion { outside, inside, ..ion }, temperature)
        };
        Ok(names.iter().map(given).collect())
    }
}

/// Kelvin.
const MAMMAL: f64 = 310.0;
const SQUID: f64 = 291.65;

impl Name {
    fn ion(self) -> Ion {
        use crate::nernst::{
            CALCIUM, CHLORIDE, POTASSIUM, SODIUM, SQUID_CHLORIDE, SQUID_POTASSIUM, SQUID_SODIUM,
        };
        match self {
            Name::Potassium => POTASSIUM,
            Name::Sodium => SODIUM,
            Name::Chloride => CHLORIDE,
            Name::Calcium => CALCIUM,
            Name::SquidPotassium => SQUID_POTASSIUM,
            Name::SquidSodium => SQUID_SODIUM,
            Name::SquidChloride => SQUID_CHLORIDE,
        }
    }

    fn temperature(self) -> f64 {
        match self {
            Name::SquidPotassium | Name::SquidSodium | Name::SquidChloride => SQUID,
            _ => MAMMAL,
        }
    }
}
