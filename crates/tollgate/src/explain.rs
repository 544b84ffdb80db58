//! What a word of Tollgate means: metrics, statistics, units, limits, verdicts and every key of
//! the budget file. The reference page is written from here.

mod pages;

use std::fmt::Write as _;

use tollgate_load::scenario::{PRESETS, Scenario};

use crate::budget::keys::{FILE, Form, Key, Section, sections};
use crate::budget::mistake::nearest;
use crate::metric::{Better, METRICS, Metric, Source, Statistic, known};
use pages::{EXIT_CODES, LIMITS, SLOTS, STATISTICS, UNITS, VERDICTS};

/// Topics beside metrics, statistics and keys.
pub const TOPICS: &[&str] = &[
    "all",
    "keys",
    "slots",
    "scenarios",
    "metrics",
    "statistics",
    "units",
    "limits",
    "verdicts",
    "exit-codes",
];

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
        "slots" => return Ok(SLOTS.to_owned()),
        "scenarios" => return Ok(scenarios()),
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
    let (scenarios, metrics) = (scenarios(), metrics());
    format!(
        "## Keys\n\n{keys}\n## Slots\n\n{SLOTS}\n## Scenarios\n\n{scenarios}\n## Metrics\n\n{metrics}\n## Statistics\n\n{STATISTICS}\n## Limits\n\n\
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
        Form::Size => "size".into(),
        Form::Command => "list of words".into(),
        Form::CommandOr(words) => format!("list of words, or {}", words.join(" or ")),
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

/// The ready-made scenarios.
fn scenarios() -> String {
    let mut text = String::from("Scenarios that need no definition:\n\n");
    for scenario in PRESETS.iter().filter_map(|name| Scenario::preset(name)) {
        let _ = writeln!(text, "- `{}`: {}", scenario.name, scenario.describe());
    }
    text
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
