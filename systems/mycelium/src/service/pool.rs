//! The threads that compute, so that those that answer never wait behind a simulation. What waits
//! for them is bounded, and nothing is computed for long that nobody waits for.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use thiserror::Error;
use tokio::sync::oneshot;

/// Threads and a bounded queue before them.
pub struct Pool {
    shared: Arc<Shared>,
    threads: Vec<JoinHandle<()>>,
}

/// Whether nobody waits for a job any longer. A job looks at it between two steps.
#[derive(Clone, Debug, Default)]
pub struct Stop(Arc<AtomicBool>);

/// Why a job gave no result.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum Unfinished {
    #[error("all workers are busy and their queue is full")]
    Busy,
    #[error("the job took too long")]
    TimedOut,
    /// It panicked, or the pool ends.
    #[error("the job was not finished")]
    Broken,
}

/// How the pool is at the moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Load {
    pub workers: usize,
    pub busy: usize,
    pub waiting: usize,
    pub room: usize,
    /// Jobs that found the queue full, ever since.
    pub refused: u64,
}

struct Shared {
    queue: Mutex<Queue>,
    /// Something was added to the queue, or it was closed.
    changed: Condvar,
    workers: usize,
    room: usize,
    refused: AtomicU64,
}

#[derive(Default)]
struct Queue {
    waiting: VecDeque<Waiting>,
    busy: usize,
    is_closed: bool,
}

struct Waiting {
    stop: Stop,
    work: Work,
}

type Work = Box<dyn FnOnce(&Shared, &Stop) + Send>;

/// Dropped with the request that waits for the job.
struct StopOnDrop(Stop);

impl Pool {
    /// So many threads, with room for so many waiting jobs. `nice` says by how much they give way
    /// to other threads, where the system lets them.
    #[must_use]
    pub fn new(workers: usize, room: usize, nice: u8) -> Pool {
        let shared = Arc::new(Shared {
            queue: Mutex::default(),
            changed: Condvar::new(),
            workers,
            room,
            refused: AtomicU64::new(0),
        });
        let start = |number| {
            let shared = Arc::clone(&shared);
            let thread = std::thread::Builder::new().name(format!("compute-{number}"));
            thread.spawn(move || {
                give_way(nice);
                shared.work();
            })
        };
        let threads = (0..workers).map(start).filter_map(Result::ok).collect();
        Pool { shared, threads }
    }

    /// The result of the job, which is told to stop where `limit` is over or the caller is gone.
    pub async fn run<T, J>(&self, limit: Duration, job: J) -> Result<T, Unfinished>
    where
        T: Send + 'static,
        J: FnOnce(&Stop) -> T + Send + 'static,
    {
        let (send, result) = oneshot::channel();
        let stop = StopOnDrop(Stop::default());
        let work = Box::new(move |shared: &Shared, stop: &Stop| {
            // A panic must not take the thread with it.
            let result = catch_unwind(AssertUnwindSafe(|| job(stop)));
            // Before its caller hears of it, who may come back at once.
            shared.queue().busy -= 1;
            match result {
                // It fails where nobody waits any longer.
                Ok(result) => drop(send.send(result)),
                Err(_) => tracing::error!("a job panicked"),
            }
        });
        self.shared.add(Waiting { stop: stop.0.clone(), work })?;
        match tokio::time::timeout(limit, result).await {
            Ok(Ok(result)) => Ok(result),
            Ok(Err(_)) => Err(Unfinished::Broken),
            Err(_) => Err(Unfinished::TimedOut),
        }
    }

    #[must_use]
    pub fn load(&self) -> Load {
        let queue = self.shared.queue();
        Load {
            workers: self.threads.len(),
            busy: queue.busy,
            waiting: queue.waiting.len(),
            room: self.shared.room,
            refused: self.shared.refused.load(Ordering::Relaxed),
        }
    }
}

impl Drop for Pool {
    /// Jobs at hand end by themselves: their callers are gone, which they see at their next step.
    fn drop(&mut self) {
        let mut queue = self.shared.queue();
        queue.is_closed = true;
        queue.waiting.clear();
        drop(queue);
        self.shared.changed.notify_all();
    }
}

impl Stop {
    #[must_use]
    pub fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// The flag itself, for computations that know nothing of pools.
    #[must_use]
    pub fn flag(&self) -> &AtomicBool {
        &self.0
    }
}

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        self.0.0.store(true, Ordering::Relaxed);
    }
}

impl Shared {
    fn add(&self, job: Waiting) -> Result<(), Unfinished> {
        let mut queue = self.queue();
        if queue.is_closed {
            return Err(Unfinished::Broken);
        }
        // What an idle thread is about to take does not wait.
        let most = self.room + self.workers.saturating_sub(queue.busy);
        if queue.waiting.len() >= most {
            // Whoever left the queue made room.
            queue.waiting.retain(|waiting| !waiting.stop.is_set());
        }
        if queue.waiting.len() >= most {
            self.refused.fetch_add(1, Ordering::Relaxed);
            return Err(Unfinished::Busy);
        }
        queue.waiting.push_back(job);
        drop(queue);
        self.changed.notify_one();
        Ok(())
    }

    /// What each thread does until the pool is gone.
    fn work(&self) {
        while let Some(Waiting { stop, work }) = self.next() {
            work(self, &stop);
        }
    }

    fn next(&self) -> Option<Waiting> {
        let mut queue = self.queue();
        loop {
            if queue.is_closed {
                return None;
            }
            match queue.waiting.pop_front() {
                Some(job) if job.stop.is_set() => drop(job),
                Some(job) => {
                    queue.busy += 1;
                    return Some(job);
                }
                None => {
                    queue = self.changed.wait(queue).unwrap_or_else(PoisonError::into_inner);
                }
            }
        }
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Lets threads that answer go first.
#[cfg(target_os = "linux")]
fn give_way(nice: u8) {
    if nice > 0 {
        // On Linux it is of the calling thread alone. Nothing is lost where it is not allowed.
        let _ = rustix::process::setpriority_process(None, i32::from(nice));
    }
}

#[cfg(not(target_os = "linux"))]
fn give_way(_nice: u8) {}
