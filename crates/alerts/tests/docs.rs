//! What the page on alerts shows is read as it says.

use tollgate_alerts::file::{File, Known};
use tollgate_alerts::prometheus;

const PAGE: &str = include_str!("../../../docs/alerts.md");

/// What stands between fences of a language.
fn examples(language: &str) -> Vec<&'static str> {
    let parts = PAGE.split("```").skip(1).step_by(2);
    parts.filter_map(|part| part.strip_prefix(language)?.strip_prefix('\n')).collect()
}

#[test]
fn every_file_on_the_page_is_read() {
    let counts = examples("toml").into_iter().map(|text| {
        let file = File::read(text, &Known::default()).unwrap_or_else(|error| panic!("{error}"));
        (file.rules.len(), file.actions.len(), file.silences.len() + file.inhibitions.len())
    });
    assert_eq!(counts.collect::<Vec<_>>(), [(5, 2, 0), (0, 4, 2)]);
}

#[test]
fn every_rule_of_prometheus_on_the_page_is_taken_over() {
    let [text] = examples("yaml")[..] else { panic!("there is one example") };
    let imported = prometheus::read(text).unwrap();
    assert_eq!((imported.rules.len(), imported.unsupported), (6, vec![]));
}
