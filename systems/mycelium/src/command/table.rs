//! Figures in columns.

/// Rows below a title; the first column stands left and the others right.
pub struct Table {
    title: String,
    rows: Vec<Vec<String>>,
}

/// Between columns.
const GAP: &str = "  ";

/// Wide enough for the names of most figures, so that the columns of tables below each other align.
const FIRST: usize = 24;
const OTHERS: usize = 10;

impl Table {
    /// The headings of the columns, the first of which is the table's title.
    pub fn new<const N: usize>(headings: [&str; N]) -> Table {
        let title = headings.first().map_or("", |title| title).to_owned();
        let rows = vec![headings.iter().skip(1).map(|text| (*text).to_owned()).collect()];
        Table { title, rows }.indented()
    }

    pub fn row<const N: usize>(&mut self, name: &str, cells: [String; N]) {
        let mut row = vec![format!("  {name}")];
        row.extend(cells);
        self.rows.push(row);
    }

    /// Headings of other rows, which have the columns of those before.
    pub fn section<const N: usize>(&mut self, headings: [&str; N]) {
        self.rows.push(Vec::new());
        self.rows.push(headings.map(str::to_owned).into());
    }

    fn indented(mut self) -> Table {
        self.rows[0].insert(0, self.title.clone());
        self
    }

    pub fn render(&self) -> String {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let width = |column: usize| {
            let cells = self.rows.iter().filter_map(|row| row.get(column));
            let widest = cells.map(|cell| cell.chars().count()).max().unwrap_or(0);
            widest.max(if column == 0 { FIRST } else { OTHERS })
        };
        let widths: Vec<usize> = (0..columns).map(width).collect();
        let mut text = String::new();
        for row in &self.rows {
            let mut line = String::new();
            for (index, (cell, width)) in row.iter().zip(&widths).enumerate() {
                match index {
                    0 => line.push_str(&format!("{cell:<width$}")),
                    _ => line.push_str(&format!("{GAP}{cell:>width$}")),
                }
            }
            text.push_str(line.trim_end());
            text.push('\n');
        }
        text
    }
}
