//! What programs are told: the same as people, under names that stay.

use std::path::Path;

use tollgate_dashboard::picture::{Deliveries, Picture};
use tollgate_dashboard::{Dashboard, Live};

use crate::scene::{Recorded, Scene, ask, request};

#[tokio::test]
async fn a_list_leads_from_page_to_page_through_every_run_once() {
    let scene = Scene::new();
    let mut ids: Vec<String> =
        (0..7).map(|minute| scene.record(&Recorded { minute, ..Recorded::default() })).collect();
    let (mut found, mut address) = (Vec::new(), "/api/runs?limit=3".to_owned());
    loop {
        let page = scene.get(&address).await.expect(200).json();
        assert_eq!(page["version"], 1);
        let runs = page["runs"].as_array().unwrap();
        found.extend(runs.iter().map(|run| run["id"].as_str().unwrap().to_owned()));
        let Some(before) = page["before"].as_str() else { break };
        address = format!("/api/runs?limit=3&before={before}");
    }
    ids.reverse();
    assert_eq!(found, ids);
}

#[tokio::test]
async fn a_run_and_its_judgement_are_what_the_history_holds() {
    let scene = Scene::new();
    let id = scene.record(&Recorded { failed: Some(2), ..Recorded::default() });
    let run = scene.get(&format!("/api/runs/{id}")).await.expect(200).json();
    let head = serde_json::to_value(scene.history().head(&id).unwrap()).unwrap();
    assert_eq!(run["run"], head);
    assert_eq!(run["failed"][0]["number"], 2);
    let judged = scene.get("/api/runs/last/judgement").await.expect(200).json();
    let stored = serde_json::to_value(scene.history().judgement(&id).unwrap().unwrap()).unwrap();
    assert_eq!(judged["judgement"], stored);
}

#[tokio::test]
async fn a_case_is_a_series_of_each_budget() {
    let scene = Scene::new();
    for (minute, milliseconds) in [(0, 10.0), (1, 10.0), (2, 30.0)] {
        scene.record(&Recorded { minute, milliseconds, ..Recorded::default() });
    }
    let answer = scene.get("/api/series?case=checkout&limit=2").await.expect(200).json();
    let series = answer["series"].as_array().unwrap();
    assert_eq!(series.len(), 2);
    assert_eq!((&series[0]["metric"], &series[0]["statistic"]), (&"wall".into(), &"median".into()));
    let points = series[0]["points"].as_array().unwrap();
    assert_eq!(
        (&points[0]["finding"], &points[1]["finding"]),
        (&"exceeded".into(), &"within".into())
    );
    assert_eq!(points[0]["limit"], 15e6);
    assert_eq!(answer["before"], points[1]["run"]);
    let cases = scene.get("/api/cases").await.expect(200).json();
    assert_eq!(cases["cases"], serde_json::json!(["checkout"]));
}

#[tokio::test]
async fn a_mistake_is_told_as_json_with_what_would_be_right() {
    let scene = Scene::new();
    scene.record(&Recorded::default());
    for (address, status, word) in [
        ("/api/runs/nothing", 404, "nothing"),
        ("/api/runs/%ff", 400, "UTF-8"),
        ("/api/runs?limit=0", 400, "1 to 1000"),
        ("/api/runs?limit=many", 400, "limit"),
        ("/api/runs?outcome=good", 400, "within"),
        ("/api/series", 400, "/api/cases"),
        ("/api/compare?a=last", 400, "later"),
        ("/api/compare?a=last&b=nothing", 404, "nothing"),
    ] {
        let answer = scene.get(address).await.expect(status).json();
        assert_eq!(answer["version"], 1, "{address}");
        let error = answer["error"].as_str().unwrap();
        assert!(error.contains(word), "{address}: {error}");
        assert!(answer.as_object().unwrap().contains_key("hint"), "{address}");
    }
    let empty = Scene::new().get("/api/runs").await.expect(503).json();
    assert_eq!(empty["kind"], "no-history");
    assert!(empty["hint"].as_str().unwrap().contains("tollgate check"));
}

#[tokio::test]
async fn what_is_compared_is_what_the_command_compares() {
    let scene = Scene::new();
    let a = scene.record(&Recorded::default());
    let b = scene.record(&Recorded { minute: 1, milliseconds: 14.0, ..Recorded::default() });
    let answer = scene.get(&format!("/api/compare?a={a}&b={b}")).await.expect(200).json();
    let row = &answer["comparison"]["rows"][0];
    assert_eq!((&row["metric"], &row["finding"]), (&"wall".into(), &"worse".into()));
}

#[tokio::test]
async fn who_looks_after_it_learns_whether_it_is_well() {
    let scene = Scene::new();
    scene.get("/health").await.expect(200);
    scene.get("/ready").await.expect(503);
    scene.record(&Recorded::default());
    scene.get("/ready").await.expect(200);
    let deliveries = Deliveries { waiting: 3, dead: 2, ..Deliveries::default() };
    let picture = Picture { evaluated_ms: Some(2_500), deliveries, ..Picture::default() };
    let router = Dashboard::new(scene.path(), Live::watched(picture)).router();
    for address in ["/runs", "/runs", "/nowhere"] {
        ask(router.clone(), request("GET", address, &[])).await;
    }
    let text = ask(router, request("GET", "/metrics", &[])).await.expect(200).text();
    for line in [
        "tollgate_dashboard_requests_total{route=\"/runs\",status=\"200\"} 2",
        "tollgate_dashboard_requests_total{route=\"none\",status=\"404\"} 1",
        "tollgate_dashboard_history_readable 1",
        "tollgate_dashboard_alerts{state=\"firing\"} 0",
        "tollgate_dashboard_evaluated_seconds 2.5",
        "tollgate_dashboard_deliveries_waiting 3",
        "tollgate_dashboard_deliveries_total{result=\"dead\"} 2",
    ] {
        assert!(text.lines().any(|own| own == line), "{line}\n{text}");
    }
}

#[tokio::test]
async fn who_evaluated_nothing_counts_no_alerts() {
    let scene = Scene::new();
    let router = Dashboard::new(scene.path(), Live::watched(Picture::default())).router();
    let text = ask(router, request("GET", "/metrics", &[])).await.expect(200).text();
    assert!(!text.contains("tollgate_dashboard_alerts"), "{text}");
    assert!(text.contains("tollgate_dashboard_deliveries_waiting 0"), "{text}");
}

#[tokio::test]
async fn prometheus_finds_nothing_wrong_with_the_metrics() {
    use std::io::Write as _;
    use std::process::{Command, Stdio};

    let scene = Scene::new();
    let picture = Picture { evaluated_ms: Some(2_500), ..Picture::default() };
    let router = Dashboard::new(scene.path(), Live::watched(picture)).router();
    ask(router.clone(), request("GET", "/runs", &[])).await;
    let text = ask(router, request("GET", "/metrics", &[])).await.expect(200).text();
    let mut promtool = Command::new("promtool");
    promtool.args(["check", "metrics"]).stdin(Stdio::piped()).stderr(Stdio::piped());
    let mut child =
        promtool.stdout(Stdio::null()).spawn().expect("`cargo xtask setup` installs it");
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{}\n{text}", String::from_utf8_lossy(&output.stderr));
}

#[tokio::test]
async fn a_badge_says_the_latest_outcome_in_words() {
    let scene = Scene::new();
    assert!(scene.get("/badge.svg").await.expect(200).text().contains("no runs"));
    scene.record(&Recorded::default());
    scene.record(&Recorded {
        minute: 1,
        case: "<script>".to_owned(),
        milliseconds: 99.0,
        ..Recorded::default()
    });
    for (address, word) in [
        ("/badge.svg", "budgets: exceeded"),
        ("/badge.svg?case=checkout", "checkout: within"),
        ("/badge.svg?case=%3Cscript%3E", "&lt;script&gt;: exceeded"),
        ("/badge.svg?case=nothing", "nothing: no runs"),
        ("/badge.svg?environment=nowhere", "budgets: no runs"),
    ] {
        let answer = scene.get(address).await.expect(200);
        assert_eq!(answer.header("content-type"), "image/svg+xml");
        assert!(answer.text().contains(word), "{address}: {}", answer.text());
    }
}

#[tokio::test]
async fn what_is_known_of_alerts_is_given_whole() {
    let scene = Scene::new();
    let still = scene.get("/api/alerts").await.expect(200).json();
    assert_eq!((&still["version"], &still["is_watched"]), (&1.into(), &false.into()));
    let picture = Picture { refused: Some("line 3".to_owned()), ..Picture::default() };
    let router = Dashboard::new(scene.path(), Live::watched(picture.clone())).router();
    let answer = ask(router, request("GET", "/api/alerts", &[])).await.expect(200).json();
    assert_eq!(answer["alerts"], serde_json::to_value(picture).unwrap());
    assert_eq!((&answer["is_watched"], &answer["is_known"]), (&true.into(), &false.into()));
}

#[test]
fn the_page_on_the_dashboard_lists_every_address_and_no_other() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/dashboard.md");
    let text = std::fs::read_to_string(path).unwrap();
    let mut listed: Vec<&str> = text
        .lines()
        .filter_map(|line| line.strip_prefix("| `/"))
        .flat_map(|line| line.split(" | ").next().unwrap().split("`, `"))
        .map(|address| address.trim_matches(['`', '/']))
        .collect();
    let mut there: Vec<&str> =
        Dashboard::addresses().into_iter().map(|address| address.trim_matches('/')).collect();
    listed.sort_unstable();
    there.sort_unstable();
    assert_eq!(listed, there);
}
