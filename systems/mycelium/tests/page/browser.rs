//! A browser without a window, told what to do through its DevTools protocol.

use std::fs::File;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command};
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use rustix::process::{Pid, Signal, kill_process_group};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

/// One that runs, with one page. It is gone with this, and its folder is too.
pub struct Browser {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    session: Value,
    last: u64,
    /// What the console of the page was told of errors.
    pub errors: Vec<String>,
    _process: Process,
}

struct Process {
    child: Child,
    folder: Option<TempDir>,
}

/// How long anything may take, on a machine that has much else to do.
const PATIENCE: Duration = Duration::from_secs(60);
const PAUSE: Duration = Duration::from_millis(20);

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

impl Browser {
    pub async fn start() -> Browser {
        let process = Process::start();
        let (socket, _) = connect_async(process.address().await).await.expect("it listens");
        let mut browser = Browser {
            socket,
            session: Value::Null,
            last: 0,
            errors: Vec::new(),
            _process: process,
        };
        let page = browser.ask("Target.createTarget", json!({ "url": "about:blank" })).await;
        let wanted = json!({ "targetId": page["targetId"], "flatten": true });
        browser.session = browser.ask("Target.attachToTarget", wanted).await["sessionId"].take();
        for domain in ["Page", "Runtime", "Log"] {
            browser.ask(&format!("{domain}.enable"), json!({})).await;
        }
        browser
    }

    pub async fn open(&mut self, address: &str) {
        self.ask("Page.navigate", json!({ "url": address })).await;
        self.until("location.href !== 'about:blank' && document.readyState === 'complete'").await;
    }

    /// The value of an expression in the page, or of what it promises.
    pub async fn value(&mut self, expression: &str) -> Value {
        let asked = json!({
            "expression": expression,
            "awaitPromise": true,
            "returnByValue": true,
        });
        let mut told = self.ask("Runtime.evaluate", asked).await;
        assert!(told["exceptionDetails"].is_null(), "{expression}: {told}");
        told["result"]["value"].take()
    }

    /// Asks until the expression is true.
    pub async fn until(&mut self, expression: &str) {
        let asked = async {
            while self.value(expression).await != true {
                tokio::time::sleep(PAUSE).await;
            }
        };
        if tokio::time::timeout(PATIENCE, asked).await.is_err() {
            let shown = self.value("document.body.innerText").await;
            panic!("never true: {expression}\nthe page shows: {shown}\n{:?}", self.errors);
        }
    }

    pub async fn press(&mut self, key: &str, code: &str) {
        for kind in ["keyDown", "keyUp"] {
            let text = if kind == "keyDown" { key } else { "" };
            let event = json!({ "type": kind, "key": key, "code": code, "text": text });
            self.ask("Input.dispatchKeyEvent", event).await;
        }
    }

    /// A window of so many pixels, light or dark.
    pub async fn show_as(&mut self, width: u32, height: u32, scheme: &str) {
        let size = json!({
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600,
        });
        self.ask("Emulation.setDeviceMetricsOverride", size).await;
        let scheme = json!([{ "name": "prefers-color-scheme", "value": scheme }]);
        self.ask("Emulation.setEmulatedMedia", json!({ "features": scheme })).await;
    }

    pub async fn screenshot(&mut self, file: &Path) {
        let shot = self.ask("Page.captureScreenshot", json!({ "format": "png" })).await;
        let bytes = decoded(shot["data"].as_str().expect("a picture comes as text"));
        std::fs::write(file, bytes).expect("the folder for files of tests takes a picture");
    }

    /// A command to the browser, or to the page once there is one, and its result.
    async fn ask(&mut self, method: &str, params: Value) -> Value {
        self.last += 1;
        let id = self.last;
        let mut command = json!({ "id": id, "method": method, "params": params });
        if !self.session.is_null() {
            command["sessionId"] = self.session.clone();
        }
        self.socket.send(Message::text(command.to_string())).await.expect("it still listens");
        let answer = async {
            loop {
                let told = self.hear().await;
                if told["id"] == id {
                    return told;
                }
            }
        };
        let answer = tokio::time::timeout(PATIENCE, answer).await;
        let mut answer = answer.unwrap_or_else(|_| panic!("{method} was never answered"));
        assert!(answer["error"].is_null(), "{method}: {answer}");
        answer["result"].take()
    }

    /// The next message, of which errors are kept.
    async fn hear(&mut self) -> Value {
        let message = self.socket.next().await.expect("it lives").expect("it is heard");
        let told: Value = match message {
            Message::Text(text) => serde_json::from_str(&text).expect("it speaks JSON"),
            _ => Value::Null,
        };
        let params = &told["params"];
        let is_error = match told["method"].as_str() {
            Some("Runtime.exceptionThrown") => true,
            Some("Runtime.consoleAPICalled") => params["type"] == "error",
            Some("Log.entryAdded") => params["entry"]["level"] == "error",
            _ => false,
        };
        if is_error {
            self.errors.push(params.to_string());
        }
        told
    }
}

impl Process {
    fn start() -> Process {
        let folder = TempDir::with_prefix("page-").expect("there is room for a folder");
        let log = File::create(folder.path().join("log")).expect("the folder takes a file");
        let child = Command::new("chromium")
            .arg(format!("--user-data-dir={}", folder.path().join("user").display()))
            .args(ARGUMENTS)
            .stdout(std::process::Stdio::null())
            .stderr(log)
            // A group of its own, which ends together.
            .process_group(0)
            .spawn()
            .expect("chromium is installed, as `cargo xtask ci setup` sees to");
        Process { child, folder: Some(folder) }
    }

    /// Where it listens, which it writes into its folder.
    async fn address(&self) -> String {
        let folder = self.folder.as_ref().expect("it is there until the end").path();
        let file = folder.join("user/DevToolsActivePort");
        let written = async {
            loop {
                let text = std::fs::read_to_string(&file).unwrap_or_default();
                if let Some((port, path)) = text.split_once('\n') {
                    return format!("ws://127.0.0.1:{port}{}", path.trim());
                }
                tokio::time::sleep(PAUSE).await;
            }
        };
        tokio::time::timeout(PATIENCE, written).await.unwrap_or_else(|_| {
            panic!("{}", std::fs::read_to_string(folder.join("log")).unwrap_or_default())
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
                if std::fs::remove_dir_all(&path).is_ok() || !path.exists() {
                    break;
                }
                std::thread::sleep(PAUSE);
            }
        }
    }
}

/// Bytes out of their text in base 64.
fn decoded(text: &str) -> Vec<u8> {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digit = |byte: u8| DIGITS.iter().position(|known| *known == byte);
    let (mut bytes, mut held, mut bits) = (Vec::new(), 0_u32, 0);
    for value in text.bytes().map_while(digit) {
        held = held << 6 | value as u32;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push((held >> bits) as u8);
            held &= (1 << bits) - 1;
        }
    }
    bytes
}

#[test]
fn text_in_base_64_is_bytes() {
    assert_eq!(decoded("UG9zdA=="), b"Post");
    assert_eq!(decoded("+/8A"), [0xfb, 0xff, 0x00]);
}
