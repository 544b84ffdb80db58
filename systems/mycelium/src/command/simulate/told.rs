//! What a run of the membrane came to, for people and for programs.

use serde_json::{Value, json};

use super::run::Ran;
use crate::command::output::{count, grouped};
use crate::command::table::Table;
use crate::settings::Settings;

pub fn text(settings: &Settings, ran: &Ran) -> String {
    let size = settings.grid_size;
    let steps = count(ran.steps_done as u64, "step");
    let mut text = format!("{size} x {size} cells, {steps}, seed {}\n\n", settings.seed);
    let summary = ran.field.summary();
    let mut potential = Table::new(["Potential", "mV"]);
    for (name, value) in [
        ("least", summary.min),
        ("most", summary.max),
        ("mean", summary.mean),
        ("standard deviation", summary.deviation),
    ] {
        potential.row(name, [format!("{value:.6}")]);
    }
    text.push_str(&potential.render());
    text.push('\n');
    let mut events = Table::new(["Events", "number"]);
    for (name, number) in [
        ("spikes", ran.counts.growth_events),
        ("activations", ran.counts.turing_activations),
        ("clamped cells", ran.counts.clamping_events),
    ] {
        events.row(name, [grouped(number)]);
    }
    text.push_str(&events.render());
    if settings.turing_enabled {
        text.push('\n');
        let mut substances = Table::new(["Substances", "mean"]);
        substances.row("activator", [format!("{:.6}", ran.activator_mean)]);
        substances.row("inhibitor", [format!("{:.6}", ran.inhibitor_mean)]);
        text.push_str(&substances.render());
    }
    let ms = ran.took.as_secs_f64() * 1000.0;
    text.push_str(&format!("\nin {ms:.1} ms\n"));
    text
}

/// Nothing but what the settings decide: the same ones give the same bytes.
pub fn json(settings: &Settings, ran: &Ran) -> anyhow::Result<Value> {
    let summary = ran.field.summary();
    Ok(json!({
        "settings": serde_json::to_value(settings)?,
        "steps_done": ran.steps_done,
        "is_complete": ran.is_complete,
        "growth_events": ran.counts.growth_events,
        "turing_activations": ran.counts.turing_activations,
        "clamping_events": ran.counts.clamping_events,
        "pot_min_mV": summary.min,
        "pot_max_mV": summary.max,
        "pot_mean_mV": summary.mean,
        "pot_std_mV": summary.deviation,
        "activator_mean": ran.activator_mean,
        "inhibitor_mean": ran.inhibitor_mean,
    }))
}
