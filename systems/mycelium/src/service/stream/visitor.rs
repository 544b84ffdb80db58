//! One client: whether it may ask, what it asks for, and its streams.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use serde_json::json;
use tokio::sync::watch;
use tokio::task::{AbortHandle, JoinSet};

use super::Kind;
use super::envelope::{Incoming, LONGEST_ID, Outgoing};
use super::hub::Hub;
use super::login;
use super::outbox::Outbox;
use super::queue::{Overfull, Tally};
use super::request::{Request, Tempo};
use super::run::{Run, failed, reason};
use super::session::Ending;
use crate::service::{Failure, State, clock};

pub struct Visitor {
    kind: Kind,
    state: State,
    hub: Arc<Hub>,
    outbox: Arc<Outbox>,
    is_let_in: bool,
    attempts: u32,
    streams: HashMap<String, Stream>,
    tasks: JoinSet<()>,
}

struct Stream {
    tally: Arc<Tally>,
    tempo: watch::Sender<Tempo>,
    task: AbortHandle,
}

/// How often a client may say who it is.
const MOST_ATTEMPTS: u32 = 3;

impl Visitor {
    pub fn new(
        kind: Kind,
        state: State,
        hub: Arc<Hub>,
        outbox: Arc<Outbox>,
        is_let_in: bool,
    ) -> Visitor {
        Visitor {
            kind,
            state,
            hub,
            outbox,
            is_let_in,
            attempts: 0,
            streams: HashMap::new(),
            tasks: JoinSet::new(),
        }
    }

    pub fn is_let_in(&self) -> bool {
        self.is_let_in
    }

    /// The first that a client hears: what it can have here, and on which terms.
    pub fn greet(&self) -> Result<(), Overfull> {
        let limits = self.hub.limits();
        self.outbox.answer(Outgoing::new(
            "init",
            None,
            json!({
                "protocol_version": "1",
                "stream_type": self.kind.name(),
                "auth_required": !self.is_let_in,
                "heartbeat_interval_ms": limits.heartbeat.as_millis() as u64,
                "heartbeat_timeout_ms": limits.silence.as_millis() as u64,
                "max_queue_size": limits.waiting,
                "max_queue_bytes": limits.waiting_bytes,
                "max_streams": limits.streams,
                "max_message_bytes": limits.message,
            }),
        ))
    }

    /// Does what a message asks for. It fails where the connection has to end.
    pub fn hear(&mut self, text: &str) -> Result<(), Ending> {
        // Who was told of the end of a stream may use its name at once.
        self.streams.retain(|_, stream| !stream.is_over());
        let asked = match Incoming::read(text) {
            Ok(asked) => asked,
            Err(error) => {
                let failure = Failure::Malformed(error.to_string());
                return Ok(self.outbox.answer(failed(None, &failure))?);
            }
        };
        match &*asked.kind {
            "init" => Ok(self.greet()?),
            "auth" => self.login(&asked),
            "heartbeat" => Ok(self.outbox.answer(Outgoing::new("pong", None, json!({})))?),
            "pong" => Ok(()),
            "close" => Err(Ending::Asked),
            "subscribe" | "unsubscribe" | "control" if !self.is_let_in => {
                let failure = Failure::Unauthenticated { given: false };
                Ok(self.outbox.answer(failed(asked.stream_id.as_deref(), &failure))?)
            }
            "subscribe" => Ok(self.subscribe(&asked)?),
            "unsubscribe" => Ok(self.unsubscribe(&asked)?),
            "control" => Ok(self.control(&asked)?),
            _ => {
                let text = "`type` is none that is known here".to_owned();
                let failure = Failure::Malformed(text);
                Ok(self.outbox.answer(failed(asked.stream_id.as_deref(), &failure))?)
            }
        }
    }

    /// Ready when a stream has ended, and never where there is none.
    pub async fn ended(&mut self) {
        if self.tasks.join_next().await.is_none() {
            std::future::pending::<()>().await;
        }
        self.streams.retain(|_, stream| !stream.is_over());
    }

    fn login(&mut self, asked: &Incoming) -> Result<(), Ending> {
        let lets_in = |key: &[u8]| self.state.lets_in(Some(key));
        let checked = match self.is_let_in {
            true => Ok(()),
            false => login::check(asked.payload(), clock::now_ms(), lets_in),
        };
        match checked {
            Ok(()) => {
                self.is_let_in = true;
                Ok(self.outbox.answer(Outgoing::new("auth_success", None, json!({})))?)
            }
            Err(refused) => {
                let message = refused.to_string();
                let told = Outgoing::new("auth_failed", None, json!({ "message": message }));
                self.outbox.answer(told)?;
                self.attempts += 1;
                if self.attempts < MOST_ATTEMPTS { Ok(()) } else { Err(Ending::NotLetIn) }
            }
        }
    }

    fn subscribe(&mut self, asked: &Incoming) -> Result<(), Overfull> {
        let begun = self.begin(asked);
        let told = match &begun {
            Ok((id, request)) => {
                let told = json!({
                    "stream_type": self.kind.name(),
                    "model": request.source.name(),
                    "grid_size": request.source.grid_size(),
                    "steps": request.steps,
                });
                Outgoing::new("subscribe_success", Some(id), told)
            }
            Err(failure) => {
                Outgoing::new("subscribe_failed", asked.stream_id.as_deref(), reason(failure))
            }
        };
        self.outbox.answer(told)?;
        // Not before the client was told that there is a stream.
        if let Ok((id, request)) = begun {
            self.start(id, Arc::new(request));
        }
        Ok(())
    }

    fn begin(&self, asked: &Incoming) -> Result<(String, Request), Failure> {
        let told = Subscription::read(asked, self.kind)?;
        if self.streams.contains_key(&told.id) {
            return Err(Failure::Shape(format!("the stream `{}` runs already", told.id)));
        }
        let most = self.hub.limits().streams;
        if self.streams.len() >= most {
            return Err(Failure::Shape(format!("{most} streams run already, and may at most")));
        }
        Ok((told.id, Request::read(self.kind, told.params.as_deref())?))
    }

    fn start(&mut self, id: String, request: Arc<Request>) {
        let (tempo, changes) = watch::channel(request.tempo);
        let tally = Arc::new(Tally::default());
        let run = Run {
            kind: self.kind,
            id: id.clone(),
            request,
            tempo: changes,
            tally: Arc::clone(&tally),
            outbox: Arc::clone(&self.outbox),
            hub: Arc::clone(&self.hub),
            state: self.state.clone(),
        };
        self.state.metrics().streams().begun();
        let task = self.tasks.spawn(run.run());
        self.streams.insert(id, Stream { tally, tempo, task });
    }

    /// Ends a stream: after the answer nothing comes of it.
    fn unsubscribe(&mut self, asked: &Incoming) -> Result<(), Overfull> {
        let id = asked.stream_id.as_deref().unwrap_or_default();
        let Some(stream) = self.streams.remove(id) else {
            return self.outbox.answer(failed(Some(id), &unknown()));
        };
        stream.task.abort();
        self.outbox.forget(&stream.tally);
        self.outbox.answer(Outgoing::new("unsubscribe", Some(id), json!(stream.tally.told())))
    }

    /// Pauses a stream, lets it go on, or changes its pace.
    fn control(&mut self, asked: &Incoming) -> Result<(), Overfull> {
        let id = asked.stream_id.as_deref().unwrap_or_default();
        let Some(stream) = self.streams.get(id) else {
            return self.outbox.answer(failed(Some(id), &unknown()));
        };
        let now = *stream.tempo.borrow();
        match now.changed(asked.payload()) {
            Ok(tempo) => {
                stream.tempo.send_replace(tempo);
                let told = json!({
                    "pace": tempo.pace,
                    "update_interval_steps": tempo.interval,
                    "paused": tempo.is_paused,
                });
                self.outbox.answer(Outgoing::new("control", Some(id), told))
            }
            Err(failure) => self.outbox.answer(failed(Some(id), &failure)),
        }
    }
}

impl Stream {
    /// Whether its end was told, or it came to one without a word.
    fn is_over(&self) -> bool {
        self.tally.is_over.load(Ordering::Relaxed) || self.task.is_finished()
    }
}

fn unknown() -> Failure {
    Failure::Shape("there is no stream of this `stream_id`".to_owned())
}

/// What stands in the payload of a subscription.
struct Subscription {
    id: String,
    params: Option<String>,
}

impl Subscription {
    fn read(asked: &Incoming, kind: Kind) -> Result<Subscription, Failure> {
        let mut fields = crate::service::Fields::read(asked.payload().unwrap_or("{}").as_bytes())?;
        let text = |raw: &str| serde_json::from_str::<String>(raw).ok();
        if let Some(raw) = fields.raw("stream_type")
            && text(raw).as_deref() != Some(kind.name())
        {
            fields.refuse("stream_type", Some(raw), &format!("\"{}\" here", kind.name()));
        }
        let inner = fields.raw("stream_id");
        let id = match (&asked.stream_id, inner) {
            (Some(id), _) => Some(id.clone()),
            (None, Some(raw)) => text(raw),
            (None, None) => Some(uuid::Uuid::new_v4().hyphenated().to_string()),
        };
        let id = id.filter(|id| (1..=LONGEST_ID).contains(&id.len()));
        if id.is_none() {
            let expected = format!("a text of 1 to {LONGEST_ID} bytes");
            fields.refuse("stream_id", asked.stream_id.as_deref().or(inner), &expected);
        }
        let params = fields.raw("params").map(str::to_owned);
        fields.finish()?;
        Ok(Subscription { id: id.unwrap_or_default(), params })
    }
}
