//! What people see and do on the overview, on a case's page and among alerts.

use serde_json::json;
use tollgate_browser::Key;
use tollgate_dashboard::Live;
use tollgate_dashboard::picture::{Picture, Shown};

use crate::scene::Recorded;
use crate::site::Site;

const CASE: &str = "/case?name=checkout";
const LAST: &str = "/runs/20261128-021600-7f3a";
const BOTH: &str = "/compare?a=20261121-021600-7f3a&b=20261128-021600-7f3a";
const PAGES: [&str; 8] = ["/", CASE, "/alerts", "/runs", LAST, "/compare", BOTH, "/runs/nothing"];

#[tokio::test(flavor = "multi_thread")]
async fn no_page_asks_for_what_the_policy_blocks_light_or_dark() {
    let mut site = Site::with_runs().await;
    for scheme in ["light", "dark"] {
        site.browser.show_as(1200, 900, scheme).await;
        let mut papers = Vec::new();
        for path in PAGES {
            site.open(path).await;
            let is_dark = "parseInt(getComputedStyle(document.body).backgroundColor.slice(4)) < 99";
            papers.push(site.browser.value(is_dark).await == true);
        }
        assert_eq!(papers, [scheme == "dark"; PAGES.len()]);
    }
    site.assert_no_errors_but_of(404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_shows_every_page_without_scrolling_sideways() {
    let mut site = Site::with_runs().await;
    for width in [320, 400, 1600] {
        site.browser.show_as(width, 900, "light").await;
        for path in PAGES {
            site.open(path).await;
            site.assert_fits(&format!("{path} at {width}")).await;
        }
    }
    site.assert_no_errors_but_of(404);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_mark_is_drawn_within_its_chart_and_leads_to_its_run() {
    let mut site = Site::with_runs().await;
    site.browser.show_as(1200, 900, "light").await;
    site.open(CASE).await;
    let outside = "[...document.querySelectorAll('.plot')].flatMap((plot) => {
      const frame = plot.getBoundingClientRect();
      return [...plot.querySelectorAll('.mark')].filter((mark) => {
        const { left, right, top, bottom } = mark.getBoundingClientRect();
        const [x, y] = [(left + right) / 2, (top + bottom) / 2];
        const isDrawn = right > left && bottom > top;
        return !isDrawn || x < frame.left || x > frame.right || y < frame.top || y > frame.bottom;
      }).map((mark) => mark.outerHTML);
    })";
    assert_eq!(site.browser.value(outside).await, json!([]));
    let marks = "document.querySelectorAll('.plot:first-of-type .mark').length";
    assert_eq!(site.browser.value(marks).await, 16);
    // The shape is seen: it has a colour of its own and a size.
    let bad = "[...document.querySelectorAll('.mark use[href=\"#mark-exceeded\"]')].length";
    assert_eq!(site.browser.value(bad).await, 1);
    let run = "document.querySelector('.mark:nth-last-of-type(3)').getAttribute('href')";
    let run = site.browser.value(run).await;
    site.browser
        .value(
            "document.querySelector('.mark:nth-last-of-type(3) use').dispatchEvent(
      new MouseEvent('click', { bubbles: true, cancelable: true }))",
        )
        .await;
    site.browser.until(&format!("location.pathname === {run}")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_numbers_of_a_chart_are_reached_by_the_keyboard() {
    let mut site = Site::with_runs().await;
    site.open(CASE).await;
    // No mark of a chart is a stop on the way.
    let at = "document.activeElement.closest('details summary') !== null";
    for _ in 0..30 {
        site.browser.press(Key::Tab).await;
        let mark = "document.activeElement.closest('.plot') !== null";
        assert_eq!(site.browser.value(mark).await, false);
        if site.browser.value(at).await == true {
            break;
        }
    }
    assert_eq!(site.browser.value(at).await, true);
    site.browser.press(Key::Enter).await;
    site.browser.until("document.activeElement.parentElement.open").await;
    let rows = "document.querySelector('details[open] tbody').rows.length";
    assert_eq!(site.browser.value(rows).await, 8);
    site.assert_no_errors();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_shows_a_run_that_ends_by_itself() {
    let mut site = Site::with_runs().await;
    for path in ["/", CASE] {
        site.open(path).await;
        let minute = if path == "/" { 20_000 } else { 21_440 };
        let id = site.scene.record(&Recorded { minute, ..Recorded::default() });
        let has = format!("document.body.innerHTML.includes('/runs/{id}')");
        assert_eq!(site.browser.value(&has).await, false, "{path}");
        site.browser.until(&has).await;
    }
    site.assert_no_errors();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_fires_stands_on_the_overview_and_among_the_alerts() {
    let alert = Shown {
        rule: "exceeded".to_owned(),
        severity: "critical",
        state: "firing",
        since_ms: 1_795_227_360_000,
        value: Some(1.0),
        labels: [("case".to_owned(), "checkout".to_owned())].into(),
        summary: "a budget is exceeded".to_owned(),
        is_muted: false,
    };
    let evaluated_ms = Some(1_795_227_420_000);
    let picture = Picture { evaluated_ms, alerts: vec![alert], ..Picture::default() };
    let mut site = Site::new(Live::watched(picture)).await;
    site.scene.record(&Recorded::default());
    for path in ["/", "/alerts"] {
        site.open(path).await;
        let text = site.browser.value("document.querySelector('main').innerText").await;
        let text = text.as_str().unwrap().to_owned();
        assert!(text.contains("firing") && text.contains("case=checkout"), "{path}: {text}");
    }
    site.assert_no_errors();
}
