//! What every answer has: headers that hold a browser back, marks of its content, and words where
//! there is nothing to show.

use tollgate_dashboard::{Dashboard, Hosts, Live};

use crate::scene::{Recorded, Scene, ask, request};

#[tokio::test]
async fn every_answer_forbids_what_comes_from_elsewhere() {
    let scene = Scene::new();
    scene.record(&Recorded::default());
    for address in ["/", "/nowhere", "/api/version", "/api/nowhere", "/assets/style.css"] {
        let answer = scene.get(address).await;
        let policy = answer.header("content-security-policy");
        assert!(policy.contains("default-src 'none'"), "{address}: {policy}");
        assert!(policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe"));
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{address}");
        assert!(answer.headers.contains_key("cache-control"), "{address}");
    }
}

#[tokio::test]
async fn a_name_that_is_not_of_this_machine_is_refused() {
    let scene = Scene::new();
    scene.record(&Recorded::default());
    for (host, status) in [("127.0.0.1:7400", 200), ("evil.example", 421), ("", 421)] {
        let asked = request("GET", "/", &[("host", host)]);
        ask(scene.router(), asked).await.expect(status);
    }
    let open = Dashboard::new(scene.path(), Live::still()).answering_to(Hosts::Any).router();
    ask(open, request("GET", "/", &[("host", "evil.example")])).await.expect(200);
}

#[tokio::test]
async fn what_the_asker_has_is_not_sent_again_until_a_run_is_stored() {
    let scene = Scene::new();
    scene.record(&Recorded::default());
    let first = scene.get("/").await.expect(200);
    let tag = first.header("etag").to_owned();
    let again = || request("GET", "/", &[("if-none-match", &tag)]);
    let second = ask(scene.router(), again()).await.expect(304);
    assert!(second.bytes.is_empty());
    assert_eq!(second.header("etag"), tag);
    scene.record(&Recorded { minute: 1, ..Recorded::default() });
    ask(scene.router(), again()).await.expect(200);
}

#[tokio::test]
async fn a_head_is_answered_as_the_page_without_its_body() {
    let scene = Scene::new();
    scene.record(&Recorded::default());
    let page = scene.get("/").await.expect(200);
    let head = ask(scene.router(), request("HEAD", "/", &[])).await.expect(200);
    assert!(head.bytes.is_empty());
    assert_eq!(head.header("etag"), page.header("etag"));
    assert_eq!(head.header("content-length"), page.bytes.len().to_string());
}

#[tokio::test]
async fn pages_are_only_read() {
    let scene = Scene::new();
    for method in ["POST", "PUT", "DELETE", "PATCH"] {
        for address in ["/", "/api/version", "/assets/style.css"] {
            let answer = ask(scene.router(), request(method, address, &[])).await;
            assert_eq!(answer.expect(405).header("allow"), "GET,HEAD");
        }
    }
}

#[tokio::test]
async fn a_history_that_is_not_there_yet_is_told_with_what_begins_it() {
    let scene = Scene::new();
    let page = scene.get("/").await.expect(503);
    assert!(page.text().contains("tollgate check"), "{}", page.text());
    assert!(!scene.path().exists(), "reading created the history");
    let edition = scene.get("/api/version").await.expect(200).json()["edition"].clone();
    assert!(page.text().contains(&format!("content={edition}")), "{}", page.text());
    scene.record(&Recorded::default());
    let page = scene.get("/").await.expect(200);
    let edition = scene.get("/api/version").await.expect(200).json()["edition"].clone();
    assert!(page.text().contains(&format!("content={edition}")), "{}", page.text());
}

#[tokio::test]
async fn a_damaged_history_and_another_programs_file_are_told_and_left_alone() {
    let scene = Scene::new();
    scene.record(&Recorded::default());
    let whole = std::fs::read(scene.path()).unwrap();
    let mut damaged = whole.clone();
    let middle = damaged.len() / 2;
    for byte in &mut damaged[100..middle] {
        *byte ^= 0xa5;
    }
    for (bytes, word) in [(damaged.as_slice(), "damaged"), (b"no database".as_slice(), "not a")] {
        std::fs::write(scene.path(), bytes).unwrap();
        let text = scene.get("/").await.expect(503).text();
        assert!(text.contains("cannot be read") && text.contains(word), "{text}");
        assert_eq!(std::fs::read(scene.path()).unwrap(), bytes);
    }
    std::fs::write(scene.path(), whole).unwrap();
    scene.get("/").await.expect(200);
}

#[tokio::test]
async fn an_address_that_leads_nowhere_is_told_to_people_and_to_programs() {
    let scene = Scene::new();
    let page = scene.get("/nowhere/%3Cb%3E").await;
    assert!(page.expect(404).text().contains("<h1>Not found</h1>"));
    let json = scene.get("/api/nowhere").await.expect(404).json();
    assert_eq!(json["kind"], "no-page");
    assert!(json["error"].is_string() && json["hint"].is_string());
}

#[tokio::test]
async fn what_pages_load_is_there_and_may_be_kept() {
    let scene = Scene::new();
    scene.record(&Recorded::default());
    let text = scene.get("/").await.expect(200).text();
    let addresses: Vec<&str> =
        text.split(['"']).filter(|part| part.starts_with("/assets/")).collect();
    assert_eq!(addresses.len(), 3, "{text}");
    for address in addresses {
        let answer = scene.get(address).await.expect(200);
        assert!(answer.header("cache-control").contains("immutable"), "{address}");
        assert!(!answer.text().contains("http://") || address.contains("icon"), "{address}");
    }
}
