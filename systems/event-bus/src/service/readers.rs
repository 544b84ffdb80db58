//! Threads that read the database, each with a connection of its own, so that questions do not wait
//! for commits.

use std::io;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::Builder;

use tokio::sync::oneshot;

use crate::clock;
use crate::operation::{Code, Failure, Operation, Reply};
use crate::store::Store;

/// The threads; they end once it is dropped.
pub struct Readers {
    questions: SyncSender<Question>,
}

struct Question {
    operation: Operation,
    answer: oneshot::Sender<Result<Reply, Failure>>,
}

/// Questions that wait at most; there are not more requests at a time.
const WAITING: usize = 4096;

impl Readers {
    pub fn start(stores: Vec<Store>) -> io::Result<Readers> {
        let (questions, asked) = sync_channel(WAITING);
        let asked = Arc::new(Mutex::new(asked));
        for store in stores {
            let asked = Arc::clone(&asked);
            Builder::new().name("reader".to_owned()).spawn(move || read(store, &asked))?;
        }
        Ok(Readers { questions })
    }

    pub async fn ask(&self, operation: Operation) -> Result<Reply, Failure> {
        let (answer, answered) = oneshot::channel();
        let unavailable = |why: &str| Failure::new(Code::Unavailable, why);
        match self.questions.try_send(Question { operation, answer }) {
            Ok(()) => answered.await.unwrap_or_else(|_| Err(unavailable("a reader ended"))),
            Err(TrySendError::Full(_)) => Err(unavailable("too many requests wait")),
            Err(TrySendError::Disconnected(_)) => Err(unavailable("the readers ended")),
        }
    }
}

fn read(mut store: Store, asked: &Mutex<Receiver<Question>>) {
    loop {
        // One of them waits with the lock, the others for it.
        let question = asked.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(Question { operation, answer }) = question else { return };
        // Who asked may have given up.
        if !answer.is_closed() {
            let _ = answer.send(store.answer(&operation, clock::now_ms()));
        }
    }
}
