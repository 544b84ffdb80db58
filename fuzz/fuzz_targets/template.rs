//! Any bytes, read as a template: an error at two opening braces, or pieces that can be filled
//! twice with the same draws for the same text.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rand::SeedableRng;
use rand::rngs::Xoshiro256PlusPlus;
use tollgate_load::check::Captured;
use tollgate_load::template::{Template, Values};

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let template = match Template::parse(text) {
        Ok(template) => template,
        Err(error) => {
            assert!(!error.to_string().is_empty());
            let place: String = text.chars().skip(error.at - 1).take(2).collect();
            return assert_eq!(place, "{{");
        }
    };
    let resolved = template.resolved(&|name| Some(name.to_owned())).expect("all are set");
    let first = render(&resolved);
    assert_eq!(first, render(&resolved));
    if let (Some(fixed), Some(first)) = (resolved.fixed(), first) {
        assert_eq!(fixed.as_bytes(), first);
    }
});

/// The text, if it needs no row.
fn render(template: &Template) -> Option<Vec<u8>> {
    let mut captured = Captured::default();
    for name in template.captured() {
        captured.push(name.into(), name.to_uppercase());
    }
    let values = Values { now_ms: 1_700_000_000_000, user: 1, row: None, captured: &captured };
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(1);
    let mut out = Vec::new();
    let rendered = template.render(&values, &mut rng, &mut out);
    assert_eq!(rendered.is_ok(), !template.uses_feed(), "{rendered:?}");
    rendered.ok().map(|()| out)
}
