//! What stands for a verdict: a shape and a colour, so that neither is needed alone.

use maud::{Markup, html};
use tollgate::judge::Finding;

use crate::verdict::class;

const ALL: [Finding; 5] = [
    Finding::Within,
    Finding::Warned,
    Finding::Exceeded,
    Finding::CannotTell,
    Finding::NotMeasured,
];

/// Around the middle of a mark, in pixels.
fn outline(finding: Finding) -> &'static str {
    match finding {
        Finding::Within => "M-2.5 0a2.5 2.5 0 1 0 5 0a2.5 2.5 0 1 0-5 0z",
        Finding::Warned => "M0-4.6L4.6 0L0 4.6L-4.6 0z",
        Finding::Exceeded => "M-3.5-3.5H3.5V3.5H-3.5z",
        Finding::CannotTell => "M-3.5 0a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0-7 0z",
        Finding::NotMeasured => "M-3.5-3.5L3.5 3.5M3.5-3.5L-3.5 3.5",
    }
}

/// Every shape once for a page; charts refer to them.
pub(crate) fn shapes() -> Markup {
    html! {
        svg.shapes width="0" height="0" aria-hidden="true" focusable="false" {
            defs {
                @for finding in ALL {
                    g id=(id(finding)) {
                        circle.reach r="9" {}
                        path class={ "shape " (class(finding)) } d=(outline(finding)) {}
                    }
                }
                g id="mark-small" { circle.reach r="5" {} circle.shape.within r="1.6" {} }
                g id="mark-elsewhere" { circle.ring r="7.5" {} }
            }
        }
    }
}

/// What the shapes mean.
pub(crate) fn legend() -> Markup {
    let sample = |id: &str| {
        html! {
            svg width="16" height="16" viewBox="-8 -8 16 16" aria-hidden="true" focusable="false" {
                use href={ "#" (id) } {}
            }
        }
    };
    html! {
        ul.legend aria-label="What the charts show" {
            @for finding in ALL {
                li { (sample(id(finding))) (finding.words()) }
            }
            li { (sample("mark-elsewhere")) "another machine" }
            li { span.key.band {} "interval" }
            li { span.key.hard {} "limit" }
            li { span.key.soft {} "soft limit" }
            li { span.key.baseline {} "baseline" }
            li { span.key.turn {} "another level" }
        }
    }
}

pub(super) fn id(finding: Finding) -> &'static str {
    match finding {
        Finding::Within => "mark-within",
        Finding::Warned => "mark-warned",
        Finding::Exceeded => "mark-exceeded",
        Finding::CannotTell => "mark-cannot-tell",
        Finding::NotMeasured => "mark-not-measured",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_finding_has_a_shape_of_its_own() {
        for (index, finding) in ALL.into_iter().enumerate() {
            for other in &ALL[..index] {
                assert_ne!(outline(finding), outline(*other));
                assert_ne!(id(finding), id(*other));
            }
            assert!(shapes().into_string().contains(&format!("id=\"{}\"", id(finding))));
            assert!(legend().into_string().contains(finding.words()));
        }
    }
}
