//! What tells one series of a metric from another.

use std::fmt::{self, Write};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// Names with a value each, sorted by name. Copies share them, as every metric of a device has the
/// same ones.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "Vec<(String, String)>", into = "Vec<(String, String)>")]
pub struct Labels(Arc<[(Box<str>, Box<str>)]>);

impl Labels {
    /// Of a name that is given twice the last value counts.
    pub fn new<N: Into<Box<str>>, V: Into<Box<str>>>(
        pairs: impl IntoIterator<Item = (N, V)>,
    ) -> Labels {
        let mut sorted: Vec<(Box<str>, Box<str>)> = Vec::new();
        for (name, value) in pairs {
            let (name, value) = (name.into(), value.into());
            match sorted.binary_search_by(|(known, _)| known.cmp(&name)) {
                Ok(at) => sorted[at].1 = value,
                Err(at) => sorted.insert(at, (name, value)),
            }
        }
        Labels(sorted.into())
    }

    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        let at = self.0.binary_search_by(|(known, _)| (**known).cmp(name)).ok()?;
        Some(&self.0[at].1)
    }

    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (&**name, &**value))
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<Vec<(String, String)>> for Labels {
    fn from(pairs: Vec<(String, String)>) -> Labels {
        Labels::new(pairs)
    }
}

impl From<Labels> for Vec<(String, String)> {
    fn from(labels: Labels) -> Vec<(String, String)> {
        labels.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    }
}

/// As Prometheus writes them; nothing where there are none.
impl fmt::Display for Labels {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return Ok(());
        }
        let mut before = "{";
        for (name, value) in self.iter() {
            write!(to, "{before}{name}=\"")?;
            for letter in value.chars() {
                match letter {
                    '\\' => to.write_str(r"\\")?,
                    '"' => to.write_str("\\\"")?,
                    '\n' => to.write_str(r"\n")?,
                    plain => to.write_char(plain)?,
                }
            }
            to.write_str("\"")?;
            before = ",";
        }
        to.write_str("}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_the_same_in_whatever_order_they_were_given() {
        let labels = Labels::new([("port", "1"), ("device", "a")]);
        assert_eq!(labels, Labels::new([("device", "a"), ("port", "1")]));
        assert_eq!((labels.get("port"), labels.get("host")), (Some("1"), None));
        assert_eq!(labels.to_string(), r#"{device="a",port="1"}"#);
    }

    #[test]
    fn in_a_value_quotes_backslashes_and_line_ends_are_escaped_and_nothing_else() {
        let shown = Labels::new([("a", "\"\\\n"), ("b", "\t'\u{e9}\u{7f}")]).to_string();
        assert_eq!(shown, "{a=\"\\\"\\\\\\n\",b=\"\t'\u{e9}\u{7f}\"}");
    }

    #[test]
    fn of_a_name_that_is_given_twice_the_last_value_counts() {
        assert_eq!(Labels::new([("a", "1"), ("a", "2")]).get("a"), Some("2"));
    }
}
