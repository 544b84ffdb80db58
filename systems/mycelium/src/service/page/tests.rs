//! The page as a client gets it, without a browser.

use axum::body::{Body, to_bytes};
use axum::http::Request;
use tower::ServiceExt;

use super::*;
use crate::service::{Options, app};

async fn got(path: &str, tag: Option<&str>) -> Response {
    let state = State::new(Options::default()).unwrap();
    let mut request = Request::get(path);
    if let Some(tag) = tag {
        request = request.header(IF_NONE_MATCH, tag);
    }
    app(&state).oneshot(request.body(Body::empty()).unwrap()).await.unwrap()
}

async fn text(response: Response) -> String {
    let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[tokio::test]
async fn the_page_and_all_its_parts_are_there() {
    let index = got("/", None).await;
    assert_eq!(index.status(), 200);
    assert_eq!(index.headers()[CONTENT_TYPE], "text/html; charset=utf-8");
    assert!(text(index).await.contains("<canvas id=\"field\""));
    for part in PARTS {
        let answer = got(&format!("/live/{}", part.name), None).await;
        assert_eq!(answer.headers()[CONTENT_TYPE], part.kind);
        assert_eq!(text(answer).await, part.text);
    }
}

#[tokio::test]
async fn the_page_has_the_colours_of_the_pictures() {
    let answer = text(got("/live/palette.json", None).await).await;
    let colours: Vec<picture::Colour> = serde_json::from_str(&answer).unwrap();
    assert_eq!(colours, picture::palette());
}

#[tokio::test]
async fn what_a_client_has_already_is_not_sent_again() {
    for path in ["/", "/live/live.js", "/live/palette.json"] {
        let tag = got(path, None).await.headers()[ETAG].to_str().unwrap().to_owned();
        for known in [tag.clone(), format!("W/{tag}"), format!("\"other\", {tag}")] {
            let again = got(path, Some(&known)).await;
            assert_eq!(again.status(), 304, "{path}");
            assert_eq!(again.headers()[ETAG], *tag);
            assert_eq!(text(again).await, "");
        }
        assert_eq!(got(path, Some("\"other\"")).await.status(), 200);
    }
}

#[tokio::test]
async fn nothing_from_elsewhere_is_loaded_and_nothing_is_written_into_the_page() {
    let answer = got("/", None).await;
    let policy = answer.headers()[CONTENT_SECURITY_POLICY].to_str().unwrap();
    assert!(policy.starts_with("default-src 'self';") && !policy.contains("unsafe"), "{policy}");
    assert_eq!(answer.headers()[X_CONTENT_TYPE_OPTIONS], "nosniff");
    let all = [INDEX].into_iter().chain(PARTS).map(|part| part.text);
    for text in all {
        let addresses = text.matches("://").count();
        let of_images = text.matches("http://www.w3.org/2000/svg").count();
        assert_eq!(addresses, of_images, "an address in {text}");
        for inline in ["<style", "style=", "onclick", "innerHTML", "eval("] {
            assert!(!text.contains(inline), "{inline} in {text}");
        }
    }
}

#[tokio::test]
async fn there_is_no_other_part() {
    for path in ["/live", "/live/", "/live/live.rs", "/live/..%2fpage.rs", "/index.html"] {
        assert_eq!(got(path, None).await.status(), 404, "{path}");
    }
}
