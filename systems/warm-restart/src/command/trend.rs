//! `warm-restart trend`.

use std::io::{self, Read};
use std::path::PathBuf;

use super::{BadInput, tell};
use crate::durable::FileError;
use crate::trend::read::read;
use crate::trend::summary::Summary;

#[derive(Debug, clap::Args)]
pub struct Trend {
    /// What Prometheus answered to `/api/v1/query_range`, or lines of a time in seconds and a
    /// value; `-` for standard input
    file: PathBuf,
}

impl Trend {
    pub fn run(&self) -> anyhow::Result<()> {
        let mut text = String::new();
        let is_input = self.file.as_os_str() == "-";
        let done = match is_input {
            true => io::stdin().lock().read_to_string(&mut text).map(drop),
            false => std::fs::read_to_string(&self.file).map(|read| text = read),
        };
        done.map_err(FileError::of("read", &self.file)).map_err(BadInput::of)?;
        let file = if is_input { "input".to_owned() } else { self.file.display().to_string() };
        let series = read(&text, &file).map_err(BadInput::of)?;
        series.iter().try_for_each(|series| tell(&Summary::of(series).to_string()))
    }
}
