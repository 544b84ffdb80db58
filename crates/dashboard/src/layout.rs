//! The frame of every page. Nothing in it, nor in what it frames, may be styled or scripted in
//! place: the policy of content forbids `style` attributes and scripts between the lines.

use std::borrow::Cow;

use axum::response::{Html, IntoResponse, Response};
use maud::{DOCTYPE, Markup, html};

use crate::assets;
use crate::words::shown;

/// A page as handlers return it.
pub(crate) struct Page {
    pub(crate) title: Cow<'static, str>,
    pub(crate) tab: Tab,
    /// Of the history it was made from; the page renews itself when that is another.
    pub(crate) edition: String,
    pub(crate) main: Markup,
}

/// Where in the navigation a page stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tab {
    None,
    Overview,
    Runs,
    Compare,
    Alerts,
}

const NAVIGATION: [(Tab, &str, &str); 4] = [
    (Tab::Overview, "/", "Overview"),
    (Tab::Runs, "/runs", "Runs"),
    (Tab::Compare, "/compare", "Compare"),
    (Tab::Alerts, "/alerts", "Alerts"),
];

impl IntoResponse for Page {
    fn into_response(self) -> Response {
        Html(self.markup().into_string()).into_response()
    }
}

impl Page {
    fn markup(&self) -> Markup {
        html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    meta name="tollgate-edition" content=(self.edition);
                    title { (shown(&self.title)) " · Tollgate" }
                    link rel="icon" type="image/svg+xml" href=(assets::ICON.address());
                    link rel="stylesheet" href=(assets::STYLE.address());
                    script defer src=(assets::RENEW.address()) {}
                }
                body {
                    a.skip href="#main" { "Skip to the content" }
                    header.top {
                        a.brand href="/" { "Tollgate" }
                        nav aria-label="Pages" {
                            @for (tab, address, name) in NAVIGATION {
                                a href=(address) aria-current=[(tab == self.tab).then_some("page")] {
                                    (name)
                                }
                            }
                        }
                    }
                    main #main tabindex="-1" { (self.main) }
                    footer {
                        "Tollgate " (env!("CARGO_PKG_VERSION")) " · times are in UTC"
                    }
                }
            }
        }
    }
}
