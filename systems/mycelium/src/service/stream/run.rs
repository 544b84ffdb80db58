//! A stream from its first step to its last: computed by the pool, an update at a time, at the
//! pace that the client asks for and never faster.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

use super::Kind;
use super::envelope::Outgoing;
use super::hub::Hub;
use super::model::Model;
use super::outbox::Outbox;
use super::queue::Tally;
use super::request::{Request, Tempo};
use super::told;
use crate::service::{Failure, State, Stop};

/// A stream that runs.
pub struct Run {
    pub kind: Kind,
    pub id: String,
    pub request: Arc<Request>,
    pub tempo: watch::Receiver<Tempo>,
    pub tally: Arc<Tally>,
    pub outbox: Arc<Outbox>,
    pub hub: Arc<Hub>,
    pub state: State,
}

/// How long an update may take to be computed, the wait for a thread included.
const PATIENCE: Duration = Duration::from_secs(60);

impl Run {
    /// Steps until the last one. What goes wrong is told to the client.
    pub async fn run(mut self) {
        let told = match self.stepped().await {
            Ok(complete) => complete,
            Err(failure) => failed(Some(&self.id), &failure),
        };
        // It fails where the client asked for more than it reads, which ends the connection.
        let _ = self.outbox.end_of(&self.tally, told);
    }

    async fn stepped(&mut self) -> Result<Outgoing, Failure> {
        let request = Arc::clone(&self.request);
        let begin =
            move |_: &Stop| Ok(Model::new(&request.source, request.readings.has_features())?);
        let mut model = self.compute(begin).await?;
        let mut due = Instant::now();
        while model.steps_done() < self.request.steps {
            let interval;
            (due, interval) = self.wait(due).await;
            let told;
            (model, told) = self.advance(model, interval).await?;
            self.outbox.update(&self.tally, told, self.request.policy);
        }
        self.state.metrics().simulated(1, self.request.steps as u64);
        Ok(told::complete(&self.id, &self.request, &model, &self.tally)?)
    }

    /// Ready when the next update is due, a period after the last one; tells when that was, and
    /// how many steps it is about.
    async fn wait(&mut self, last: Instant) -> (Instant, usize) {
        loop {
            let tempo = *self.tempo.borrow_and_update();
            let next = (last + tempo.period()).max(Instant::now());
            tokio::select! {
                // Whoever could change it is gone only together with the stream.
                _ = self.tempo.changed() => {}
                () = sleep_until(next), if !tempo.is_paused => return (next, tempo.interval),
            }
        }
    }

    /// As many steps as there are between two updates.
    async fn advance(
        &self,
        mut model: Model,
        interval: usize,
    ) -> Result<(Model, Outgoing), Failure> {
        let (kind, id, request) = (self.kind, self.id.clone(), Arc::clone(&self.request));
        self.compute(move |stop| {
            let last = request.steps.min(model.steps_done() + interval);
            while model.steps_done() < last {
                if stop.is_set() {
                    return Err(Failure::TimedOut);
                }
                model.step()?;
            }
            let told = told::update(kind, &id, &request, &model)?;
            Ok((model, told))
        })
        .await
    }

    async fn compute<T, J>(&self, job: J) -> Result<T, Failure>
    where
        T: Send + 'static,
        J: FnOnce(&Stop) -> Result<T, Failure> + Send + 'static,
    {
        self.hub.pool(self.state.options()).run(PATIENCE, job).await?
    }
}

/// A failure as an envelope, of a stream or of the whole connection.
pub fn failed(id: Option<&str>, failure: &Failure) -> Outgoing {
    Outgoing::new("error", id, reason(failure))
}

/// What went wrong, in the words of the answers to requests.
pub fn reason(failure: &Failure) -> serde_json::Value {
    let detail = match failure {
        Failure::Invalid(mistakes) => &mistakes[..],
        _ => &[],
    };
    serde_json::json!({
        "error_code": failure.code(),
        "message": failure.to_string(),
        "detail": detail,
    })
}
