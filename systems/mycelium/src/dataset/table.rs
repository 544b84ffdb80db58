//! Rows as columns with names, as they stand in a file.

use crate::features::NAMES;

use super::plan::{Plan, Recipe};
use super::row::{Draw, Row};

/// Columns of one length.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    pub columns: Vec<(String, Column)>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Column {
    Int(Vec<i64>),
    Float(Vec<f64>),
    Bool(Vec<bool>),
    Text(Vec<String>),
}

/// Features that are counts, of steps, clusters or cells.
const COUNTED: [&str; 5] =
    ["T_stable", "N_clusters_low", "N_clusters_med", "N_clusters_high", "max_cluster_size"];

impl Table {
    /// Of the rows that could be computed.
    #[must_use]
    pub fn of(plan: &Plan, rows: &[(&Draw, &Row)]) -> Table {
        let mut table = Table::default();
        match &plan.recipe {
            Recipe::Scenario(scenario) => {
                table.ints("sim_id", rows, |draw, _| draw.row as u64);
                table.texts("scenario_name", rows, &scenario.name);
                table.grid(rows);
                table.ints("random_seed", rows, |draw, _| draw.settings.seed);
                table.features(rows);
            }
            Recipe::Sampled(_) | Recipe::Product { .. } => {
                table.ints("sim_id", rows, |draw, _| draw.row as u64);
                table.ints("random_seed", rows, |draw, _| draw.settings.seed);
                table.grid(rows);
                table.floats("spike_probability", rows, |draw, _| draw.settings.spike_probability);
                table.floats("turing_threshold", rows, |draw, _| draw.settings.turing_threshold);
                table.features(rows);
                table.texts("mfn_version", rows, env!("CARGO_PKG_VERSION"));
                table.texts("timestamp", rows, &plan.timestamp);
            }
        }
        table.ints("growth_events", rows, |_, row| row.counts.growth_events);
        table.ints("turing_activations", rows, |_, row| row.counts.turing_activations);
        table.ints("clamping_events", rows, |_, row| row.counts.clamping_events);
        table
    }

    #[must_use]
    pub fn rows(&self) -> usize {
        self.columns.first().map_or(0, |(_, column)| column.len())
    }

    #[must_use]
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|(known, _)| known == name).map(|(_, column)| column)
    }

    fn grid(&mut self, rows: &[(&Draw, &Row)]) {
        self.ints("grid_size", rows, |draw, _| draw.settings.grid_size as u64);
        self.ints("steps", rows, |draw, _| draw.settings.steps as u64);
        self.floats("alpha", rows, |draw, _| draw.settings.alpha);
        let turing = rows.iter().map(|(draw, _)| draw.settings.turing_enabled).collect();
        self.columns.push(("turing_enabled".to_owned(), Column::Bool(turing)));
    }

    fn features(&mut self, rows: &[(&Draw, &Row)]) {
        for (at, name) in NAMES.into_iter().enumerate() {
            match COUNTED.contains(&name) {
                true => self.ints(name, rows, |_, row| row.features[at] as u64),
                false => self.floats(name, rows, |_, row| row.features[at]),
            }
        }
    }

    fn ints(&mut self, name: &str, rows: &[(&Draw, &Row)], of: impl Fn(&Draw, &Row) -> u64) {
        let whole = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        let values = rows.iter().map(|(draw, row)| whole(of(draw, row))).collect();
        self.columns.push((name.to_owned(), Column::Int(values)));
    }

    fn floats(&mut self, name: &str, rows: &[(&Draw, &Row)], of: impl Fn(&Draw, &Row) -> f64) {
        let values = rows.iter().map(|(draw, row)| of(draw, row)).collect();
        self.columns.push((name.to_owned(), Column::Float(values)));
    }

    fn texts(&mut self, name: &str, rows: &[(&Draw, &Row)], text: &str) {
        let values = vec![text.to_owned(); rows.len()];
        self.columns.push((name.to_owned(), Column::Text(values)));
    }
}

impl Column {
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Column::Int(values) => values.len(),
            Column::Float(values) => values.len(),
            Column::Bool(values) => values.len(),
            Column::Text(values) => values.len(),
        }
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Its values as numbers, if it has any: what is true is one.
    #[must_use]
    pub fn numbers(&self) -> Option<Vec<f64>> {
        match self {
            Column::Int(values) => Some(values.iter().map(|&value| value as f64).collect()),
            Column::Float(values) => Some(values.clone()),
            Column::Bool(values) => Some(values.iter().map(|&value| f64::from(value)).collect()),
            Column::Text(_) => None,
        }
    }
}
