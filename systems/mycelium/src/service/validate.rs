//! Runs one cycle of simulating, learning and looking.

use axum::extract;
use serde::Serialize;

use super::State;
use super::asked::{Compat, GRID_SIZES, STEPS, compat};
use super::body;
use super::failure::Failure;
use super::fields::Fields;
use super::pool::Stop;
use crate::validation::{Cycle, Report, run_unless};

#[derive(Serialize)]
pub struct Validated {
    loss_start: f64,
    loss_final: f64,
    loss_drop: f64,
    #[serde(rename = "pot_min_mV")]
    pot_min: f64,
    #[serde(rename = "pot_max_mV")]
    pot_max: f64,
    example_fractal_dim: f64,
    lyapunov_exponent: f64,
    growth_events: u64,
    #[serde(rename = "nernst_symbolic_mV")]
    nernst_symbolic: f64,
    #[serde(rename = "nernst_numeric_mV")]
    nernst_numeric: f64,
}

/// Of one cycle: those that are learned from, and the example.
const SIMULATIONS: u64 = 17;

pub async fn validate(
    extract::State(state): extract::State<State>,
    body::Json(body): body::Json,
) -> Result<axum::Json<Validated>, Failure> {
    let mut fields = Fields::read(&body)?;
    let cycle = cycle(&mut fields);
    fields.finish()?;
    let shared = state.clone();
    let report = state.compute(move |stop| run(&cycle, stop, &shared)).await?;
    Ok(axum::Json(Validated::from(report)))
}

fn run(cycle: &Cycle, stop: &Stop, state: &State) -> Result<Report, Failure> {
    let report = run_unless(cycle, stop.flag())?.ok_or(Failure::TimedOut)?;
    state.metrics().simulated(SIMULATIONS, SIMULATIONS * cycle.steps as u64);
    Ok(report)
}

fn cycle(fields: &mut Fields) -> Cycle {
    let usual = Cycle::default();
    Cycle {
        seed: fields.integer("seed", 0..=u64::MAX, usual.seed),
        epochs: fields.integer("epochs", 1..=100, usual.epochs),
        batch_size: fields.integer("batch_size", 1..=64, usual.batch_size),
        grid_size: fields.integer("grid_size", GRID_SIZES, usual.grid_size),
        steps: fields.integer("steps", STEPS, usual.steps),
        turing_enabled: fields.flag("turing_enabled", usual.turing_enabled),
        quantum_jitter: fields.flag("quantum_jitter", usual.quantum_jitter),
        compat: compat(fields) == Compat::V41,
        ..usual
    }
}

impl From<Report> for Validated {
    fn from(report: Report) -> Validated {
        Validated {
            loss_start: report.loss_start,
            loss_final: report.loss_final,
            loss_drop: report.loss_drop,
            pot_min: report.pot_min_mv,
            pot_max: report.pot_max_mv,
            example_fractal_dim: report.example_fractal_dim,
            lyapunov_exponent: report.lyapunov_exponent,
            growth_events: report.growth_events,
            nernst_symbolic: report.nernst_symbolic_mv,
            nernst_numeric: report.nernst_numeric_mv,
        }
    }
}
