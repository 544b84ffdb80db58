//! What `docs/dashboard.md` says of alerts is what there is.

use std::path::Path;
use std::time::Duration;

use tollgate_alerts::file::{File, Known};
use tollgate_dashboard::watch::board::METRICS;

/// The part on alerts.
fn page() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/dashboard.md");
    let text = std::fs::read_to_string(path).unwrap();
    let (_, alerts) = text.split_once("\n## Alerts\n").unwrap();
    alerts.split("\n## ").next().unwrap().to_owned()
}

#[test]
fn the_page_lists_each_metric_with_its_meaning() {
    let rows: Vec<String> =
        METRICS.iter().map(|metric| format!("| `{}` | {} |", metric.name, metric.about)).collect();
    let page = page();
    let table = page.lines().filter(|line| line.starts_with("| `tollgate_"));
    assert_eq!(table.collect::<Vec<_>>(), rows);
}

#[test]
fn the_rules_of_the_page_are_rules() {
    let page = page();
    let example = page.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let metrics = METRICS.map(|metric| metric.name);
    let interval = Duration::from_secs(10);
    let known = Known { file: "dashboard.md", metrics: Some(&metrics), interval };
    let file = File::read(example, &known).unwrap_or_else(|mistakes| panic!("{mistakes}"));
    assert_eq!((file.rules.len(), file.actions.len()), (2, 1));
}
