//! The expressions that can be said here: a metric, a rate, a ratio of two of either, or an
//! absence, and a number.

use std::sync::Arc;
use std::time::Duration;

use crate::file::duration;
use crate::matcher::Matcher;
use crate::rule::{First, Source, Test};

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Expression {
    pub source: Source,
    pub matchers: Vec<Matcher>,
    pub test: Test,
}

/// What can be written, for those who wrote something else.
const FORMS: &str = "`metric{a=\"b\"}`, `rate(metric[5m])`, `increase(metric[5m])` or one of these \
                     divided by its like, compared with a number, and `absent(metric)`";

/// An expression, or what of it cannot be said here.
pub(super) fn parse(text: &str) -> Result<Expression, String> {
    let mut rest = Rest(text.trim());
    let expression = rest.expression()?;
    match rest.0.trim_start() {
        "" => Ok(expression),
        more => Err(format!("{:?} comes after what can be read; that is {FORMS}", short(more))),
    }
}

/// What is still to be read.
struct Rest<'t>(&'t str);

struct Selector {
    metric: Arc<str>,
    matchers: Vec<Matcher>,
}

/// A side of a division, or what stands alone.
struct Term {
    selector: Selector,
    rise: Option<Rise>,
}

/// What is asked of a counter.
#[derive(Clone, Copy, PartialEq)]
struct Rise {
    kind: Kind,
    over: Duration,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    /// In a second.
    Rate,
    /// In the whole time.
    Increase,
}

impl Rest<'_> {
    fn expression(&mut self) -> Result<Expression, String> {
        let before = self.0;
        if self.name()? == "absent" && self.takes("(") {
            return self.absent();
        }
        self.0 = before;
        let part = self.term()?;
        let whole = if self.takes("/") { Some(self.term()?) } else { None };
        // What rises in all of a time rises in a second by so much less.
        let seconds = match (&whole, part.rise) {
            (None, Some(Rise { kind: Kind::Increase, over })) => over.as_secs_f64(),
            _ => 1.0,
        };
        let test = self.comparison(seconds)?;
        let Selector { metric, mut matchers } = part.selector;
        let Some(whole) = whole else {
            let source = match part.rise {
                None => Source::Value { metric },
                Some(Rise { over, .. }) => Source::Rate { metric, over, first: First::Ignore },
            };
            return Ok(Expression { source, matchers, test });
        };
        if part.rise != whole.rise {
            return Err(format!("the sides of a division are of one kind and time here: {FORMS}"));
        }
        // Both have the same labels, so that what is asked of one is asked of the other.
        matchers.extend(whole.selector.matchers);
        let of = whole.selector.metric;
        let source = match part.rise {
            None => Source::Ratio { metric, of },
            Some(Rise { over, .. }) => Source::RateRatio { metric, of, over, first: First::Ignore },
        };
        Ok(Expression { source, matchers, test })
    }

    fn absent(&mut self) -> Result<Expression, String> {
        let word = self.name()?;
        let Selector { metric, matchers } = self.selector(word)?;
        self.needs(")")?;
        Ok(Expression { source: Source::Value { metric }, matchers, test: Test::Absent })
    }

    fn term(&mut self) -> Result<Term, String> {
        let word = self.name()?;
        if !self.takes("(") {
            return Ok(Term { selector: self.selector(word)?, rise: None });
        }
        let kind = match &*word {
            "rate" => Kind::Rate,
            "increase" => Kind::Increase,
            _ => return Err(format!("`{word}` cannot be said here; what can be is {FORMS}")),
        };
        let word = self.name()?;
        let selector = self.selector(word)?;
        self.needs("[")?;
        let end = self.0.find(']').unwrap_or(self.0.len());
        let text = self.0[..end].trim();
        let over = duration::parse(text).filter(|over| !over.is_zero());
        let over = over.ok_or_else(|| format!("{text:?} is no time like 5m"))?;
        self.0 = &self.0[end..];
        self.needs("]")?;
        self.needs(")")?;
        Ok(Term { selector, rise: Some(Rise { kind, over }) })
    }

    /// The same of numbers that are divided by one above zero.
    fn comparison(&mut self, divisor: f64) -> Result<Test, String> {
        let signs = [">=", "<=", "==", ">", "<"];
        let Some(sign) = signs.into_iter().find(|sign| self.takes(sign)) else {
            return Err(format!("`{}` stands where a comparison is read; {FORMS}", short(self.0)));
        };
        let rest = self.0.trim_start();
        let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
        let number: Option<f64> =
            rest[..end].parse().ok().filter(|number: &f64| number.is_finite());
        let number =
            number.ok_or_else(|| format!("`{}` stands where a number is read", short(rest)))?;
        self.0 = &rest[end..];
        let number = number / divisor;
        Ok(match sign {
            ">" => Test::Above(number),
            "<" => Test::Below(number),
            ">=" => Test::Above(number.next_down()),
            "<=" => Test::Below(number.next_up()),
            _ => Test::Equals { value: number, within: 0.0 },
        })
    }

    /// A metric whose name was read, and what may follow it in braces.
    fn selector(&mut self, metric: String) -> Result<Selector, String> {
        let mut matchers = Vec::new();
        if self.takes("{") {
            while !self.takes("}") {
                matchers.push(self.matcher()?);
                if !self.takes(",") {
                    self.needs("}")?;
                    break;
                }
            }
        }
        Ok(Selector { metric: metric.into(), matchers })
    }

    fn matcher(&mut self) -> Result<Matcher, String> {
        let label = self.name()?;
        let signs = ["=~", "!~", "!=", "="];
        let Some(sign) = signs.into_iter().find(|sign| self.takes(sign)) else {
            return Err(format!("`{}` stands where `=` is read", short(self.0)));
        };
        let value = self.quoted()?;
        let text = format!("{label}{sign}\"{value}\"");
        text.parse().map_err(|error| format!("{error}"))
    }

    fn quoted(&mut self) -> Result<String, String> {
        let rest = self.0.trim_start();
        let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\'' | '`'));
        let quote =
            quote.ok_or_else(|| format!("`{}` stands where a text is read", short(rest)))?;
        let (mut value, mut chars) = (String::new(), rest[1..].char_indices());
        while let Some((at, c)) = chars.next() {
            match c {
                c if c == quote => {
                    self.0 = &rest[1 + at + 1..];
                    return Ok(value);
                }
                '\\' if quote != '`' => match chars.next() {
                    Some((_, 'n')) => value.push('\n'),
                    Some((_, 't')) => value.push('\t'),
                    Some((_, c @ ('\\' | '"' | '\''))) => value.push(c),
                    _ => return Err("a text has an escape that is not read".to_owned()),
                },
                c => value.push(c),
            }
        }
        Err("a text has no end".to_owned())
    }

    fn name(&mut self) -> Result<String, String> {
        let rest = self.0.trim_start();
        let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == ':';
        let end = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
        if end == 0 || rest.starts_with(|c: char| c.is_ascii_digit()) {
            return Err(format!("`{}` stands where a name is read; {FORMS}", short(rest)));
        }
        self.0 = &rest[end..];
        Ok(rest[..end].to_owned())
    }

    fn needs(&mut self, sign: &str) -> Result<(), String> {
        if self.takes(sign) {
            return Ok(());
        }
        Err(format!("`{}` stands where `{sign}` is read", short(self.0)))
    }

    fn takes(&mut self, sign: &str) -> bool {
        let rest = self.0.trim_start().strip_prefix(sign);
        self.0 = rest.unwrap_or(self.0);
        rest.is_some()
    }
}

/// The beginning of a text.
fn short(text: &str) -> String {
    text.trim_start().chars().take(24).collect()
}
