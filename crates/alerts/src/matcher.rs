//! Which alerts are meant: by the rule's name and their labels.

use std::fmt;
use std::str::FromStr;

use regex_lite::Regex;
use thiserror::Error;

use crate::labels::Labels;

/// The label under which the name of the rule is found.
pub const RULE: &str = "rule";
/// And its severity.
pub const SEVERITY: &str = "severity";

/// One condition on a label, as in `port=~"1|2"`. A label that is not there is empty.
#[derive(Clone, Debug)]
pub struct Matcher {
    label: String,
    operator: Operator,
    value: String,
    /// Of an expression, which has to match the whole value.
    expression: Option<Regex>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    Is,
    IsNot,
    Matches,
    MatchesNot,
}

#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum BadMatcher {
    #[error(
        "`{0}` is no matcher: write `label=value`, `label!=value`, `label=~regex` or `label!~regex`"
    )]
    Shape(String),
    #[error("`{expression}` is no regular expression: {cause}")]
    Expression { expression: String, cause: String },
}

impl Matcher {
    #[must_use]
    pub fn matches(&self, labels: &Labels) -> bool {
        let value = labels.get(&self.label).unwrap_or("");
        match self.operator {
            Operator::Is => value == self.value,
            Operator::IsNot => value != self.value,
            Operator::Matches => self.fits(value),
            Operator::MatchesNot => !self.fits(value),
        }
    }

    fn fits(&self, value: &str) -> bool {
        self.expression.as_ref().is_some_and(|expression| expression.is_match(value))
    }
}

impl FromStr for Matcher {
    type Err = BadMatcher;

    fn from_str(text: &str) -> Result<Matcher, BadMatcher> {
        let shape = || BadMatcher::Shape(text.to_owned());
        let at = text.find(['=', '!']).ok_or_else(shape)?;
        let (label, rest) = (text[..at].trim(), &text[at..]);
        let operators = [
            ("=~", Operator::Matches),
            ("!~", Operator::MatchesNot),
            ("!=", Operator::IsNot),
            ("=", Operator::Is),
        ];
        let found = operators.into_iter().find(|(sign, _)| rest.starts_with(sign));
        let (sign, operator) = found.ok_or_else(shape)?;
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
        if label.is_empty() || !label.chars().all(is_name) {
            return Err(shape());
        }
        let value = rest[sign.len()..].trim();
        let bare = value.strip_prefix('"').and_then(|value| value.strip_suffix('"'));
        // `port==1` means `port=1`, and would never match; who means such a value quotes it.
        if bare.is_none() && value.starts_with(['=', '~']) {
            return Err(shape());
        }
        let value = bare.unwrap_or(value).to_owned();
        let expression = match operator {
            Operator::Is | Operator::IsNot => None,
            Operator::Matches | Operator::MatchesNot => Some(whole(&value)?),
        };
        Ok(Matcher { label: label.to_owned(), operator, value, expression })
    }
}

/// An expression for all of a value. It has to be one by itself: `a)|(b` is none, though it is one
/// between brackets.
fn whole(expression: &str) -> Result<Regex, BadMatcher> {
    let read = Regex::new(expression).and_then(|_| Regex::new(&format!("^(?:{expression})$")));
    read.map_err(|error| BadMatcher::Expression {
        expression: expression.to_owned(),
        cause: error.to_string(),
    })
}

impl fmt::Display for Matcher {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = match self.operator {
            Operator::Is => "=",
            Operator::IsNot => "!=",
            Operator::Matches => "=~",
            Operator::MatchesNot => "!~",
        };
        // Between the quotes nothing is escaped, as nothing is when it is read.
        write!(to, "{}{sign}\"{}\"", self.label, self.value)
    }
}

impl PartialEq for Matcher {
    fn eq(&self, other: &Matcher) -> bool {
        (&self.label, self.operator, &self.value) == (&other.label, other.operator, &other.value)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn matches(matcher: &str, labels: &[(&str, &str)]) -> bool {
        let labels = Labels::new(labels.iter().copied());
        matcher.parse::<Matcher>().unwrap().matches(&labels)
    }

    #[test]
    fn a_label_is_compared_whole() {
        assert!(matches("port=1", &[("port", "1")]) && !matches("port=1", &[("port", "11")]));
        assert!(matches("port=~1|2", &[("port", "2")]) && !matches("port=~1|2", &[("port", "12")]));
        assert!(matches(r#"port!~"1.*""#, &[("port", "21")]));
    }

    #[test]
    fn a_label_that_is_not_there_is_empty() {
        assert!(matches("port=", &[]) && matches("port!=1", &[]) && matches("port=~.*", &[]));
        assert!(!matches("port=~.+", &[]));
    }

    #[test]
    fn what_is_no_matcher_is_refused_with_what_one_looks_like() {
        for text in ["", "port", "=1", "a b=1", "port!1", "port==1", "port!==1", "port=~~1"] {
            assert_eq!(
                text.parse::<Matcher>(),
                Err(BadMatcher::Shape(text.to_owned())),
                "{text:?}"
            );
        }
        assert!(matches(r#"port="=1""#, &[("port", "=1")]));
    }

    #[test]
    fn an_expression_has_to_be_one_by_itself() {
        for expression in ["(", "a)|(b"] {
            let error = format!("port=~{expression}").parse::<Matcher>().unwrap_err().to_string();
            let said = format!("`{expression}` is no regular expression");
            assert!(error.starts_with(&said), "{error}");
        }
    }

    #[test]
    fn a_matcher_is_shown_as_it_can_be_read_again() {
        let table = [
            r#"port="1""#,
            r#"port!="a b""#,
            r#"port=~"1|2""#,
            r#"port!~"x.*""#,
            r#"port=~"\d+""#,
            r#"port="a\b""#,
            r#"port="""""#,
        ];
        for text in table {
            assert_eq!(text.parse::<Matcher>().unwrap().to_string(), text);
        }
    }

    proptest! {
        #[test]
        fn whatever_a_value_is_it_is_read_again_as_the_same(value in any::<String>()) {
            for sign in ["=", "!="] {
                let matcher: Matcher = format!("port{sign}\"{value}\"").parse().unwrap();
                prop_assert_eq!(&matcher.value, &value);
                prop_assert_eq!(matcher.to_string().parse(), Ok(matcher));
            }
        }
    }
}
