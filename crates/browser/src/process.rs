//! The program, in a folder and a group of processes of its own, both of which end with it.

use std::fs::{self, File};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};

use rustix::process::{Pid, Signal, kill_process_group};
use tempfile::TempDir;

use crate::browser::{PATIENCE, PAUSE};

pub(crate) struct Process {
    child: Child,
    folder: Option<TempDir>,
}

const ARGUMENTS: [&str; 12] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--remote-debugging-port=0",
    "about:blank",
];

impl Process {
    pub(crate) fn start() -> Process {
        let folder = TempDir::with_prefix("page-").expect("there is room for a folder");
        let log = File::create(folder.path().join("log")).expect("the folder takes a file");
        // Some of what it writes goes to the folder for temporary files whatever it is told.
        let scratch = folder.path().join("tmp");
        fs::create_dir(&scratch).expect("the folder takes another");
        let child = Command::new("chromium")
            .arg(format!("--user-data-dir={}", folder.path().join("user").display()))
            .args(ARGUMENTS)
            .env("TMPDIR", scratch)
            .stdout(Stdio::null())
            .stderr(log)
            // A group of its own, which ends together.
            .process_group(0)
            .spawn()
            .expect("chromium is installed, as `cargo xtask ci setup` sees to");
        Process { child, folder: Some(folder) }
    }

    /// Where it listens, which it writes into its folder.
    pub(crate) async fn address(&self) -> String {
        let folder = self.folder.as_ref().expect("it is there until the end").path();
        let file = folder.join("user/DevToolsActivePort");
        let written = async {
            loop {
                let text = fs::read_to_string(&file).unwrap_or_default();
                if let Some((port, path)) = text.split_once('\n') {
                    return format!("ws://127.0.0.1:{port}{}", path.trim());
                }
                tokio::time::sleep(PAUSE).await;
            }
        };
        tokio::time::timeout(PATIENCE, written).await.unwrap_or_else(|_| {
            panic!("{}", fs::read_to_string(folder.join("log")).unwrap_or_default())
        })
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if let Some(group) = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw) {
            let _ = kill_process_group(group, Signal::KILL);
        }
        let _ = self.child.wait();
        // What dies with it may write until it is dead.
        if let Some(folder) = self.folder.take() {
            let path = folder.keep();
            for _ in 0..100 {
                if fs::remove_dir_all(&path).is_ok() || !path.exists() {
                    break;
                }
                std::thread::sleep(PAUSE);
            }
        }
    }
}
