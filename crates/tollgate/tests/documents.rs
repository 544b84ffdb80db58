//! Documents that are written from the code stay what the code says, and their examples parse.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::path::PathBuf;

use tollgate::budget::parse::{Input, parse};
use tollgate::budget::schema::schema;
use tollgate::explain::reference;

const BEGIN: &str =
    "<!-- written by `UPDATE_DOCUMENTS=1 cargo test -p tollgate --test documents` -->\n";

fn document(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs").join(name)
}

/// Compares a document with what it should be; writes it when asked to.
fn holds(name: &str, expected: &str) {
    let path = document(name);
    if std::env::var_os("UPDATE_DOCUMENTS").is_some() {
        std::fs::write(&path, expected).unwrap();
    }
    let found = std::fs::read_to_string(&path).unwrap();
    assert!(found == expected, "docs/{name} is out of date: run\n{BEGIN}");
}

#[test]
fn the_schema_is_the_one_the_parser_uses() {
    holds("tollgate.schema.json", &(serde_json::to_string_pretty(&schema()).unwrap() + "\n"));
}

#[test]
fn the_reference_lists_what_the_parser_knows() {
    let page = std::fs::read_to_string(document("budget-file.md")).unwrap();
    let (intro, _) = page.split_once(BEGIN).unwrap();
    holds("budget-file.md", &format!("{intro}{BEGIN}\n{}", reference()));
}

/// Every example of a page must parse; returns how many there are.
fn examples_parse(name: &str) -> usize {
    let page = std::fs::read_to_string(document(name)).unwrap();
    let examples: Vec<&str> =
        page.split("```toml\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
    for text in &examples {
        let path = format!("docs/{name}");
        let input =
            Input { path: &path, text, folder: "example", environment: None, variables: &|_| None };
        if let Err(mistakes) = parse(&input) {
            panic!("{mistakes}");
        }
    }
    examples.len()
}

#[test]
fn every_example_of_the_budget_file_page_parses() {
    assert!(examples_parse("budget-file.md") >= 5);
}

#[test]
fn every_example_of_the_import_page_parses() {
    assert!(examples_parse("import.md") >= 1);
}

#[test]
fn the_import_page_names_every_format() {
    let page = std::fs::read_to_string(document("import.md")).unwrap();
    for format in tollgate::measure::import::Format::ALL {
        assert!(page.contains(&format!("| `{}` |", format.name())), "{}", format.name());
    }
}

#[test]
fn the_example_beside_each_key_is_valid_toml() {
    for section in tollgate::budget::keys::sections() {
        for key in section.keys {
            let parsed = key.example.parse::<toml::Table>();
            assert!(parsed.is_ok(), "{}: {}", key.name, key.example);
        }
    }
}
