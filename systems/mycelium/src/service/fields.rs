//! The fields of a body, read one by one. What is wrong is collected, so that a client hears of
//! all its mistakes at once.

use std::borrow::Cow;
use std::fmt;
use std::ops::RangeInclusive;

use serde::de::{DeserializeOwned, Deserializer, MapAccess, Visitor};
use serde::{Deserialize, de};
use serde_json::value::RawValue;

use super::failure::{Failure, Mistake};

/// What is left of a JSON object, and what was wrong with what was read of it.
pub struct Fields<'a> {
    left: Entries<'a>,
    mistakes: Vec<Mistake>,
}

/// Which numbers are taken.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Numbers {
    /// Both ends included.
    Between(f64, f64),
    /// The upper end left out.
    FromBelow(f64, f64),
    Above(f64),
}

type Entries<'a> = Vec<(Cow<'a, str>, &'a RawValue)>;

/// An object, as its names and the text of its values.
struct Object<'a>(Entries<'a>);

/// As much of a value as an answer repeats.
const TOLD: usize = 60;

impl<'a> Fields<'a> {
    pub fn read(body: &'a [u8]) -> Result<Fields<'a>, Failure> {
        match serde_json::from_slice::<Object<'a>>(body) {
            Ok(Object(left)) => Ok(Fields { left, mistakes: Vec::new() }),
            Err(error) => Err(Failure::Malformed(error.to_string())),
        }
    }

    /// A number, or the default where there is none. Without a default it has to be there.
    pub fn number(&mut self, name: &str, allowed: Numbers, default: impl Into<Option<f64>>) -> f64 {
        let read = |raw: &str| raw.parse().ok().filter(|value| allowed.contain(*value));
        self.field(name, &allowed, default.into(), read).unwrap_or(f64::NAN)
    }

    pub fn integer<T>(&mut self, name: &str, allowed: RangeInclusive<T>, default: T) -> T
    where
        T: Copy + PartialOrd + fmt::Display + TryFrom<i128>,
    {
        let read =
            |raw: &str| T::try_from(whole(raw)?).ok().filter(|value| allowed.contains(value));
        let expected = format!("an integer from {} to {}", allowed.start(), allowed.end());
        self.field(name, &expected, Some(default), read).unwrap_or(default)
    }

    pub fn flag(&mut self, name: &str, default: bool) -> bool {
        let read = |raw: &str| raw.parse().ok();
        self.field(name, &"true or false", Some(default), read).unwrap_or(default)
    }

    /// One of a few words, which `expected` lists.
    pub fn word<T>(&mut self, name: &str, expected: &str, default: T) -> T
    where
        T: Copy + DeserializeOwned,
    {
        let read = |raw: &str| serde_json::from_str(raw).ok();
        self.field(name, &expected, Some(default), read).unwrap_or(default)
    }

    /// The text of a value, if it is there.
    pub fn raw(&mut self, name: &str) -> Option<&'a str> {
        let place = self.left.iter().position(|(known, _)| known == name)?;
        Some(self.left.swap_remove(place).1.get())
    }

    /// Adds what else is wrong.
    pub fn refuse(&mut self, name: &str, value: Option<&str>, expected: &dyn fmt::Display) {
        let mistake = Mistake {
            field: shortened(name),
            value: value.map(shortened),
            expected: expected.to_string(),
        };
        self.mistakes.push(mistake);
    }

    /// Refuses the body where anything was wrong with it, or where a field was not asked for.
    pub fn finish(mut self) -> Result<(), Failure> {
        let unknown = std::mem::take(&mut self.left);
        for (name, value) in &unknown {
            self.refuse(name, Some(value.get()), &"left out: there is no such field");
        }
        if self.mistakes.is_empty() { Ok(()) } else { Err(Failure::Invalid(self.mistakes)) }
    }

    fn field<T>(
        &mut self,
        name: &str,
        expected: &dyn fmt::Display,
        default: Option<T>,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        let raw = self.raw(name);
        let value = match raw {
            None => default,
            Some(raw) => read(raw),
        };
        if value.is_none() {
            self.refuse(name, raw, expected);
        }
        value
    }
}

impl Numbers {
    fn contain(self, value: f64) -> bool {
        match self {
            Numbers::Between(least, most) => (least..=most).contains(&value),
            Numbers::FromBelow(least, end) => (least..end).contains(&value),
            Numbers::Above(least) => value > least && value.is_finite(),
        }
    }
}

impl fmt::Display for Numbers {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Numbers::Between(least, most) => write!(f, "a number from {least} to {most}"),
            Numbers::FromBelow(least, end) => write!(f, "a number from {least} and below {end}"),
            Numbers::Above(least) => write!(f, "a number above {least}"),
        }
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Object<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Object<'a>, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Object<'de>;

            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Object<'de>, M::Error> {
                let mut entries: Entries = Vec::new();
                while let Some((Name(name), value)) = map.next_entry::<Name, &RawValue>()? {
                    if entries.iter().any(|(known, _)| *known == name) {
                        return Err(de::Error::custom(format!("`{}` twice", shortened(&name))));
                    }
                    // What is looked through for each name must not be long.
                    if entries.len() == MOST_FIELDS {
                        return Err(de::Error::custom(format!("more than {MOST_FIELDS} fields")));
                    }
                    entries.push((name, value));
                }
                Ok(Object(entries))
            }
        }
        deserializer.deserialize_map(Reader)
    }
}

const MOST_FIELDS: usize = 64;

/// A name, which is copied only where it has escapes.
#[derive(Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

/// An integer, however it is written: JSON knows no difference between 64 and 64.0.
fn whole(raw: &str) -> Option<i128> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    let of_number = || {
        let value: f64 = raw.parse().ok()?;
        (value.fract().abs() <= 0.0 && value.abs() <= EXACT).then_some(value as i128)
    };
    raw.parse().ok().or_else(of_number)
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(TOLD) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mistakes(body: &str, read: impl FnOnce(&mut Fields)) -> Vec<String> {
        let mut fields = Fields::read(body.as_bytes()).unwrap();
        read(&mut fields);
        match fields.finish() {
            Ok(()) => Vec::new(),
            Err(Failure::Invalid(mistakes)) => {
                mistakes.into_iter().map(|mistake| mistake.field).collect()
            }
            Err(other) => panic!("{other:?}"),
        }
    }

    fn read_all(fields: &mut Fields) {
        fields.integer("steps", 1..=1000_usize, 64);
        fields.number("alpha", Numbers::Between(0.001, 0.25), 0.18);
        fields.flag("turing", true);
        fields.number("outside", Numbers::Above(0.0), None);
    }

    #[test]
    fn what_is_not_there_has_its_default() {
        let mut fields = Fields::read(b"{}").unwrap();
        assert_eq!(fields.integer("steps", 1..=1000_u64, 64), 64);
        assert!(fields.flag("turing", true));
        assert_eq!(fields.finish(), Ok(()));
    }

    #[test]
    fn all_mistakes_of_a_body_are_told_at_once() {
        let body = r#"{"steps": 0, "alpha": 0.3, "turing": 1, "other": null}"#;
        assert_eq!(mistakes(body, read_all), ["steps", "alpha", "turing", "outside", "other"]);
        let good = r#"{"steps": 1, "alpha": 0.25, "turing": false, "outside": 1e-7}"#;
        assert_eq!(mistakes(good, read_all), Vec::<String>::new());
    }

    #[test]
    fn integers_may_be_written_as_numbers_but_not_as_text() {
        let read = |raw: &str| {
            let body = format!(r#"{{"n": {raw}}}"#);
            let mut fields = Fields::read(body.as_bytes()).unwrap();
            let value = fields.integer("n", 0..=u64::MAX, 7);
            fields.finish().is_ok().then_some(value)
        };
        assert_eq!(read("64.0"), Some(64));
        assert_eq!(read("6.4e1"), Some(64));
        assert_eq!(read("18446744073709551615"), Some(u64::MAX));
        for bad in ["-1", "1.5", "\"64\"", "true", "null", "[1]", "1e300", "18446744073709551616"] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }

    #[test]
    fn numbers_that_are_too_large_for_a_number_are_refused() {
        let read = |fields: &mut Fields| {
            fields.number("x", Numbers::Above(0.0), None);
        };
        assert_eq!(mistakes(r#"{"x": 1e999}"#, read), ["x"]);
        assert_eq!(mistakes(r#"{"x": 0}"#, read), ["x"]);
        assert_eq!(mistakes(r#"{"x": "nan"}"#, read), ["x"]);
    }

    #[test]
    fn what_is_no_object_is_malformed() {
        let many: Vec<String> = (0..65).map(|number| format!(r#""{number}": 1"#)).collect();
        let many = format!("{{{}}}", many.join(","));
        for bad in ["", "[]", "null", "{", "{\"a\": NaN}", "{\"a\": 1, \"a\": 2}", "{} {}", &many] {
            let read = Fields::read(bad.as_bytes());
            assert!(matches!(read.err(), Some(Failure::Malformed(_))), "{bad}");
        }
        assert!(Fields::read(b"{\"a\": \"\xff\"}").is_err());
    }

    #[test]
    fn an_answer_repeats_no_more_than_the_beginning_of_a_value() {
        let long = "ä".repeat(1000);
        let body = format!(r#"{{"x": "{long}"}}"#);
        let fields = Fields::read(body.as_bytes()).unwrap();
        let Err(Failure::Invalid(mistakes)) = fields.finish() else { panic!("it was taken") };
        assert_eq!(mistakes[0].value.as_ref().unwrap().chars().count(), TOLD + 3);
    }
}
