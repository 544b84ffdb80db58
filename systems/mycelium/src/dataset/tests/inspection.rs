//! What is said about a dataset.

use super::inspect::{Correlation, inspect};
use super::*;

fn column(name: &str, values: &[f64]) -> (String, Column) {
    (name.to_owned(), Column::Float(values.to_vec()))
}

#[test]
fn a_column_is_described_as_pandas_describes_it() {
    let table = Table { columns: vec![column("x", &[4.0, 1.0, 3.0, 2.0])] };
    let described = &inspect(&table).columns[0];
    assert_eq!((described.count, described.mean, described.min, described.max), (4, 2.5, 1.0, 4.0));
    let quartiles = (described.lower_quartile, described.median, described.upper_quartile);
    assert_eq!(quartiles, (1.75, 2.5, 3.25));
    assert!((described.deviation - (5.0_f64 / 3.0).sqrt()).abs() < 1e-15);
}

#[test]
fn columns_that_go_together_are_named_and_constant_ones_are_not() {
    let columns = vec![
        column("x", &[1.0, 2.0, 3.0]),
        column("y", &[-2.0, -4.0, -6.0]),
        column("same", &[0.1, 0.1, 0.1]),
    ];
    let expected = Correlation { one: "x".to_owned(), other: "y".to_owned(), coefficient: -1.0 };
    assert_eq!(inspect(&Table { columns }).correlations, [expected]);
}

#[test]
fn a_dataset_that_was_just_made_has_nothing_amiss() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("demo.csv");
    make(&small(10), &out, 2);
    let inspection = inspect(&read(&out).unwrap());
    assert_eq!(inspection.violations, []);
    assert!(inspection.to_string().ends_with("nothing is amiss\n"), "{inspection}");
}

#[test]
fn what_cannot_be_is_named_with_its_row() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("demo.csv");
    make(&small(4), &out, 2);
    let mut table = read(&out).unwrap();
    for (name, column) in &mut table.columns {
        match (name.as_str(), column) {
            ("D_box", Column::Float(values)) => values[2] = 3.5,
            ("V_min", Column::Float(values)) => values[1] = f64::NAN,
            ("sim_id", Column::Int(values)) => values[3] = 0,
            _ => {}
        }
    }
    table.columns.retain(|(name, _)| name != "E_trend");
    let shown = inspect(&table).to_string();
    for line in [
        "  E_trend: it is missing\n",
        "  D_box, row 2: 3.5 is not within 0 and 2.5\n",
        "  V_min, row 1: NaN is no number\n",
        "  sim_id, row 3: 0 is there more than once\n",
    ] {
        assert!(shown.contains(line), "{line} in\n{shown}");
    }
}
