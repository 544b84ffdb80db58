//! The exchange of one request for one answer over HTTP/2, where the protocol is hyper's.

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http2::{Builder, SendRequest};
use hyper::rt::Executor;
use hyper_util::rt::TokioIo;

use crate::check::Fault;
use crate::connection::{Received, Route, Wants};
use crate::stream::Stream;
use crate::watch::{Watch, in_time};

pub(crate) struct Http2 {
    sender: SendRequest<Full<Bytes>>,
    answered: bool,
    largest_body: u64,
}

impl std::fmt::Debug for Http2 {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Http2")
    }
}

impl Http2 {
    pub async fn shake_hands(stream: Stream, route: &Route, watch: &Watch) -> Result<Http2, Fault> {
        if let Stream::Secure(secure) = &stream
            && secure.get_ref().1.alpn_protocol() != Some(b"h2".as_slice())
        {
            return Err(Fault::Tls("the target does not speak HTTP/2".to_owned()));
        }
        let shaken = Builder::new(OnThisThread).handshake(TokioIo::new(stream));
        let (sender, connection) = in_time(watch, shaken).await?.map_err(|e| fault(&e))?;
        // It ends with its last sender.
        tokio::task::spawn_local(async move {
            let _ = connection.await;
        });
        Ok(Http2 { sender, answered: false, largest_body: route.largest_body })
    }

    pub fn is_usable(&self) -> bool {
        !self.sender.is_closed()
    }

    pub fn has_answered(&self) -> bool {
        self.answered
    }

    pub async fn exchange(
        &mut self,
        request: http::Request<Full<Bytes>>,
        wants: Wants,
        watch: &Watch,
        received: &mut Received,
    ) -> Result<(), Fault> {
        received.clear();
        in_time(watch, self.sender.ready()).await?.map_err(|error| fault(&error))?;
        let answer = in_time(watch, self.sender.send_request(request)).await?;
        let (head, mut body) = answer.map_err(|error| fault(&error))?.into_parts();
        received.status = head.status.as_u16();
        // As many bytes as the head would take in plain text.
        let plain = |(name, value): (&http::HeaderName, &http::HeaderValue)| {
            name.as_str().len() as u64 + value.len() as u64 + 4
        };
        received.bytes += head.headers.iter().map(plain).sum::<u64>();
        let sets_cookie = wants.cookies && head.headers.contains_key(http::header::SET_COOKIE);
        if wants.headers || sets_cookie {
            let pairs = head.headers.iter();
            let owned = pairs.map(|(name, value)| (name.to_string(), value.as_bytes().to_vec()));
            received.headers.extend(owned);
        }
        let mut length = 0;
        while let Some(frame) = in_time(watch, body.frame()).await? {
            let frame = frame.map_err(|error| fault(&error))?;
            let Ok(data) = frame.into_data() else { continue };
            length += data.len() as u64;
            if length > self.largest_body {
                return Err(Fault::TooLarge);
            }
            if wants.body {
                received.body.extend_from_slice(&data);
            }
        }
        received.bytes += length;
        self.answered = true;
        Ok(())
    }
}

fn fault(error: &hyper::Error) -> Fault {
    if error.is_closed() || error.is_incomplete_message() || error.is_canceled() {
        return Fault::Closed;
    }
    let mut innermost: &dyn std::error::Error = error;
    let mut source = innermost.source();
    while let Some(cause) = source {
        if let Some(io) = cause.downcast_ref::<std::io::Error>() {
            return crate::stream::fault(io);
        }
        innermost = cause;
        source = cause.source();
    }
    Fault::Malformed(innermost.to_string())
}

/// Runs what hyper spawns beside the users of the thread.
#[derive(Clone, Debug)]
struct OnThisThread;

impl<F: Future + 'static> Executor<F> for OnThisThread {
    fn execute(&self, future: F) {
        tokio::task::spawn_local(async move {
            let _ = future.await;
        });
    }
}
