//! Takes over alerting rules from a rule file of Prometheus, as far as they can be said here; what
//! cannot is listed, rule by rule.

mod expression;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::time::Duration;

use saphyr::{LoadableYamlNode, MarkedYaml, Scalar, YamlData};
use thiserror::Error;

use crate::file::duration;
use crate::labels::Labels;
use crate::matcher;
use crate::rule::{NoData, Rule, Severity};

use expression::Expression;

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Imported {
    /// In the order of the file.
    pub rules: Vec<Rule>,
    /// In the order of the file.
    pub unsupported: Vec<Unsupported>,
}

/// A rule that was not taken over, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsupported {
    pub group: String,
    /// The name of the alert, or of what a rule records.
    pub alert: String,
    /// Where the rule begins, counted from one.
    pub line: usize,
    pub what: String,
}

/// A text that is no rule file at all.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum BadRuleFile {
    #[error("line {line}: could not read this as YAML: {cause}")]
    Yaml { line: usize, cause: String },
    #[error("the file has no list of `groups`")]
    NoGroups,
}

type Node<'t> = MarkedYaml<'t>;

/// Reads a rule file. A series that is missing resolves its alerts, as it does in Prometheus.
pub fn read(text: &str) -> Result<Imported, BadRuleFile> {
    let documents = Node::load_from_str(text).map_err(|error| BadRuleFile::Yaml {
        line: error.marker().line(),
        cause: error.info().to_owned(),
    })?;
    let groups = documents.first().and_then(|document| list(document, "groups"));
    let mut imported = Imported::default();
    let mut taken = BTreeSet::new();
    for group in groups.ok_or(BadRuleFile::NoGroups)? {
        let name = text_of(group, "name").unwrap_or_default();
        for node in list(group, "rules").unwrap_or_default() {
            match rule(node, group) {
                Ok(mut rule) => {
                    rule.name = unused(&taken, rule.name);
                    taken.insert(rule.name.clone());
                    imported.rules.push(rule);
                }
                Err(what) => imported.unsupported.push(Unsupported {
                    group: name.clone(),
                    alert: ["alert", "record"]
                        .iter()
                        .find_map(|key| text_of(node, key))
                        .unwrap_or_default(),
                    line: node.span.start.line(),
                    what,
                }),
            }
        }
    }
    Ok(imported)
}

impl fmt::Display for Unsupported {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Unsupported { group, alert, line, what } = self;
        write!(to, "line {line}: `{alert}` of the group `{group}`: {what}")
    }
}

/// Alerts of one name are common there; here a name is of one rule.
fn unused(taken: &BTreeSet<String>, name: String) -> String {
    if !taken.contains(&name) {
        return name;
    }
    let numbered = (2..).map(|number: u32| format!("{name}-{number}"));
    numbered.into_iter().find(|name| !taken.contains(name)).unwrap_or(name)
}

const KEYS: [&str; 6] = ["alert", "expr", "for", "keep_firing_for", "labels", "annotations"];
/// All rules are evaluated together here, whatever the interval of a group.
const GROUP_KEYS: [&str; 4] = ["name", "interval", "labels", "rules"];

/// A rule, or why it cannot be one.
fn rule(node: &Node<'_>, group: &Node<'_>) -> Result<Rule, String> {
    if text_of(node, "record").is_some() {
        return Err("recording rules compute new metrics".to_owned());
    }
    let name = text_of(node, "alert").filter(|name| !name.is_empty());
    let name = name.ok_or("it has no name")?;
    for (key, _) in entries(node) {
        if !KEYS.contains(&&*key) {
            return Err(format!("the key `{key}` is unknown"));
        }
    }
    if let Some((key, _)) = entries(group).find(|(key, _)| !GROUP_KEYS.contains(&&**key)) {
        return Err(format!("its group has `{key}`, which cannot be said here"));
    }
    let text = text_of(node, "expr").ok_or("it has no expression")?;
    let Expression { source, matchers, test } = expression::parse(&text)?;
    let mut labels = labels(group)?;
    labels.extend(self::labels(node)?);
    let severity = match labels.remove(matcher::SEVERITY) {
        Some(word) => severity(&word)?,
        None => Severity::default(),
    };
    let annotations = node.data.as_mapping_get("annotations");
    let summary = annotations.and_then(|annotations| text_of(annotations, "summary"));
    Ok(Rule {
        matchers,
        severity,
        hold: time(node, "for")?,
        keep: time(node, "keep_firing_for")?,
        no_data: NoData::Resolve,
        labels: Labels::new(labels),
        summary: summary.unwrap_or_default(),
        ..Rule::new(name, source, test)
    })
}

/// Texts as they are written. What YAML makes of a number need not be what was written, and what a
/// template makes of itself is another label for each series.
fn labels(node: &Node<'_>) -> Result<BTreeMap<String, String>, String> {
    let Some(labels) = node.data.as_mapping_get("labels") else { return Ok(BTreeMap::new()) };
    let YamlData::Mapping(map) = &labels.data else { return Err("`labels` is no map".to_owned()) };
    let label = |(name, value): (&Node<'_>, &Node<'_>)| {
        let name = scalar(name).ok_or("a label has no name")?;
        match &value.data {
            _ if name == matcher::RULE => Err(format!("the label `{name}` is its name here")),
            YamlData::Value(Scalar::String(text)) if text.contains("{{") => {
                Err(format!("the label `{name}` is a template"))
            }
            YamlData::Value(Scalar::String(text)) => Ok((name, text.to_string())),
            _ => Err(format!("the label `{name}` is no text: put it between quotes")),
        }
    };
    map.iter().map(label).collect()
}

fn severity(word: &str) -> Result<Severity, String> {
    let all = [Severity::Info, Severity::Warning, Severity::Critical];
    let found = all.into_iter().find(|severity| severity.name() == word);
    found.ok_or_else(|| format!("the severity {word:?} is none of info, warning and critical"))
}

fn time(node: &Node<'_>, key: &str) -> Result<Duration, String> {
    let Some(value) = node.data.as_mapping_get(key) else { return Ok(Duration::ZERO) };
    let parsed = scalar(value).and_then(|text| duration::parse(&text));
    parsed.ok_or_else(|| format!("`{key}` is no time like 5m"))
}

fn list<'n, 't>(node: &'n Node<'t>, key: &str) -> Option<&'n [Node<'t>]> {
    match &node.data.as_mapping_get(key)?.data {
        YamlData::Sequence(items) => Some(items),
        _ => None,
    }
}

fn text_of(node: &Node<'_>, key: &str) -> Option<String> {
    scalar(node.data.as_mapping_get(key)?)
}

/// Keys with their values, as far as both are single words.
fn entries<'n>(node: &'n Node<'_>) -> impl Iterator<Item = (String, String)> + 'n {
    let map = match &node.data {
        YamlData::Mapping(map) => Some(map),
        _ => None,
    };
    let entries = map.into_iter().flat_map(|map| map.iter());
    entries.filter_map(|(key, value)| Some((scalar(key)?, scalar(value).unwrap_or_default())))
}

fn scalar(node: &Node<'_>) -> Option<String> {
    match &node.data {
        YamlData::Value(Scalar::String(text)) => Some(text.to_string()),
        YamlData::Value(Scalar::Integer(number)) => Some(number.to_string()),
        YamlData::Value(Scalar::FloatingPoint(number)) => Some(number.to_string()),
        YamlData::Value(Scalar::Boolean(boolean)) => Some(boolean.to_string()),
        _ => None,
    }
}
