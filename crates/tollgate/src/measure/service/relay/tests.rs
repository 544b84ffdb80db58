//! A relay between a client and an echo, over real sockets.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::{Duration, Instant};

use super::*;

/// Something that sends back what it is sent, until nobody connects any more.
fn echo() -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            std::thread::spawn(move || {
                let mut other = stream.try_clone().unwrap();
                let _ = io::copy(&mut stream, &mut other);
                let _ = other.shutdown(std::net::Shutdown::Write);
            });
        }
    });
    address
}

fn said(stream: &mut TcpStream, bytes: &[u8]) -> io::Result<Duration> {
    let before = now();
    let mut back = vec![0; bytes.len()];
    stream.write_all(bytes)?;
    stream.read_exact(&mut back)?;
    assert_eq!(back, bytes);
    Ok(before.elapsed())
}

#[expect(clippy::disallowed_methods, reason = "how long the network takes is what is tested")]
fn now() -> Instant {
    Instant::now()
}

#[test]
fn everything_arrives_unchanged_and_an_end_is_an_end() {
    let relay = Relay::start(echo()).unwrap();
    let mut stream = TcpStream::connect(relay.address).unwrap();
    let bytes: Vec<u8> = (0..3_000_000_u32).map(|at| (at % 251) as u8).collect();
    let mut sender = stream.try_clone().unwrap();
    let sent = bytes.clone();
    let sending = std::thread::spawn(move || {
        sender.write_all(&sent).unwrap();
        sender.shutdown(std::net::Shutdown::Write).unwrap();
    });
    let mut back = Vec::new();
    stream.read_to_end(&mut back).unwrap();
    sending.join().unwrap();
    assert!(back == bytes);
}

#[test]
fn a_delay_holds_up_what_is_said_and_healing_ends_it() {
    let relay = Relay::start(echo()).unwrap();
    let mut stream = TcpStream::connect(relay.address).unwrap();
    said(&mut stream, b"first").unwrap();
    relay.apply(Action::Delay(Duration::from_millis(200)));
    let held = said(&mut stream, b"slow").unwrap();
    assert!(held >= Duration::from_millis(200), "{held:?}");
    relay.apply(Action::Heal);
    let quick = (0..10).map(|_| said(&mut stream, b"quick").unwrap()).min().unwrap();
    assert!(quick < Duration::from_millis(200), "{quick:?}");
}

#[test]
fn a_rate_lets_no_more_through() {
    let relay = Relay::start(echo()).unwrap();
    let mut stream = TcpStream::connect(relay.address).unwrap();
    relay.apply(Action::Throttle(100_000.0));
    // Both ways at once: 30 kB at 100 kB/s, and the last piece back.
    let took = said(&mut stream, &[7; 30_000]).unwrap();
    assert!(took >= Duration::from_millis(300), "{took:?}");
}

#[test]
fn a_cut_closes_and_refuses_and_healing_welcomes_again() {
    let relay = Relay::start(echo()).unwrap();
    let mut stream = TcpStream::connect(relay.address).unwrap();
    said(&mut stream, b"before").unwrap();
    relay.apply(Action::Cut);
    assert_eq!(stream.read(&mut [0; 8]).unwrap(), 0);
    // Whoever comes in the moment between is closed as well.
    let refused = loop {
        if let Err(error) = TcpStream::connect(relay.address) {
            break error.kind();
        }
    };
    assert_eq!(refused, ErrorKind::ConnectionRefused);
    relay.apply(Action::Heal);
    let mut again = loop {
        match TcpStream::connect(relay.address) {
            Ok(stream) => break stream,
            Err(error) => assert_eq!(error.kind(), ErrorKind::ConnectionRefused),
        }
    };
    said(&mut again, b"after").unwrap();
}

#[test]
fn a_reset_breaks_what_there_is_and_nothing_else() {
    let relay = Relay::start(echo()).unwrap();
    let mut stream = TcpStream::connect(relay.address).unwrap();
    said(&mut stream, b"before").unwrap();
    relay.apply(Action::Reset);
    let broken = stream.read(&mut [0; 8]).unwrap_err();
    assert_eq!(broken.kind(), ErrorKind::ConnectionReset);
    let mut again = TcpStream::connect(relay.address).unwrap();
    said(&mut again, b"after").unwrap();
}

#[test]
fn a_service_that_is_not_there_is_not_pretended() {
    let nobody = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap();
    let relay = Relay::start(nobody).unwrap();
    let mut stream = TcpStream::connect(relay.address).unwrap();
    let broken = stream.read(&mut [0; 8]).unwrap_err();
    assert_eq!(broken.kind(), ErrorKind::ConnectionReset);
}

#[test]
fn whoever_is_connected_notices_that_the_relay_is_gone() {
    let relay = Relay::start(echo()).unwrap();
    let mut stream = TcpStream::connect(relay.address).unwrap();
    said(&mut stream, b"before").unwrap();
    drop(relay);
    assert!(matches!(stream.read(&mut [0; 8]), Ok(0) | Err(_)));
}
