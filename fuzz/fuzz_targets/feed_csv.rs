//! Any bytes, read as a table of comma-separated values: an error on a line there is, or records
//! with a field for every column that are read again as the same when all fields are quoted.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tollgate_load::feed::csv::parse;

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let table = match parse(text) {
        Ok(table) => table,
        Err(error) => {
            assert!((1..=text.split('\n').count()).contains(&error.line));
            return assert!(!error.reason.is_empty());
        }
    };
    let mut written = line(&table.names);
    for record in &table.records {
        assert_eq!(record.fields.len(), table.names.len());
        assert!(text.contains(&record.raw));
        written.push_str(&line(&record.fields));
    }
    let again = parse(&written).expect("what was quoted can be read");
    assert_eq!(again.names, table.names);
    let fields = |table: &tollgate_load::feed::csv::Table| {
        table.records.iter().map(|record| record.fields.clone()).collect::<Vec<_>>()
    };
    assert_eq!(fields(&again), fields(&table));
});

fn line(fields: &[String]) -> String {
    let quoted = fields.iter().map(|field| format!("\"{}\"", field.replace('"', "\"\"")));
    format!("{}\r\n", quoted.collect::<Vec<_>>().join(","))
}
