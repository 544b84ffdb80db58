//! The overview and the page of a case, as a browser asks for them.

use tollgate::run::RunState;

use crate::scene::{EPOCH_MS, Recorded, Scene, begin};

fn run(minute: i64, case: &str, milliseconds: f64) -> Recorded {
    Recorded { minute, case: case.to_owned(), milliseconds, ..Recorded::default() }
}

#[tokio::test]
async fn a_history_without_a_judged_run_says_what_to_do_first() {
    let scene = Scene::new();
    let mut history = scene.history();
    assert!(scene.get("/").await.expect(200).text().contains("tollgate check"));
    let id = begin(&mut history, &Recorded::default());
    assert!(scene.get("/").await.expect(200).text().contains("tollgate check"));
    history.finish(&id, EPOCH_MS, RunState::Interrupted).unwrap();
    assert!(scene.get("/").await.expect(200).text().contains("tollgate check"));
}

#[tokio::test]
async fn the_overview_has_the_latest_of_every_case_in_every_environment_the_worst_first() {
    let scene = Scene::new();
    scene.record(&run(0, "broken", 10.0));
    scene.record(&run(1, "fine", 10.0));
    let broken = scene.record(&run(2, "broken", 20.0));
    let staging = Recorded { environment: Some("staging".to_owned()), ..run(3, "fine", 10.0) };
    scene.record(&staging);
    let text = scene.get("/").await.expect(200).text();
    let at = |what: &str| text.find(what).unwrap_or_else(|| panic!("{what}: {text}"));
    // Staging has the latest run, and only the one case.
    assert!(at("<h2>staging</h2>") < at("<h2>No environment</h2>"));
    let without = &text[at("<h2>No environment</h2>")..];
    let place = |what: &str| without.find(what).unwrap_or_else(|| panic!("{what}: {without}"));
    assert!(place("/case?name=broken") < place("/case?name=fine"));
    assert!(without.contains(&broken) && without.contains("exceeded"));
    assert_eq!(text.matches("/case?name=broken").count(), 2);
    assert!(text.contains("/case?name=fine&amp;environment=staging&amp;project=shop"));
}

#[tokio::test]
async fn a_case_is_shown_in_one_environment_and_as_many_runs_as_asked_for() {
    let scene = Scene::new();
    let ids: Vec<String> = (0..4).map(|minute| scene.record(&run(minute, "pay", 10.0))).collect();
    let staging = Recorded { environment: Some("a & b".to_owned()), ..run(9, "pay", 12.0) };
    let staging = scene.record(&staging);

    let text = scene.get("/case?name=pay").await.expect(200).text();
    assert!(ids.iter().all(|id| text.contains(id.as_str())) && !text.contains(&staging));
    let text = scene.get("/case?name=pay&environment=&runs=2").await.expect(200).text();
    let shown: Vec<bool> = ids.iter().map(|id| text.contains(id.as_str())).collect();
    assert_eq!(shown, [false, false, true, true]);
    let text = scene.get("/case?name=pay&environment=a%20%26%20b").await.expect(200).text();
    assert!(text.contains(&staging) && !text.contains(&ids[3]));
    assert!(text.contains("<option value=\"a &amp; b\" selected>"));
}

#[tokio::test]
async fn a_case_that_never_ran_without_an_environment_is_shown_in_its_latest() {
    let scene = Scene::new();
    let lab = Recorded { environment: Some("lab".to_owned()), ..run(0, "pay", 10.0) };
    let id = scene.record(&lab);
    assert!(scene.get("/case?name=pay").await.expect(200).text().contains(&id));
    let text = scene.get("/case?name=pay&environment=nowhere").await.expect(200).text();
    assert!(!text.contains(&id) && text.contains("No run of this environment"));
}

#[tokio::test]
async fn projects_of_one_history_are_told_apart() {
    let scene = Scene::new();
    let shop = scene.record(&run(0, "pay", 10.0));
    let till = Recorded { project: "till".to_owned(), ..run(1, "pay", 20.0) };
    let till = scene.record(&till);
    let text = scene.get("/").await.expect(200).text();
    assert!(text.contains("till · No environment") && text.contains("shop · No environment"));
    for (project, own, other) in [("shop", &shop, &till), ("till", &till, &shop)] {
        let address = format!("/case?name=pay&project={project}");
        let text = scene.get(&address).await.expect(200).text();
        assert!(text.contains(own.as_str()) && !text.contains(other.as_str()), "{project}");
    }
    scene.get("/case?name=pay&project=bank").await.expect(404);
}

#[tokio::test]
async fn an_unknown_case_and_a_query_that_makes_no_sense_are_told() {
    let scene = Scene::new();
    scene.record(&Recorded::default());
    let text = scene.get("/case?name=%3Cb%3E").await.expect(404).text();
    assert!(text.contains("&lt;b&gt;") && !text.contains("<b>"), "{text}");
    for address in ["/case", "/case?name=checkout&runs=many", "/case?name=checkout&runs=-1"] {
        scene.get(address).await.expect(400);
    }
    scene.get("/case?name=checkout&runs=0").await.expect(200);
    scene.get("/case?name=checkout&runs=4000000000").await.expect(200);
}

#[tokio::test]
async fn names_that_look_like_markup_stay_text_on_every_page() {
    let hostile = "<script>alert(1)</script>\"'&\u{202e}";
    let scene = Scene::new();
    scene.record(&Recorded {
        case: hostile.to_owned(),
        operation: Some(hostile.repeat(200)),
        environment: Some(hostile.to_owned()),
        branch: hostile.to_owned(),
        host: hostile.to_owned(),
        ..Recorded::default()
    });
    let case = "/case?name=%3Cscript%3Ealert(1)%3C%2Fscript%3E%22%27%26%E2%80%AE";
    for address in ["/", case] {
        let text = scene.get(address).await.expect(200).text();
        assert!(text.contains("&lt;script&gt;alert(1)"), "{address}: {text}");
        // What a form sends is the name as it is, and not shown.
        let shown: String = text.split(" value=\"").map(after_value).collect();
        assert!(
            !shown.contains("<script>alert") && !shown.contains('\u{202e}'),
            "{address}: {text}"
        );
    }
}

fn after_value(text: &str) -> &str {
    text.split_once('"').map_or(text, |(_, rest)| rest)
}
