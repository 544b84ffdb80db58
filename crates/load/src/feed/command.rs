//! Feeds from programs that print a JSON value a line, for as long as somebody reads.

mod process;

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::sync::Arc;

use tokio::sync::Mutex;
use tokio::sync::mpsc::{Receiver, Sender, channel};

use super::file::not_json;
use super::row::Fields;
use super::{FeedEnd, FeedError, Row};
use process::Process;

/// Rows that are read ahead; then the program waits at its full pipe.
const AHEAD: usize = 256;

/// A line that is longer is taken for a mistake, such as a file that is not in lines.
const LONGEST: usize = 1 << 20;

/// A program that runs. Dropping it ends its process group: the program and what it started.
#[derive(Debug)]
pub(super) struct Program {
    feed: Arc<str>,
    rows: Mutex<Rows>,
    process: Arc<Process>,
}

#[derive(Debug)]
struct Rows {
    from: Receiver<Result<Arc<Row>, FeedEnd>>,
    end: Option<FeedEnd>,
}

impl Program {
    pub(super) fn start(
        feed: &str,
        command: &[String],
        dir: &Path,
        env: &[(String, String)],
    ) -> Result<Program, FeedError> {
        let (process, output) = Process::start(command, dir, env).map_err(|source| {
            let program = command.first().cloned().unwrap_or_default();
            FeedError::Start { feed: feed.to_owned(), program, dir: dir.to_owned(), source }
        })?;
        let (into, from) = channel(AHEAD);
        let (feed, process): (Arc<str>, _) = (feed.into(), Arc::new(process));
        let reader = Reader { feed: Arc::clone(&feed), process: Arc::clone(&process), into };
        std::thread::spawn(move || reader.read(output));
        Ok(Program { feed, rows: Mutex::new(Rows { from, end: None }), process })
    }

    pub(super) async fn next(&self) -> Result<Arc<Row>, FeedEnd> {
        let mut rows = self.rows.lock().await;
        if let Some(end) = &rows.end {
            return Err(end.clone());
        }
        let ended = || FeedEnd::Failed {
            feed: self.feed.to_string(),
            reason: "its reader stopped".to_owned(),
        };
        let row = rows.from.recv().await.unwrap_or_else(|| Err(ended()));
        if let Err(end) = &row {
            rows.end = Some(end.clone());
        }
        row
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.process.kill();
    }
}

/// Runs on a thread of its own, as pipes are read blocking.
struct Reader {
    feed: Arc<str>,
    process: Arc<Process>,
    into: Sender<Result<Arc<Row>, FeedEnd>>,
}

impl Reader {
    fn read(self, output: impl Read) {
        let mut output = BufReader::new(output);
        let mut lines = 0;
        let reason = loop {
            lines += 1;
            match next_row(&self.feed, lines, &mut output) {
                Ok(Some(row)) => {
                    if self.into.blocking_send(Ok(Arc::new(row))).is_err() {
                        return self.process.kill();
                    }
                }
                Ok(None) => break self.process.wait(),
                Err(reason) => {
                    self.process.kill();
                    break Some(format!("line {lines} of its program: {reason}"));
                }
            }
        };
        let feed = self.feed.to_string();
        let end = match reason {
            None => FeedEnd::Exhausted { feed },
            Some(reason) => FeedEnd::Failed { feed, reason },
        };
        // Nobody is there to hear it if the feeds are closed.
        let _ = self.into.blocking_send(Err(end));
    }
}

/// The row on the next line, none at the end, or what is wrong with it.
fn next_row(
    feed: &Arc<str>,
    number: u64,
    output: &mut impl BufRead,
) -> Result<Option<Row>, String> {
    let mut line = Vec::new();
    let most = LONGEST as u64 + 2;
    output.take(most).read_until(b'\n', &mut line).map_err(|error| error.to_string())?;
    if line.is_empty() {
        return Ok(None);
    }
    let line = line.strip_suffix(b"\n").unwrap_or(&line);
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    if line.len() > LONGEST {
        return Err(format!("longer than {LONGEST} bytes"));
    }
    let raw = std::str::from_utf8(line).map_err(|_| "not UTF-8".to_owned())?.to_owned();
    let value = serde_json::from_str(&raw).map_err(|error| not_json(&error))?;
    Ok(Some(Row::new(feed, number, raw, Fields::Json(value))))
}
