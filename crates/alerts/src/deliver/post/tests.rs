//! Against servers of a few lines, with and without TLS.

use std::net::{TcpListener, TcpStream};
use std::sync::Arc;

use proptest::prelude::*;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use super::*;

const LONG: Duration = Duration::from_secs(60);

fn nobody() -> io::Result<RootCertStore> {
    Ok(RootCertStore::empty())
}

/// What is heard until it ends with a word, answered.
fn answer(mut stream: impl Read + Write, last: &str, answer: &[u8]) -> String {
    let mut heard = Vec::new();
    while !heard.ends_with(last.as_bytes()) {
        let mut more = [0; 1024];
        let length = stream.read(&mut more).unwrap();
        assert_ne!(length, 0, "it is all that came: {}", String::from_utf8_lossy(&heard));
        heard.extend(&more[..length]);
    }
    stream.write_all(answer).unwrap();
    stream.flush().unwrap();
    String::from_utf8(heard).unwrap()
}

#[test]
fn a_request_is_sent_and_its_answer_read() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let said = b"HTTP/1.1 202 Accepted\r\na: \xff\r\n\r\nfine";
    let server = thread::spawn(move || answer(listener.accept().unwrap().0, "hello", said));
    let answer = post(&format!("http://{address}/hook?a=b#c"), "hello").unwrap();
    assert_eq!(answer, Answer { status: 202, body: "fine".to_owned() });
    let heard = server.join().unwrap();
    assert!(heard.starts_with("POST /hook?a=b HTTP/1.1\r\n"), "{heard}");
    assert!(heard.contains(&format!("\r\nhost: {address}\r\n")), "{heard}");
}

/// It does not end the connection, and says how long its answer is; or it says too much.
#[test]
fn an_answer_ends_with_its_length_and_what_it_lacks_is_not_missed() {
    for (length, body) in [(4, "fine"), (2, "fi"), (400, "fine")] {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let said = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\nfine");
        let server = thread::spawn(move || {
            let (stream, _) = listener.accept().unwrap();
            answer(&stream, "hello", said.as_bytes());
            (length <= 4).then_some(stream)
        });
        let found = post_within(LONG, nobody, &url, "hello").unwrap();
        assert_eq!(found, Answer { status: 200, body: body.to_owned() });
        drop(server.join().unwrap());
    }
}

/// One that never ends its answer, and one that never reads.
#[test]
fn whoever_takes_too_long_as_a_whole_is_given_up_though_each_step_is_fast() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let url = format!("http://{address}/");
    let server = thread::spawn(move || {
        let (mut slow, _) = listener.accept().unwrap();
        let mut sent = 0;
        // It has an end, so that this test has one.
        while sent < 1000 && slow.write_all(b"HTTP/1.1 200 OK\r\n").is_ok() {
            sent += 1;
            thread::sleep(Duration::from_millis(10));
        }
        let deaf = listener.accept().unwrap();
        (sent, deaf)
    });
    let patience = Duration::from_millis(200);
    for body in ["hello".to_owned(), "x".repeat(64 << 20)] {
        let error = post_within(patience, nobody, &url, &body).unwrap_err().to_string();
        assert!(error.ends_with("it was not over within 200ms"), "{error}");
    }
    // On a busy machine the second request may be over before it connected; where it was not,
    // nobody listens any more.
    let _ = TcpStream::connect(address);
    assert!(server.join().unwrap().0 < 1000);
}

#[test]
fn what_cannot_be_reached_is_told_with_the_reason_and_without_its_path() {
    let table = [
        ("ftp://a/secret", "ftp://a is no address"),
        ("http:///secret", "is no address"),
        ("http://a:secret@c/", "http://c is no address"),
        ("http://a/secret c", "is no address"),
        ("http://127.0.0.1:1/secret", "failed to reach http://127.0.0.1:1: "),
        ("https://127.0.0.1:1/secret", "failed to reach https://127.0.0.1:1: "),
    ];
    for (url, said) in table {
        let error = post(url, "").unwrap_err().to_string();
        assert!(error.contains(said) && !error.contains("secret"), "{error}");
    }
}

/// Says what it says, whatever it is asked.
struct Says<'a>(&'a [u8]);

impl Read for Says<'_> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        self.0.read(to)
    }
}

impl Write for Says<'_> {
    fn write(&mut self, from: &[u8]) -> io::Result<usize> {
        Ok(from.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

proptest! {
    #[test]
    fn any_answer_is_read_or_refused(
        start in prop::sample::select(vec!["", "HTTP/1.1 ", "HTTP/1.1 200 OK\r\n"]),
        rest in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        let said = [start.as_bytes(), &rest].concat();
        if let Ok(answer) = ask(Says(&said), "hello") {
            prop_assert!(said.starts_with(b"HTTP/1."));
            prop_assert!(answer.body.len() <= 3 * said.len());
        }
    }
}

#[test]
fn a_head_or_a_body_without_end_is_cut_off() {
    let field = b"a: b\r\n".repeat(1 << 20);
    let said = [b"HTTP/1.1 200 OK\r\n", &field[..]].concat();
    let error = ask(Says(&said), "hello").unwrap_err().to_string();
    assert_eq!(error, "the head of the answer has no end");
    let said = [b"HTTP/1.1 200 OK\r\n\r\n", &field[..]].concat();
    let answer = ask(Says(&said), "hello").unwrap();
    assert_eq!(answer.body.len(), 1 << 20);
}

#[test]
fn what_is_no_http_is_told() {
    for said in ["SSH-2.0-x\r\n", "HTTP/1.1\r\n", "HTTP/1.1 fine\r\n", ""] {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let server =
            thread::spawn(move || answer(listener.accept().unwrap().0, "hello", said.as_bytes()));
        let error = post_within(LONG, nobody, &url, "hello").unwrap_err().to_string();
        assert!(error.ends_with("the answer is not HTTP"), "{error}");
        server.join().unwrap();
    }
}

/// An authority, and a server for which it vouches by a name.
fn vouched(name: &str) -> (RootCertStore, ServerConfig) {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let root = params.self_signed(&key).unwrap();
    let issuer = Issuer::new(params, key);
    let own = KeyPair::generate().unwrap();
    let leaf = CertificateParams::new(vec![name.to_owned()]).unwrap();
    let leaf = leaf.signed_by(&own, &issuer).unwrap();
    let mut authorities = RootCertStore::empty();
    authorities.add(CertificateDer::from(root.der().to_vec())).unwrap();
    let chain = vec![CertificateDer::from(leaf.der().to_vec())];
    let own = PrivateKeyDer::try_from(own.serialize_der()).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, own)
        .unwrap();
    (authorities, config)
}

/// What a server with a certificate for a name leads to, and what it heard.
fn asked(name: &str, trusts: bool) -> (Result<Answer, PostError>, Option<String>) {
    let (authorities, config) = vouched(name);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://{}/secret", listener.local_addr().unwrap());
    let server = thread::spawn(move || {
        let connection = ServerConnection::new(Arc::new(config)).unwrap();
        let mut stream = StreamOwned::new(connection, listener.accept().unwrap().0);
        // Whoever does not trust it ends the connection during the first read.
        while stream.conn.is_handshaking() {
            stream.conn.complete_io(&mut stream.sock).ok()?;
        }
        Some(answer(stream, "hello", b"HTTP/1.1 200 OK\r\n\r\nfine"))
    });
    let trusted = move || if trusts { Ok(authorities) } else { nobody() };
    let told = post_within(LONG, trusted, &url, "hello");
    (told, server.join().unwrap_or(None))
}

/// It ends without a word, as many servers do.
#[test]
fn a_server_for_which_an_authority_vouches_is_told_over_https() {
    let (told, heard) = asked("127.0.0.1", true);
    assert_eq!(told.unwrap(), Answer { status: 200, body: "fine".to_owned() });
    assert!(heard.unwrap().starts_with("POST /secret HTTP/1.1\r\n"));
}

#[test]
fn who_cannot_be_trusted_is_told_nothing_and_why_is_said_in_words() {
    let table = [
        ("127.0.0.1", false, "no authority that this machine trusts vouches for its certificate"),
        ("other.example", true, "its certificate is for another name"),
    ];
    for (name, trusts, why) in table {
        let (told, heard) = asked(name, trusts);
        let error = told.unwrap_err().to_string();
        assert!(error.starts_with("failed to reach https://127.0.0.1:"), "{error}");
        assert!(error.ends_with(why) && !error.contains("secret"), "{error}");
        assert_eq!(heard, None, "{why}");
    }
}

#[test]
fn a_server_without_tls_is_no_server_of_https() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://{}/", listener.local_addr().unwrap());
    let server = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").unwrap();
        stream
    });
    let error = post_within(LONG, nobody, &url, "hello").unwrap_err().to_string();
    assert!(error.ends_with("it does not speak TLS; http instead of https?"), "{error}");
    drop(server.join().unwrap());
}
