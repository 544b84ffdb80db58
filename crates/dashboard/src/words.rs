//! Text from runs as a page shows it. `maud` escapes markup; this keeps what is left from hiding or
//! reordering text, and from filling the page.

use maud::{Markup, html};
use tollgate::report::visible;

/// Longer names are cut, and told whole when pointed at.
const MOST: usize = 160;
const MOST_WHOLE: usize = 2_000;

/// Text of any length as it is, but for what is invisible.
pub(crate) fn shown(text: &str) -> String {
    clipped(text, MOST_WHOLE)
}

/// A name of reasonable length, whole in its title where it had to be cut.
pub(crate) fn name(text: &str) -> Markup {
    let short = clipped(text, MOST);
    if text.chars().nth(MOST).is_none() {
        return html! { (short) };
    }
    html! { span title=(clipped(text, MOST_WHOLE)) { (short) } }
}

/// At most so many characters before they are made visible, the cut marked.
fn clipped(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => visible(&text[..end]) + "…",
        None => visible(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_in_a_name_stays_text_and_reordering_is_seen() {
        let markup = name("<script>\u{202e}\"x\"").into_string();
        assert_eq!(markup, "&lt;script&gt;\\u{202e}&quot;x&quot;");
    }

    #[test]
    fn an_endless_name_is_cut_and_whole_in_its_title() {
        let markup = name(&"µ".repeat(1_000)).into_string();
        assert!(markup.contains(&"µ".repeat(1_000)) && markup.contains(&("µ".repeat(MOST) + "…")));
        assert!(name(&"µ".repeat(100_000)).into_string().len() < 2 * (MOST + MOST_WHOLE) + 100);
    }
}
