//! Rows of data for tasks, from files that are read once and from programs that print them.

mod command;
pub mod csv;
mod file;
mod row;
#[cfg(test)]
mod tests;

use std::path::PathBuf;
use std::sync::Arc;

pub use row::{FieldError, Row};

use crate::workload;

/// The feeds of a load, shared by its threads. Dropping them ends their programs.
#[derive(Debug)]
pub struct Feeds {
    feeds: Vec<(String, Feed)>,
}

#[derive(Debug)]
enum Feed {
    Rows(file::Rows),
    Program(command::Program),
}

/// A feed that cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum FeedError {
    #[error("could not read feed `{feed}` from {}: {source}", .path.display())]
    Read { feed: String, path: PathBuf, source: std::io::Error },
    #[error("feed `{feed}`, {}:{line}: {reason}", .path.display())]
    Line { feed: String, path: PathBuf, line: usize, reason: String },
    #[error("feed `{feed}`: no rows in {}", .path.display())]
    Empty { feed: String, path: PathBuf },
    #[error("feed `{feed}`: could not start `{program}` in {}: {source}", .dir.display())]
    Start { feed: String, program: String, dir: PathBuf, source: std::io::Error },
    #[error("two feeds have the name `{0}`")]
    Twice(String),
}

/// Why there is no other row.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FeedEnd {
    /// Every row was used, or the program ended with success.
    #[error("no rows left in feed `{feed}`")]
    Exhausted { feed: String },
    #[error("feed `{feed}`: {reason}")]
    Failed { feed: String, reason: String },
    #[error("no feed has the name `{0}`")]
    Unknown(String),
}

impl Feeds {
    /// Reads all files and starts all programs. Rows in random order are drawn by the seed and the
    /// feed's name, so that another feed beside it changes nothing.
    pub fn open(feeds: &[workload::Feed], seed: u64) -> Result<Feeds, FeedError> {
        let mut opened = Feeds { feeds: Vec::new() };
        for feed in feeds {
            if opened.index(&feed.name).is_some() {
                return Err(FeedError::Twice(feed.name.clone()));
            }
            let rows = match &feed.source {
                workload::Source::File(path) => {
                    Feed::Rows(file::Rows::read(&feed.name, path, feed.order, seed)?)
                }
                workload::Source::Command { command, dir, env } => {
                    Feed::Program(command::Program::start(&feed.name, command, dir, env)?)
                }
            };
            opened.feeds.push((feed.name.clone(), rows));
        }
        Ok(opened)
    }

    /// Where a feed is in the list they were opened from.
    #[must_use]
    pub fn index(&self, feed: &str) -> Option<usize> {
        self.feeds.iter().position(|(name, _)| name == feed)
    }

    /// The next row of the feed with this name, see `next_at`.
    pub async fn next(&self, feed: &str) -> Result<Arc<Row>, FeedEnd> {
        match self.index(feed) {
            Some(index) => self.next_at(index).await,
            None => Err(FeedEnd::Unknown(feed.to_owned())),
        }
    }

    /// The next row; each row is given to one caller. A file's row is there at once; for a
    /// program's the task waits, but not the thread. The rows of a program come in the order
    /// printed, whatever the feed's order. Once a feed has ended, it gives the same end again.
    pub async fn next_at(&self, index: usize) -> Result<Arc<Row>, FeedEnd> {
        match self.feeds.get(index) {
            Some((name, Feed::Rows(rows))) => {
                rows.next().ok_or_else(|| FeedEnd::Exhausted { feed: name.clone() })
            }
            Some((_, Feed::Program(program))) => program.next().await,
            None => Err(FeedEnd::Unknown(index.to_string())),
        }
    }
}
