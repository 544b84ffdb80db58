//! The page that shows a simulation as it happens. All of it comes from here, and nothing that
//! comes from elsewhere is run by it.

#[cfg(test)]
mod tests;

use std::fmt::Write;
use std::sync::OnceLock;

use axum::Router;
use axum::extract::Path;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, IF_NONE_MATCH, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use sha2::{Digest, Sha256};

use super::State;
use super::failure::Failure;
use crate::picture;

const INDEX: File = File {
    name: "index.html",
    kind: "text/html; charset=utf-8",
    text: include_str!("page/index.html"),
};

/// What the page is made of, below `/live/`.
const PARTS: [File; 6] = [
    File { name: "live.css", kind: "text/css; charset=utf-8", text: include_str!("page/live.css") },
    File { name: "live.js", kind: SCRIPT, text: include_str!("page/live.js") },
    File { name: "connection.js", kind: SCRIPT, text: include_str!("page/connection.js") },
    File { name: "drawing.js", kind: SCRIPT, text: include_str!("page/drawing.js") },
    File { name: "models.js", kind: SCRIPT, text: include_str!("page/models.js") },
    File { name: "icon.svg", kind: "image/svg+xml", text: include_str!("page/icon.svg") },
];

const SCRIPT: &str = "text/javascript; charset=utf-8";

const POLICY: &str = "default-src 'self'; base-uri 'none'; form-action 'none'; \
                      frame-ancestors 'none'; object-src 'none'";

#[derive(Clone, Copy)]
struct File {
    name: &'static str,
    kind: &'static str,
    text: &'static str,
}

pub fn routes() -> Router<State> {
    Router::new()
        .route("/", get(async |headers: HeaderMap| INDEX.answer(&headers)))
        .route("/live/{part}", get(part))
}

async fn part(Path(name): Path<String>, headers: HeaderMap) -> Response {
    if name == "palette.json" {
        return File { name: "", kind: "application/json", text: palette() }.answer(&headers);
    }
    match PARTS.iter().find(|part| part.name == name) {
        Some(part) => part.answer(&headers),
        None => Failure::NotFound.into_response(),
    }
}

/// The colours of the pictures, so that the page has the same.
fn palette() -> &'static str {
    static TEXT: OnceLock<String> = OnceLock::new();
    TEXT.get_or_init(|| {
        let colours: &[picture::Colour] = picture::palette();
        serde_json::to_string(colours).expect("lists of numbers are JSON")
    })
}

impl File {
    /// The file, or that it is still the one that the client has.
    fn answer(self, headers: &HeaderMap) -> Response {
        let tag = self.tag();
        let known = headers.get(IF_NONE_MATCH).and_then(|value| value.to_str().ok());
        let is_known = known.is_some_and(|known| {
            known.split(',').map(str::trim).any(|one| one.trim_start_matches("W/") == tag)
        });
        let head = [
            (ETAG, tag.as_str()),
            // Kept, but asked about each time: a new version is seen at once.
            (CACHE_CONTROL, "no-cache"),
            (CONTENT_SECURITY_POLICY, POLICY),
            (X_CONTENT_TYPE_OPTIONS, "nosniff"),
            (REFERRER_POLICY, "no-referrer"),
        ];
        if is_known {
            return (StatusCode::NOT_MODIFIED, head).into_response();
        }
        (head, [(CONTENT_TYPE, self.kind)], self.text).into_response()
    }

    fn tag(self) -> String {
        let digest = Sha256::digest(self.text);
        let mut tag = String::from("\"");
        for byte in &digest[..12] {
            // Writing to a string does not fail.
            let _ = write!(tag, "{byte:02x}");
        }
        tag.push('"');
        tag
    }
}
