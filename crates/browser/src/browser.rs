//! One page, told what to do through the DevTools protocol.

use std::path::Path;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::base64::decoded;
use crate::process::Process;

/// One that runs, with one page. It is gone with this, and its folder is too.
pub struct Browser {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    session: Value,
    last: u64,
    /// What the console of the page was told of errors.
    pub errors: Vec<String>,
    _process: Process,
}

/// How long anything may take, on a machine that has much else to do.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);
pub(crate) const PAUSE: Duration = Duration::from_millis(20);

/// A key that tests press.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    Tab,
    Enter,
    Space,
    /// A small letter from `a` to `z`.
    Letter(char),
}

impl Key {
    /// Its name, its place on the keyboard, its number, and what it writes.
    fn event(self) -> (String, String, u32, String) {
        match self {
            Key::Tab => ("Tab".to_owned(), "Tab".to_owned(), 9, String::new()),
            Key::Enter => ("Enter".to_owned(), "Enter".to_owned(), 13, "\r".to_owned()),
            Key::Space => (" ".to_owned(), "Space".to_owned(), 32, " ".to_owned()),
            Key::Letter(letter) => {
                let capital = letter.to_ascii_uppercase();
                (letter.to_string(), format!("Key{capital}"), capital.into(), letter.to_string())
            }
        }
    }
}

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
        match self.evaluate(expression).await {
            Ok(value) => value,
            Err(reason) => panic!("{expression}: {reason}"),
        }
    }

    /// Asks until the expression is true. A page that is just being replaced by another has no
    /// answer, and is asked again.
    pub async fn until(&mut self, expression: &str) {
        let mut last = Ok(Value::Null);
        let asked = async {
            loop {
                last = self.evaluate(expression).await;
                if last == Ok(Value::Bool(true)) {
                    break;
                }
                tokio::time::sleep(PAUSE).await;
            }
        };
        if tokio::time::timeout(PATIENCE, asked).await.is_err() {
            let shown = self.evaluate("document.body.innerText").await;
            panic!(
                "never true: {expression}\nlast it was: {last:?}\nthe page shows: {shown:?}\n{:?}",
                self.errors
            );
        }
    }

    async fn evaluate(&mut self, expression: &str) -> Result<Value, String> {
        let asked = json!({
            "expression": expression,
            "awaitPromise": true,
            "returnByValue": true,
        });
        let mut told = self.answer("Runtime.evaluate", asked).await;
        let thrown = &told["result"]["exceptionDetails"];
        match (told["error"].is_null(), thrown.is_null()) {
            (true, true) => Ok(told["result"]["result"]["value"].take()),
            (true, false) => Err(thrown.to_string()),
            (false, _) => Err(told["error"].to_string()),
        }
    }

    pub async fn press(&mut self, key: Key) {
        let (name, code, number, text) = key.event();
        for kind in ["keyDown", "keyUp"] {
            let text = if kind == "keyDown" { text.as_str() } else { "" };
            let event = json!({
                "type": kind, "key": name, "code": code, "windowsVirtualKeyCode": number,
                "text": text,
            });
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
        let mut answer = self.answer(method, params).await;
        assert!(answer["error"].is_null(), "{method}: {answer}");
        answer["result"].take()
    }

    /// The whole answer to a command, which may be that it cannot be done.
    async fn answer(&mut self, method: &str, params: Value) -> Value {
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
        answer.unwrap_or_else(|_| panic!("{method} was never answered"))
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
