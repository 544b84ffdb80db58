//! `tollgate explain`.

use anyhow::Result;
use tollgate::explain::{TOPICS, explain as words};

use crate::args::Explain;
use crate::exit::Exit;
use crate::output::result;

pub fn explain(args: &Explain) -> Result<Exit> {
    if args.topic.is_empty() {
        result(&format!(
            "`tollgate explain WORD` explains any metric, statistic or key; topics: {}",
            TOPICS.join(", ")
        ))?;
        return Ok(Exit::Within);
    }
    result(&words(&args.topic.join(" "))?)?;
    Ok(Exit::Within)
}
