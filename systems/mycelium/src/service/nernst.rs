//! The potential at which an ion's concentrations balance.

use serde::Serialize;

use super::asked::{Compat, compat};
use super::body;
use super::failure::Failure;
use super::fields::{Fields, Numbers};
use crate::nernst::{potential, potential_clamped};

#[derive(Serialize)]
pub struct Balanced {
    #[serde(rename = "potential_mV")]
    potential: f64,
}

/// What the program in Python raises each concentration to, in mol/L.
const FLOOR: f64 = 1e-6;

pub async fn nernst(body::Json(body): body::Json) -> Result<axum::Json<Balanced>, Failure> {
    let mut fields = Fields::read(&body)?;
    let valence = fields.integer("z_valence", -3..=3, 1);
    if valence == 0 {
        fields.refuse("z_valence", Some("0"), &"an integer from -3 to 3 other than 0");
    }
    let outside = fields.number("concentration_out_molar", Numbers::Above(0.0), None);
    let inside = fields.number("concentration_in_molar", Numbers::Above(0.0), None);
    let temperature = fields.number("temperature_k", Numbers::Between(273.0, 373.0), 310.0);
    let compat = compat(&mut fields);
    fields.finish()?;
    let volts = match compat {
        Compat::Ours => potential(valence, outside, inside, temperature),
        Compat::V41 => potential_clamped(valence, outside, inside, temperature, FLOOR),
    };
    Ok(axum::Json(Balanced { potential: volts? * 1000.0 }))
}
