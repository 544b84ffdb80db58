//! Why a dataset could not be made or read.

use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::error::Error;

#[derive(Debug, Error)]
pub enum DatasetError {
    #[error(transparent)]
    Plan(#[from] Error),
    #[error("failed to {what} {}", path.display())]
    File { what: &'static str, path: PathBuf, source: io::Error },
    #[error("{}: `{ending}` is no format of datasets: it ends in .parquet, .csv or .npz", path.display())]
    Format { path: PathBuf, ending: String },
    #[error("{}: this build does not know Parquet: it was built without the feature `parquet`", path.display())]
    NoParquet { path: PathBuf },
    #[error("{}: {why}", path.display())]
    Content { path: PathBuf, why: String },
    #[error(
        "{} holds rows of another dataset: take the settings it was begun with, or remove it",
        path.display()
    )]
    OtherPlan { path: PathBuf },
    #[error("{} is being written by another process", path.display())]
    InUse { path: PathBuf },
    #[error("not one row could be computed; row {row}: {error}")]
    NoRow { row: usize, error: Error },
}

impl DatasetError {
    pub(super) fn file(what: &'static str, path: &Path) -> impl Fn(io::Error) -> DatasetError {
        let path = path.to_owned();
        move |source| DatasetError::File { what, path: path.clone(), source }
    }

    pub(super) fn content(path: &Path, why: &impl ToString) -> DatasetError {
        DatasetError::Content { path: path.to_owned(), why: why.to_string() }
    }
}
