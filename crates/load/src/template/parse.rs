//! Reading a template: where slots begin and end, and what each of them is.

use super::{Piece, Slot, Template, push_text};

/// A slot that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("slot `{slot}` at character {at}: expected {expected}{}", hint(*.near))]
pub struct TemplateError {
    /// As it is written, cut after 40 characters.
    pub slot: String,
    /// Its first brace, counted in characters from 1.
    pub at: usize,
    pub expected: &'static str,
    /// What was probably meant.
    pub near: Option<&'static str>,
}

/// The first words of slots.
const WORDS: &[&str] = &["uuid", "int", "letters", "now", "env", "user", "feed"];

/// More than any payload or body has in its right mind.
const MOST_LETTERS: u32 = 16 << 20;

/// The slot that somebody probably meant by a name that nothing captures.
#[must_use]
pub fn near_miss(name: &str) -> Option<&'static str> {
    let lower = name.to_lowercase();
    let first = lower.split('.').next().unwrap_or_default();
    let distance = |word: &&str| strsim::osa_distance(first, word);
    let near = WORDS.iter().copied().min_by_key(distance)?;
    let allowed = if near.len() > 3 { 2 } else { 1 };
    (name != near && distance(&near) <= allowed).then_some(near)
}

fn hint(near: Option<&str>) -> String {
    near.map(|word| format!("; did you mean `{word}`?")).unwrap_or_default()
}

pub(super) fn parse(text: &str) -> Result<Template, TemplateError> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find("{{") {
        push_text(&mut pieces, &rest[..start]);
        let at = text.len() - rest.len() + start;
        let opened = &rest[start + 2..];
        if let Some(after) = opened.strip_prefix("{{") {
            push_text(&mut pieces, "{{");
            rest = after;
            continue;
        }
        let fail = |slot: &str, expected, near| TemplateError {
            slot: slot.chars().take(40).collect(),
            at: text[..at].chars().count() + 1,
            expected,
            near,
        };
        let end = opened.find("}}").filter(|end| !opened[..*end].contains("{{"));
        let Some(end) = end else {
            return Err(fail(&rest[start..], "`}}` after it, or `{{{{` for braces as text", None));
        };
        let whole = &rest[start..start + end + 4];
        let slot = slot(opened[..end].trim()).map_err(|(what, near)| fail(whole, what, near))?;
        pieces.push(Piece::Slot(slot));
        rest = &opened[end + 2..];
    }
    push_text(&mut pieces, rest);
    Ok(Template { pieces })
}

type Wrong = (&'static str, Option<&'static str>);

fn slot(text: &str) -> Result<Slot, Wrong> {
    if let Some(path) = text.strip_prefix("feed.") {
        return field(path);
    }
    let words: Vec<&str> = text.split_whitespace().collect();
    match words.as_slice() {
        [] => Err(("a name between the braces, or `{{{{` for braces as text", None)),
        ["uuid"] => Ok(Slot::Uuid),
        ["uuid", "7"] => Ok(Slot::UuidOfNow),
        ["now"] => Ok(Slot::Now),
        ["now", "ms"] => Ok(Slot::NowMs),
        ["user"] => Ok(Slot::User),
        ["feed"] => Ok(Slot::Row),
        ["int", numbers @ ..] => int(numbers),
        ["letters", numbers @ ..] => letters(numbers),
        ["env", name] if is_name(name, "") => Ok(Slot::Env((*name).to_owned())),
        ["env", ..] => Err(("`env` and the name of a variable, such as `env API_TOKEN`", None)),
        ["now", ..] => Err(("`now` or `now ms`", None)),
        ["uuid", ..] => Err(("`uuid`, or `uuid 7` for one that begins with the time", None)),
        ["user", ..] => Err(("nothing after the name", None)),
        ["feed", ..] => Err(("`feed` or a field of it, such as `feed.name`", None)),
        [name] if is_name(name, "-") => Ok(Slot::Captured((*name).to_owned())),
        [name, ..] => {
            let expected = "`uuid`, `uuid 7`, `int LOW HIGH`, `letters N`, `now`, `now ms`, `env NAME`, `user`, `feed`, \
                            `feed.FIELD` or the name of a captured value";
            Err((expected, near_miss(name)))
        }
    }
}

fn field(path: &str) -> Result<Slot, Wrong> {
    let is_path = path.split('.').all(|part| !part.trim().is_empty()) && !path.contains(['{', '}']);
    if is_path {
        return Ok(Slot::Field(path.to_owned()));
    }
    Err(("names between the dots, such as `feed.order.id`", None))
}

fn int(numbers: &[&str]) -> Result<Slot, Wrong> {
    let expected = "`int` and two whole numbers, such as `int 1 100`";
    let number = |text: &str| text.parse::<i64>().map_err(|_| (expected, None));
    let [low, high] = numbers else { return Err((expected, None)) };
    match (number(low)?, number(high)?) {
        (low, high) if low > high => Err(("the smaller number of `int` first", None)),
        (low, high) => Ok(Slot::Int(low, high)),
    }
}

fn letters(numbers: &[&str]) -> Result<Slot, Wrong> {
    match numbers.iter().map(|text| text.parse()).collect::<Result<Vec<u32>, _>>().as_deref() {
        Ok(&[count @ 1..=MOST_LETTERS]) => Ok(Slot::Letters(count)),
        _ => Err(("`letters` and how many, from 1 to 16777216, such as `letters 128`", None)),
    }
}

fn is_name(text: &str, besides: &str) -> bool {
    let first = text.bytes().next().is_some_and(|byte| byte.is_ascii_alphabetic() || byte == b'_');
    let more = |c: char| c.is_ascii_alphanumeric() || c == '_' || besides.contains(c);
    first && text.chars().all(more)
}
