//! What a rule tests, for people: `rate of restarts{site="north"} over 5m above 0.5 for 1m`.

use std::fmt;

use super::{Rule, Source, Test};
use crate::file::duration;

/// What a rule tests, and for how long.
#[derive(Clone, Copy, Debug)]
pub struct InWords<'r>(pub(super) &'r Rule);

impl fmt::Display for InWords<'_> {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rule = self.0;
        let matchers: Vec<String> = rule.matchers.iter().map(ToString::to_string).collect();
        let of = match matchers.is_empty() {
            true => String::new(),
            false => format!("{{{}}}", matchers.join(", ")),
        };
        match &rule.source {
            Source::Value { metric } => write!(to, "{metric}{of}")?,
            Source::Ratio { metric, of: whole } => write!(to, "{metric} / {whole}{of}")?,
            Source::Rate { metric, over, .. } => {
                write!(to, "rate of {metric}{of} over {}", duration::written(*over))?;
            }
            Source::RateRatio { metric, of: whole, over, .. } => {
                write!(to, "rate of {metric} / {whole}{of} over {}", duration::written(*over))?;
            }
        }
        match rule.test {
            Test::Above(than) => write!(to, " above {than}")?,
            Test::Below(than) => write!(to, " below {than}")?,
            Test::Between(low, high) => write!(to, " between {low} and {high}")?,
            Test::Equals { value, within } => write!(to, " within {within} of {value}")?,
            Test::Absent => to.write_str(" absent")?,
        }
        match rule.hold.is_zero() {
            true => Ok(()),
            false => write!(to, " for {}", duration::written(rule.hold)),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::file::{File, Known};

    #[test]
    fn every_test_of_every_source_is_said_in_words() {
        let table = [
            ("metric = \"a\"\nabove = 0\nfor = \"90s\"", "a above 0 for 1m30s"),
            ("rate = \"a\"\nover = \"5m\"\nbelow = 0.5", "rate of a over 5m below 0.5"),
            ("ratio = [\"a\", \"b\"]\nbetween = [1, 2]", "a / b between 1 and 2"),
            (
                "ratio = [\"a\", \"b\"]\nover = \"1h\"\nequals = 3\nwithin = 0.5\n\
                 where = [\"site=north\", \"port!=0\"]",
                "rate of a / b{site=\"north\", port!=\"0\"} over 1h within 0.5 of 3",
            ),
            ("metric = \"a\"\nabsent = true", "a absent"),
        ];
        for (keys, said) in table {
            let text = format!("[[rule]]\nname = \"r\"\n{keys}");
            let file = File::read(&text, &Known::default());
            let rules = file.unwrap_or_else(|error| panic!("{error}")).rules;
            assert_eq!(rules[0].in_words().to_string(), said);
        }
    }
}
