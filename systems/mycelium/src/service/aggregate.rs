//! Makes one gradient of those of many clients.

use std::fmt;

use axum::body::Bytes;
use axum::extract;
use serde::de::{self, Deserializer, SeqAccess, Visitor};
use serde::{Deserialize, Serialize};

use super::State;
use super::body;
use super::failure::Failure;
use super::fields::{Fields, Numbers};
use crate::error::Error;
use crate::federated::{Hierarchy, hierarchical_krum};

#[derive(Serialize)]
pub struct Aggregated {
    aggregated_gradient: Vec<f64>,
    num_input_gradients: usize,
}

/// Bytes of a body up to which it takes less time to aggregate than to hand it over.
const SMALL: usize = 16 << 10;

/// Gradients in one body. Their pairwise distances are held all at once.
const MOST: usize = 10_000;

pub async fn aggregate(
    extract::State(state): extract::State<State>,
    body::Json(body): body::Json,
) -> Result<axum::Json<Aggregated>, Failure> {
    let aggregated = match body.len() {
        0..=SMALL => aggregated(&body),
        _ => state.compute(move |_| aggregated(&body)).await,
    };
    aggregated.map(axum::Json)
}

fn aggregated(body: &Bytes) -> Result<Aggregated, Failure> {
    let mut fields = Fields::read(body)?;
    let raw = fields.raw("gradients");
    if raw.is_none() {
        fields.refuse("gradients", None, &"a list of lists of numbers");
    }
    let hierarchy = Hierarchy {
        clusters: fields.integer("num_clusters", 1..=1000, 10),
        liars: fields.number("byzantine_fraction", Numbers::FromBelow(0.0, 0.5), 0.2),
        seed: fields.integer("seed", 0..=u64::MAX, 42),
        ..Hierarchy::default()
    };
    fields.finish()?;
    let gradients = gradients(raw.unwrap_or_default())?;
    let aggregate = hierarchical_krum(&gradients, &hierarchy).map_err(|error| match error {
        Error::Shape(text) => Failure::Gradients(text),
        other => other.into(),
    })?;
    Ok(Aggregated { aggregated_gradient: aggregate.values, num_input_gradients: gradients.len() })
}

/// Not more than are taken: a body of empty lists would otherwise become many times its length.
struct Gradients(Vec<Vec<f64>>);

impl<'de> Deserialize<'de> for Gradients {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Gradients, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Gradients;

            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("a list of lists of numbers")
            }

            fn visit_seq<S: SeqAccess<'de>>(self, mut list: S) -> Result<Gradients, S::Error> {
                let mut gradients = Vec::new();
                while let Some(gradient) = list.next_element()? {
                    if gradients.len() == MOST {
                        return Err(de::Error::custom(format!("there are more than {MOST}")));
                    }
                    gradients.push(gradient);
                }
                Ok(Gradients(gradients))
            }
        }
        deserializer.deserialize_seq(Reader)
    }
}

/// At least one, each as long as the first, and nothing but numbers.
fn gradients(raw: &str) -> Result<Vec<Vec<f64>>, Failure> {
    let refused = Failure::Gradients;
    let unread = |error| refused(format!("no lists of numbers: {error}"));
    let Gradients(gradients) = serde_json::from_str(raw).map_err(unread)?;
    let Some(first) = gradients.first() else { return Err(refused("there are none".to_owned())) };
    if first.is_empty() {
        return Err(refused("the first is empty".to_owned()));
    }
    let other = gradients.iter().zip(1..).find(|(gradient, _)| gradient.len() != first.len());
    if let Some((gradient, number)) = other {
        let (found, expected) = (gradient.len(), first.len());
        let text = format!("gradient {number} has {found} values, but the first has {expected}");
        return Err(refused(text));
    }
    Ok(gradients)
}
