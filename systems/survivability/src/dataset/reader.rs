//! Reads a dataset a line at a time, however long it is.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, ErrorKind, Read};
use std::path::Path;

use super::line::{is_torn, parse_line};
use super::{DatasetError, Flaw, MAX_LINE_BYTES};
use crate::transition::{Transition, WindowTag};

/// Gives the transitions in the order of the file. A bad line is an error in its place, and the
/// next line follows; a torn end, or a file that cannot be read on, is the last item.
pub struct DatasetReader {
    input: Box<dyn BufRead + Send>,
    file: String,
    window: Option<WindowTag>,
    line: Vec<u8>,
    number: u64,
    is_over: bool,
}

/// A frame of zstd begins so.
const ZSTD_MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];

impl DatasetReader {
    pub fn open(path: &Path) -> Result<DatasetReader, DatasetError> {
        let file = path.display().to_string();
        match File::open(path) {
            Ok(opened) => DatasetReader::over(opened, &file),
            Err(source) => Err(DatasetError::Open { file, source }),
        }
    }

    /// Reads plain or compressed lines, which errors call by the name.
    pub fn over(
        mut input: impl Read + Send + 'static,
        name: &str,
    ) -> Result<DatasetReader, DatasetError> {
        let file = name.to_owned();
        let mut head = Vec::new();
        if let Err(source) = input.by_ref().take(ZSTD_MAGIC.len() as u64).read_to_end(&mut head) {
            return Err(DatasetError::Open { file, source });
        }
        let is_compressed = head == ZSTD_MAGIC;
        let input = Cursor::new(head).chain(input);
        let input: Box<dyn BufRead + Send> = match is_compressed {
            false => Box::new(BufReader::with_capacity(1 << 16, input)),
            #[cfg(feature = "zstd")]
            true => match zstd::Decoder::new(input) {
                Ok(decoder) => Box::new(BufReader::with_capacity(1 << 16, decoder)),
                Err(source) => return Err(DatasetError::Open { file, source }),
            },
            #[cfg(not(feature = "zstd"))]
            true => return Err(DatasetError::WithoutZstd { file }),
        };
        let line = Vec::new();
        Ok(DatasetReader { input, file, window: None, line, number: 0, is_over: false })
    }

    /// Leaves out the transitions of other windows, though not what is wrong with them.
    #[must_use]
    pub fn in_window(mut self, window: WindowTag) -> DatasetReader {
        self.window = Some(window);
        self
    }

    /// The line of the last item, from 1.
    #[must_use]
    pub fn line(&self) -> u64 {
        self.number
    }

    #[must_use]
    pub fn file(&self) -> &str {
        &self.file
    }

    /// None after the last line.
    fn read(&mut self) -> Option<Result<Transition, DatasetError>> {
        self.line.clear();
        let within = &mut self.input.by_ref().take(MAX_LINE_BYTES as u64 + 1);
        let read = within.read_until(b'\n', &mut self.line);
        if let Err(source) = read {
            return Some(Err(self.cut_off(source)));
        }
        if self.line.is_empty() {
            return None;
        }
        self.number += 1;
        if self.line.len() > MAX_LINE_BYTES {
            self.is_over = true;
            return Some(Err(self.flawed(Flaw::TooLong)));
        }
        let is_last = self.line.last() != Some(&b'\n');
        Some(parse_line(&self.line).map_err(|flaw| {
            if is_last && is_torn(&self.line) { self.torn() } else { self.flawed(flaw) }
        }))
    }

    fn cut_off(&mut self, source: io::Error) -> DatasetError {
        self.is_over = true;
        // Only compressed data can end unexpectedly.
        if source.kind() == ErrorKind::UnexpectedEof {
            self.number += 1;
            return self.torn();
        }
        DatasetError::Read { file: self.file.clone(), line: self.number, source }
    }

    fn torn(&self) -> DatasetError {
        DatasetError::TornTail { file: self.file.clone(), line: self.number }
    }

    fn flawed(&self, flaw: Flaw) -> DatasetError {
        DatasetError::Line { file: self.file.clone(), line: self.number, flaw }
    }
}

impl Iterator for DatasetReader {
    type Item = Result<Transition, DatasetError>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.is_over {
            let Some(item) = self.read() else {
                self.is_over = true;
                break;
            };
            let is_other = |transition: &Transition| {
                self.window.is_some_and(|window| window != transition.meta.window)
            };
            if !item.as_ref().is_ok_and(is_other) {
                return Some(item);
            }
        }
        None
    }
}
