//! Secrets that are known by what is written before them.

use super::masked;

/// Headers whose values are secret to the end of the line.
const HEADERS: &[&str] =
    &["authorization", "proxy-authorization", "cookie", "set-cookie", "x-api-key"];

/// What the names of secret fields end in: `api_key`, `clientSecret`.
const FIELDS: &[&str] = &["token", "password", "secret", "key"];

/// Words before a secret that belong to it.
const SCHEMES: &[&str] = &["bearer", "basic", "digest", "token"];

/// The text with values hidden by the names of their fields and headers, and without the user's
/// part of addresses.
pub(super) fn hide(text: &str) -> String {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(sign) = text[at..].chars().next() {
        let stretch = if text[at..].starts_with("://") {
            user(text, at + 3)
        } else if is_name(sign) {
            let end = at + text[at..].find(|c| !is_name(c)).unwrap_or(text.len() - at);
            let stretch = value(text, &text[at..end].to_ascii_lowercase(), end);
            at = end - 1;
            stretch
        } else {
            None
        };
        at += text[at..].chars().next().map_or(1, char::len_utf8);
        if let Some((_, end)) = stretch {
            at = at.max(end);
        }
        found.extend(stretch);
    }
    masked(text, &found)
}

fn is_name(sign: char) -> bool {
    sign.is_ascii_alphanumeric() || matches!(sign, '_' | '-')
}

/// What is before the `@` of an address whose authority begins here.
fn user(text: &str, start: usize) -> Option<(usize, usize)> {
    let ends = |c: char| c.is_whitespace() || matches!(c, '/' | '?' | '#' | '"' | '\'' | '<' | '>');
    let authority = text[start..].split(ends).next()?;
    let end = authority.rfind('@').filter(|end| *end > 0)?;
    Some((start, start + end))
}

/// Where the value of a secret name is that ends at `at`.
fn value(text: &str, name: &str, at: usize) -> Option<(usize, usize)> {
    let is_header = HEADERS.contains(&name);
    if !is_header && !FIELDS.iter().any(|word| name.ends_with(word)) {
        return None;
    }
    let rest = text[at..].trim_start_matches('\\');
    let is_quoted = rest.starts_with(['"', '\'']);
    let rest = rest.trim_start_matches(['"', '\'', '[', ']']).trim_start_matches([' ', '\t']);
    // A pair in a list is written with a comma.
    let rest = rest.strip_prefix([':', '=']).or(rest.strip_prefix(',').filter(|_| is_quoted))?;
    let rest = rest.trim_start_matches([' ', '\t']);
    let (start, length) = extent(rest, is_header && !is_quoted);
    let start = text.len() - rest.len() + start;
    (length > 0).then_some((start, start + length))
}

/// Where the value is in the text that begins with it, and how long it is.
fn extent(rest: &str, to_line_end: bool) -> (usize, usize) {
    let escapes = rest.len() - rest.trim_start_matches('\\').len();
    if to_line_end {
        return (0, rest.find(['\r', '\n']).unwrap_or(rest.len()));
    }
    match rest[escapes..].chars().next() {
        Some(quote @ ('"' | '\'')) => {
            let start = escapes + 1;
            (start, quoted(&rest[start..], quote, escapes))
        }
        Some('[' | '{') if escapes == 0 => (0, bracketed(rest)),
        _ => {
            let ends = |c: char| {
                c.is_whitespace()
                    || matches!(c, '&' | ',' | ';' | ')' | '}' | ']' | '<' | '"' | '\'')
            };
            let end = rest.find(ends).unwrap_or(rest.len());
            let after = rest[end..].trim_start_matches([' ', '\t']);
            if !SCHEMES.contains(&rest[..end].to_ascii_lowercase().as_str()) {
                return (0, end);
            }
            (0, rest.len() - after.len() + after.find(ends).unwrap_or(after.len()))
        }
    }
}

/// How long a string is whose opening quotation mark had so many backslashes before it, as it has
/// in JSON that is a string of JSON. The closing mark has as many, not counting the pairs that
/// stand for backslashes; without one the rest is hidden.
fn quoted(rest: &str, quote: char, escapes: usize) -> usize {
    for (at, _) in rest.match_indices(quote) {
        let before = at - rest[..at].trim_end_matches('\\').len();
        if before < escapes || before % (2 * escapes + 2) == escapes {
            return at - before.min(escapes);
        }
    }
    rest.len()
}

/// How long a list or an object is; to the end if it is not closed.
fn bracketed(rest: &str) -> usize {
    let mut depth = 0_usize;
    for (at, sign) in rest.char_indices() {
        match sign {
            '[' | '{' => depth += 1,
            ']' | '}' if depth == 1 => return at + 1,
            ']' | '}' => depth -= 1,
            _ => {}
        }
    }
    rest.len()
}
