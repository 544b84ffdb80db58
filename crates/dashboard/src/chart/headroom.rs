//! How much of a limit is left, as a bar.

use maud::{Markup, html};
use tollgate::report::phrase;

const WIDTH: f64 = 64.0;
const HEIGHT: f64 = 8.0;
/// Where the limit lies: what is over it needs room too.
const LIMIT: f64 = 48.0;

/// A bar as long as what is used of the limit, with a line where the limit is, and the number.
pub(crate) fn headroom(headroom: Option<f64>) -> Markup {
    let Some(left) = headroom.filter(|left| !left.is_nan()) else { return html! {} };
    let used = ((1.0 - left).clamp(0.0, 2.0) * LIMIT).min(WIDTH);
    let class = if left < 0.0 { "used over" } else { "used" };
    html! {
        span.headroom {
            (phrase::percent(left))
            svg width=(WIDTH) height=(HEIGHT + 4.0) aria-hidden="true" focusable="false" {
                rect.room x="0" y="2" width=(LIMIT) height=(HEIGHT) {}
                rect class=(class) x="0" y="2" width=(format!("{used:.1}")) height=(HEIGHT) {}
                line.end x1=(LIMIT) x2=(LIMIT) y1="0" y2=(HEIGHT + 4.0) {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bar_is_as_long_as_what_is_used_and_never_leaves_its_room() {
        for (left, width) in [
            (1.0, "0.0"),
            (0.75, "12.0"),
            (0.0, "48.0"),
            (-0.25, "60.0"),
            (-9.0, "64.0"),
            (3.0, "0.0"),
            (f64::INFINITY, "0.0"),
            (f64::NEG_INFINITY, "64.0"),
        ] {
            let markup = headroom(Some(left)).into_string();
            assert!(markup.contains(&format!("y=\"2\" width=\"{width}\"")), "{left}: {markup}");
            assert_eq!(markup.contains("over"), left < 0.0);
        }
    }

    #[test]
    fn what_has_no_headroom_has_no_bar() {
        assert_eq!(headroom(None).into_string(), "");
        assert_eq!(headroom(Some(f64::NAN)).into_string(), "");
    }
}
