//! Columns that line up and fit a width: less important ones go first, then long forms, then ends
//! of names.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::escape;

/// When a column may go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Keep {
    Always,
    /// Goes before any cell is shortened; a smaller number goes first.
    UntilTight(u8),
    /// Goes once shortening was not enough.
    UntilShort,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Align {
    Left,
    Right,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Column {
    pub(super) title: &'static str,
    pub(super) align: Align,
    pub(super) keep: Keep,
    /// The width below which the ends of its cells are never cut; `None` never cuts.
    pub(super) cut_to: Option<usize>,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Cell {
    text: String,
    short: Option<String>,
    colour: Option<&'static str>,
}

impl Cell {
    pub(super) fn new(text: impl AsRef<str>) -> Cell {
        Cell { text: escape::visible(text.as_ref()), short: None, colour: None }
    }

    pub(super) fn or_short(mut self, text: impl AsRef<str>) -> Cell {
        self.short = Some(escape::visible(text.as_ref()));
        self
    }

    /// The parameter of an SGR sequence, such as `31`.
    pub(super) fn painted(mut self, colour: &'static str) -> Cell {
        self.colour = Some(colour);
        self
    }

    fn at(&self, short: bool) -> &str {
        if short { self.short.as_deref().unwrap_or(&self.text) } else { &self.text }
    }
}

/// The columns that fit, and how wide each is.
pub(super) struct Layout {
    columns: Vec<(usize, Column, usize)>,
    short: bool,
    colour: bool,
}

const GAP: usize = 2;

/// Chooses what of `rows` to show in `width` columns.
pub(super) fn fit(columns: &[Column], rows: &[Vec<Cell>], width: usize, colour: bool) -> Layout {
    let mut shown: Vec<(usize, Column, usize)> = columns
        .iter()
        .enumerate()
        .filter(|&(index, _)| {
            rows.iter().any(|row| row.get(index).is_some_and(|c| !c.text.is_empty()))
        })
        .map(|(index, &column)| (index, column, 0))
        .collect();
    let mut short = false;
    measure(&mut shown, rows, short);
    for go in 0..=u8::MAX {
        if total(&shown) <= width {
            break;
        }
        shown.retain(|(_, column, _)| column.keep != Keep::UntilTight(go));
    }
    if total(&shown) > width {
        short = true;
        measure(&mut shown, rows, short);
    }
    if total(&shown) > width {
        shown.retain(|(_, column, _)| column.keep != Keep::UntilShort);
    }
    for index in 0..shown.len() {
        let over = total(&shown).saturating_sub(width);
        let (_, column, wide) = &mut shown[index];
        if let Some(least) = column.cut_to {
            *wide = wide.saturating_sub(over).max(least.min(*wide));
        }
    }
    Layout { columns: shown, short, colour }
}

fn measure(shown: &mut [(usize, Column, usize)], rows: &[Vec<Cell>], short: bool) {
    for (index, column, wide) in shown {
        let cells = rows.iter().filter_map(|row| row.get(*index));
        let widest = cells.map(|cell| cell.at(short).width()).max().unwrap_or(0);
        *wide = widest.max(column.title.width());
    }
}

fn total(shown: &[(usize, Column, usize)]) -> usize {
    shown.iter().map(|(.., wide)| wide + GAP).sum::<usize>().saturating_sub(GAP)
}

impl Layout {
    pub(super) fn titles(&self) -> String {
        let titles = self.columns.iter().map(|(_, column, _)| (column.title, None));
        let line = self.line(titles);
        paint(&line, "2", self.colour)
    }

    pub(super) fn row(&self, row: &[Cell]) -> String {
        static EMPTY: Cell = Cell { text: String::new(), short: None, colour: None };
        let cells = self.columns.iter().map(|&(index, ..)| {
            let cell = row.get(index).unwrap_or(&EMPTY);
            (cell.at(self.short), cell.colour)
        });
        self.line(cells)
    }

    fn line<'a>(&self, cells: impl Iterator<Item = (&'a str, Option<&'static str>)>) -> String {
        let mut line = String::new();
        let mut owed = 0;
        for ((_, column, wide), (text, colour)) in self.columns.iter().zip(cells) {
            let text = cut(text, *wide);
            let pad = wide.saturating_sub(text.width());
            let (before, after) = if column.align == Align::Right { (pad, 0) } else { (0, pad) };
            // Spaces are written only once something follows, so that no line ends in them.
            owed += before;
            if !text.is_empty() {
                line.push_str(&" ".repeat(owed));
                owed = 0;
                line.push_str(&colour.map_or(text.clone(), |c| paint(&text, c, self.colour)));
            }
            owed += after + GAP;
        }
        line
    }
}

pub(super) fn paint(text: &str, colour: &str, on: bool) -> String {
    if on && !text.is_empty() { format!("\x1b[{colour}m{text}\x1b[0m") } else { text.to_owned() }
}

fn cut(text: &str, wide: usize) -> String {
    if text.width() <= wide {
        return text.to_owned();
    }
    let mut out = String::new();
    let mut used = 1;
    for c in text.chars() {
        used += c.width().unwrap_or(0);
        if used > wide {
            break;
        }
        out.push(c);
    }
    out.push('…');
    out
}

/// `text` in lines of at most `width` columns, each behind `indent`; a longer word stays whole.
pub(super) fn wrap(text: &str, indent: &str, width: usize) -> String {
    let mut out = String::new();
    let mut line = String::new();
    for word in escape::visible(text).split(' ').filter(|word| !word.is_empty()) {
        if !line.is_empty() && indent.len() + line.width() + 1 + word.width() > width {
            out.push_str(&format!("{indent}{line}\n"));
            line.clear();
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    if !line.is_empty() {
        out.push_str(&format!("{indent}{line}\n"));
    }
    out
}

/// `parts` with dots between them, a line broken only between two parts where one fits a line.
pub(super) fn wrap_parts(parts: &[String], width: usize) -> String {
    const GLUE: &str = "\u{a0}";
    let glued: Vec<String> = parts
        .iter()
        .map(|part| if part.width() + 2 <= width { part.replace(' ', GLUE) } else { part.clone() })
        .collect();
    wrap(&glued.join(&format!("{GLUE}· ")), "", width).replace(GLUE, " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEFT: Column =
        Column { title: "a", align: Align::Left, keep: Keep::Always, cut_to: Some(4) };
    const RIGHT: Column =
        Column { title: "b", align: Align::Right, keep: Keep::UntilTight(0), cut_to: None };

    #[test]
    fn wide_and_narrow_characters_line_up() {
        let rows: Vec<Vec<Cell>> = ["µs ∞", "性能", "abcdefg"]
            .iter()
            .map(|name| vec![Cell::new(name), Cell::new("1")])
            .collect();
        let layout = fit(&[LEFT, RIGHT], &rows, 80, false);
        let lines: Vec<String> = rows.iter().map(|row| layout.row(row)).collect();
        assert_eq!(lines, ["µs ∞     1", "性能     1", "abcdefg  1"]);
    }

    #[test]
    fn a_column_goes_before_a_name_is_cut() {
        let rows = vec![vec![Cell::new("abcdefgh"), Cell::new("12")]];
        assert_eq!(fit(&[LEFT, RIGHT], &rows, 12, false).row(&rows[0]), "abcdefgh  12");
        assert_eq!(fit(&[LEFT, RIGHT], &rows, 11, false).row(&rows[0]), "abcdefgh");
        assert_eq!(fit(&[LEFT, RIGHT], &rows, 6, false).row(&rows[0]), "abcde…");
        assert_eq!(fit(&[LEFT, RIGHT], &rows, 0, false).row(&rows[0]), "abc…");
    }

    #[test]
    fn words_wrap_at_the_width_and_long_ones_stay_whole() {
        assert_eq!(wrap("one two three", "  ", 9), "  one two\n  three\n");
        assert_eq!(wrap("abcdefghijkl x", "  ", 6), "  abcdefghijkl\n  x\n");
        assert_eq!(wrap("  ", "", 6), "");
        let parts = ["run 1".to_owned(), "seed 7".to_owned()];
        assert_eq!(wrap_parts(&parts, 12), "run 1 ·\nseed 7\n");
        assert_eq!(wrap_parts(&parts, 80), "run 1 · seed 7\n");
    }
}
