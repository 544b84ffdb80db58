//! Where lines go: a file or any other writer, plain or through zstd, and how far it got.

use std::fs::File;
use std::io::{self, Write};

#[cfg(feature = "zstd")]
use zstd::Encoder;

pub(super) enum Sink {
    Plain(Target),
    // Boxed because it is many times larger.
    #[cfg(feature = "zstd")]
    Zstd(Box<Encoder<'static, Target>>),
}

impl Sink {
    /// Whole lines. Afterwards a reader of the file sees them all.
    pub(super) fn write(&mut self, lines: &[u8]) -> io::Result<()> {
        match self {
            Sink::Plain(target) => target.write_all(lines),
            #[cfg(feature = "zstd")]
            Sink::Zstd(encoder) => encoder.write_all(lines).and_then(|()| encoder.flush()),
        }
    }

    /// Ends the compressed frame, and gives the error with the offset.
    pub(super) fn end(self) -> Result<Target, (u64, io::Error)> {
        match self {
            Sink::Plain(target) => target.ended(),
            #[cfg(feature = "zstd")]
            Sink::Zstd(encoder) => match encoder.try_finish() {
                Ok(target) => target.ended(),
                Err((encoder, error)) => Err((encoder.get_ref().offset, error)),
            },
        }
    }

    pub(super) fn offset(&self) -> u64 {
        match self {
            Sink::Plain(target) => target.offset,
            #[cfg(feature = "zstd")]
            Sink::Zstd(encoder) => encoder.get_ref().offset,
        }
    }
}

pub(super) struct Target {
    output: Output,
    /// Bytes that were taken.
    pub(super) offset: u64,
}

pub(super) enum Output {
    File(File),
    Other(Box<dyn Write + Send>),
}

impl Target {
    pub(super) fn new(output: Output) -> Target {
        Target { output, offset: 0 }
    }

    fn ended(mut self) -> Result<Target, (u64, io::Error)> {
        match self.flush() {
            Ok(()) => Ok(self),
            Err(error) => Err((self.offset, error)),
        }
    }

    /// Waits until the disk has it. A pipe or a device has nothing to wait for.
    pub(super) fn sync(&self) -> io::Result<()> {
        match &self.output {
            Output::File(file) if file.metadata()?.is_file() => file.sync_all(),
            Output::File(_) | Output::Other(_) => Ok(()),
        }
    }
}

impl Write for Target {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let taken = match &mut self.output {
            Output::File(file) => file.write(bytes)?,
            Output::Other(writer) => writer.write(bytes)?,
        };
        self.offset += taken as u64;
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.output {
            Output::File(file) => file.flush(),
            Output::Other(writer) => writer.flush(),
        }
    }
}
