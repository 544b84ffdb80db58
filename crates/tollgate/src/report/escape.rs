//! Making untrusted names harmless: one function a destination.

use std::fmt::Write as _;

/// One line without control characters or invisible reordering, which could repaint a terminal,
/// hide text or start a new line in a report.
pub fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_control() || reorders(c) || matches!(c, '\u{2028}' | '\u{2029}') {
            let _ = write!(out, "{}", c.escape_default());
        } else if matches!(c, '\u{fffe}' | '\u{ffff}') {
            out.push('\u{fffd}');
        } else {
            out.push(c);
        }
    }
    out
}

/// Marks that change the direction of the text around them.
fn reorders(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// At most `most` characters, the cut marked.
pub(super) fn clip(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some(_) => text.chars().take(most.saturating_sub(1)).chain(['…']).collect(),
        None => text.to_owned(),
    }
}

/// Text inside a Markdown table cell or list item: nothing in it is markup, mention or link.
///
/// A mention or a link is found in the rendered text, where an entity no longer protects; a
/// zero-width space does.
pub(super) fn markdown(text: &str) -> String {
    const BREAK: char = '\u{200b}';
    let text = visible(text);
    let mut out = String::with_capacity(text.len() + 8);
    for (at, c) in text.char_indices() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '$' => out.extend(['\\', c]),
            '#' => out.extend(['\\', '#', BREAK]),
            '@' => out.extend(['@', BREAK]),
            ':' if text[at..].starts_with("://") => out.extend([':', BREAK]),
            '.' if text[..at].to_ascii_lowercase().ends_with("www") => out.extend([BREAK, '.']),
            _ => out.push(c),
        }
    }
    out
}

/// [`markdown`] of at most `most` visible characters; the first cut spares endless names the work.
pub(super) fn bounded_markdown(text: &str, most: usize) -> String {
    markdown(&clip(&visible(&clip(text, most)), most))
}

/// One argument of a POSIX shell command.
pub(super) fn shell(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=,".contains(c);
    let text = visible(text);
    if !text.is_empty() && text.chars().all(plain) && !text.starts_with('-') {
        text
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

/// The message of a GitHub workflow command.
pub(super) fn workflow_message(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A property of a GitHub workflow command.
pub(super) fn workflow_property(text: &str) -> String {
    workflow_message(&visible(text)).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_become_visible() {
        assert_eq!(visible("a\nb\x1b[31m\u{202e}µ∞"), "a\\nb\\u{1b}[31m\\u{202e}µ∞");
    }

    #[test]
    fn markdown_in_a_name_stays_text() {
        assert_eq!(
            markdown("a|b `c` <img> @octocat #1 &amp; *x*"),
            "a\\|b \\`c\\` &lt;img&gt; @\u{200b}octocat \\#\u{200b}1 &amp;amp; \\*x\\*"
        );
        assert_eq!(markdown("https://a WWW.b"), "https:\u{200b}//a WWW\u{200b}.b");
        assert_eq!(markdown("one\ntwo"), r"one\\ntwo");
    }

    #[test]
    fn a_shell_argument_cannot_run_anything() {
        assert_eq!(shell("k-paths"), "k-paths");
        assert_eq!(shell("a'; rm -rf /; '"), r"'a'\''; rm -rf /; '\'''");
        assert_eq!(shell("$(id)"), "'$(id)'");
        assert_eq!(shell(""), "''");
        assert_eq!(shell("--flag"), "'--flag'");
    }

    #[test]
    fn a_workflow_command_cannot_be_broken_out_of() {
        assert_eq!(workflow_message("50%\r\n::error::x"), "50%25%0D%0A::error::x");
        assert_eq!(workflow_property("a:b,c%"), "a%3Ab%2Cc%25");
    }

    #[test]
    fn a_clipped_text_shows_its_cut() {
        assert_eq!(clip("µµµ", 3), "µµµ");
        assert_eq!(clip("µµµµ", 3), "µµ…");
    }
}
