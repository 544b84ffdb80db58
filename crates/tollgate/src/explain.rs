//! What a word of Tollgate means: metrics, statistics, units, limits, verdicts and every key of
//! the budget file. The reference page is written from here.

use std::fmt::Write as _;

use crate::budget::keys::{FILE, Form, Key, Section, sections};
use crate::budget::mistake::nearest;
use crate::metric::{Better, METRICS, Metric, Source, Statistic, known};

/// Topics beside metrics, statistics and keys.
pub const TOPICS: &[&str] =
    &["all", "keys", "metrics", "statistics", "units", "limits", "verdicts", "exit-codes"];

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{topic}` is no metric, statistic, key or topic{}", hint(near.as_deref()))]
pub struct Unknown {
    pub topic: String,
    pub near: Option<String>,
}

fn hint(near: Option<&str>) -> String {
    near.map_or_else(
        || format!("; topics: {}", TOPICS.join(", ")),
        |near| format!("; did you mean `{near}`?"),
    )
}

/// Explains one topic, in Markdown that reads well as plain text.
pub fn explain(topic: &str) -> Result<String, Unknown> {
    match topic {
        "all" => return Ok(reference()),
        "keys" => return Ok(keys()),
        "metrics" => return Ok(metrics()),
        "statistics" => return Ok(STATISTICS.to_owned()),
        "units" => return Ok(UNITS.to_owned()),
        "limits" => return Ok(LIMITS.to_owned()),
        "verdicts" => return Ok(VERDICTS.to_owned()),
        "exit-codes" => return Ok(EXIT_CODES.to_owned()),
        _ => {}
    }
    let mut text = String::new();
    if let Some(metric) = known(topic) {
        text.push_str(&one_metric(metric));
    }
    let key = crate::metric::Key::parse(topic);
    if text.is_empty()
        && let (Some(metric), Some(statistic)) = (known(&key.metric), key.statistic)
    {
        let _ = write!(text, "{}\n{}", one_metric(metric), one_statistic(statistic));
    }
    if let Some(statistic) = Statistic::parse(topic) {
        text.push_str(&one_statistic(statistic));
    }
    for section in sections() {
        for key in section.keys.iter().filter(|key| named(section, key, topic)) {
            let _ = writeln!(text, "`{}` in {}\n", key.name, section.header);
            text.push_str(&one_key(key));
        }
    }
    if !text.is_empty() {
        return Ok(text);
    }
    let names = TOPICS.iter().copied().chain(METRICS.iter().map(|metric| metric.name));
    let keys = sections().flat_map(|section| section.keys).map(|key| key.name);
    let near = nearest(topic, names.chain(keys)).map(str::to_owned);
    Err(Unknown { topic: topic.to_owned(), near })
}

/// `trials`, `case.trials` or `project.name`.
fn named(section: &Section, key: &Key, topic: &str) -> bool {
    let plain = section.header.trim_matches(|c| c == '[' || c == ']');
    let first = plain.split('.').next().unwrap_or("");
    key.name == topic
        || topic.strip_prefix(first).and_then(|r| r.strip_prefix('.')) == Some(key.name)
}

/// The whole reference.
#[must_use]
pub fn reference() -> String {
    let keys = keys();
    let metrics = metrics();
    format!(
        "## Keys\n\n{keys}\n## Metrics\n\n{metrics}\n## Statistics\n\n{STATISTICS}\n## Limits\n\n\
         {LIMITS}\n## Units\n\n{UNITS}\n## Verdicts\n\n{VERDICTS}\n## Exit codes\n\n{EXIT_CODES}"
    )
}

fn keys() -> String {
    let mut text = String::new();
    for section in sections() {
        let title = if section.header == FILE { "Top level" } else { section.header };
        let _ = writeln!(text, "### {title}\n\n{}\n", section.about);
        for key in section.keys {
            let default = if key.default.is_empty() {
                String::new()
            } else {
                format!(" Default: {}.", key.default)
            };
            let _ = writeln!(
                text,
                "- `{}` ({}): {}{default} `{}`",
                key.name,
                form(key.form),
                key.about,
                key.example
            );
        }
        if let Some(header) = section.also {
            let _ = writeln!(text, "- and every key of {header}.");
        }
        text.push('\n');
    }
    text.trim_end().to_owned() + "\n"
}

fn one_key(key: &Key) -> String {
    let default = if key.default.is_empty() {
        String::new()
    } else {
        format!("  default: {}\n", key.default)
    };
    format!("  {}\n  value: {}\n{default}  example: {}\n", key.about, form(key.form), key.example)
}

fn form(form: Form) -> String {
    match form {
        Form::Text => "text".into(),
        Form::Template => "text with slots".into(),
        Form::Integer { min, max } => format!("integer, {min} to {max}"),
        Form::Number => "number".into(),
        Form::Boolean => "true or false".into(),
        Form::Duration => "duration".into(),
        Form::Rate => "rate".into(),
        Form::Command => "list of words".into(),
        Form::Commands => "one command or a list of them".into(),
        Form::TextList => "list of text".into(),
        Form::TextMap => "table of text".into(),
        Form::TemplateMap => "table of texts with slots".into(),
        Form::Status => "integer, 100 to 599, or text with a slot".into(),
        Form::TemplateOr(_) => "text with slots, or table".into(),
        Form::Parameters => "table of lists".into(),
        Form::Choice(words) => words.join(" or "),
        Form::Limit => "limit".into(),
        Form::Limits => "limit, list of limits, or table".into(),
        Form::Think => "duration or range of durations".into(),
        Form::Json => "table of JSON pointers".into(),
        Form::Section(_) | Form::Object => "table".into(),
        Form::Sections(_) => "list of tables".into(),
        Form::Named(_) => "named tables".into(),
        Form::Budget => "table of metrics with limits".into(),
        Form::Overlay => "named tables, with the keys of the file".into(),
    }
}

fn metrics() -> String {
    let mut text = String::from(
        "A metric's name may be followed by a statistic: `latency p99`. Any other name is a metric \
         the measured program reports itself, in a record or in an imported file.\n",
    );
    for (source, title) in [
        (Source::Process, "measured for `run`"),
        (Source::Load, "measured by loading a service, or reported by a program"),
        (Source::Server, "measured for `serve`"),
    ] {
        let _ = writeln!(text, "\n{title}:\n");
        for metric in METRICS.iter().filter(|metric| metric.source == source) {
            let _ = writeln!(
                text,
                "- `{}` ({}, {} unless named): {}",
                metric.name, metric.dimension, metric.default, metric.about
            );
        }
    }
    text
}

fn one_metric(metric: &Metric) -> String {
    let better = match metric.better {
        Better::Lower => "lower is better",
        Better::Higher => "higher is better",
    };
    let needs = match metric.source {
        Source::Process => "measured for cases with `run`",
        Source::Load => "measured for cases with `serve` or `url`, or reported by a program",
        Source::Server => "measured for cases with `serve`",
    };
    format!(
        "{}: {}\n  measured in {} ({}); {better}\n  {needs}\n  without a statistic: {}\n  example: \
         \"{} {}\" = \"{} …\"\n",
        metric.name,
        metric.about,
        metric.dimension,
        metric.dimension.units(),
        metric.default,
        metric.name,
        metric.default,
        if metric.better == Better::Lower { "<=" } else { ">=" },
    )
}

fn one_statistic(statistic: Statistic) -> String {
    let about = match statistic {
        Statistic::Min => "the smallest value seen; it is the number itself, without an interval",
        Statistic::Mean => {
            "the mean; interval by Student's t on means of batches, because neighbours depend on each other"
        }
        Statistic::Quantile(_) => {
            "the smallest value with at least that share of all values at or below it; interval by order statistics at the effective number of observations"
        }
        Statistic::Max => "the largest value seen; it is the number itself, without an interval",
        Statistic::Stddev => "the standard deviation; interval by bootstrap",
        Statistic::Rate => "the sum of a trial's values over the trial's length",
        Statistic::Total => {
            "the sum of a trial's values; with several trials the middle one, with their spread"
        }
        Statistic::Growth => {
            "the slope over time (Theil-Sen on medians of blocks, Sen's interval), after the dependence between neighbours"
        }
    };
    format!("{statistic}: {about}\n")
}

const STATISTICS: &str = "\
- `min`, `max`: the number itself.
- `mean`: interval by Student's t on means of batches.
- `median`, `p90`, `p99.9` and any other percentile up to four decimals: interval by order statistics.
- `stddev`: interval by bootstrap.
- `total`: the sum over a trial. `rate`: the sum over a trial by its length.
- `growth`: the slope over time; its limit is per time, such as `50MB/h`.

[How each is computed and checked](statistics.md).
";

const LIMITS: &str = "\
A limit is a string: an operator (`<`, `<=`, `>`, `>=`) and a bound.

- `<= 150ms`: a quantity.
- `<= baseline + 5%`, `>= baseline - 10%`, `<= 1.5x baseline`: relative to earlier runs.
- `<= case NAME + 5%`, `<= 2x case NAME`: relative to the same metric of another case of the same run, compared trial by trial.

A list of limits makes one budget each. A table `{ hard = …, soft = … }` gives a limit that fails the build and one that warns. A budget on a case that measures only operations holds for each of them.
";

const UNITS: &str = "\
- time: `ns`, `us`, `ms`, `s`, `m` (minutes), `h`, `d`
- bytes: `B`, `kB`, `MB`, `GB`, `TB` (powers of 1000), `KiB`, `MiB`, `GiB`, `TiB` (powers of 1024)
- share: `%`
- count: a plain number; underscores may group digits, and commas by thousands
- per time: `/s`, `/min`, `/h`, `/d` behind any of them, such as `100/s` or `50MB/h`

Zero needs no unit.
";

const VERDICTS: &str = "\
- `within`: the whole interval keeps the limit.
- `warned`: the hard limit is kept, the soft one is not; or an accepted breach.
- `exceeded`: the whole interval breaks the limit.
- `cannot tell`: the limit lies inside the interval. It fails the build when the estimate itself breaks the limit, or with `--strict`, or when `on-cannot-tell` says so.
- `not measured`: there is nothing to judge: the metric is missing, a trial failed, the run did not end, or there are too few observations.
";

const EXIT_CODES: &str = "\
- 0: every budget is within (warnings allowed)
- 1: a budget is exceeded
- 2: bad input or usage; nothing was judged
- 3: a verdict that counts cannot be told
- 4: something was not measured

When outcomes mix, exceeded wins, then not measured, then cannot tell.
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_metric_and_every_key_is_explained() {
        for metric in METRICS {
            assert!(explain(metric.name).is_ok(), "{}", metric.name);
        }
        for key in sections().flat_map(|section| section.keys) {
            assert!(explain(key.name).is_ok(), "{}", key.name);
        }
        for topic in TOPICS {
            assert!(explain(topic).is_ok(), "{topic}");
        }
        for topic in ["latency p99", "p99.9", "case.trials", "growth"] {
            assert!(explain(topic).is_ok(), "{topic}");
        }
    }

    #[test]
    fn an_unknown_topic_names_the_nearest_one() {
        assert_eq!(explain("peak memry").unwrap_err().near.as_deref(), Some("peak memory"));
    }
}
