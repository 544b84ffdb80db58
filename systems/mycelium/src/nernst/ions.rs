//! Ions with what is dissolved of them outside and inside of a cell.

use super::potential;
use crate::error::Error;

/// An ion at a membrane, with concentrations in mol/L.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ion {
    pub name: &'static str,
    pub valence: i32,
    pub outside: f64,
    pub inside: f64,
}

impl Ion {
    const fn new(name: &'static str, valence: i32, outside: f64, inside: f64) -> Ion {
        Ion { name, valence, outside, inside }
    }

    /// In volts, at a temperature in kelvin.
    pub fn potential(&self, temperature: f64) -> Result<f64, Error> {
        potential(self.valence, self.outside, self.inside, temperature)
    }
}

pub const POTASSIUM: Ion = Ion::new("K+", 1, 0.005, 0.140);
pub const SODIUM: Ion = Ion::new("Na+", 1, 0.145, 0.012);
pub const CHLORIDE: Ion = Ion::new("Cl-", -1, 0.120, 0.004);
pub const CALCIUM: Ion = Ion::new("Ca2+", 2, 0.002, 1e-7);

/// Cells of mammals, at 310 K.
pub const MAMMAL: [Ion; 4] = [POTASSIUM, SODIUM, CHLORIDE, CALCIUM];

pub const SQUID_POTASSIUM: Ion = Ion::new("K+", 1, 0.020, 0.400);
pub const SQUID_SODIUM: Ion = Ion::new("Na+", 1, 0.440, 0.050);
pub const SQUID_CHLORIDE: Ion = Ion::new("Cl-", -1, 0.560, 0.052);

/// The giant axon of the squid, at 291.65 K.
pub const SQUID: [Ion; 3] = [SQUID_POTASSIUM, SQUID_SODIUM, SQUID_CHLORIDE];
