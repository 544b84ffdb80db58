//! Where in a file a byte stands, for people. Each limit of a file is placed, so that lines are
//! looked for once.

use super::Place;

/// The lines of a file.
pub(super) struct Places<'a> {
    path: &'a str,
    text: &'a str,
    /// Where each line begins.
    starts: Vec<usize>,
}

impl<'a> Places<'a> {
    pub(super) fn new(path: &'a str, text: &'a str) -> Places<'a> {
        let after = text.match_indices('\n').map(|(at, _)| at + 1);
        Places { path, text, starts: std::iter::once(0).chain(after).collect() }
    }

    /// Line and column, both from 1, of a byte.
    pub(super) fn of(&self, at: usize) -> Place {
        let at = at.min(self.text.len());
        let line = self.starts.partition_point(|&start| start <= at);
        let before = self.text.get(self.starts[line - 1]..at).unwrap_or_default();
        let small = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        Place {
            file: self.path.to_owned(),
            line: small(line),
            column: small(before.chars().count() + 1),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_columns_count_from_one_and_columns_in_letters() {
        let places = Places::new("a.toml", "one\n\n\u{e9}\u{e9}x\n");
        let table = [(0, 1, 1), (3, 1, 4), (4, 2, 1), (5, 3, 1), (9, 3, 3), (11, 4, 1), (99, 4, 1)];
        for (at, line, column) in table {
            let place = places.of(at);
            assert_eq!((place.line, place.column), (line, column), "byte {at}");
            assert_eq!(place.file, "a.toml");
        }
    }
}
