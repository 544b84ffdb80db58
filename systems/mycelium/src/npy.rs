//! Arrays as NumPy saves them (numpy.lib.format): `.npy`, and `.npz`, which is a ZIP of those.

use std::fs::File;
use std::io::{self, Read, Seek, Write};
use std::path::Path;

use thiserror::Error;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

/// Doubles in row-major order.
#[derive(Clone, Debug, PartialEq)]
pub struct Array {
    pub shape: Vec<usize>,
    pub values: Vec<f64>,
}

/// What is said before the values of an array.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head<'a> {
    /// As in `<f8`.
    pub kind: &'a str,
    pub shape: Vec<usize>,
    /// Column by column.
    pub is_fortran: bool,
}

/// Why a file holds no array of doubles.
#[derive(Debug, Error)]
pub enum NpyError {
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error("it is no .npz: {0}")]
    Zip(#[from] zip::result::ZipError),
    #[error("it does not begin as .npy files do")]
    Magic,
    #[error("its header says {0}, where `descr`, `fortran_order` and `shape` belong")]
    Header(String),
    #[error("its values are `{0}`, but must be doubles or floats: <f8 or <f4")]
    Values(String),
    #[error("its values are in Fortran's order, but must be row by row")]
    Order,
    #[error("it should hold {expected} bytes of values and holds {found}")]
    Length { expected: usize, found: usize },
    #[error("it holds no array called {0}")]
    Missing(String),
}

const MAGIC: &[u8] = b"\x93NUMPY";

/// More than any simulation makes, and less than would bring a machine down.
const MOST_VALUES: usize = 1 << 28;

impl Array {
    pub fn read(input: &mut impl Read) -> Result<Array, NpyError> {
        let mut bytes = Vec::new();
        let most = (MOST_VALUES * 8 + 65_536) as u64;
        input.take(most).read_to_end(&mut bytes)?;
        parse(&bytes)
    }
}

/// What comes before values that lie row by row.
///
/// # Panics
///
/// If the shape has thousands of sides.
#[must_use]
pub fn head(kind: &str, shape: &[usize]) -> Vec<u8> {
    let sides: String = shape.iter().map(|side| format!("{side}, ")).collect();
    let sides = sides.trim_end();
    let text = format!("{{'descr': '{kind}', 'fortran_order': False, 'shape': ({sides}), }}");
    // Values begin at a multiple of 64 bytes; ten come before the header, a line end closes it.
    let padded = (10 + text.len() + 1).next_multiple_of(64) - 11;
    let text = format!("{text:<padded$}\n");
    let length = u16::try_from(text.len()).expect("a header is short");
    [MAGIC, &[1, 0], &length.to_le_bytes(), text.as_bytes()].concat()
}

/// How entries of an archive are written: the same bytes for the same array.
#[must_use]
pub fn entry() -> SimpleFileOptions {
    SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .last_modified_time(zip::DateTime::default())
        .unix_permissions(0o644)
}

/// Writes the header, and the values part by part.
pub fn write<'a>(
    out: &mut impl Write,
    shape: &[usize],
    parts: impl IntoIterator<Item = &'a [f64]>,
) -> io::Result<()> {
    out.write_all(&head("<f8", shape))?;
    let mut block = Vec::with_capacity(8192);
    for chunk in parts.into_iter().flat_map(|part| part.chunks(1024)) {
        block.clear();
        block.extend(chunk.iter().flat_map(|value| value.to_le_bytes()));
        out.write_all(&block)?;
    }
    Ok(())
}

/// Writes an archive of one array.
pub fn write_npz<'a>(
    out: impl Write + Seek,
    name: &str,
    shape: &[usize],
    parts: impl IntoIterator<Item = &'a [f64]>,
) -> Result<(), NpyError> {
    let mut zip = ZipWriter::new(out);
    zip.start_file(format!("{name}.npy"), entry().large_file(true))?;
    write(&mut zip, shape, parts)?;
    // A writer that is dropped with bytes left would not say that they found no room.
    Ok(zip.finish()?.flush()?)
}

/// Reads one array out of an `.npz`, by name.
pub fn read_npz(path: &Path, name: &str) -> Result<Array, NpyError> {
    let mut zip = ZipArchive::new(File::open(path)?)?;
    let entry = format!("{name}.npy");
    let mut file = match zip.by_name(&entry) {
        Ok(file) => file,
        Err(zip::result::ZipError::FileNotFound) => {
            return Err(NpyError::Missing(name.to_owned()));
        }
        Err(error) => return Err(error.into()),
    };
    Array::read(&mut file)
}

/// What an array says of itself, and the bytes of its values, which may be too few or too many.
pub fn split(bytes: &[u8]) -> Result<(Head<'_>, &[u8]), NpyError> {
    let rest = bytes.strip_prefix(MAGIC).ok_or(NpyError::Magic)?;
    let (length, start) = match rest {
        [1, _, low, high, ..] => (usize::from(u16::from_le_bytes([*low, *high])), 4),
        [2 | 3, _, a, b, c, d, ..] => (u32::from_le_bytes([*a, *b, *c, *d]) as usize, 6),
        _ => return Err(NpyError::Magic),
    };
    let header = rest.get(start..start + length).ok_or(NpyError::Magic)?;
    let bad = || {
        let text = String::from_utf8_lossy(header);
        NpyError::Header(text.trim().chars().take(120).collect())
    };
    let text = str::from_utf8(header).map_err(|_| bad())?;
    let kind = quoted(text, "'descr':").ok_or_else(bad)?;
    let shape = shape(text).ok_or_else(bad)?;
    let values = shape.iter().try_fold(1_usize, |all, side| all.checked_mul(*side));
    values.filter(|values| *values <= MOST_VALUES).ok_or_else(bad)?;
    let is_fortran = match value_after(text, "'fortran_order':").ok_or_else(bad)? {
        text if text.starts_with("False") => false,
        text if text.starts_with("True") => true,
        _ => return Err(bad()),
    };
    Ok((Head { kind, shape, is_fortran }, &rest[start + length..]))
}

fn parse(bytes: &[u8]) -> Result<Array, NpyError> {
    let (Head { kind, shape, is_fortran }, body) = split(bytes)?;
    // A single row or column is the same in both orders.
    if is_fortran && shape.len() > 1 {
        return Err(NpyError::Order);
    }
    let values: usize = shape.iter().product();
    let width = match kind {
        "<f8" => 8,
        "<f4" => 4,
        other => return Err(NpyError::Values(other.to_owned())),
    };
    if body.len() != values * width {
        return Err(NpyError::Length { expected: values * width, found: body.len() });
    }
    let values = match width {
        8 => body.as_chunks().0.iter().map(|bytes| f64::from_le_bytes(*bytes)).collect(),
        _ => body.as_chunks().0.iter().map(|bytes| f64::from(f32::from_le_bytes(*bytes))).collect(),
    };
    Ok(Array { shape, values })
}

fn value_after<'a>(header: &'a str, key: &str) -> Option<&'a str> {
    Some(header.split_once(key)?.1.trim_start())
}

fn quoted<'a>(header: &'a str, key: &str) -> Option<&'a str> {
    value_after(header, key)?.strip_prefix('\'')?.split_once('\'').map(|(text, _)| text)
}

fn shape(header: &str) -> Option<Vec<usize>> {
    let (sides, _) = value_after(header, "'shape':")?.strip_prefix('(')?.split_once(')')?;
    let sides = sides.split(',').map(str::trim).filter(|side| !side.is_empty());
    sides.map(|side| side.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written() -> Vec<u8> {
        let array = Array { shape: vec![2, 3], values: vec![0.5, -1.0, 2.0, 3.0, 4.0, 1e-300] };
        let mut bytes = Vec::new();
        write(&mut bytes, &array.shape, [&array.values[..]]).unwrap();
        assert_eq!(parse(&bytes).unwrap(), array);
        bytes
    }

    #[test]
    fn values_begin_at_a_multiple_of_64_bytes_as_the_format_asks_for() {
        let bytes = written();
        assert_eq!(bytes.len(), 128 + 6 * 8);
        assert_eq!(bytes[127], b'\n');
        let text = String::from_utf8_lossy(&bytes[10..128]).trim_end().to_owned();
        assert_eq!(text, "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3,), }");
    }

    #[test]
    fn every_truncation_is_refused() {
        let bytes = written();
        for end in 0..bytes.len() {
            assert!(parse(&bytes[..end]).is_err(), "{end}");
        }
    }

    #[test]
    fn other_values_and_orders_are_refused_by_what_they_are() {
        let with = |from: &str, to: &str| {
            let bytes = written();
            let header = String::from_utf8(bytes[10..128].to_vec()).unwrap().replace(from, to);
            parse(&[&bytes[..10], header.as_bytes(), &bytes[128..]].concat()).unwrap_err()
        };
        assert!(with("<f8", "<i8").to_string().contains("`<i8`"));
        assert!(matches!(with("False", "True "), NpyError::Order));
        assert!(matches!(with("(2, 3,)", "(2, 4,)"), NpyError::Length { .. }));
        assert!(matches!(with("(2, 3,)", "(2, x,)"), NpyError::Header(_)));
        assert!(matches!(with("'shape'", "'shade'"), NpyError::Header(_)));
    }

    /// A disk without room.
    struct Full;

    impl Write for Full {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::StorageFull.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl Seek for Full {
        fn seek(&mut self, _: io::SeekFrom) -> io::Result<u64> {
            Ok(0)
        }
    }

    #[test]
    fn an_archive_that_finds_no_room_is_no_success_however_late_that_is_seen() {
        let out = io::BufWriter::with_capacity(1 << 16, Full);
        assert!(write_npz(out, "field", &[1], [&[1.0][..]]).is_err());
    }

    #[test]
    fn an_archive_gives_its_array_back_by_name() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.npz");
        let file = File::create(&path).unwrap();
        write_npz(file, "field", &[2, 1], [&[1.0][..], &[2.0]]).unwrap();
        assert_eq!(read_npz(&path, "field").unwrap().values, [1.0, 2.0]);
        assert!(matches!(read_npz(&path, "none"), Err(NpyError::Missing(_))));
    }
}
