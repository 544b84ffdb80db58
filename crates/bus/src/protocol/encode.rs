//! What a server says to a client.

use crate::message::Message;

/// What a server says of itself to whom it has let in.
#[derive(Clone, Copy, Debug)]
pub struct Info {
    pub client: u64,
    pub port: u16,
    pub max_payload: usize,
}

/// Appends the first line of a server.
pub fn info(out: &mut Vec<u8>, info: Info) {
    let told = serde_json::json!({
        "server_id": format!("tollgate-bus-{}", info.port),
        "server_name": "tollgate-bus",
        "version": env!("CARGO_PKG_VERSION"),
        "proto": 1,
        "host": "127.0.0.1",
        "port": info.port,
        "headers": true,
        "max_payload": info.max_payload,
        "client_id": info.client,
        "client_ip": "127.0.0.1",
    });
    out.extend_from_slice(format!("INFO {told}\r\n").as_bytes());
}

/// Appends an error.
pub fn error(out: &mut Vec<u8>, text: &str) {
    append(out, &["-ERR '", text, "'\r\n"]);
}

/// Appends a message to a subscription, with its headers if the client reads them.
pub fn message(out: &mut Vec<u8>, sid: &str, message: &Message, with_headers: bool) {
    let headers = message.headers.as_ref().filter(|_| with_headers);
    let headers = headers.map_or(&[][..], |headers| headers.as_bytes());
    append(out, &[if headers.is_empty() { "MSG " } else { "HMSG " }, &message.subject, " ", sid]);
    if let Some(reply) = &message.reply {
        append(out, &[" ", reply]);
    }
    let mut digits = itoa::Buffer::new();
    if !headers.is_empty() {
        append(out, &[" ", digits.format(headers.len())]);
    }
    append(out, &[" ", digits.format(headers.len() + message.payload.len()), "\r\n"]);
    out.extend_from_slice(headers);
    out.extend_from_slice(&message.payload);
    out.extend_from_slice(b"\r\n");
}

fn append(out: &mut Vec<u8>, parts: &[&str]) {
    for part in parts {
        out.extend_from_slice(part.as_bytes());
    }
}
