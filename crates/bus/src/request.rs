//! Requests: a message that names a subject of its own for the answer.

use std::time::Duration;

use bytes::Bytes;

use crate::bus::{Bus, BusError};
use crate::headers::Headers;
use crate::message::{Message, Subject};

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    #[error("nobody answers requests to {0}")]
    NoResponders(String),
    #[error("no answer to a request to {subject} within {timeout:?}")]
    TimedOut { subject: String, timeout: Duration },
    #[error(transparent)]
    Bus(#[from] BusError),
}

impl Bus {
    /// Publishes the payload and waits for the first answer. It needs a runtime with a timer.
    pub async fn request(
        &self,
        subject: &str,
        headers: Option<Headers>,
        payload: Bytes,
        timeout: Duration,
    ) -> Result<Message, RequestError> {
        let inbox = Subject::from(format!("_INBOX.bus.{}", self.number()));
        let mut answers = self.subscribe(&inbox)?;
        let delivery = self.send(None, subject, Some(inbox), headers, payload)?;
        let subject = || subject.to_owned();
        if delivery.taken + delivery.dropped == 0 {
            return Err(RequestError::NoResponders(subject()));
        }
        match tokio::time::timeout(timeout, answers.next()).await {
            Ok(Some(answer)) if is_no_responders(&answer) => {
                Err(RequestError::NoResponders(subject()))
            }
            Ok(Some(answer)) => Ok(answer),
            Ok(None) | Err(_) => Err(RequestError::TimedOut { subject: subject(), timeout }),
        }
    }
}

/// What a server says in the place of an answer.
fn is_no_responders(answer: &Message) -> bool {
    let status = answer.headers.as_ref().and_then(Headers::status);
    status == Some(503) && answer.payload.is_empty()
}
