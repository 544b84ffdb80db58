//! Any text, read as a budget file with and without an environment: a file that can be planned or
//! refused, or mistakes that can be shown.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tollgate::budget::parse::{Input, parse};
use tollgate::plan::{FULL_SET, Wish, resolve};

fuzz_target!(|text: &str| {
    for environment in [None, Some("staging")] {
        let input = Input {
            path: "tollgate.toml",
            text,
            folder: "fuzz",
            environment,
            variables: &variable,
        };
        match parse(&input) {
            Ok(file) => {
                let full = Wish { set: Some(FULL_SET.to_owned()), ..Wish::default() };
                let _ = resolve(&file, &full);
                for scenario in file.scenario_names() {
                    let _ = resolve(
                        &file,
                        &Wish { scenario: Some(scenario.to_owned()), ..full.clone() },
                    );
                }
            }
            Err(mistakes) => {
                assert!(!mistakes.list.is_empty());
                for colour in [false, true] {
                    assert!(!mistakes.render(colour).is_empty());
                }
            }
        }
    }
});

/// Some variables are unset, some hold a number, some hold what no key expects.
fn variable(name: &str) -> Option<String> {
    match name.len() % 4 {
        0 => None,
        1 => Some("5".to_owned()),
        2 => Some("${\"\n".to_owned()),
        _ => Some(name.to_owned()),
    }
}
