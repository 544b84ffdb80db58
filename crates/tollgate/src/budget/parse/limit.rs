//! The grammar of a limit: `<op> <quantity>`, `<op> baseline [+|-] N%`, `<op> Nx baseline`, and
//! the same with `case NAME` for `baseline`.

use crate::budget::{Bound, Limit, Op};
use crate::quantity::{Quantity, QuantityError, unit_names};

use crate::budget::mistake::nearest;

/// Why a text is no limit, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LimitError {
    pub problem: String,
    pub help: Option<String>,
    /// The text that was probably meant.
    pub fix: Option<String>,
}

impl LimitError {
    fn new(problem: impl Into<String>) -> LimitError {
        LimitError { problem: problem.into(), help: None, fix: None }
    }

    fn help(mut self, help: impl Into<String>) -> LimitError {
        self.help = Some(help.into());
        self
    }
}

/// Reads one limit.
pub fn limit(text: &str) -> Result<Limit, LimitError> {
    let trimmed = text.trim();
    let (op, rest) = operator(trimmed)?;
    let bound = bound(rest.trim()).map_err(|error| respell(error, trimmed, rest.trim()))?;
    Ok(Limit { op, bound, text: trimmed.split_whitespace().collect::<Vec<_>>().join(" ") })
}

fn operator(text: &str) -> Result<(Op, &str), LimitError> {
    for (symbol, op) in [
        ("<=", Op::AtMost),
        (">=", Op::AtLeast),
        ("≤", Op::AtMost),
        ("≥", Op::AtLeast),
        ("<", Op::Below),
        (">", Op::Above),
    ] {
        if let Some(rest) = text.strip_prefix(symbol) {
            if rest.trim_start().starts_with(['=', '<', '>']) {
                break;
            }
            return Ok((op, rest));
        }
    }
    let error = LimitError::new(format!("`{text}` does not start with <, <=, > or >="))
        .help("a limit is written like `<= 150ms`, `>= 100/s` or `<= baseline + 5%`");
    let fix = Quantity::parse(text.trim_start_matches(['=', ' ']))
        .is_ok()
        .then(|| format!("<= {}", text.trim_start_matches(['=', ' '])));
    Err(LimitError { fix, ..error })
}

fn bound(text: &str) -> Result<Bound, LimitError> {
    if text.is_empty() {
        return Err(LimitError::new("the limit has no value").help("write for example `<= 150ms`"));
    }
    let words: Vec<&str> = text.split_whitespace().collect();
    if words.contains(&"baseline") || words.first().is_some_and(|w| w.starts_with("baseline")) {
        return Ok(Bound::Baseline { factor: relative(text, "baseline")? });
    }
    if let Some(at) = words.iter().position(|&word| word == "case") {
        let name = *words.get(at + 1).ok_or_else(|| {
            LimitError::new("`case` names no case").help("write for example `<= case direct + 5%`")
        })?;
        let rest = text.replacen(&format!("case {name}"), "case", 1);
        let rest = if rest == text { words_without(&words, at + 1) } else { rest };
        return Ok(Bound::Case { name: name.to_owned(), factor: relative(&rest, "case")? });
    }
    Ok(Bound::Absolute(Quantity::parse(text).map_err(|error| quantity_error(&error, text))?))
}

fn words_without(words: &[&str], index: usize) -> String {
    let kept = words.iter().enumerate().filter(|&(at, _)| at != index).map(|(_, word)| *word);
    kept.collect::<Vec<_>>().join(" ")
}

/// The factor of `WORD`, `WORD + 5%`, `WORD - 5%`, `2x WORD` or `2 x WORD`.
fn relative(text: &str, word: &str) -> Result<f64, LimitError> {
    let (before, after) = text.split_once(word).unwrap_or((text, ""));
    let (before, after) = (before.trim(), after.trim());
    let help = format!("write `{word} + 5%`, `{word} - 5%` or `1.5x {word}`");
    let wrong = || LimitError::new(format!("`{text}` is not a relative limit")).help(help.clone());
    let factor = match (before.is_empty(), after.is_empty()) {
        (true, true) => 1.0,
        (false, true) => number(before.strip_suffix('x').ok_or_else(wrong)?).ok_or_else(wrong)?,
        (true, false) => {
            let (sign, rest) = match after.split_at_checked(1) {
                Some(("+", rest)) => (1.0, rest),
                Some(("-", rest)) => (-1.0, rest),
                _ => return Err(wrong()),
            };
            let percent = rest.trim().strip_suffix('%').ok_or_else(wrong)?;
            1.0 + sign * number(percent).ok_or_else(wrong)? / 100.0
        }
        (false, false) => return Err(wrong()),
    };
    if factor <= 0.0 {
        return Err(LimitError::new(format!("`{text}` leaves nothing to measure"))
            .help("the factor of a relative limit is above zero"));
    }
    Ok(factor)
}

/// A plain positive number without a sign.
fn number(text: &str) -> Option<f64> {
    let text = text.trim();
    let plain = text.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    if plain { text.parse().ok().filter(|number: &f64| number.is_finite()) } else { None }
}

fn quantity_error(error: &QuantityError, text: &str) -> LimitError {
    let unit = match error {
        QuantityError::UnknownUnit { unit } => unit,
        QuantityError::UnknownPer { .. } => {
            return LimitError::new(error.to_string())
                .help("a rate is per s, min, h or d, such as `100/s`");
        }
        _ => {
            return LimitError::new(error.to_string())
                .help("a limit's value is a number with a unit, such as `150ms` or `64MiB`");
        }
    };
    let meant = unit_names()
        .find(|name| name.eq_ignore_ascii_case(unit))
        .or_else(|| long_unit(unit))
        .or_else(|| nearest(unit, unit_names()));
    let error = LimitError::new(error.to_string())
        .help("units: ns us ms s m h d, B kB MB GB KiB MiB GiB, %, and per time /s /min /h");
    // The unit is replaced where it stands, behind the number.
    let fix = meant.map(|meant| text.replacen(unit.as_str(), meant, 1));
    LimitError { fix, ..error }
}

fn long_unit(unit: &str) -> Option<&'static str> {
    Some(match unit.to_ascii_lowercase().trim_end_matches('s') {
        "sec" | "second" => "s",
        "milli" | "milli sec" | "msec" | "millisecond" => "ms",
        "microsecond" | "usec" | "μ" | "μs" => "us",
        "minute" => "m",
        "hour" | "hr" => "h",
        "day" => "d",
        "byte" => "B",
        "k" | "kb" => "kB",
        "meg" | "mb" => "MB",
        "percent" => "%",
        _ => return None,
    })
}

/// Carries a proposed value over to the whole limit.
fn respell(error: LimitError, whole: &str, value: &str) -> LimitError {
    let fix = error.fix.map(|fix| whole.replacen(value, &fix, 1));
    LimitError { fix, ..error }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quantity::Dimension;

    #[test]
    fn every_form_of_a_limit_is_read() {
        let absolute = limit("<= 150ms").unwrap();
        assert_eq!(absolute.op, Op::AtMost);
        let Bound::Absolute(quantity) = absolute.bound else { panic!("{absolute:?}") };
        assert_eq!(quantity.dimension, Dimension::TIME);

        for (text, factor) in [
            ("<= baseline", 1.0),
            ("<= baseline + 20%", 1.2),
            ("<= baseline +20%", 1.2),
            (">= baseline - 10%", 0.9),
            ("<= 1.5x baseline", 1.5),
            ("<= 2 x baseline", 2.0),
        ] {
            let Bound::Baseline { factor: read } = limit(text).unwrap().bound else {
                panic!("{text}")
            };
            assert!((read - factor).abs() < 1e-12, "{text}");
        }
        for (text, factor) in
            [("<= case direct + 5%", 1.05), ("< case direct", 1.0), ("<= 3x case direct", 3.0)]
        {
            let Bound::Case { name, factor: read } = limit(text).unwrap().bound else {
                panic!("{text}")
            };
            assert_eq!(name, "direct");
            assert!((read - factor).abs() < 1e-12, "{text}");
        }
    }

    #[test]
    fn a_case_may_be_named_like_the_grammar() {
        let Bound::Case { name, .. } = limit("<= case case + 5%").unwrap().bound else { panic!() };
        assert_eq!(name, "case");
    }

    #[test]
    fn what_is_no_limit_is_refused() {
        for text in [
            "",
            "150ms",
            "== 5ms",
            "<=",
            "<",
            "<= ms",
            "<= 5 parsecs",
            "=< 5ms",
            "<= baseline + 5",
            "<= baseline * 2",
            "<= baseline + -5%",
            "<= baseline - 100%",
            "<= 0x baseline",
            "<= case",
            "<= 2 baseline",
            "<= 5ms baseline",
            "<= baseline + 5% + 5%",
            "<=> 5",
            "<<= 5",
            "<= 1e999s",
            "<= NaN",
            "<= baseline + nan%",
            "<= -x baseline",
        ] {
            assert!(limit(text).is_err(), "{text}: {:?}", limit(text));
        }
    }

    #[test]
    fn a_misspelt_unit_is_put_right() {
        for (text, fix) in [
            ("<= 150 MS", "<= 150 ms"),
            ("<= 64mib", "<= 64MiB"),
            ("<= 5 seconds", "<= 5 s"),
            ("150ms", "<= 150ms"),
            ("= 150ms", "<= 150ms"),
        ] {
            assert_eq!(limit(text).unwrap_err().fix.as_deref(), Some(fix), "{text}");
        }
    }
}
