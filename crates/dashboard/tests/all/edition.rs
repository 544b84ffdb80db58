//! The edition by which an open page learns that it is no longer true.

use std::collections::BTreeSet;

use tollgate_dashboard::picture::{Deliveries, Picture, Rule, Silence};
use tollgate_dashboard::{Dashboard, Live};

use crate::scene::{Recorded, Scene, ask, request};

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

fn rule(name: &str) -> Rule {
    Rule {
        name: name.to_owned(),
        severity: "critical",
        test: "exceeded above 0".to_owned(),
        summary: String::new(),
        is_enabled: true,
        is_in_trouble: false,
        firing: 0,
        pending: 0,
    }
}

#[tokio::test]
async fn the_edition_changes_with_each_notice_and_rule_and_not_with_each_evaluation() {
    let scene = Scene::new();
    let some = |why: &str| Some(why.to_owned());
    let known = Picture { evaluated_ms: Some(1), ..Picture::default() };
    let silence = Silence {
        matchers: "case=pay".to_owned(),
        from_ms: 1,
        until_ms: 2,
        author: String::new(),
        reason: String::new(),
    };
    let pictures = [
        Picture::default(),
        known.clone(),
        Picture { elsewhere: some("process 7"), ..known.clone() },
        Picture { unread: some("process 7"), ..known.clone() },
        Picture { unsaved: some("process 7"), ..known.clone() },
        Picture { refused: some("process 7"), ..known.clone() },
        Picture { rules: vec![rule("a")], ..known.clone() },
        Picture { rules: vec![rule("b")], ..known.clone() },
        Picture { silences: vec![silence], ..known.clone() },
        Picture { deliveries: Deliveries { dead: 1, ..Default::default() }, ..known.clone() },
        Picture { deliveries: Deliveries { refused: 1, ..Default::default() }, ..known.clone() },
    ];
    let live = Live::watched(Picture::default());
    let router = Dashboard::new(scene.path(), live.clone()).router();
    let edition = async |picture: Picture| {
        live.show(picture);
        let answer = ask(router.clone(), request("GET", "/api/version", &[])).await;
        answer.expect(200).json()["edition"].to_string()
    };
    let mut seen = BTreeSet::new();
    // Before there is a history, and after.
    for _ in 0..2 {
        for picture in pictures.clone() {
            assert!(seen.insert(edition(picture.clone()).await), "{picture:?}");
        }
        let later = Picture { evaluated_ms: Some(2), ..known.clone() };
        assert_eq!(edition(later).await, edition(known.clone()).await);
        scene.record(&Recorded::default());
    }
}
