//! Gradients of many clients made into one, some of whom may lie.
//!
//! Krum (Blanchard et al., 2017) picks the client whose nearest others are nearest, by squared
//! distances; the medians and the trimmed mean go coordinate by coordinate. The hierarchy does
//! both, for more clients than can be compared pair by pair.

mod hierarchy;
mod krum;
mod median;

#[cfg(test)]
mod tests;

pub use hierarchy::{Aggregate, Hierarchy, hierarchical_krum};
pub use krum::{krum, multi_krum};
pub use median::{Middle, coordinate_median, trimmed_mean};

use crate::error::Error;

/// How many coordinates each client has. Refuses what is not one finite vector for each client, all
/// of one length.
fn width(clients: &[Vec<f64>]) -> Result<usize, Error> {
    let Some(first) = clients.first() else {
        return Err(Error::Shape("there is no client".to_owned()));
    };
    if first.is_empty() {
        return Err(Error::Shape("client 0 has no coordinates".to_owned()));
    }
    for (index, client) in clients.iter().enumerate() {
        if client.len() != first.len() {
            let (found, expected) = (client.len(), first.len());
            let text = format!("client {index} has {found} coordinates, but client 0 {expected}");
            return Err(Error::Shape(text));
        }
        if let Some(place) = client.iter().position(|value| !value.is_finite()) {
            let value = client[place];
            let text = format!("coordinate {place} of client {index} is {value}, not finite");
            return Err(Error::Shape(text));
        }
    }
    Ok(first.len())
}
