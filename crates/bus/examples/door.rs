//! How many messages a second go from one client to another through the door, or through the
//! server of NATS at an address: a record a line. `door [MESSAGES] [BYTES] [HOST:PORT]`

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::thread;
use std::time::Instant;

use serde_json::json;
use tollgate_bus::Broker;

type Failed = Box<dyn std::error::Error + Send + Sync>;

fn main() -> Result<(), Failed> {
    let mut words = std::env::args().skip(1);
    let messages = words.next().map_or(Ok(2_000_000), |word| word.parse())?;
    let bytes = words.next().map_or(Ok(128), |word| word.parse())?;
    let broker = Broker::start()?;
    let address = words.next().unwrap_or_else(|| broker.address().to_string());
    let mut reading = connect(&address, "SUB chat.message 1\r\n")?;
    let mut publishing = connect(&address, "")?;

    #[expect(clippy::disallowed_methods, reason = "the time is what is measured")]
    let begun = Instant::now();
    let publisher = thread::spawn(move || publish(publishing.get_mut(), messages, bytes));
    let message = format!("MSG chat.message 1 {bytes}\r\n").len() + bytes + 2;
    let mut left = messages * message;
    let mut buffer = vec![0; 256 << 10];
    while left > 0 {
        match reading.read(&mut buffer)? {
            0 => return Err(format!("closed, with {left} bytes to come").into()),
            // A server asks now and then whether the client is there: a few bytes more.
            count => left = left.saturating_sub(count),
        }
    }
    let seconds = begun.elapsed().as_secs_f64();
    publisher.join().map_err(|_| "the publisher panicked")??;
    let rate = messages as f64 / seconds;
    let record = json!({
        "address": address,
        "bytes": bytes,
        "messages": messages,
        "seconds": seconds,
        "messages_per_second": rate.round(),
    });
    writeln!(std::io::stdout(), "{record}")?;
    Ok(())
}

/// A connection whose first words were heard.
fn connect(address: &str, said: &str) -> Result<BufReader<TcpStream>, Failed> {
    let mut stream = BufReader::new(TcpStream::connect(address)?);
    let said = format!("CONNECT {{\"verbose\":false,\"pedantic\":false}}\r\n{said}PING\r\n");
    stream.get_mut().write_all(said.as_bytes())?;
    let mut line = String::new();
    while !line.starts_with("PONG") {
        line.clear();
        if stream.read_line(&mut line)? == 0 {
            return Err(format!("{address} has closed").into());
        }
    }
    Ok(stream)
}

fn publish(to: &mut TcpStream, messages: usize, bytes: usize) -> Result<(), Failed> {
    const TOGETHER: usize = 200;
    let one = format!("PUB chat.message {bytes}\r\n{}\r\n", "x".repeat(bytes));
    let many = one.repeat(TOGETHER);
    for _ in 0..messages / TOGETHER {
        to.write_all(many.as_bytes())?;
    }
    to.write_all(one.repeat(messages % TOGETHER).as_bytes())?;
    Ok(())
}
