//! The live page in a real browser: what is shown is what the service streams, and what is pressed
//! does what it says.

use std::net::SocketAddr;
use std::path::Path;

use mycelium::service::{Environment, Keys, Options, State, listen};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use tollgate_browser::{Browser, Key};

/// A service that listens until it is told to end.
struct Service {
    address: SocketAddr,
    end: oneshot::Sender<()>,
    serving: JoinHandle<()>,
}

impl Service {
    async fn start(options: Options, address: &str) -> Service {
        let state =
            State::new(Options { compute_threads: 1, ..options }).expect("they are allowed");
        let listener = TcpListener::bind(address).await.expect("the port is free");
        let address = listener.local_addr().expect("it is bound");
        let (end, ended) = oneshot::channel();
        let serving = tokio::spawn(async move {
            listen(&state, listener, async { drop(ended.await) }).await;
        });
        Service { address, end, serving }
    }

    async fn stop(self) -> SocketAddr {
        self.end.send(()).expect("it waits for its end");
        self.serving.await.expect("it ends without a panic");
        self.address
    }
}

/// What the picture consists of, as one number.
const PICTURE: &str = "(() => {
  const canvas = document.getElementById('field');
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  return data.reduce((sum, byte) => (sum * 31 + byte) >>> 0, 7);
})()";

/// So many pictures of the screen later: a second holds sixty at most.
const LATER: &str = "new Promise((resolve) => {
  let left = 30;
  const next = () => (left-- > 0 ? requestAnimationFrame(next) : resolve(true));
  next();
})";

const STEP: &str = "Number(document.getElementById('step').textContent)";

/// Of which stream the picture is: each time it begins anew it is another one.
const STREAM: &str = "document.getElementById('field').dataset.stream";

async fn shows(browser: &mut Browser, stream: &str) {
    browser.until(&format!("{STREAM} === '{stream}'")).await;
}

async fn opened(service: &Service) -> Browser {
    let mut browser = Browser::start().await;
    browser.show_as(1280, 860, "light").await;
    browser.open(&format!("http://{}/", service.address)).await;
    browser
}

async fn usual() -> (Service, Browser) {
    let service = Service::start(Options::default(), "127.0.0.1:0").await;
    let mut browser = opened(&service).await;
    browser.until(&format!("{STEP} > 0")).await;
    (service, browser)
}

async fn step(browser: &mut Browser) -> u64 {
    browser.value(STEP).await.as_u64().expect("a step is a number")
}

async fn text(browser: &mut Browser, id: &str) -> String {
    let shown = browser.value(&format!("document.getElementById('{id}').textContent")).await;
    shown.as_str().expect("what is shown is text").to_owned()
}

async fn click(browser: &mut Browser, id: &str) {
    browser.value(&format!("document.getElementById('{id}').click()")).await;
}

/// Chooses one of a list, as a person does.
async fn choose(browser: &mut Browser, id: &str, value: &str) {
    let chosen = format!(
        "(() => {{ const list = document.getElementById('{id}'); list.value = '{value}'; \
         list.dispatchEvent(new Event('change')); }})()"
    );
    browser.value(&chosen).await;
}

fn no_errors(browser: &Browser) {
    assert_eq!(browser.errors, Vec::<String>::new());
}

async fn screenshot(browser: &mut Browser, name: &str) {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    browser.screenshot(&folder.join(format!("page-{name}.png"))).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pattern_forms_before_ones_eyes() {
    let (_service, mut browser) = usual().await;
    assert!(browser.value("document.getElementById('model').value").await == "spots");
    let (first, before) = (step(&mut browser).await, browser.value(PICTURE).await);
    browser.until(&format!("{STEP} > {first} && {PICTURE} !== {before}")).await;
    // Colours at both ends of the scale, so it is no even surface.
    browser.until("Number(document.getElementById('max').textContent) > 0.1").await;
    browser.until("document.getElementById('features').children.length === 10").await;
    assert_eq!(text(&mut browser, "events").await, "none");
    browser.until(&format!("{STEP} > 1500")).await;
    screenshot(&mut browser, "light").await;
    browser.show_as(1280, 860, "dark").await;
    screenshot(&mut browser, "dark").await;
    no_errors(&browser);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pause_stops_it_and_it_goes_on_where_it_was() {
    let (_service, mut browser) = usual().await;
    click(&mut browser, "toggle").await;
    assert_eq!(text(&mut browser, "status").await, "Paused");
    assert_eq!(text(&mut browser, "toggle").await, "Start");
    // What was on its way still comes, until nothing new was seen for so long.
    let mut paused = step(&mut browser).await;
    loop {
        browser.value(LATER).await;
        let last = std::mem::replace(&mut paused, step(&mut browser).await);
        if last == paused {
            break;
        }
    }
    let picture = browser.value(PICTURE).await;
    browser.value(LATER).await;
    assert_eq!(step(&mut browser).await, paused);
    assert_eq!(browser.value(PICTURE).await, picture);
    click(&mut browser, "toggle").await;
    browser.until(&format!("{STEP} > {paused}")).await;
    assert_eq!(text(&mut browser, "status").await, "Running");
    no_errors(&browser);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_model_another_size_or_another_seed_begins_anew() {
    let (_service, mut browser) = usual().await;
    assert_eq!(browser.value(STREAM).await, "page-1");
    choose(&mut browser, "model", "membrane").await;
    shows(&mut browser, "page-2").await;
    assert!(text(&mut browser, "min").await.ends_with("mV"));
    assert!(text(&mut browser, "about").await.contains("relaxes"));
    browser.until("Number(document.getElementById('events').textContent) > 0").await;
    assert_eq!(text(&mut browser, "steps").await, "10000");
    browser.until("document.getElementById('features').children.length === 21").await;

    choose(&mut browser, "size", "64").await;
    shows(&mut browser, "page-3").await;
    assert_eq!(browser.value("document.getElementById('field').width").await, 64);
    choose(&mut browser, "seed", "7").await;
    shows(&mut browser, "page-4").await;
    click(&mut browser, "restart").await;
    shows(&mut browser, "page-5").await;
    no_errors(&browser);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_keyboard_is_enough() {
    let (_service, mut browser) = usual().await;
    browser.press(Key::Space).await;
    browser.until("document.getElementById('status').textContent === 'Paused'").await;
    let paused = step(&mut browser).await;
    browser.press(Key::Space).await;
    browser.until(&format!("{STEP} > {paused}")).await;
    browser.press(Key::Letter('r')).await;
    shows(&mut browser, "page-2").await;
    // Everything that can be chosen can be reached, and has a name.
    let named = "[...document.querySelectorAll('select, input, button')].every((control) =>
      control.tabIndex === 0 && (control.labels?.length > 0 || control.textContent.trim() !== ''))";
    assert_eq!(browser.value(named).await, true);
    no_errors(&browser);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_is_gone_is_told_and_found_again() {
    // An address of its own, so that nobody else takes the port in between.
    let service = Service::start(Options::default(), "127.0.0.2:0").await;
    let mut browser = opened(&service).await;
    browser.until(&format!("{STEP} > 0")).await;
    no_errors(&browser);
    let address = service.stop().await;
    browser.until("!document.getElementById('alert').hidden").await;
    assert!(text(&mut browser, "alert-text").await.contains("cannot be reached"));
    assert_eq!(text(&mut browser, "status").await, "Not connected");
    assert_eq!(browser.value("document.getElementById('toggle').disabled").await, true);
    screenshot(&mut browser, "lost").await;

    let _again = Service::start(Options::default(), &address.to_string()).await;
    click(&mut browser, "retry").await;
    browser.until("document.getElementById('alert').hidden").await;
    browser.until("document.getElementById('status').textContent === 'Running'").await;
    browser.until(&format!("{STEP} > 0")).await;
    // Of nothing but the attempts that failed.
    let is_attempt = |error: &String| error.contains("ws://") || error.contains("WebSocket");
    assert!(browser.errors.iter().all(is_attempt), "{:?}", browser.errors);
}

#[tokio::test(flavor = "multi_thread")]
async fn where_a_key_is_needed_the_page_asks_for_it() {
    let options = Options {
        keys: Keys::of(["right"]),
        keys_required: true,
        ..Options::for_environment(Environment::Prod)
    };
    let service = Service::start(options, "127.0.0.1:0").await;
    let mut browser = opened(&service).await;
    browser.until("!document.getElementById('login').hidden").await;
    let enter = |key: &str| {
        format!(
            "(() => {{ document.getElementById('key').value = '{key}'; \
             document.getElementById('login').requestSubmit(); }})()"
        )
    };
    browser.value(&enter("wrong")).await;
    browser.until("document.getElementById('alert-text').textContent.includes('unknown')").await;
    browser.value(&enter("right")).await;
    browser.until(&format!("{STEP} > 0")).await;
    assert_eq!(browser.value("document.getElementById('login').hidden").await, true);
    no_errors(&browser);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_shows_all_of_it_without_scrolling_sideways() {
    let (_service, mut browser) = usual().await;
    for width in [320, 390] {
        browser.show_as(width, 844, "light").await;
        browser.value(LATER).await;
        let widths = "[document.documentElement.scrollWidth, innerWidth]";
        let widths: Value = browser.value(widths).await;
        assert_eq!(widths[0], widths[1], "at {width}");
    }
    browser.until(&format!("{STEP} > 600")).await;
    screenshot(&mut browser, "phone").await;
    no_errors(&browser);
}
