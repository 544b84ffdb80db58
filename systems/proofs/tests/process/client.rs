//! A client with one connection, and the proofs that it sends.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use ed25519_dalek::SigningKey;
use proofs::context::ContextType;
use proofs::signed::{Claims, sign};

use crate::server::API_KEY;

pub struct Client {
    stream: BufReader<TcpStream>,
}

pub struct Answer {
    pub status: u16,
    pub body: String,
}

impl Client {
    pub fn connect(address: SocketAddr) -> io::Result<Client> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        // Longer than anything takes: a service that hangs should fail the test, not stop it.
        stream.set_read_timeout(Some(Duration::from_secs(60)))?;
        Ok(Client { stream: BufReader::new(stream) })
    }

    pub fn post(&mut self, path: &str, body: &str) -> io::Result<Answer> {
        let length = body.len();
        let request = format!(
            "POST {path} HTTP/1.1\r\nhost: localhost\r\nx-api-key: {API_KEY}\r\n\
             content-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
        );
        self.stream.get_mut().write_all(request.as_bytes())?;
        self.answer()
    }

    fn answer(&mut self) -> io::Result<Answer> {
        let broken = || io::Error::from(io::ErrorKind::UnexpectedEof);
        let mut line = String::new();
        self.stream.read_line(&mut line)?;
        let status =
            line.split(' ').nth(1).and_then(|word| word.parse().ok()).ok_or_else(broken)?;
        let mut length = 0;
        loop {
            line.clear();
            if self.stream.read_line(&mut line)? == 0 {
                return Err(broken());
            }
            let Some((name, value)) = line.trim_end().split_once(':') else { break };
            if name.eq_ignore_ascii_case("content-length") {
                length = value.trim().parse().map_err(|_| broken())?;
            }
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body)?;
        Ok(Answer { status, body: String::from_utf8(body).map_err(|_| broken())? })
    }
}

/// Makes proofs, each another one.
pub struct Signer {
    key: SigningKey,
    name: u64,
    made: u64,
}

impl Signer {
    /// Signers of different names make different proofs.
    pub fn new(name: u64) -> Signer {
        Signer { key: SigningKey::from_bytes(&[7; 32]), name, made: 0 }
    }

    pub fn proof(&mut self) -> String {
        self.made += 1;
        let mut nonce = [0; 16];
        nonce[..8].copy_from_slice(&self.name.to_be_bytes());
        nonce[8..].copy_from_slice(&self.made.to_be_bytes());
        let now_ms = now_ms();
        let context = format!(
            r#"{{"action":"login","authentication_method":"key","timestamp":{},"user_id":"u"}}"#,
            now_ms / 1000
        );
        let claims = Claims {
            context_type: ContextType::Login,
            nonce,
            issued_at_ms: now_ms,
            expires_at_ms: now_ms + 290_000,
            body_sha256: [0; 32],
            context: context.into_bytes(),
        };
        sign(&self.key, &claims).to_json()
    }
}

#[expect(clippy::disallowed_methods, reason = "the service that is asked reads the wall clock")]
fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("it is later than 1970");
    u64::try_from(since.as_millis()).expect("it is not that late")
}
