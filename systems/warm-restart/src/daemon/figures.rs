//! What the service counts of itself.

/// What it says about itself.
#[derive(Clone, Copy, Debug, Default)]
pub struct Figures {
    pub evaluations: u64,
    pub evaluation_seconds: f64,
    pub saves: u64,
    /// Those among them that saved all, and not just what was reported.
    pub snapshots: u64,
    pub failed_saves: u64,
    pub reloads: u64,
    pub failed_reloads: u64,
    /// Whether the files were wrong when they were last read.
    pub is_reload_bad: bool,
    pub saved_ms: i64,
    pub alive_ms: i64,
}
