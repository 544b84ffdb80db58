//! A connection from its first message to its last. Reading, sending and computing never wait for
//! each other: a client that does not read keeps nobody but itself from anything.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, WebSocket, close_code};
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use serde_json::json;
use tokio::time::{sleep, timeout};

use super::Kind;
use super::envelope::Outgoing;
use super::heart::{Beat, Heart};
use super::hub::Hub;
use super::outbox::{Next, Outbox};
use super::queue::{Overfull, Room};
use super::run::failed;
use super::visitor::Visitor;
use crate::service::clock::Stopwatch;
use crate::service::{Failure, State};

pub struct Session {
    state: State,
    outbox: Arc<Outbox>,
    visitor: Visitor,
    heart: Heart,
    login: Duration,
    since: Stopwatch,
}

/// Why a connection ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The client is gone already.
    Gone,
    /// It said so.
    Asked,
    /// The service ends.
    Draining,
    Silent,
    NotLetIn,
    TooLarge,
    /// It asks, and does not read the answers.
    Overfull,
}

/// How long a client has to take leave.
const FAREWELL: Duration = Duration::from_secs(2);

impl Session {
    pub fn new(kind: Kind, state: State, hub: Arc<Hub>, is_known: bool) -> Session {
        let limits = hub.limits();
        let room = Room { messages: limits.waiting, bytes: limits.waiting_bytes };
        let outbox = Arc::new(Outbox::new(room, state.metrics().streams().clone()));
        let heart = Heart::new(limits.heartbeat, limits.silence);
        let visitor = Visitor::new(kind, state.clone(), hub, Arc::clone(&outbox), is_known);
        let (login, since) = (limits.login, Stopwatch::start());
        Session { state, outbox, visitor, heart, login, since }
    }

    /// To the end of the connection.
    pub async fn serve(mut self, socket: WebSocket) {
        let (sink, mut heard) = socket.split();
        let outbox = Arc::clone(&self.outbox);
        let mut sending = std::pin::pin!(send(sink, &outbox));
        let ending = tokio::select! {
            () = &mut sending => Ending::Gone,
            ending = self.talk(&mut heard) => ending,
        };
        if let Some((code, words)) = ending.told() {
            let told = Outgoing::new("close", None, json!({ "reason": words }));
            // Where no answer fits any longer the frame says it alone.
            let _ = outbox.answer(told);
            outbox.end(CloseFrame { code, reason: words.into() });
            let farewell = async {
                sending.await;
                while heard.next().await.is_some_and(|read| read.is_ok()) {}
            };
            let _ = timeout(FAREWELL, farewell).await;
        }
    }

    /// Until there is a reason to end.
    async fn talk(&mut self, heard: &mut SplitStream<WebSocket>) -> Ending {
        let mut guest = self.state.drain().guest();
        if self.visitor.greet().is_err() {
            return Ending::Overfull;
        }
        loop {
            let wait = match self.due() {
                Ok(wait) => wait,
                Err(ending) => return ending,
            };
            let read = tokio::select! {
                read = heard.next() => read,
                () = self.visitor.ended() => continue,
                () = guest.draining() => return Ending::Draining,
                () = sleep(wait) => continue,
            };
            let message = match read {
                Some(Ok(message)) => message,
                Some(Err(error)) => return Ending::of(&error),
                None => return Ending::Gone,
            };
            if let Err(ending) = self.hear(&message) {
                return ending;
            }
        }
    }

    /// What time asks for, and how long it then has nothing to ask.
    fn due(&mut self) -> Result<Duration, Ending> {
        let now = self.since.elapsed();
        if !self.visitor.is_let_in() && now >= self.login {
            return Err(Ending::NotLetIn);
        }
        let wait = loop {
            match self.heart.beat(now) {
                Beat::Dead => return Err(Ending::Silent),
                Beat::Ask => self.outbox.answer(Outgoing::new("heartbeat", None, json!({})))?,
                Beat::Wait(wait) => break wait,
            }
        };
        let is_let_in = self.visitor.is_let_in();
        Ok(if is_let_in { wait } else { wait.min(self.login - now) })
    }

    fn hear(&mut self, message: &Message) -> Result<(), Ending> {
        self.heart.heard(self.since.elapsed());
        match message {
            Message::Text(text) => self.visitor.hear(text),
            Message::Binary(_) => {
                let failure = Failure::Malformed("a binary message".to_owned());
                Ok(self.outbox.answer(failed(None, &failure))?)
            }
            // After a close nothing is read but the end, and the answer is sent meanwhile.
            Message::Ping(_) | Message::Pong(_) | Message::Close(_) => Ok(()),
        }
    }
}

/// Sends what waits, to the last of it or to the end of the connection.
async fn send(mut sink: SplitSink<WebSocket, Message>, outbox: &Outbox) {
    loop {
        let sent = match outbox.next().await {
            Next::Send(Outgoing { text, cells: None }) => sink.send(Message::text(text)).await,
            Next::Send(Outgoing { text, cells: Some(cells) }) => {
                match sink.feed(Message::text(text)).await {
                    Ok(()) => sink.send(Message::Binary(cells)).await,
                    failed => failed,
                }
            }
            Next::Close(frame) => {
                // It fails where the client was faster.
                let _ = sink.send(Message::Close(Some(frame))).await;
                return;
            }
        };
        if sent.is_err() {
            return;
        }
    }
}

impl Ending {
    /// What broke a connection: nothing but a message that is too large is told.
    fn of(error: &axum::Error) -> Ending {
        let mut cause: Option<&dyn std::error::Error> = Some(error);
        while let Some(error) = cause {
            if error.to_string().contains("too long") {
                return Ending::TooLarge;
            }
            cause = error.source();
        }
        Ending::Gone
    }

    /// The code and the words of the end, unless there is nobody to tell.
    fn told(self) -> Option<(u16, &'static str)> {
        match self {
            Ending::Gone => None,
            Ending::Asked => Some((close_code::NORMAL, "as asked")),
            Ending::Draining => Some((close_code::AWAY, "the service ends")),
            Ending::Silent => Some((close_code::POLICY, "nothing was heard for too long")),
            Ending::NotLetIn => Some((close_code::POLICY, "no API key was told in time")),
            Ending::TooLarge => Some((close_code::SIZE, "a message was too large")),
            Ending::Overfull => Some((close_code::POLICY, "the answers are not read")),
        }
    }
}

impl From<Overfull> for Ending {
    fn from(_: Overfull) -> Ending {
        Ending::Overfull
    }
}

#[cfg(test)]
mod tests {
    use tokio_tungstenite::tungstenite::Error;
    use tokio_tungstenite::tungstenite::error::{CapacityError, ProtocolError};

    use super::*;

    #[test]
    fn a_message_that_is_too_large_is_told_and_other_errors_are_not() {
        let of = |error: Error| Ending::of(&axum::Error::new(error));
        let too_large = CapacityError::MessageTooLong { size: 17 << 10, max_size: 16 << 10 };
        assert_eq!(of(Error::Capacity(too_large)), Ending::TooLarge);
        assert_eq!(Ending::TooLarge.told(), Some((1009, "a message was too large")));
        let reset = std::io::Error::from(std::io::ErrorKind::ConnectionReset);
        assert_eq!(of(Error::Io(reset)), Ending::Gone);
        assert_eq!(of(Error::Utf8("no text".to_owned())), Ending::Gone);
        let hasty = ProtocolError::ResetWithoutClosingHandshake;
        assert_eq!(of(Error::Protocol(hasty)), Ending::Gone);
        assert_eq!(Ending::Gone.told(), None);
    }
}
