//! The potential at which an ion is in balance.

mod ions;

pub use ions::{
    CALCIUM, CHLORIDE, Ion, MAMMAL, POTASSIUM, SODIUM, SQUID, SQUID_CHLORIDE, SQUID_POTASSIUM,
    SQUID_SODIUM,
};

#[cfg(test)]
mod tests;

use crate::error::Error;

/// In joules per mole and kelvin; the digits that the published figures were computed with.
pub const GAS: f64 = 8.314;
/// In coulombs per mole.
pub const FARADAY: f64 = 96485.33212;
/// In kelvin: what the mammalian presets are meant for.
pub const BODY: f64 = 310.0;
/// In mol/L. Below it no cell has any of the ion: free calcium, the rarest, is at a ten-millionth.
pub const FLOOR: f64 = 1e-12;
/// In mol/L. The floor of the first version, which lies above the free calcium of a cell.
pub const FLOOR_V4_1: f64 = 1e-6;

/// In volts, inside against outside. Concentrations are in mol/L, the temperature in kelvin.
pub fn potential(valence: i32, outside: f64, inside: f64, temperature: f64) -> Result<f64, Error> {
    potential_clamped(valence, outside, inside, temperature, FLOOR)
}

/// The same with another floor, to which both concentrations are raised.
pub fn potential_clamped(
    valence: i32,
    outside: f64,
    inside: f64,
    temperature: f64,
    floor: f64,
) -> Result<f64, Error> {
    if valence == 0 || !(-3..=3).contains(&valence) {
        return Err(Error::out_of_range("valence", valence, "from -3 to 3 and not 0"));
    }
    positive("outside", outside)?;
    positive("inside", inside)?;
    positive("floor", floor)?;
    if !(273.0..=373.0).contains(&temperature) {
        return Err(Error::out_of_range("temperature", temperature, "from 273 to 373"));
    }
    let (outside, inside) = (outside.max(floor), inside.max(floor));
    // A difference of logarithms, not the logarithm of a quotient: swapping the two negates it
    // exactly, and no quotient overflows.
    let logarithm = outside.ln() - inside.ln();
    Ok(GAS * temperature / (f64::from(valence) * FARADAY) * logarithm)
}

fn positive(parameter: &'static str, value: f64) -> Result<(), Error> {
    if value.is_finite() && value > 0.0 {
        return Ok(());
    }
    Err(Error::out_of_range(parameter, value, "a finite number above 0"))
}
