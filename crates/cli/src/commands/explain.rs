//! `tollgate explain`.

use anyhow::Result;
use tollgate::explain::explain as words;

use crate::args::Explain;
use crate::exit::Exit;
use crate::output::result;

pub fn explain(args: &Explain) -> Result<Exit> {
    result(&words(&args.topic.join(" "))?);
    Ok(Exit::Within)
}
