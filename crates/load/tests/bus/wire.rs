//! What a server says byte by byte, at the door and by a real server alike: each table was written
//! down from nats-server 2.9.10, against which it is held as well.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use crate::place::Place;

const CONNECT: &str =
    "CONNECT {\"verbose\":false,\"headers\":true,\"no_responders\":true,\"echo\":true}\r\n";

/// What a client says, what it is answered, and whether it may go on.
type Line = (&'static str, &'static str, bool);

const MESSAGES: &[Line] = &[
    ("SUB a 1\r\nPUB a 1\r\nx\r\n", "MSG a 1 1\r\nx\r\n", true),
    ("sub a 1\r\npUb a 1\r\nx\r\nping\r\n", "MSG a 1 1\r\nx\r\nPONG\r\n", true),
    ("SUB\ta\t1\r\nPUB  a   1 \r\nx\r\nPING\n", "MSG a 1 1\r\nx\r\nPONG\r\n", true),
    ("SUB a.* 7\r\nPUB a.b r 2\r\n\r\n\r\n", "MSG a.b 7 r 2\r\n\r\n\r\n", true),
    ("SUB a 1\r\nSUB b 1\r\nPUB a 0\r\n\r\nPUB b 0\r\n\r\n", "MSG a 1 0\r\n\r\n", true),
    ("SUB a q 1\r\nSUB a q 2\r\nUNSUB 1\r\nPUB a 0\r\n\r\n", "MSG a 2 0\r\n\r\n", true),
    ("SUB aé 1\r\nPUB aé 0\r\n\r\n", "MSG aé 1 0\r\n\r\n", true),
    ("SUB a 1\r\nUNSUB 1 x\r\nPUB a 0\r\n\r\nPING x\r\n", "PONG\r\n", true),
    ("SUB a 1\r\nUNSUB 1 0\r\nPUB a 0\r\n\r\nUNSUB 9\r\nPING \r\n", "PONG\r\n", true),
    (
        "SUB a 1\r\nUNSUB 1 2\r\nPUB a 1\r\nx\r\nPUB a 1\r\ny\r\nPUB a 1\r\nz\r\nPING\r\n",
        "MSG a 1 1\r\nx\r\nMSG a 1 1\r\ny\r\nPONG\r\n",
        true,
    ),
    (
        "SUB a 1\r\nPUB a 1\r\nx\r\nUNSUB 1 1\r\nPUB a 1\r\ny\r\nPING\r\n",
        "MSG a 1 1\r\nx\r\nPONG\r\n",
        true,
    ),
    ("PONG\r\nINFO {}\r\n+OK\r\nPING\r\n", "PONG\r\n", true),
];

const HEADERS: &[Line] = &[
    (
        "SUB h 1\r\nHPUB h 18 19\r\nNATS/1.0\r\na: b\r\n\r\nx\r\n",
        "HMSG h 1 18 19\r\nNATS/1.0\r\na: b\r\n\r\nx\r\n",
        true,
    ),
    ("SUB h 1\r\nHPUB h r 3 4\r\nabcd\r\n", "HMSG h 1 r 3 4\r\nabcd\r\n", true),
    ("SUB h 1\r\nHPUB h 0 1\r\nx\r\n", "MSG h 1 1\r\nx\r\n", true),
    (
        "PUB a r 0\r\n\r\nSUB r 7\r\nPUB a r 0\r\n\r\nPING\r\n",
        "HMSG r 7 16 16\r\nNATS/1.0 503\r\n\r\n\r\nPONG\r\n",
        true,
    ),
    ("HPUB a 100 10\r\n", "", false),
    ("HPUB a 5\r\n", "", false),
    (
        "CONNECT {\"headers\":false,\"no_responders\":false}\r\nHPUB h 12 12\r\nNATS/1.0\r\n\r\n\r\n",
        "",
        false,
    ),
    ("CONNECT {\"headers\":false}\r\n", "-ERR 'no responders requires headers support'\r\n", false),
];

const MISTAKES: &[Line] = &[
    ("FOO\r\n", "-ERR 'Unknown Protocol Operation'\r\n", false),
    ("P!", "-ERR 'Unknown Protocol Operation'\r\n", false),
    ("\r\nPING\r\n", "-ERR 'Unknown Protocol Operation'\r\n", false),
    ("PUB\r\n", "-ERR 'Unknown Protocol Operation'\r\n", false),
    ("UNSUB\r\n", "-ERR 'Unknown Protocol Operation'\r\n", false),
    ("MSG a 1 0\r\n\r\n", "-ERR 'Unknown Protocol Operation'\r\n", false),
    ("PUB a 2\r\nabcd\r\nPING\r\n", "-ERR 'Unknown Protocol Operation'\r\n", false),
    ("PUB a 1\nx\nPING\n", "-ERR 'Unknown Protocol Operation'\r\n", false),
    ("PUB a\r\n", "", false),
    ("PUB a b c d\r\n", "", false),
    ("PUB a x\r\n", "", false),
    ("PUB a -1\r\n", "", false),
    ("PUB a +1\r\n", "", false),
    ("PUB a 99999999999999999999\r\n", "", false),
    ("SUB a\r\n", "", false),
    ("SUB a b c d\r\n", "", false),
    ("UNSUB 1 2 3\r\n", "", false),
    ("-ERR 'x'\r\n", "", false),
    ("CONNECT {bad\r\n", "", false),
    ("CONNECT\r\nPING\r\n", "", false),
    ("CONNECT {\"verbose\":\"yes\"}\r\n", "", false),
    ("SUB a..b 1\r\n", "-ERR 'Invalid Subject'\r\n", true),
    ("SUB a.>.b 1\r\nPING\r\n", "-ERR 'Invalid Subject'\r\nPONG\r\n", true),
    ("PUB a 2000000\r\n", "-ERR 'Maximum Payload Violation'\r\n", false),
    ("HPUB a 2000000 2000000\r\n", "-ERR 'Maximum Payload Violation'\r\n", false),
];

const WISHES: &[Line] = &[
    (
        "CONNECT {\"verbose\":true}\r\nSUB a 1\r\nPUB a 1\r\nx\r\nUNSUB 1\r\nPING\r\n",
        "+OK\r\n+OK\r\n+OK\r\nMSG a 1 1\r\nx\r\n+OK\r\nPONG\r\n",
        true,
    ),
    ("CONNECT {\"verbose\":true}\r\nSUB a..b 1\r\n", "+OK\r\n-ERR 'Invalid Subject'\r\n", true),
    (
        "CONNECT {\"verbose\":false,\"echo\":false}\r\nSUB a 1\r\nPUB a 0\r\n\r\nPING\r\n",
        "PONG\r\n",
        true,
    ),
];

/// Says it, in pieces of so many bytes, and holds the answer against what is expected.
fn hold(address: &str, (said, answer, goes_on): Line, piece: usize) {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_nodelay(true).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let info = heard(&mut stream, |heard| heard.ends_with("\r\n"));
    assert!(info.starts_with("INFO {") && info.contains("\"headers\":true"), "{info}");
    let text = [CONNECT, said].concat();
    for piece in text.as_bytes().chunks(piece) {
        // What is wrong may be known, and the connection closed, before all is said.
        if stream.write_all(piece).is_err() {
            break;
        }
    }
    let mut all = heard(&mut stream, |heard| heard.len() >= answer.len());
    if goes_on {
        // Whatever else had been said would come before this.
        stream.write_all(b"PING\r\n").unwrap();
        let rest = answer.len() + "PONG\r\n".len() - all.len();
        all += &heard(&mut stream, |heard| heard.len() >= rest);
        assert_eq!(all, [answer, "PONG\r\n"].concat(), "to {said:?}");
    } else {
        all += &heard(&mut stream, |_| false);
        assert_eq!(all, answer, "to {said:?}");
    }
}

/// What comes until it is enough or the other side has closed. A server asks now and then whether
/// the client is alive, which is no answer.
fn heard(stream: &mut TcpStream, enough: impl Fn(&str) -> bool) -> String {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes).replace("PING\r\n", "");
        if enough(&text) {
            return text;
        }
        let mut more = [0; 4096];
        match stream.read(&mut more) {
            Ok(0) => return text,
            Ok(count) => bytes.extend_from_slice(&more[..count]),
            Err(error) if error.kind() == ErrorKind::ConnectionReset => return text,
            Err(error) => panic!("{error}, after {text:?}"),
        }
    }
}

/// Each line of the tables, at both places, said at once and in pieces.
async fn hold_all(lines: &[Line]) {
    for place in [Place::door().await, Place::server().await] {
        let url = match &place {
            Place::Inside(_) => unreachable!("there are no bytes inside"),
            Place::Door(broker) => broker.url(),
            Place::Server(server) => server.url().to_owned(),
        };
        let address = url.strip_prefix("nats://").unwrap();
        for line in lines {
            hold(address, *line, usize::MAX);
            hold(address, *line, 1);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_are_written_as_a_server_writes_them() {
    hold_all(MESSAGES).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn headers_and_their_absence_are_as_with_a_server() {
    hold_all(HEADERS).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn mistakes_are_answered_as_a_server_answers_them() {
    hold_all(MISTAKES).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn wishes_are_heeded_as_by_a_server() {
    hold_all(WISHES).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_that_is_too_long_is_refused() {
    let long = format!("SUB {} 1\r\n", "a".repeat(5000)).leak();
    hold_all(&[(long, "-ERR 'maximum control line exceeded'\r\n", false)]).await;
}
