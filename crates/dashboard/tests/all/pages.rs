//! What the pages say of runs, whatever those are called.

use crate::scene::{Recorded, Scene, begin};

/// Names that try to break out of a page, to repaint it, or to fill it.
fn hostile() -> Vec<String> {
    vec![
        "<script>alert(1)</script>".to_owned(),
        "\"><img src=x onerror=alert(1)>".to_owned(),
        "' onmouseover='alert(1)".to_owned(),
        "\u{202e}gnp.exe\u{2066}".to_owned(),
        "a&b=c/../..?#%2e%2e".to_owned(),
        "..".to_owned(),
        "{{7*7}} ${7*7} <!-- ]]>".to_owned(),
        "µ性能∞\n\x1b[31m".to_owned(),
        "x".repeat(10_000),
    ]
}

#[tokio::test]
async fn a_run_shows_its_verdicts_worst_first_with_limits_and_reasons() {
    let scene = Scene::new();
    let id = scene.record(&Recorded { milliseconds: 20.0, ..Recorded::default() });
    let text = scene.get(&format!("/runs/{id}")).await.expect(200).text();
    for expected in ["exceeded", "wall median", "&lt;= 15 ms", "bench-1", "2026-11-21 02:16"] {
        assert!(text.contains(expected), "{expected}: {text}");
    }
    assert!(text.find("wall median") < text.find("wall max"), "{text}");
    let list = scene.get("/runs").await.expect(200).text();
    assert!(list.contains(&id) && list.contains("exceeded"), "{list}");
}

#[tokio::test]
async fn failed_trials_are_shown_with_what_they_printed() {
    let scene = Scene::new();
    let id = scene.record(&Recorded { failed: Some(3), ..Recorded::default() });
    let text = scene.get(&format!("/runs/{id}")).await.expect(200).text();
    assert!(text.contains("trial 3: exit code 3"), "{text}");
    assert!(text.contains("thread &lt;main&gt; panicked &amp; died"), "{text}");
}

#[tokio::test]
async fn a_run_that_is_being_measured_is_never_shown_as_within() {
    let scene = Scene::new();
    let id = begin(&mut scene.history(), &Recorded::default());
    for address in ["/runs".to_owned(), format!("/runs/{id}")] {
        let text = scene.get(&address).await.expect(200).text();
        assert!(!text.contains("verdict within"), "{text}");
    }
    let text = scene.get(&format!("/runs/{id}/report.md")).await.expect(404).text();
    assert!(text.contains("never judged"), "{text}");
}

#[tokio::test]
async fn names_stay_text_on_every_page() {
    let scene = Scene::new();
    for (minute, text) in (0..).zip(hostile()) {
        let id = scene.record(&Recorded {
            minute,
            case: text.clone(),
            operation: Some(text.clone()),
            environment: Some(text.clone()),
            branch: text.clone(),
            host: text.clone(),
            failed: Some(1),
            ..Recorded::default()
        });
        let compare = format!("/compare?a={id}&b={id}");
        for address in ["/", "/runs", &format!("/runs/{id}"), &compare] {
            let page = scene.get(address).await.expect(200).text();
            for markup in ["<script>a", "<img", " onerror=alert(1)>\"", "<!-- "] {
                assert!(!page.contains(markup), "{address}: {markup}");
            }
            let hidden =
                |c: char| c.is_control() && c != '\n' || ('\u{202a}'..='\u{202e}').contains(&c);
            // Nobody sees the value of an option, and it must come back as it is.
            let mut seen = page.split(" value=\"").map(|part| part.split_once('"').unwrap().1);
            assert!(!seen.any(|text| text.contains(hidden)), "{address}: {page:?}");
            assert!(page.len() < 300_000, "{address}: {} bytes", page.len());
        }
    }
}

#[tokio::test]
async fn runs_are_chosen_by_what_they_are_about() {
    let scene = Scene::new();
    let staging = Some("staging".to_owned());
    let runs = [
        Recorded::default(),
        Recorded { minute: 1, environment: staging, ..Recorded::default() },
        Recorded { minute: 2, branch: "topic/x".to_owned(), ..Recorded::default() },
        Recorded { minute: 3, case: "search & find".to_owned(), ..Recorded::default() },
        Recorded { minute: 4, milliseconds: 99.0, ..Recorded::default() },
    ];
    let ids: Vec<String> = runs.iter().map(|run| scene.record(run)).collect();
    for (query, expected) in [
        ("", vec![4, 3, 2, 1, 0]),
        ("?case=&branch=&outcome=", vec![4, 3, 2, 1, 0]),
        ("?environment=staging", vec![1]),
        ("?environment=(none)", vec![4, 3, 2, 0]),
        ("?branch=topic/x", vec![2]),
        ("?case=search+%26+find", vec![3]),
        ("?outcome=exceeded", vec![4]),
        ("?case=nothing", vec![]),
    ] {
        let text = scene.get(&format!("/runs{query}")).await.expect(200).text();
        let link = |id: &String| text.find(&format!("href=\"/runs/{id}\""));
        let mut found: Vec<(usize, usize)> =
            ids.iter().enumerate().filter_map(|(n, id)| Some((link(id)?, n))).collect();
        found.sort_unstable();
        let found: Vec<usize> = found.into_iter().map(|(_, n)| n).collect();
        assert_eq!(found, expected, "{query}");
    }
}

#[tokio::test]
async fn a_long_list_is_shown_a_page_at_a_time() {
    let scene = Scene::new();
    let ids: Vec<String> =
        (0..60).map(|minute| scene.record(&Recorded { minute, ..Recorded::default() })).collect();
    let first = scene.get("/runs?branch=main").await.expect(200).text();
    assert!(first.contains(&ids[59]) && !first.contains(&format!("/runs/{}", ids[9])));
    let next = format!("/runs?branch=main&before={}", ids[10]);
    assert!(first.contains(&next.replace('&', "&amp;")), "{first}");
    let second = scene.get(&next).await.expect(200).text();
    assert!(
        second.contains(&ids[9]) && second.contains(&ids[0]) && !second.contains("Earlier runs")
    );
}

#[tokio::test]
async fn what_is_not_there_or_not_understood_is_told() {
    let scene = Scene::new();
    scene.record(&Recorded::default());
    let long = "y".repeat(20_000);
    for (address, status) in [
        ("/runs/2026-nothing".to_owned(), 404),
        ("/runs/%3Cscript%3E".to_owned(), 404),
        ("/runs/%ff".to_owned(), 400),
        ("/runs/last~7".to_owned(), 404),
        ("/runs/last/report.pdf".to_owned(), 404),
        ("/compare?a=last&b=nothing".to_owned(), 404),
        ("/runs?outcome=splendid".to_owned(), 400),
        ("/runs?case=a&case=b".to_owned(), 400),
        (format!("/runs?case={long}"), 200),
        (format!("/runs/{long}"), 404),
    ] {
        let answer = scene.get(&address).await.expect(status);
        assert!(answer.bytes.len() < 30_000, "{} bytes", answer.bytes.len());
        assert!(!answer.text().contains("<script>"), "{}", answer.text());
    }
}

#[tokio::test]
async fn a_reference_leads_to_the_run_it_means() {
    let scene = Scene::new();
    let id = scene.record(&Recorded::default());
    let answer = scene.get("/runs/last").await.expect(307);
    assert_eq!(answer.header("location"), format!("/runs/{id}"));
}

#[tokio::test]
async fn two_runs_stand_side_by_side() {
    let scene = Scene::new();
    let a = scene.record(&Recorded::default());
    let b = scene.record(&Recorded { minute: 1, milliseconds: 14.0, ..Recorded::default() });
    let text = scene.get(&format!("/compare?a={a}&b={b}")).await.expect(200).text();
    assert!(text.contains("worse") && text.contains("+40 %"), "{text}");
    let run = scene.get(&format!("/runs/{b}")).await.expect(200).text();
    assert!(run.contains(&format!("/compare?a={a}&amp;b={b}")), "{run}");
    let text = scene.get("/compare").await.expect(200).text();
    assert!(text.contains("Choose two runs"), "{text}");
}

#[tokio::test]
async fn every_report_of_a_run_can_be_taken_away() {
    let scene = Scene::new();
    let id = scene.record(&Recorded::default());
    let page = scene.get(&format!("/runs/{id}")).await.expect(200).text();
    let addresses: Vec<&str> = page
        .split("href=\"")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap())
        .filter(|address| address.starts_with(&format!("/runs/{id}/")))
        .collect();
    assert_eq!(addresses.len(), 7, "{page}");
    for address in addresses {
        let answer = scene.get(address).await.expect(200);
        assert!(answer.text().contains("wall") || address.contains("annotations"), "{address}");
        assert!(answer.header("content-disposition").starts_with("attachment; filename="));
    }
    let json = scene.get(&format!("/runs/{id}/report.json")).await.expect(200).json();
    assert_eq!(json["run"]["id"], id);
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_are_whole_while_another_process_stores_runs() {
    let scene = std::sync::Arc::new(Scene::new());
    scene.record(&Recorded::default());
    let writing = std::sync::Arc::clone(&scene);
    let writer = std::thread::spawn(move || {
        for minute in 1..40 {
            writing.record(&Recorded { minute, ..Recorded::default() });
        }
    });
    while !writer.is_finished() {
        for address in ["/", "/runs", "/runs/last", "/compare?a=last&b=last"] {
            let answer = scene.get(address).await;
            assert!(answer.status.is_success() || answer.status == 307, "{}", answer.text());
        }
    }
    writer.join().unwrap();
}
