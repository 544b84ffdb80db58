//! Requests: each is answered, with its result or with the one form of a failure.

use std::sync::Arc;

use tokio::sync::oneshot;
use tokio::time::Instant;

use super::Shared;
use super::source::Source;
use crate::bus::Message;
use crate::operation::{Code, Failure, Operation, Reply, write_answer};
use crate::subject::Address;

/// The operations there are, for the metrics: who asks could make up any number of names.
const OPERATIONS: [&str; 21] = [
    "stats",
    "user",
    "chat.recent",
    "events",
    "outbound.put",
    "outbound.get",
    "outbound.sent",
    "outbound.failed",
    "kv.set",
    "kv.get",
    "kv.delete",
    "kv.list",
    "row.register",
    "row.insert",
    "row.select",
    "row.update",
    "row.delete",
    "row.search",
    "migrate.status",
    "health",
    "echo",
];

/// Takes what comes; a task each, so that a slow one holds up no other.
pub async fn take(shared: Arc<Shared>, mut requests: Source) {
    while let Some(request) = requests.next().await {
        let place = Arc::clone(&shared.asking).acquire_owned().await;
        let place = place.expect("nobody closes the semaphore");
        let shared = Arc::clone(&shared);
        tokio::spawn(async move {
            shared.answer(request).await;
            drop(place);
        });
    }
}

impl Shared {
    async fn answer(&self, request: Message) {
        let began = Instant::now();
        let (name, answer) = match self.operation(&request) {
            Ok(operation) => {
                let patience = self.settings.request_time;
                let name = operation.name();
                let done = tokio::time::timeout(patience, self.perform(operation)).await;
                let late = || {
                    let what = format!("no answer within {} ms", patience.as_millis());
                    Err(Failure::new(Code::Unavailable, what))
                };
                (name, done.unwrap_or_else(|_| late()))
            }
            Err(failure) => (self.label(&request.subject), Err(failure)),
        };
        let code = answer.as_ref().map_or_else(|failure| failure.code.name(), |_| "ok");
        let took = began.elapsed();
        self.metrics.request(name, code, took);
        let us = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        tracing::debug!(operation = name, code, us, "answered");
        let Some(reply) = request.reply else { return };
        let sent = self.bus.publish(Message::new(reply.clone(), self.written(&answer))).await;
        if let Err(error) = sent {
            tracing::warn!(%error, operation = name, "an answer was lost");
        }
    }

    /// An answer that the bus can carry.
    fn written(&self, answer: &Result<Reply, Failure>) -> Vec<u8> {
        let (written, most) = (write_answer(answer), self.bus.max_payload());
        if written.len() <= most {
            return written;
        }
        let what = format!(
            "the answer has {} bytes, and the bus carries {most}: ask for less",
            written.len()
        );
        write_answer(&Err(Failure::new(Code::ValueTooLarge, what)))
    }

    /// The name under which a request is counted that could not be read.
    fn label(&self, subject: &str) -> &'static str {
        let Some(Address::Request { operation }) = self.settings.prefix.parse(subject) else {
            return "unknown";
        };
        OPERATIONS.into_iter().find(|known| *known == operation).unwrap_or("unknown")
    }

    fn operation(&self, request: &Message) -> Result<Operation, Failure> {
        match self.settings.prefix.parse(&request.subject) {
            Some(Address::Request { operation }) => Operation::read(operation, &request.payload),
            _ => {
                let what = format!("{} is no operation", request.subject);
                Err(Failure::new(Code::UnknownOperation, what))
            }
        }
    }

    async fn perform(&self, operation: Operation) -> Result<Reply, Failure> {
        match operation {
            Operation::Echo(value) => Ok(Reply::Echo(value)),
            operation if operation.is_write() => {
                let (told, answered) = oneshot::channel();
                let answer = Box::new(move |answer| drop(told.send(answer)));
                let unavailable =
                    |why: &dyn std::fmt::Display| Failure::new(Code::Unavailable, why.to_string());
                self.writer.ask(operation, answer).map_err(|error| unavailable(&error))?;
                answered.await.unwrap_or_else(|_| Err(unavailable(&"the writer ended")))
            }
            operation => self.readers.ask(operation).await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_that_is_counted_is_an_operation() {
        for name in OPERATIONS {
            let read = Operation::read(name, b"[");
            let unknown = Err(Code::UnknownOperation);
            assert_ne!(read.map(|_| ()).map_err(|failure| failure.code), unknown, "{name}");
            let read = Operation::read(name, b"{}").map(|operation| operation.name());
            let code = read.as_ref().map_err(|failure| failure.code);
            assert!(read == Ok(name) || code == Err(Code::MissingField), "{name}: {read:?}");
        }
    }
}
