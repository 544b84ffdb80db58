//! Simulates a field and tells of its end.

use axum::extract;
use serde::Serialize;

use super::State;
use super::asked::{Compat, compat, settings, simulated};
use super::body;
use super::failure::Failure;
use super::fields::Fields;
use super::pool::Stop;
use crate::features::{Mask, Moments, boxes};
use crate::settings::Settings;

#[derive(Serialize)]
pub struct Simulated {
    growth_events: u64,
    #[serde(rename = "pot_min_mV")]
    pot_min: f64,
    #[serde(rename = "pot_max_mV")]
    pot_max: f64,
    #[serde(rename = "pot_mean_mV")]
    pot_mean: f64,
    #[serde(rename = "pot_std_mV")]
    pot_std: f64,
    fractal_dimension: f64,
    #[serde(rename = "threshold_mV")]
    threshold: f64,
}

pub async fn simulate(
    extract::State(state): extract::State<State>,
    body::Json(body): body::Json,
) -> Result<axum::Json<Simulated>, Failure> {
    let mut fields = Fields::read(&body)?;
    let (settings, compat) = (settings(&mut fields), compat(&mut fields));
    fields.finish()?;
    let shared = state.clone();
    let job = move |stop: &Stop| run(&settings, compat, stop, &shared);
    state.compute(job).await.map(axum::Json)
}

fn run(
    settings: &Settings,
    compat: Compat,
    stop: &Stop,
    state: &State,
) -> Result<Simulated, Failure> {
    let simulation = simulated(settings, stop, state)?;
    let cells = simulation.cells();
    let options = compat.features();
    let moments = Moments::of(cells);
    let threshold = options.threshold.levels(cells, &moments).low;
    let mut active = Mask::new(settings.grid_size);
    active.fill_above(cells, threshold);
    let estimate = boxes::dimension(&active, &options.boxes())?;
    Ok(Simulated {
        growth_events: simulation.counts().growth_events,
        pot_min: moments.min,
        pot_max: moments.max,
        pot_mean: moments.mean,
        pot_std: moments.deviation,
        fractal_dimension: estimate.dimension,
        threshold,
    })
}
