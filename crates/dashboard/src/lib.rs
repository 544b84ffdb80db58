//! Pages, an API and alerts over the history of runs.

pub mod picture;
