//! A real history is watched, and a real server is told.

mod restarts;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tollgate::judge::{Strictness, judge};
use tollgate_dashboard::picture::Picture;
use tollgate_dashboard::watch::{Options, WatchError};
use tollgate_dashboard::{Live, Watch};

use crate::listener::{Listener, until};
use crate::scene::{Recorded, Scene};

const RULE: &str = r#"
[[rule]]
name = "exceeded"
metric = "tollgate_exceeded"
above = 0
no-data = "resolve"
severity = "critical"
summary = "a budget is exceeded"
actions = ["hook"]
"#;

struct Post {
    scene: Scene,
    listener: Listener,
}

impl Post {
    fn new() -> Post {
        let post = Post { scene: Scene::new(), listener: Listener::new() };
        post.write_rules(RULE);
        post
    }

    fn rules(&self) -> PathBuf {
        self.scene.path().ancestors().nth(2).unwrap().join("rules.toml")
    }

    /// With a route on which nothing waits, and the server that is told.
    fn write_rules(&self, rules: &str) {
        let route =
            "[route]\nby = [\"project\"]\nwait = \"0\"\ninterval = \"0\"\nrepeat = \"1d\"\n";
        let action = format!("[action.hook]\nurl = \"{}\"\n", self.listener.url());
        std::fs::write(self.rules(), format!("{route}{action}{rules}")).unwrap();
    }

    fn try_start(&self) -> Result<(Watch, Live), WatchError> {
        let interval = Duration::from_millis(100);
        let rules = Some(self.rules());
        let options = Options { rules, interval, ..Options::new(self.scene.path()) };
        Watch::start(options)
    }

    fn start(&self) -> (Watch, Live) {
        self.try_start().unwrap()
    }

    fn record(&self, minute: i64, milliseconds: f64) {
        self.scene.record(&Recorded { minute, milliseconds, ..Recorded::default() });
    }
}

const SLOW: f64 = 40.0;
const FAST: f64 = 10.0;

#[track_caller]
fn shows(live: &Live, what: &str, test: impl Fn(&Picture) -> bool) -> Arc<Picture> {
    until(what, || Some(live.picture()).filter(|picture| test(picture)))
}

/// Long enough for whatever there is to tell to be told.
#[track_caller]
fn evaluate(live: &Live, times: usize) {
    for _ in 0..times {
        let before = live.picture().evaluated_ms;
        shows(live, "all was evaluated", |picture| picture.evaluated_ms > before);
    }
    shows(live, "nothing waits", |picture| picture.deliveries.waiting == 0);
}

fn firing(message: &Value) -> Vec<(&str, bool)> {
    let alerts = message["alerts"].as_array().unwrap().iter();
    alerts
        .map(|one| (one["labels"]["budget"].as_str().unwrap(), one["is_firing"] == true))
        .collect()
}

#[test]
fn a_run_that_exceeds_is_told_once_and_so_is_one_that_keeps_again() {
    let post = Post::new();
    post.record(0, FAST);
    let (watch, live) = post.start();
    evaluate(&live, 2);
    assert!(post.listener.heard().is_empty());
    post.record(1, SLOW);
    let heard = post.listener.wait_for(1);
    assert_eq!(
        (firing(&heard[0]), &heard[0]["reason"]),
        (vec![("wall median", true)], &"new".into())
    );
    assert_eq!(heard[0]["alerts"][0]["labels"]["case"], "checkout");
    evaluate(&live, 3);
    let picture = live.picture();
    assert_eq!((picture.alerts[0].state, picture.alerts[0].is_muted), ("firing", false));
    assert_eq!((picture.rules[0].firing, picture.deliveries.done), (1, 1));
    post.record(2, FAST);
    let heard = post.listener.wait_for(2);
    assert_eq!(
        (firing(&heard[1]), &heard[1]["reason"]),
        (vec![("wall median", false)], &"over".into())
    );
    evaluate(&live, 3);
    assert_eq!(post.listener.heard().len(), 2);
    let changes: Vec<_> = live.picture().changes.iter().map(|one| (one.from, one.to)).collect();
    assert_eq!(changes, [("firing", "resolved"), ("inactive", "firing")]);
    watch.stop();
}

#[test]
fn rules_that_are_wrong_are_refused_and_those_from_before_hold() {
    let post = Post::new();
    post.record(0, FAST);
    let (watch, live) = post.start();
    evaluate(&live, 1);
    post.write_rules("[[rule]]\nname = \"other\"\nmetric = \"tollgate_exeeded\"\nabove = 0\n");
    let picture = shows(&live, "they are refused", |picture| picture.refused.is_some());
    let why = picture.refused.as_deref().unwrap();
    assert!(why.contains("rules.toml:10") && why.contains("tollgate_exceeded"), "{why}");
    assert_eq!(picture.rules[0].name, "exceeded");
    let error = post.try_start().unwrap_err();
    assert!(matches!(error, WatchError::Rules(_)), "{error}");
    post.record(1, SLOW);
    post.listener.wait_for(1);
    std::fs::remove_file(post.rules()).unwrap();
    shows(&live, "the file is missed", |picture| {
        picture.refused.as_ref().is_some_and(|why| why.contains("could not read"))
    });
    post.write_rules(&RULE.replace("critical", "warning"));
    let picture = shows(&live, "they are taken", |picture| picture.refused.is_none());
    assert_eq!((picture.rules[0].severity, picture.alerts[0].state), ("warning", "firing"));
    watch.stop();
}

#[test]
fn a_silence_mutes_what_it_matches_and_its_end_is_heard() {
    let post = Post::new();
    let silence = "[[silence]]\nmatchers = [\"case=checkout\"]\nfrom = 2020-01-01T00:00:00Z\n\
                   until = 2200-01-01T00:00:00Z\nauthor = \"ann\"\nreason = \"known\"\n";
    post.write_rules(&format!("{silence}{RULE}"));
    post.record(0, SLOW);
    let (watch, live) = post.start();
    evaluate(&live, 3);
    let picture = live.picture();
    assert_eq!((picture.alerts[0].state, picture.alerts[0].is_muted), ("firing", true));
    assert_eq!((&*picture.silences[0].author, &*picture.silences[0].reason), ("ann", "known"));
    assert!(post.listener.heard().is_empty());
    post.write_rules(RULE);
    post.listener.wait_for(1);
    watch.stop();
}

#[test]
fn a_budget_that_is_gone_from_the_file_is_over() {
    let post = Post::new();
    post.record(0, SLOW);
    let (watch, live) = post.start();
    post.listener.wait_for(1);
    let operation = Some("GET /cart".to_owned());
    post.scene.record(&Recorded { minute: 1, operation, ..Recorded::default() });
    assert_eq!(firing(&post.listener.wait_for(2)[1]), [("wall median", false)]);
    evaluate(&live, 2);
    assert!(live.picture().rules.iter().all(|rule| rule.firing == 0));
    watch.stop();
}

#[test]
fn a_run_that_is_judged_again_speaks_by_its_new_judgement() {
    let post = Post::new();
    post.record(0, SLOW);
    let (watch, live) = post.start();
    post.listener.wait_for(1);
    let mut history = post.scene.history();
    let mut run = history.load("last").unwrap();
    for budget in &mut run.head.budgets {
        budget.hard = tollgate::budget::parse::limit("<= 1s").ok();
    }
    let judgement = judge(&run, &[], Strictness::Usual);
    history.set_judgement(&run.head.id, &judgement).unwrap();
    assert_eq!(firing(&post.listener.wait_for(2)[1]), [("wall median", false)]);
    evaluate(&live, 1);
    watch.stop();
}

#[test]
fn what_cannot_be_saved_is_told_to_nobody_until_it_can() {
    let post = Post::new();
    // What is saved has it three times, and is too long; twice is not.
    let endless = "x".repeat(6 << 20);
    post.write_rules(&RULE.replace("a budget is exceeded", &endless));
    post.record(0, SLOW);
    let (watch, live) = post.start();
    let picture = shows(&live, "it is not saved", |picture| picture.unsaved.is_some());
    assert!(picture.unsaved.as_deref().unwrap().contains("could not store the text `alerts`"));
    assert_eq!(picture.alerts[0].state, "firing");
    let before = picture.evaluated_ms;
    shows(&live, "it is evaluated still", |picture| picture.evaluated_ms > before);
    assert!(post.listener.heard().is_empty());
    post.write_rules(RULE);
    assert_eq!(firing(&post.listener.wait_for(1)[0]), [("wall median", true)]);
    evaluate(&live, 2);
    assert_eq!((live.picture().unsaved.as_ref(), post.listener.heard().len()), (None, 1));
    watch.stop();
}

#[test]
fn what_lasts_is_told_again_after_its_time() {
    let post = Post::new();
    post.write_rules(RULE);
    let rules = std::fs::read_to_string(post.rules()).unwrap();
    std::fs::write(post.rules(), rules.replace("\"1d\"", "\"200ms\"")).unwrap();
    post.record(0, SLOW);
    let (watch, _) = post.start();
    let heard = post.listener.wait_for(3);
    let reasons: Vec<&Value> = heard.iter().map(|one| &one["reason"]).collect();
    assert_eq!(reasons[..3], ["new", "repeated", "repeated"]);
    assert_ne!(heard[1]["key"], heard[2]["key"]);
    watch.stop();
}

#[test]
fn an_interval_too_short_to_keep_is_refused() {
    let post = Post::new();
    let options = Options { interval: Duration::ZERO, ..Options::new(post.scene.path()) };
    let error = Watch::start(options).unwrap_err();
    assert!(error.to_string().contains("a tenth of a second"), "{error}");
}
