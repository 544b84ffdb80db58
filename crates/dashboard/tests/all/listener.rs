//! Somebody's server, which hears what it is told.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use serde_json::Value;

/// Listens for as long as the process lives.
pub(crate) struct Listener {
    address: SocketAddr,
    heard: Arc<Mutex<Vec<Value>>>,
    is_silent: Arc<AtomicBool>,
}

impl Listener {
    pub(crate) fn new() -> Listener {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (heard, is_silent) = (Arc::<Mutex<Vec<Value>>>::default(), Arc::default());
        let (into, silent) = (Arc::clone(&heard), Arc::clone(&is_silent));
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (into, silent) = (Arc::clone(&into), Arc::clone(&silent));
                thread::spawn(move || hear(stream.unwrap(), &into, &silent));
            }
        });
        Listener { address, heard, is_silent }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/hook", self.address)
    }

    /// From now on it hears, and does not answer.
    pub(crate) fn be_silent(&self, is_silent: bool) {
        self.is_silent.store(is_silent, Ordering::Relaxed);
    }

    pub(crate) fn heard(&self) -> Vec<Value> {
        self.heard.lock().unwrap().clone()
    }

    /// All that was heard, once there is so much of it.
    #[track_caller]
    pub(crate) fn wait_for(&self, count: usize) -> Vec<Value> {
        until("so much was heard", || Some(self.heard()).filter(|heard| heard.len() >= count))
    }
}

fn hear(stream: TcpStream, heard: &Mutex<Vec<Value>>, is_silent: &AtomicBool) {
    let mut lines = BufReader::new(stream);
    let mut length = 0;
    loop {
        let mut line = String::new();
        lines.read_line(&mut line).unwrap();
        match line.trim_end().to_lowercase().split_once(": ") {
            Some(("content-length", value)) => length = value.parse().unwrap(),
            None if line.trim_end().is_empty() => break,
            _ => {}
        }
    }
    let mut body = vec![0; length];
    lines.read_exact(&mut body).unwrap();
    heard.lock().unwrap().push(serde_json::from_slice(&body).unwrap());
    if is_silent.load(Ordering::Relaxed) {
        // Until whoever told it gives up.
        let _ = lines.read_to_end(&mut body);
        return;
    }
    let _ = lines.get_mut().write_all(b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n");
}

/// What is there at last.
#[track_caller]
pub(crate) fn until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    for _ in 0..6000 {
        if let Some(found) = look() {
            return found;
        }
        thread::sleep(Duration::from_millis(10));
    }
    panic!("it never came about that {what}");
}
