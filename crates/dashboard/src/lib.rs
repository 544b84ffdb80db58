//! Pages, an API and alerts over the history of runs.

mod api;
mod ask;
mod assets;
mod chart;
mod dashboard;
mod error;
mod guard;
mod judged;
mod layout;
mod link;
mod live;
mod pages;
pub mod picture;
mod reader;
mod server;
mod time;
mod verdict;
pub mod watch;
mod words;

pub use dashboard::Dashboard;
pub use guard::Hosts;
pub use live::Live;
pub use server::{BindError, Server, Stopper};
pub use watch::Watch;
