//! Exit codes: what a script learns from `tollgate` without reading its output.

use std::process::ExitCode;

use tollgate::judge::Outcome;

/// Shown by `--help`.
pub const HELP: &str = "\
Exit codes:
  0  every budget is within (warnings allowed)
  1  a budget is exceeded
  2  bad input or usage; nothing was judged
  3  a verdict that counts cannot be told
  4  something was not measured
When outcomes mix, exceeded wins, then not measured, then cannot tell.";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Every budget is within, or there was nothing to judge and the command did its work.
    Within = 0,
    /// A budget is exceeded.
    Exceeded = 1,
    /// Bad input or usage; nothing was judged.
    BadInput = 2,
    /// A verdict that counts cannot be told.
    CannotTell = 3,
    /// Something was not measured.
    NotMeasured = 4,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit as u8)
    }
}

impl From<Outcome> for Exit {
    fn from(outcome: Outcome) -> Exit {
        match outcome {
            Outcome::Within => Exit::Within,
            Outcome::CannotTell => Exit::CannotTell,
            Outcome::NotMeasured => Exit::NotMeasured,
            Outcome::Exceeded => Exit::Exceeded,
        }
    }
}
