use std::path::PathBuf;
use std::sync::mpsc::sync_channel;

use tollgate::judge::Finding::Within;

use super::*;
use crate::watch::sample::Stored;

struct Scene {
    folder: tempfile::TempDir,
    watcher: Watcher,
    tasks: Receiver<Task>,
}

impl Scene {
    /// A history is watched in which all is well.
    fn new() -> Scene {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("history.db");
        Stored::new(1, &[("pay", Within)]).store(&path);
        let interval = Duration::from_secs(3600);
        let mut rules = Rules::new(None, interval, false);
        let file = rules.read().unwrap();
        let (deliver, tasks) = sync_channel(1);
        let reading = Reading::new(path, None);
        let live = Live::watched(Picture::default());
        let beginning = Beginning { reading, rules, file, nats: None, interval, deliver, live };
        let mut watcher = Watcher::new(beginning);
        watcher.look();
        assert!(watcher.desk.is_some());
        Scene { folder, watcher, tasks }
    }

    fn rename(&self, from: &str, to: &str) {
        for end in ["", "-wal", "-shm"] {
            let path = |name: &str| -> PathBuf { self.folder.path().join(format!("{name}{end}")) };
            let _ = std::fs::rename(path(from), path(to));
        }
    }
}

#[test]
fn what_waits_is_not_told_while_another_process_may_hold_the_history() {
    let mut scene = Scene::new();
    let word = |text: &str| text.to_owned();
    let message = Message { key: word("k"), action: word("log"), body: word("{}") };
    scene.watcher.outbox.put(word("k"), message, 0);
    scene.rename("history.db", "aside.db");
    scene.watcher.look();
    scene.watcher.tell();
    assert!(scene.tasks.try_recv().is_err());
    assert!(!scene.watcher.wait().is_zero(), "it asks without a pause");
    scene.rename("aside.db", "history.db");
    scene.watcher.look();
    scene.watcher.tell();
    assert_eq!(scene.tasks.try_recv().unwrap().errand.key, "k");
}

#[test]
fn a_save_that_failed_is_not_tried_again_at_once_unless_the_rules_are_others() {
    let mut scene = Scene::new();
    scene.rename("history.db", "aside.db");
    scene.watcher.is_dirty = true;
    scene.watcher.save_if_due();
    assert!(scene.watcher.picture.unsaved.is_some());
    scene.rename("aside.db", "history.db");
    scene.watcher.save_if_due();
    assert!(scene.watcher.is_dirty && scene.watcher.picture.unsaved.is_some());
    scene.watcher.reload();
    scene.watcher.save_if_due();
    assert!(!scene.watcher.is_dirty && scene.watcher.picture.unsaved.is_none());
}
