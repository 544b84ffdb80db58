//! The lines of a file or of the standard input, read on a thread of their own: whoever waits there
//! must not hold up the connection.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;
use std::thread;

use anyhow::Context;
use tokio::sync::mpsc;

use crate::command::BadInput;

pub struct Lines {
    name: String,
    lines: mpsc::Receiver<io::Result<String>>,
    number: u64,
}

impl Lines {
    pub fn open(path: &Path) -> anyhow::Result<Lines> {
        /// Lines that wait to be published.
        const AHEAD: usize = 1024;
        let (name, from): (String, Box<dyn Read + Send>) = match path.as_os_str() == "-" {
            true => ("standard input".to_owned(), Box::new(io::stdin())),
            false => {
                let file = File::open(path);
                let file = file.map_err(|e| BadInput(format!("{}: {e}", path.display())))?;
                (path.display().to_string(), Box::new(file))
            }
        };
        let (sender, lines) = mpsc::channel(AHEAD);
        thread::Builder::new().name("lines".to_owned()).spawn(move || {
            for line in BufReader::new(from).lines() {
                if sender.blocking_send(line).is_err() {
                    return;
                }
            }
        })?;
        Ok(Lines { name, lines, number: 0 })
    }

    /// The next line that is not empty, and its place.
    pub async fn next(&mut self) -> anyhow::Result<Option<(String, String)>> {
        while let Some(line) = self.lines.recv().await {
            self.number += 1;
            let place = format!("{}:{}", self.name, self.number);
            let line = line.with_context(|| format!("failed to read {place}"))?;
            if !line.trim().is_empty() {
                return Ok(Some((place, line)));
            }
        }
        Ok(None)
    }
}
