//! Watches that end and begin again, and histories that do.

use tollgate_dashboard::picture::Picture;

use super::{FAST, Post, RULE, SLOW, evaluate, firing, shows};

#[test]
fn a_restart_repeats_nothing_however_the_process_ended() {
    let post = Post::new();
    post.record(0, SLOW);
    let (watch, live) = post.start();
    let told = |picture: &Picture| picture.deliveries.done == 1;
    let since_ms = shows(&live, "one was told", told).alerts[0].since_ms;
    watch.stop();
    for is_killed in [true, false] {
        let (watch, live) = post.start();
        evaluate(&live, 3);
        let picture = live.picture();
        assert_eq!((picture.alerts[0].state, picture.alerts[0].since_ms), ("firing", since_ms));
        assert_eq!(post.listener.heard().len(), 1);
        if is_killed { drop(watch) } else { watch.stop() }
    }
    post.record(1, FAST);
    let (watch, live) = post.start();
    assert_eq!(firing(&post.listener.wait_for(2)[1]), [("wall median", false)]);
    evaluate(&live, 2);
    assert_eq!(post.listener.heard().len(), 2);
    watch.stop();
}

#[test]
fn who_is_killed_while_telling_tells_it_once_more_under_the_same_key() {
    let post = Post::new();
    post.record(0, SLOW);
    post.listener.be_silent(true);
    let (watch, _) = post.start();
    post.listener.wait_for(1);
    drop(watch);
    post.listener.be_silent(false);
    let (watch, live) = post.start();
    let heard = post.listener.wait_for(2);
    assert_eq!(heard[0], heard[1]);
    evaluate(&live, 3);
    watch.stop();
    let (_watch, live) = post.start();
    evaluate(&live, 3);
    assert_eq!(post.listener.heard().len(), 2);
}

#[test]
fn what_is_pending_goes_on_after_a_kill() {
    let post = Post::new();
    post.write_rules(&RULE.replace("above = 0", "above = 0\nfor = \"1h\""));
    post.record(0, SLOW);
    let mut since = Vec::new();
    for _ in 0..2 {
        let (watch, live) = post.start();
        evaluate(&live, 2);
        let picture = live.picture();
        assert_eq!(picture.alerts[0].state, "pending");
        since.push(picture.alerts[0].since_ms);
        drop(watch);
    }
    // Nobody looked in between, and that time does not count.
    assert!(since[1] >= since[0] && since[1] - since[0] < 60_000, "{since:?}");
    assert!(post.listener.heard().is_empty());
}

#[test]
fn of_two_watchers_one_tells_and_the_other_takes_over_when_it_ends() {
    let post = Post::new();
    post.record(0, FAST);
    let (first, live) = post.start();
    evaluate(&live, 1);
    let (second, other) = post.start();
    let picture = shows(&other, "another one watches", |picture| picture.elsewhere.is_some());
    let expected = format!("process {} watches", std::process::id());
    assert!(picture.elsewhere.as_deref().unwrap().starts_with(&expected));
    post.record(1, SLOW);
    post.listener.wait_for(1);
    evaluate(&live, 2);
    assert!(other.picture().alerts.is_empty());
    first.stop();
    evaluate(&other, 3);
    assert_eq!((other.picture().elsewhere.as_ref(), post.listener.heard().len()), (None, 1));
    assert_eq!(other.picture().alerts[0].state, "firing");
    post.record(2, FAST);
    assert_eq!(firing(&post.listener.wait_for(2)[1]), [("wall median", false)]);
    second.stop();
}

#[test]
fn a_history_that_is_begun_later_or_begun_anew_is_watched() {
    let post = Post::new();
    let (watch, live) = post.start();
    let picture = shows(&live, "there is none", |picture| picture.unread.is_some());
    assert!(picture.unread.as_deref().unwrap().starts_with("there is no history at "));
    assert!(!post.scene.path().exists());
    post.record(0, SLOW);
    post.listener.wait_for(1);
    let folder = post.scene.path().parent().unwrap().to_owned();
    std::fs::rename(&folder, folder.with_file_name("aside")).unwrap();
    shows(&live, "it is gone", |picture| picture.unread.is_some());
    assert_eq!(live.picture().alerts[0].state, "firing");
    post.record(1, FAST);
    assert_eq!(firing(&post.listener.wait_for(2)[1]), [("wall median", false)]);
    watch.stop();
}

#[test]
fn who_comes_second_to_a_history_begun_anew_knows_nothing_of_it() {
    let post = Post::new();
    post.record(0, SLOW);
    let (watch, live) = post.start();
    evaluate(&live, 1);
    let folder = post.scene.path().parent().unwrap().to_owned();
    std::fs::rename(&folder, folder.with_file_name("aside")).unwrap();
    shows(&live, "it is gone", |picture| picture.unread.is_some());
    std::fs::create_dir(&folder).unwrap();
    let other = std::fs::File::create(folder.join("history.db-watch")).unwrap();
    other.lock().unwrap();
    post.record(1, FAST);
    let picture = shows(&live, "another one watches", |picture| picture.elsewhere.is_some());
    assert_eq!((picture.evaluated_ms, picture.alerts.len()), (None, 0));
    drop(other);
    evaluate(&live, 1);
    watch.stop();
}

/// Another file in the place of the history, in which some words are others.
fn reword(post: &Post, from: &str, to: &str) {
    let path = post.scene.path();
    let mut bytes = std::fs::read(&path).unwrap();
    let starts = 0..=bytes.len() - from.len();
    let places: Vec<usize> =
        starts.filter(|at| bytes[*at..].starts_with(from.as_bytes())).collect();
    assert!(!places.is_empty(), "{from} is nowhere");
    for at in places {
        bytes[at..at + to.len()].copy_from_slice(to.as_bytes());
    }
    let aside = path.with_extension("aside");
    std::fs::write(&aside, bytes).unwrap();
    std::fs::rename(aside, path).unwrap();
}

#[test]
fn what_fires_is_not_over_because_its_run_cannot_be_read_after_a_restart() {
    let post = Post::new();
    post.record(0, SLOW);
    let (watch, live) = post.start();
    shows(&live, "one was told", |picture| picture.deliveries.done == 1);
    watch.stop();
    // There is no table of this name any more.
    reword(&post, "judgement", "judgemenx");
    let (watch, live) = post.start();
    let picture = shows(&live, "it is not read", |picture| picture.unread.is_some());
    assert_eq!(picture.evaluated_ms, None);
    reword(&post, "judgemenx", "judgement");
    evaluate(&live, 3);
    assert_eq!(live.picture().alerts[0].state, "firing");
    assert_eq!(post.listener.heard().len(), 1);
    watch.stop();
}

#[test]
fn where_what_was_known_is_damaged_all_is_told_anew_and_once() {
    let post = Post::new();
    post.record(0, SLOW);
    let (watch, live) = post.start();
    shows(&live, "one was told", |picture| picture.deliveries.done == 1);
    watch.stop();
    reword(&post, "{\"version\":1,\"desk\"", "{\"version\":9,");
    for _ in 0..2 {
        let (watch, live) = post.start();
        evaluate(&live, 3);
        let heard = post.listener.wait_for(2);
        assert_eq!((heard.len(), &heard[1]["reason"]), (2, &"new".into()));
        watch.stop();
    }
}
