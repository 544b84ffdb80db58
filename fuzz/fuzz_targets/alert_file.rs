//! Any text, read as a file of rules: rules that can be evaluated, or mistakes that can be shown.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tollgate_alerts::board::Board;
use tollgate_alerts::engine::Engine;
use tollgate_alerts::file::{File, Known};
use tollgate_alerts::moment::Moment;

fuzz_target!(|text: &str| {
    let file = match File::read(text, &Known::default()) {
        Ok(file) => file,
        Err(mistakes) => {
            assert!(!mistakes.list.is_empty());
            assert!(mistakes.to_string().starts_with("alerts.toml:"));
            return;
        }
    };
    let mut board = Board::new();
    for rule in &file.rules {
        board.write(rule.source.metric(), &rule.labels, 1.0);
    }
    let (mut engine, mut changes) = (Engine::new(file.rules), Vec::new());
    for steady_ms in [0, 60_000] {
        engine.evaluate(Moment { steady_ms, wall_ms: steady_ms }, &board, &mut changes);
    }
});
