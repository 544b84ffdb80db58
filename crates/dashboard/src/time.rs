//! Times as pages show them: readable, and exact for programs.

use maud::{Markup, html};
use tollgate::calendar::{minutes, rfc3339};
use tollgate::quantity::{Dimension, show};

/// `2026-11-21 02:16`, in UTC as the foot of every page says.
pub(crate) fn moment(ms: i64) -> Markup {
    let text = minutes(ms);
    let text = text.strip_suffix(" UTC").unwrap_or(&text);
    html! { time.nowrap datetime=(rfc3339(ms)) title=(rfc3339(ms)) { (text) } }
}

/// `2.5 min`; nothing for what has not ended.
pub(crate) fn took(started_ms: i64, ended_ms: Option<i64>) -> String {
    let lasted = |ended: i64| show(ended.saturating_sub(started_ms) as f64 * 1e6, Dimension::TIME);
    ended_ms.map(lasted).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_shown_to_the_minute_and_given_to_the_second() {
        let markup = moment(1_795_227_361_500).into_string();
        assert!(markup.contains(">2026-11-21 02:16<"), "{markup}");
        assert!(markup.contains("datetime=\"2026-11-21T02:16:01Z\""), "{markup}");
        assert_eq!(took(0, Some(150_000)), "2.5 min");
        assert_eq!(took(0, None), "");
        assert_ne!(took(i64::MAX, Some(i64::MIN)), "");
    }
}
