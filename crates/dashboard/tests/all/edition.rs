//! The edition by which an open page learns that it is no longer true.

use crate::scene::{Recorded, Scene};

#[tokio::test]
async fn a_judgement_of_a_newer_format_does_not_have_its_page_loaded_for_ever() {
    let scene = Scene::new();
    let id = scene.record(&Recorded::default());
    let mut history = scene.history();
    let mut judgement = history.judgement(&id).unwrap().unwrap();
    judgement.format += 1;
    history.set_judgement(&id, &judgement).unwrap();
    let page = scene.get("/").await.expect(503);
    let edition = scene.get("/api/version").await.expect(200).json()["edition"].clone();
    assert!(page.text().contains(&format!("content={edition}")), "{edition}: {}", page.text());
    scene.record(&Recorded { minute: 1, ..Recorded::default() });
    let after = scene.get("/api/version").await.expect(200).json()["edition"].clone();
    assert_ne!(after, edition);
}
