//! Any text, read as a rule file of Prometheus, and any text as an expression in one.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tollgate_alerts::prometheus::read;

fuzz_target!(|text: &str| {
    if let Ok(imported) = read(text) {
        assert!(imported.unsupported.iter().all(|one| !one.what.is_empty()));
    }
    let line = text.replace(|c: char| c.is_control(), " ").replace('\'', "''");
    let file = format!("groups: [{{rules: [{{alert: a, expr: '{line}'}}]}}]");
    if let Ok(imported) = read(&file) {
        assert_eq!(imported.rules.len() + imported.unsupported.len(), 1);
    }
});
