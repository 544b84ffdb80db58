//! Fields as files hold them: `.npy`, `.npz` and `.csv`.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use crate::command::BadInput;
use crate::command::output::ending;
use crate::npy::{self, Array};

/// One field or several, one after the other in time; in volts.
pub struct Frames {
    pub size: usize,
    cells: Vec<f64>,
}

/// Far more than any potential in either unit, and its fourth power is still a number.
const MOST: f64 = 1e9;

impl Frames {
    pub fn read(path: &Path, is_in_millivolts: bool) -> Result<Frames, BadInput> {
        let array = match ending(path).as_str() {
            "npy" => open(path)
                .and_then(|file| Array::read(&mut BufReader::new(file)).map_err(|e| e.to_string())),
            "npz" => npy::read_npz(path, "history").map_err(|error| error.to_string()),
            "csv" => csv(path),
            _ => {
                let what = "a field is read from a file ending in .npy, .npz or .csv";
                return Err(BadInput(format!("{}: {what}", path.display())));
            }
        };
        let frames = array.and_then(Frames::of);
        let mut frames = frames
            .map_err(|what| BadInput(format!("could not read {}: {what}", path.display())))?;
        if is_in_millivolts {
            frames.cells.iter_mut().for_each(|cell| *cell /= 1000.0);
        }
        Ok(frames)
    }

    pub fn all(&self) -> impl Iterator<Item = &[f64]> {
        self.cells.chunks_exact(self.size * self.size)
    }

    fn of(array: Array) -> Result<Frames, String> {
        let size = match *array.shape {
            [rows, columns] | [_, rows, columns] if rows == columns => rows,
            _ => {
                let sides = array.shape.iter().map(ToString::to_string).collect::<Vec<_>>();
                return Err(format!("it holds {} cells, which are no square", sides.join(" x ")));
            }
        };
        if size < 2 || array.values.is_empty() {
            return Err(format!("a field of {size} x {size} cells has no features"));
        }
        let is_potential = |value: &f64| value.abs() <= MOST;
        if let Some(at) = array.values.iter().position(|value| !is_potential(value)) {
            let (row, column) = (at / size % size + 1, at % size + 1);
            let frame = at / (size * size) + 1;
            let value = array.values[at];
            let what = format!("{value:e}, but must be a number within {MOST:e}");
            return Err(format!("frame {frame}, row {row}, column {column} is {what}"));
        }
        Ok(Frames { size, cells: array.values })
    }
}

fn open(path: &Path) -> Result<File, String> {
    File::open(path).map_err(|error| error.to_string())
}

/// A row of cells a line, without a heading.
fn csv(path: &Path) -> Result<Array, String> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(open(path)?);
    let (mut rows, mut columns, mut values) = (0, 0, Vec::new());
    for record in reader.records() {
        let record = record.map_err(|error| error.to_string())?;
        let line = record.position().map_or(0, csv::Position::line);
        if rows > 0 && record.len() != columns {
            let found = record.len();
            return Err(format!("line {line} has {found} cells, those before have {columns}"));
        }
        columns = record.len();
        rows += 1;
        for (column, text) in record.iter().enumerate() {
            let value = text.parse::<f64>().map_err(|_| {
                format!("line {line}, column {}: `{text}` is not a number", column + 1)
            })?;
            values.push(value);
        }
    }
    Ok(Array { shape: vec![rows, columns], values })
}
