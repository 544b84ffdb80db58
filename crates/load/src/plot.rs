//! A search drawn with characters: p99 over the tasks done a second, and where the capacity is.

mod axis;

use axis::{Axis, rate, time};

use crate::search::{Found, Tried};

/// How large a drawing is in characters, labels included, and whether it is of ASCII alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Canvas {
    pub width: usize,
    pub height: usize,
    pub ascii: bool,
}

/// Rows that are not of the drawing itself: its title, the axis, its labels, what it counts, and
/// the legend.
const AROUND: usize = 5;
/// Below this labels would cover each other; a smaller canvas is drawn as large as this.
const SMALLEST: (usize, usize) = (24, AROUND + 4);

/// Lines of text that end in newlines, without blanks before them. The last, the legend, is as long
/// as it has to be.
#[must_use]
pub fn plot(found: &Found, canvas: Canvas) -> String {
    let mut points: Vec<&Tried> = found.tried.iter().filter(|tried| is_shown(tried)).collect();
    if points.is_empty() {
        return "no rate was tried\n".to_owned();
    }
    points.sort_by(|a, b| a.rate.total_cmp(&b.rate));
    let seconds = |tried: &Tried| tried.p99.as_secs_f64();
    let done = Axis::of(points.iter().map(|tried| tried.achieved));
    let waits = Axis::of(points.iter().map(|tried| seconds(tried)));
    let labels: Vec<(f64, String)> =
        waits.ticks().into_iter().map(|tick| (waits.place(tick), time(tick))).collect();
    let margin = labels.iter().map(|(_, label)| label.chars().count()).max().unwrap_or(0);
    let columns = canvas.width.max(SMALLEST.0).saturating_sub(margin + 2);
    let rows = canvas.height.max(SMALLEST.1) - AROUND;

    let mut sheet = Sheet::new(columns, rows, canvas.ascii);
    let place = |tried: &Tried| (done.place(tried.achieved), waits.place(seconds(tried)));
    for pair in points.windows(2) {
        sheet.line(place(pair[0]), place(pair[1]));
    }
    for tried in &points {
        sheet.mark(place(tried), if tried.holds() { 'o' } else { 'x' });
    }
    let knee = points.iter().rfind(|tried| tried.holds() && Some(tried.rate) == found.capacity);
    let sign = if canvas.ascii { '#' } else { '\u{25c6}' };
    if let Some(knee) = knee {
        sheet.mark(place(knee), sign);
    }

    let mut lines = vec!["p99".to_owned()];
    lines.extend(sheet.framed(&labels, margin));
    lines.extend(below(&done, columns, margin, canvas.ascii));
    lines.push(format!("{:>width$}", "tasks done a second", width = margin + 2 + columns));
    lines.push(match knee {
        Some(knee) => format!(
            "o holds, x does not, {sign} capacity: {}/s with p99 of {}",
            rate(knee.rate),
            time(seconds(knee))
        ),
        None => "o holds, x does not".to_owned(),
    });
    lines.iter().map(|line| format!("{}\n", line.trim_end())).collect()
}

fn is_shown(tried: &Tried) -> bool {
    tried.achieved.is_finite() && tried.achieved >= 0.0
}

/// The line of an axis to the right, and its labels, each under its tick and none over another.
fn below(axis: &Axis, columns: usize, margin: usize, ascii: bool) -> [String; 2] {
    let (corner, along, tick_sign) = if ascii { ('+', '-', '+') } else { ('└', '─', '┬') };
    let mut line = vec![along; columns];
    let mut labels = String::new();
    for tick in axis.ticks() {
        let at = cell(axis.place(tick), columns);
        let label = rate(tick);
        let start = at.saturating_sub(label.len() / 2).min(columns - label.len().min(columns));
        if labels.is_empty() || start > labels.len() {
            line[at] = tick_sign;
            labels = format!("{labels:start$}{label}");
        }
    }
    let line: String = line.into_iter().collect();
    [format!("{:margin$} {corner}{line}", ""), format!("{:width$}{labels}", "", width = margin + 2)]
}

/// The drawing itself. Lines are drawn finer than characters, with the dots of braille, and marks
/// lie over them.
struct Sheet {
    columns: usize,
    rows: usize,
    ascii: bool,
    /// By row from the top; the bits are those of the braille patterns.
    dots: Vec<u8>,
    marks: Vec<Option<char>>,
}

/// The bits of a braille pattern by row and column.
const BITS: [[u8; 2]; 4] = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]];

impl Sheet {
    fn new(columns: usize, rows: usize, ascii: bool) -> Sheet {
        let cells = columns * rows;
        Sheet { columns, rows, ascii, dots: vec![0; cells], marks: vec![None; cells] }
    }

    /// Between two places, given as shares of the width from the left and of the height from below.
    fn line(&mut self, (x0, y0): (f64, f64), (x1, y1): (f64, f64)) {
        let steps = 4 * (self.columns + self.rows);
        for step in 0..=steps {
            let along = step as f64 / steps as f64;
            let x = cell(x0 + (x1 - x0) * along, 2 * self.columns);
            let y = cell(1.0 - (y0 + (y1 - y0) * along), 4 * self.rows);
            self.dots[y / 4 * self.columns + x / 2] |= BITS[y % 4][x % 2];
        }
    }

    fn mark(&mut self, (x, y): (f64, f64), sign: char) {
        let at = cell(1.0 - y, self.rows) * self.columns + cell(x, self.columns);
        self.marks[at] = Some(sign);
    }

    /// Its rows behind the axis to the top.
    fn framed(&self, labels: &[(f64, String)], margin: usize) -> Vec<String> {
        let (side, tick) = if self.ascii { ('|', '+') } else { ('│', '┤') };
        let mut names = vec![None; self.rows];
        for (place, label) in labels {
            names[cell(1.0 - place, self.rows)].get_or_insert(label);
        }
        let row = |(row, name): (usize, Option<&String>)| {
            let text: String =
                (0..self.columns).map(|x| self.sign(row * self.columns + x)).collect();
            let (name, side) = name.map_or(("", side), |name| (name.as_str(), tick));
            format!("{name:>margin$} {side}{text}")
        };
        names.into_iter().enumerate().map(row).collect()
    }

    fn sign(&self, at: usize) -> char {
        match (self.marks[at], self.dots[at]) {
            (Some(mark), _) => mark,
            (None, 0) => ' ',
            (None, _) if self.ascii => '.',
            (None, dots) => char::from_u32(0x2800 + u32::from(dots)).unwrap_or('.'),
        }
    }
}

/// Which of so many equal parts a share falls into.
fn cell(share: f64, parts: usize) -> usize {
    ((share * parts as f64) as usize).min(parts - 1)
}

#[cfg(test)]
mod tests;
