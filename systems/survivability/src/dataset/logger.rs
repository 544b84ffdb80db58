//! Logs transitions to a file through a bounded buffer.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;

use super::sink::{Output, Sink, Target};
use super::{DatasetError, Flaw, MAX_LINE_BYTES, check, json};
use crate::transition::Transition;

/// Lines are written whole, as many as are buffered in one call. A process that is killed leaves
/// complete lines, of which the last may be torn.
///
/// After a write that failed nothing more is written: the lines of that write are lost, those
/// before it stay. Dropping it writes what is buffered, if it can; [`DatasetLogger::finish`] tells
/// whether it could.
pub struct DatasetLogger {
    /// None after a write that failed.
    sink: Option<Sink>,
    file: String,
    max_transitions: usize,
    max_bytes: usize,
    buffer: Vec<u8>,
    buffered: usize,
    count: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LoggerOptions {
    /// Buffered at most, from 1 to [`LoggerOptions::STANDARD`]'s.
    pub max_transitions: usize,
    /// Buffered at most, from 1 to [`LoggerOptions::STANDARD`]'s. A longer line is written alone.
    pub max_bytes: usize,
    pub compression: Compression,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compression {
    None,
    /// At a level of zstd; 0 is its default, 3.
    Zstd(i32),
}

impl LoggerOptions {
    pub const STANDARD: LoggerOptions = LoggerOptions {
        max_transitions: 1000,
        max_bytes: 1_000_000,
        compression: Compression::None,
    };

    /// Compressed if the name ends in `.zst`.
    #[must_use]
    pub fn of(path: &Path) -> LoggerOptions {
        let is_compressed = path.extension().is_some_and(|extension| extension == "zst");
        let compression = if is_compressed { Compression::Zstd(0) } else { Compression::None };
        LoggerOptions { compression, ..LoggerOptions::STANDARD }
    }
}

impl DatasetLogger {
    /// Makes missing folders, and empties a file that is there.
    pub fn create(path: &Path, options: LoggerOptions) -> Result<DatasetLogger, DatasetError> {
        let file = path.display().to_string();
        if matches!(options.compression, Compression::Zstd(_)) && cfg!(not(feature = "zstd")) {
            return Err(DatasetError::WithoutZstd { file });
        }
        let folder = path.parent().map_or(Ok(()), fs::create_dir_all);
        match folder.and_then(|()| File::create(path)) {
            Ok(created) => DatasetLogger::new(Output::File(created), file, options),
            Err(source) => Err(DatasetError::Create { file, source }),
        }
    }

    /// Logs to a writer, which errors call by the name.
    pub fn over(
        writer: impl Write + Send + 'static,
        name: &str,
        options: LoggerOptions,
    ) -> Result<DatasetLogger, DatasetError> {
        DatasetLogger::new(Output::Other(Box::new(writer)), name.to_owned(), options)
    }

    fn new(output: Output, file: String, options: LoggerOptions) -> Result<Self, DatasetError> {
        let most = LoggerOptions::STANDARD;
        let max_bytes = options.max_bytes.clamp(1, most.max_bytes);
        let target = Target::new(output);
        let sink = match options.compression {
            Compression::None => Sink::Plain(target),
            #[cfg(feature = "zstd")]
            Compression::Zstd(level) => match zstd::Encoder::new(target, level) {
                Ok(encoder) => Sink::Zstd(Box::new(encoder)),
                Err(source) => return Err(DatasetError::Create { file, source }),
            },
            #[cfg(not(feature = "zstd"))]
            Compression::Zstd(_) => return Err(DatasetError::WithoutZstd { file }),
        };
        Ok(DatasetLogger {
            sink: Some(sink),
            file,
            max_transitions: options.max_transitions.clamp(1, most.max_transitions),
            max_bytes,
            buffer: Vec::with_capacity(max_bytes),
            buffered: 0,
            count: 0,
        })
    }

    /// An error of a write is that of the whole buffer; the transition is then lost with it.
    pub fn log(&mut self, transition: &Transition) -> Result<(), DatasetError> {
        if self.sink.is_none() {
            return Err(self.abandoned());
        }
        check(transition).map_err(|flaw| self.refused(transition, flaw))?;
        // The bound and not the length, so that the buffer never grows to be written.
        if self.buffer.len() + json::most_bytes(transition) > self.max_bytes {
            self.flush()?;
        }
        let before = self.buffer.len();
        json::write_line(transition, &mut self.buffer);
        if self.buffer.len() - before > MAX_LINE_BYTES {
            self.buffer.truncate(before);
            self.buffer.shrink_to(self.max_bytes);
            return Err(self.refused(transition, Flaw::TooLong));
        }
        self.buffered += 1;
        self.count += 1;
        if self.buffered >= self.max_transitions || self.buffer.len() > self.max_bytes {
            self.flush()?;
        }
        Ok(())
    }

    /// Writes what is buffered. It outlives the process then, though not yet the machine.
    pub fn flush(&mut self) -> Result<(), DatasetError> {
        let Some(sink) = &mut self.sink else {
            return Err(self.abandoned());
        };
        if self.buffer.is_empty() {
            return Ok(());
        }
        let written = sink.write(&self.buffer);
        let offset = sink.offset();
        self.buffer.clear();
        self.buffer.shrink_to(self.max_bytes);
        self.buffered = 0;
        written.map_err(|source| {
            self.sink = None;
            DatasetError::Write { file: self.file.clone(), offset, source }
        })
    }

    /// Writes what is buffered, waits until the disk has it, and tells how many were logged.
    pub fn finish(mut self) -> Result<u64, DatasetError> {
        self.flush()?;
        let sink = self.sink.take().expect("a flush that succeeded keeps it");
        let ended = sink.end();
        let synced = ended.and_then(|target| target.sync().map_err(|error| (target.offset, error)));
        synced.map_err(|(offset, source)| {
            let file = self.file.clone();
            DatasetError::Write { file, offset, source }
        })?;
        Ok(self.count)
    }

    /// Transitions taken so far, lost ones included.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Transitions that wait for the next flush.
    #[must_use]
    pub fn buffered(&self) -> usize {
        self.buffered
    }

    /// What is kept for lines that are not written yet, whether there are any or not.
    #[must_use]
    pub fn buffer_bytes(&self) -> usize {
        self.buffer.capacity()
    }

    fn refused(&self, transition: &Transition, flaw: Flaw) -> DatasetError {
        DatasetError::Refused { file: self.file.clone(), t: transition.t, flaw }
    }

    fn abandoned(&self) -> DatasetError {
        DatasetError::Abandoned { file: self.file.clone() }
    }
}

impl Drop for DatasetLogger {
    fn drop(&mut self) {
        // Nobody is left to tell. After an error there is no sink, and so no second attempt.
        if self.flush().is_ok()
            && let Some(sink) = self.sink.take()
        {
            sink.end().ok();
        }
    }
}
