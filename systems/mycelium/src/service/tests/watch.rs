//! What those see who watch the service: health, metrics, ids, and how it ends.

use super::fixture::*;
use crate::service::*;

const ION: &str = r#"{"concentration_out_molar": 0.1, "concentration_in_molar": 0.1}"#;

#[tokio::test]
async fn health_is_told_as_ever() {
    let answer = Fixture::new().get("/health").await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.json["status"], "healthy");
    assert_eq!(answer.json["version"], env!("CARGO_PKG_VERSION"));
}

#[tokio::test]
async fn a_service_that_ends_says_that_it_is_not_ready() {
    let service = Fixture::new();
    let answer = service.get("/ready").await;
    assert_eq!((answer.status.as_u16(), &answer.json["status"]), (200, &"ready".into()));
    service.state.drain().begin();
    let answer = service.get("/ready").await;
    assert_eq!((answer.status.as_u16(), &answer.json["status"]), (503, &"not_ready".into()));
    assert_eq!(service.get("/health").await.status, 200);
}

#[tokio::test]
async fn metrics_have_the_names_labels_and_buckets_that_dashboards_know() {
    let service = Fixture::new();
    service.post("/nernst", ION).await;
    service.post("/nernst", ION).await;
    service.post("/nernst", "{}").await;
    service.get("/no/such/place").await;
    service.post("/simulate", r#"{"grid_size": 8, "steps": 3}"#).await;
    let answer = service.get("/metrics").await;
    assert!(answer.header("content-type").starts_with("application/openmetrics-text"));
    let nernst = r#"endpoint="/nernst",method="POST""#;
    for line in [
        &format!(r#"mfn_http_requests_total{{{nernst},status="200"}} 2"#),
        &format!(r#"mfn_http_requests_total{{{nernst},status="422"}} 1"#),
        r#"mfn_http_requests_total{endpoint="/other",method="GET",status="404"} 1"#,
        &format!("mfn_http_request_duration_seconds_count{{{nernst}}} 3"),
        &format!("mfn_http_requests_in_progress{{{nernst}}} 0"),
        r#"mfn_http_requests_in_progress{endpoint="/metrics",method="GET"} 1"#,
        "mycelium_simulations_total 1",
        "mycelium_simulation_steps_total 3",
        "mycelium_pool_workers 1",
        "mycelium_pool_queue_depth 0",
        "mycelium_pool_refused_total 0",
        "# EOF",
    ] {
        assert!(answer.text.contains(line), "{line} is not in\n{}", answer.text);
    }
    let bucket = |line: &&str| {
        line.starts_with("mfn_http_request_duration_seconds_bucket") && line.contains("/nernst")
    };
    let edges: Vec<&str> = answer
        .text
        .lines()
        .filter(bucket)
        .map(|line| line.split("le=\"").nth(1).unwrap().split('"').next().unwrap())
        .collect();
    let known = "0.005 0.01 0.025 0.05 0.1 0.25 0.5 1.0 2.5 5.0 10.0 +Inf";
    assert_eq!(edges.join(" "), known);
}

#[tokio::test]
async fn labels_are_a_closed_set() {
    let service = Fixture::new();
    for number in 0..100 {
        service.get(&format!("/{number}")).await;
        let mut request = getting("/health");
        *request.method_mut() = format!("M{number}").parse().unwrap();
        service.send(request).await;
    }
    let text = service.get("/metrics").await.text;
    let series = text.lines().filter(|line| line.starts_with("mfn_http_requests_total")).count();
    assert_eq!(series, 2, "{text}");
    assert!(text.contains(r#"method="other""#));
}

#[tokio::test]
async fn metrics_that_are_turned_off_are_not_there() {
    let service = Fixture::of(Options { metrics: false, ..options() });
    service.get("/health").await;
    assert_eq!(service.get("/metrics").await.refusal(), (404, "not_found"));
    let text = service.state.metrics().text(service.state.pool().load());
    assert!(!text.contains("/health"), "{text}");
}

#[tokio::test]
async fn each_answer_has_an_id_and_a_plain_one_is_kept() {
    let service = Fixture::new();
    let ask = |id: &str| service.send(with("x-request-id", id, getting("/health")));
    assert_eq!(ask("abc-123_.").await.header("x-request-id"), "abc-123_.");
    for bad in ["", "a b", "a\"b", &"x".repeat(65)] {
        let answer = ask(bad).await;
        let id = answer.header("x-request-id");
        assert_eq!(uuid::Uuid::parse_str(id).unwrap().get_version_num(), 4, "{bad}");
    }
    let first = service.get("/health").await;
    let second = service.get("/health").await;
    assert_ne!(first.header("x-request-id"), second.header("x-request-id"));
}
