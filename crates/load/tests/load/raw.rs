//! A server for answers that no library would give.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::JoinHandle;

use tollgate_load::target::Target;

use crate::server::target;

/// Answers byte by byte as a test says, each connection in a thread of its own.
pub struct Raw {
    pub address: SocketAddr,
    stop: Arc<AtomicBool>,
    accepted: Arc<AtomicUsize>,
    thread: Option<JoinHandle<()>>,
}

impl Raw {
    /// The handler gets each connection that says something.
    pub fn start(handler: impl Fn(&mut Talk) + Send + Sync + 'static) -> Raw {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let address = listener.local_addr().expect("it is bound");
        let stop = Arc::new(AtomicBool::new(false));
        let accepted = Arc::new(AtomicUsize::new(0));
        let (ended, count, handler) = (Arc::clone(&stop), Arc::clone(&accepted), Arc::new(handler));
        let thread = std::thread::spawn(move || {
            for stream in listener.incoming() {
                if ended.load(Ordering::SeqCst) {
                    return;
                }
                let Ok(stream) = stream else { continue };
                count.fetch_add(1, Ordering::SeqCst);
                let handler = Arc::clone(&handler);
                std::thread::spawn(move || handler(&mut Talk { stream, rest: Vec::new() }));
            }
        });
        Raw { address, stop, accepted, thread: Some(thread) }
    }

    /// Gives the same bytes for every request, and closes where told to.
    pub fn saying(answer: impl Into<Vec<u8>>, close: bool) -> Raw {
        let answer = answer.into();
        Raw::start(move |talk| {
            while talk.request().is_some() {
                if talk.say(&answer).is_err() || close {
                    return;
                }
            }
        })
    }

    pub fn target(&self) -> Target {
        target(self.address)
    }

    /// Connections, the one that tries whether it is there included.
    pub fn accepted(&self) -> usize {
        self.accepted.load(Ordering::SeqCst)
    }
}

impl Drop for Raw {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.address);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// One connection of a raw server.
pub struct Talk {
    pub stream: TcpStream,
    rest: Vec<u8>,
}

impl Talk {
    /// The head of the next request; none at the end of the connection. Tests send no bodies here.
    pub fn request(&mut self) -> Option<String> {
        let mut space = [0; 4096];
        loop {
            if let Some(end) = self.rest.windows(4).position(|four| four == b"\r\n\r\n") {
                let head = self.rest.drain(..end + 4).collect();
                return String::from_utf8(head).ok();
            }
            match self.stream.read(&mut space) {
                Ok(0) | Err(_) => return None,
                Ok(more) => self.rest.extend_from_slice(&space[..more]),
            }
        }
    }

    pub fn say(&mut self, bytes: impl AsRef<[u8]>) -> std::io::Result<()> {
        self.stream.write_all(bytes.as_ref())
    }

    /// Waits for a request and leaves it unread, so that closing resets the connection; whether
    /// there was one.
    pub fn leave_unread(&mut self) -> bool {
        self.stream.peek(&mut [0]).is_ok_and(|there| there > 0)
    }
}
