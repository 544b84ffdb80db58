//! Columns that line up: the first to the left, the others to the right, or all but the last.

/// Which columns keep to the left; the others keep to the right.
pub type Left = &'static [usize];

/// Rows of cells as lines, each behind `indent`; no line ends in spaces.
pub fn lines(rows: &[Vec<String>], left: Left, indent: &str) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width =
        |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|c| wide(c)).max();
    let widths: Vec<usize> = (0..columns).map(|column| width(column).unwrap_or(0)).collect();
    let mut out = String::new();
    for row in rows {
        let mut line = indent.to_owned();
        for (column, cell) in row.iter().enumerate() {
            let pad = " ".repeat(widths[column] - wide(cell));
            let gap = if column == 0 { "" } else { "  " };
            line += &if left.contains(&column) {
                format!("{gap}{cell}{pad}")
            } else {
                format!("{gap}{pad}{cell}")
            };
        }
        out += line.trim_end();
        out.push('\n');
    }
    out
}

/// Columns of the terminal that a text takes, whatever it is painted with.
pub fn wide(text: &str) -> usize {
    console::measure_text_width(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_line_up_and_no_line_ends_in_spaces() {
        let row = |cells: [&str; 3]| cells.map(str::to_owned).to_vec();
        let rows = [row(["a", "1 µs", "x"]), row(["bcd", "12 ms", ""])];
        assert_eq!(lines(&rows, &[0, 2], "  "), "  a     1 µs  x\n  bcd  12 ms\n");
        assert_eq!(lines(&[], &[], "  "), "");
    }
}
