//! `tollgate compare`: two stored runs, metric by metric.

use anyhow::{Result, bail};
use tollgate::judge::compare as held;
use tollgate::report::compare as shown;

use crate::args::{Compare, Global};
use crate::exit::Exit;
use crate::output::{result, style};
use crate::project;

const CONFIDENCE: f64 = 0.95;

pub fn compare(global: &Global, args: &Compare) -> Result<Exit> {
    let history = project::stored(global)?;
    let (left, right) = (history.load(&args.left)?, history.load(&args.right)?);
    let comparison = held(&left, &right, CONFIDENCE);
    let text = match args.format.as_str() {
        "terminal" => shown::terminal(&comparison, &style(global.color, false)),
        "markdown" => shown::markdown(&comparison),
        "json" => shown::json(&comparison),
        other => bail!("there is no format `{other}`; formats: terminal, markdown, json"),
    };
    result(&text)?;
    // Two runs that share nothing were not compared, which must not look like "no difference".
    Ok(if comparison.rows.is_empty() { Exit::NotMeasured } else { Exit::Within })
}
