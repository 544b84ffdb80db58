//! Where something stands in a text, for whoever has to find it.

use toml::de::{DeTable, DeValue};

/// The line of a value that keys lead to, one inside the other, counted from one; the first one
/// where there is no such value.
#[must_use]
pub fn line_of(text: &str, keys: &[&str]) -> usize {
    let (root, _) = DeTable::parse_recoverable(text);
    let mut table = root.get_ref();
    let mut at = 0;
    for key in keys {
        let Some((_, value)) = table.iter().find(|(known, _)| *known.get_ref() == *key) else {
            break;
        };
        at = value.span().start;
        match value.get_ref() {
            DeValue::Table(inner) => table = inner,
            _ => break,
        }
    }
    line_at(text, at)
}

/// The line of a byte, counted from one.
#[must_use]
pub fn line_at(text: &str, byte: usize) -> usize {
    let before = &text.as_bytes()[..byte.min(text.len())];
    before.iter().filter(|&&byte| byte == b'\n').count() + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_found_by_its_keys_and_what_is_not_there_leads_as_far_as_it_can() {
        let text = "a = 1\n\n[b.c]\nd = 2\n[e]\nf = [\n1]\n";
        let table: [(&[&str], usize); 5] =
            [(&["a"], 1), (&["b", "c", "d"], 4), (&["e", "f"], 6), (&["x"], 1), (&["a", "y"], 1)];
        for (keys, line) in table {
            assert_eq!(line_of(text, keys), line, "{keys:?}");
        }
        assert_eq!([line_at("", 0), line_at("a\nb", 2), line_at("a", 99)], [1, 2, 1]);
    }
}
