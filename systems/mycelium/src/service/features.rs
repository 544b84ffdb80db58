//! Describes a simulation, or a field, by eighteen numbers.

use axum::body::Bytes;
use axum::extract;
use serde::Serialize;

use super::State;
use super::asked::{compat, settings, watched};
use super::body;
use super::failure::Failure;
use super::fields::Fields;
use super::pool::Stop;
use crate::features::{Features, Moments, Options, Running};
use crate::field::Field;

#[derive(Serialize)]
pub struct Described {
    features: Features,
    #[serde(rename = "threshold_mV")]
    threshold: f64,
}

pub async fn features(
    extract::State(state): extract::State<State>,
    body::Json(body): body::Json,
) -> Result<axum::Json<Described>, Failure> {
    let shared = state.clone();
    state.compute(move |stop| described(&body, stop, &shared)).await.map(axum::Json)
}

fn described(body: &Bytes, stop: &Stop, state: &State) -> Result<Described, Failure> {
    let mut fields = Fields::read(body)?;
    let options = compat(&mut fields).features();
    let Some(raw) = fields.raw("field_mV") else {
        let settings = settings(&mut fields);
        fields.finish()?;
        let mut running = Running::new(settings.grid_size);
        let simulation = watched(&settings, stop, state, |cells| running.push(cells))?;
        return described_as(&running, simulation.cells(), &options);
    };
    fields.finish()?;
    let field = field(raw)?;
    let mut running = Running::new(field.size());
    running.push(field.cells());
    described_as(&running, field.cells(), &options)
}

fn described_as(running: &Running, cells: &[f64], options: &Options) -> Result<Described, Failure> {
    let features = running.finish(options)?;
    let threshold = options.threshold.levels(cells, &Moments::of(cells)).low;
    Ok(Described { features, threshold })
}

/// In millivolts: far more than any potential, and its fourth power is still a number.
const MOST: f64 = 1e9;

/// A square of at least two cells a side, from millivolts.
fn field(raw: &str) -> Result<Field, Failure> {
    let refused = Failure::Shape;
    let unread = |error| refused(format!("no lists of numbers: {error}"));
    let rows: Vec<Vec<f64>> = serde_json::from_str(raw).map_err(unread)?;
    let size = rows.len();
    if size < 2 {
        return Err(refused(format!("the field has {size} rows, but needs two")));
    }
    if let Some((row, number)) = rows.iter().zip(1..).find(|(row, _)| row.len() != size) {
        let cells = row.len();
        return Err(refused(format!("row {number} has {cells} cells, but the field {size} rows")));
    }
    if let Some(cell) = rows.iter().flatten().find(|cell| cell.abs() > MOST) {
        return Err(refused(format!("a cell is {cell:e} mV, but must be within {MOST:e}")));
    }
    let volts = rows.into_iter().flatten().map(|cell| cell / 1000.0).collect();
    Ok(Field::new(size, volts)?)
}
