//! What a stream tells after its steps.

use axum::body::Bytes;
use serde::Serialize;

use super::Kind;
use super::envelope::Outgoing;
use super::model::{Model, Unit};
use super::queue::Tally;
use super::readings::{Readings, read};
use super::request::{Encoding, Request};
use crate::error::Error;
use crate::field::Summary;
use crate::simulation::Counts;
use std::sync::atomic::Ordering;

#[derive(Serialize)]
struct State<'a> {
    model: &'static str,
    grid_size: usize,
    step: usize,
    steps: usize,
    #[serde(flatten)]
    counts: Option<Counts>,
    summary: Told,
    #[serde(skip_serializing_if = "Option::is_none")]
    features: Option<Readings>,
    /// How the cells come, if they do.
    #[serde(skip_serializing_if = "Option::is_none")]
    encoding: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cells: Option<&'a [f64]>,
}

#[derive(Serialize)]
struct Told {
    unit: &'static str,
    min: f64,
    max: f64,
    mean: f64,
    std: f64,
}

#[derive(Serialize)]
struct Complete<'a> {
    #[serde(flatten)]
    state: State<'a>,
    /// Updates that a client that reads slowly will not get.
    dropped: u64,
}

/// The update of a stream.
pub fn update(kind: Kind, id: &str, request: &Request, model: &Model) -> Result<Outgoing, Error> {
    let mut state = State::of(request, model)?;
    match request.cells {
        None => Ok(Outgoing::new(kind.update(), Some(id), state)),
        Some(Encoding::Json) => {
            (state.encoding, state.cells) = (Some("json"), Some(model.cells()));
            Ok(Outgoing::new(kind.update(), Some(id), state))
        }
        Some(Encoding::Binary) => {
            state.encoding = Some("binary");
            let cells = Some(floats(model.cells()));
            Ok(Outgoing { cells, ..Outgoing::new(kind.update(), Some(id), state) })
        }
    }
}

/// The end of a stream: its last state again, which no client misses.
pub fn complete(
    id: &str,
    request: &Request,
    model: &Model,
    tally: &Tally,
) -> Result<Outgoing, Error> {
    let dropped = tally.dropped.load(Ordering::Relaxed);
    let complete = Complete { state: State::of(request, model)?, dropped };
    Ok(Outgoing::new("simulation_complete", Some(id), complete))
}

impl State<'_> {
    fn of(request: &Request, model: &Model) -> Result<Self, Error> {
        let summary = Summary::of(model.cells());
        let (unit, scale) = match model.unit() {
            Unit::Volt => ("mV", 1.0),
            // Summaries are in thousandths.
            Unit::None => ("", 0.001),
        };
        Ok(State {
            model: request.source.name(),
            grid_size: model.size(),
            step: model.steps_done(),
            steps: request.steps,
            counts: model.counts(),
            summary: Told {
                unit,
                min: summary.min * scale,
                max: summary.max * scale,
                mean: summary.mean * scale,
                std: summary.deviation * scale,
            },
            features: read(&request.readings, model)?,
            encoding: None,
            cells: None,
        })
    }
}

impl Kind {
    fn update(self) -> &'static str {
        match self {
            Kind::Simulation => "simulation_state",
            Kind::Features => "feature_update",
        }
    }
}

fn floats(cells: &[f64]) -> Bytes {
    let mut bytes = Vec::with_capacity(cells.len() * 4);
    for cell in cells {
        bytes.extend_from_slice(&(*cell as f32).to_le_bytes());
    }
    Bytes::from(bytes)
}
