//! What a run comes to: nothing is green by default, and every answer has its reason.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod any_run;
mod build;
mod campaigns;
mod evidence;
mod expansion;
mod growth;
mod limits;
mod nothing_green;
mod plan;
mod relative;
