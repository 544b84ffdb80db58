//! A real server of NATS, for as long as a test needs it.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

pub struct Server {
    child: Child,
    url: String,
    _folder: tempfile::TempDir,
}

impl Server {
    /// Starts one on a free port and waits until it has let somebody in.
    pub async fn start() -> Server {
        let folder = tempfile::tempdir().unwrap();
        let mut child = Command::new("nats-server")
            .args(["-a", "127.0.0.1", "-p", "-1", "--ports_file_dir"])
            .arg(folder.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the Debian package nats-server is installed");
        let file = folder.path().join(format!("nats-server_{}.ports", child.id()));
        let url = loop {
            if let Some(url) = told(&file) {
                break url;
            }
            assert_eq!(child.try_wait().unwrap(), None, "nats-server ended by itself");
            tokio::time::sleep(Duration::from_millis(2)).await;
        };
        Server { child, url, _folder: folder }
    }

    pub fn url(&self) -> &str {
        &self.url
    }
}

/// The address, once the file with it is complete.
fn told(file: &Path) -> Option<String> {
    let text = std::fs::read_to_string(file).ok()?;
    let ports: serde_json::Value = serde_json::from_str(&text).ok()?;
    ports["nats"][0].as_str().map(str::to_owned)
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().expect("it is ours and was not waited for");
        self.child.wait().expect("it was killed");
    }
}
