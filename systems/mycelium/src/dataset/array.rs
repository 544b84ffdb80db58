//! One column as an array of NumPy.

use super::table::Column;
use crate::npy;

/// With its head.
#[must_use]
pub fn write(column: &Column) -> Vec<u8> {
    let (kind, bytes): (String, Vec<u8>) = match column {
        Column::Int(values) => {
            ("<i8".into(), values.iter().flat_map(|v| v.to_le_bytes()).collect())
        }
        Column::Float(values) => {
            ("<f8".into(), values.iter().flat_map(|v| v.to_le_bytes()).collect())
        }
        Column::Bool(values) => ("|b1".into(), values.iter().map(|&v| u8::from(v)).collect()),
        Column::Text(values) => {
            // Characters of four bytes, as many as the longest has.
            let longest = values.iter().map(|text| text.chars().count()).max().unwrap_or(0).max(1);
            let wide = |text: &String| {
                let chars = text.chars().map(u32::from).chain(std::iter::repeat(0));
                chars.take(longest).flat_map(u32::to_le_bytes).collect::<Vec<u8>>()
            };
            (format!("<U{longest}"), values.iter().flat_map(wide).collect())
        }
    };
    [npy::head(&kind, &[column.len()]), bytes].concat()
}

/// How many bytes of memory its column takes, which for short texts are far more than its own.
pub fn memory(bytes: &[u8]) -> Result<u64, String> {
    let (head, data) = npy::split(bytes).map_err(|error| error.to_string())?;
    let texts = if head.kind.starts_with("<U") { head.shape.iter().product() } else { 0_usize };
    Ok(data.len() as u64 + (texts * size_of::<String>()) as u64)
}

/// An array of one dimension.
pub fn read(bytes: &[u8]) -> Result<Column, String> {
    let (head, data) = npy::split(bytes).map_err(|error| error.to_string())?;
    let [rows] = head.shape[..] else { return Err("it is no row of values".to_owned()) };
    let kind = head.kind;
    let width = match (kind, kind.strip_prefix("<U")) {
        ("<i8" | "<f8", _) => 8,
        ("|b1", _) => 1,
        (_, Some(letters)) => {
            letters.parse::<usize>().ok().and_then(|n| n.checked_mul(4)).unwrap_or(0)
        }
        _ => return Err(format!("values of kind {kind} are not read here")),
    };
    if width == 0 || rows.checked_mul(width) != Some(data.len()) {
        return Err(format!("{} bytes are not {rows} values of kind {kind}", data.len()));
    }
    Ok(match kind {
        "<i8" => Column::Int(eights(data).map(i64::from_le_bytes).collect()),
        "<f8" => Column::Float(eights(data).map(f64::from_le_bytes).collect()),
        "|b1" => Column::Bool(data.iter().map(|&byte| byte != 0).collect()),
        _ => Column::Text(data.chunks_exact(width).map(letters).collect()),
    })
}

fn eights(data: &[u8]) -> impl Iterator<Item = [u8; 8]> {
    data.as_chunks().0.iter().copied()
}

fn letters(wide: &[u8]) -> String {
    let (chars, _) = wide.as_chunks();
    let codes = chars.iter().map(|bytes| u32::from_le_bytes(*bytes));
    codes.take_while(|&code| code != 0).map(|c| char::from_u32(c).unwrap_or('\u{fffd}')).collect()
}
