//! What must never appear in a report, and text without it.

mod names;
#[cfg(test)]
mod tests;

/// Values that are secret.
#[derive(Clone, Debug, Default)]
pub struct Secrets {
    values: Vec<String>,
}

/// Stands for what is hidden. It is shorter than any secret hidden by its value, so that hiding
/// comes to an end.
const MASK: &str = "***";

/// The shortest value that is hidden wherever it appears; a shorter one is no secret, and hiding
/// it would take the text apart.
const SHORTEST: usize = 4;

impl Secrets {
    /// Values of fewer than four characters are left out.
    pub fn new(values: impl IntoIterator<Item = String>) -> Secrets {
        let mut secrets = Secrets::default();
        values.into_iter().for_each(|value| secrets.add(&value));
        secrets
    }

    /// Adds a value as it is, and as JSON and addresses write it.
    pub fn add(&mut self, value: &str) {
        for value in [value.trim().to_owned(), value.to_owned(), in_json(value), in_url(value)] {
            if value.chars().count() >= SHORTEST && !self.values.contains(&value) {
                self.values.push(value);
            }
        }
    }

    /// The text without secrets: without the values, wherever they are; and without the values of
    /// the headers `authorization`, `proxy-authorization`, `cookie`, `set-cookie` and `x-api-key`,
    /// of fields of JSON, forms and queries whose name ends in `token`, `password`, `secret` or
    /// `key`, and of the user's part of addresses. `***` stands in their place.
    #[must_use]
    pub fn redact(&self, text: &str) -> String {
        self.redact_also(text, [])
    }

    /// The same with more values, such as those a user captured.
    #[must_use]
    pub fn redact_also<'v>(&self, text: &str, more: impl IntoIterator<Item = &'v str>) -> String {
        let mut also = Secrets::default();
        more.into_iter().for_each(|value| also.add(value));
        let hide = |text: String| {
            hide_values(text, &|| self.values.iter().chain(&also.values).map(String::as_str))
        };
        hide(names::hide(&hide(text.to_owned())))
    }
}

/// Hides values until none is left: the mask together with what is beside it may be one.
fn hide_values<'v, I: Iterator<Item = &'v str>>(
    mut text: String,
    values: &dyn Fn() -> I,
) -> String {
    loop {
        let mut found: Vec<(usize, usize)> = Vec::new();
        for value in values() {
            found.extend(all(&text, value));
        }
        if found.is_empty() {
            return text;
        }
        found.sort_unstable();
        text = masked(&text, &found);
    }
}

/// Where a value is, overlaps with itself included.
fn all<'t>(text: &'t str, value: &'t str) -> impl Iterator<Item = (usize, usize)> + 't {
    let step = value.chars().next().map_or(1, char::len_utf8);
    let mut from = 0;
    std::iter::from_fn(move || {
        let at = from + text.get(from..)?.find(value)?;
        from = at + step;
        Some((at, at + value.len()))
    })
}

/// The text with one mask for each stretch; stretches are in order; those that touch are one.
fn masked(text: &str, stretches: &[(usize, usize)]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for (at, &(start, end)) in stretches.iter().enumerate() {
        if at == 0 || start > done {
            out.push_str(&text[done..start]);
            out.push_str(MASK);
        }
        done = done.max(end);
    }
    out.push_str(&text[done..]);
    out
}

fn in_json(value: &str) -> String {
    let quoted = serde_json::Value::from(value).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}

fn in_url(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    for byte in value.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                out.push(char::from(byte));
            }
            other => out.push_str(&format!("%{other:02X}")),
        }
    }
    out
}
