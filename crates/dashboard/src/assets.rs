//! The style sheet, the script and the icon, held by the program itself.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::LazyLock;

use axum::http::HeaderName;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};

pub(crate) struct Asset {
    pub(crate) path: &'static str,
    kind: &'static str,
    text: &'static str,
}

pub(crate) const STYLE: Asset = Asset {
    path: "/assets/style.css",
    kind: "text/css; charset=utf-8",
    text: include_str!("assets/style.css"),
};

pub(crate) const RENEW: Asset = Asset {
    path: "/assets/renew.js",
    kind: "text/javascript; charset=utf-8",
    text: include_str!("assets/renew.js"),
};

pub(crate) const ICON: Asset = Asset {
    path: "/assets/icon.svg",
    kind: "image/svg+xml",
    text: include_str!("assets/icon.svg"),
};

pub(crate) const ALL: [Asset; 3] = [STYLE, RENEW, ICON];

/// A year: the address of other content is another.
const FOR_GOOD: &str = "public, max-age=31536000, immutable";

impl Asset {
    /// Where pages find it; the query tells one release from the next.
    pub(crate) fn address(&self) -> String {
        static MARK: LazyLock<String> = LazyLock::new(|| {
            let mut hasher = DefaultHasher::new();
            for asset in &ALL {
                asset.text.hash(&mut hasher);
            }
            format!("{:016x}", hasher.finish())
        });
        format!("{}?{}", self.path, *MARK)
    }

    pub(crate) fn answer(&self) -> Response {
        let headers: [(HeaderName, &str); 2] =
            [(CONTENT_TYPE, self.kind), (CACHE_CONTROL, FOR_GOOD)];
        (headers, self.text).into_response()
    }
}
