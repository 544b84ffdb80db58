//! Asks a service again and again whether it is well, while something else happens.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use super::stopwatch;

const EVERY: Duration = Duration::from_millis(10);
/// Longer than any limit.
const PATIENCE: Duration = Duration::from_secs(10);

/// What each answer took, from when it was due to be asked for, and what the work gave.
pub fn meanwhile<T>(address: SocketAddr, work: impl FnOnce() -> T) -> (Vec<Duration>, T) {
    let is_done = AtomicBool::new(false);
    thread::scope(|scope| {
        let asking = scope.spawn(|| ask(address, &is_done));
        let output = work();
        is_done.store(true, Ordering::Relaxed);
        (asking.join().expect("asking does not panic"), output)
    })
}

fn ask(address: SocketAddr, is_done: &AtomicBool) -> Vec<Duration> {
    let (elapsed, mut took) = (stopwatch(), Vec::new());
    let mut due = Duration::ZERO;
    while !is_done.load(Ordering::Relaxed) {
        thread::sleep(due.saturating_sub(elapsed()));
        let is_well = is_well(address).unwrap_or(false);
        took.push(if is_well { elapsed() - due } else { PATIENCE });
        due += EVERY;
    }
    took
}

fn is_well(address: SocketAddr) -> io::Result<bool> {
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.write_all(b"GET /health HTTP/1.1\r\nhost: here\r\nconnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer.starts_with("HTTP/1.1 200") && answer.contains("healthy"))
}
