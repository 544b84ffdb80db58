//! What is sent to a service, as plain values: by whom (users), when (schedule), until when (stop)
//! and how (protocol). The four are independent of each other.

use std::path::PathBuf;
use std::time::Duration;

use crate::template::Template;

/// Everything about a load but its target.
#[derive(Clone, Debug, PartialEq)]
pub struct Workload {
    pub users: Vec<User>,
    pub feeds: Vec<Feed>,
    pub schedule: Schedule,
    pub stop: Stop,
    pub protocol: Protocol,
    /// What a load of messages needs beside its users.
    pub bus: Bus,
    /// Threads of the generator; by default half of the processors for a target on this machine,
    /// which needs some itself, and all of them for another.
    pub threads: Option<u32>,
    /// Draws users, tasks, think times, Poisson arrivals and templates.
    pub seed: u64,
}

/// A class of users: what one of them does, and how long it thinks between.
#[derive(Clone, Debug, PartialEq)]
pub struct User {
    pub name: String,
    /// How many of these among all users.
    pub weight: u32,
    pub think: Think,
    /// Done once by every user before its first task, such as a login. What they capture holds for
    /// all its tasks.
    pub start: Vec<Request>,
    pub tasks: Vec<Task>,
}

/// Time between two tasks, drawn evenly from a range.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Think {
    pub shortest: Duration,
    pub longest: Duration,
}

/// One or more requests in a row.
#[derive(Clone, Debug, PartialEq)]
pub struct Task {
    /// How often, relative to the user's other tasks.
    pub weight: u32,
    /// The feed a row is taken from each time the task begins.
    pub feed: Option<String>,
    pub steps: Vec<Request>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// The operation it counts for.
    pub name: String,
    pub act: Act,
    /// With the query; of a message its subject.
    pub path: Template,
    pub headers: Vec<(String, Template)>,
    pub body: Body,
    pub expect: Expect,
    pub captures: Vec<Capture>,
}

/// What is done with a path or a subject, and so when it is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// A request of HTTP, by its method.
    Http(String),
    /// A message, done when all subscribers of the load have it; without any, when it is handed to
    /// the kernel.
    Publish,
    /// A message that somebody replies to.
    Ask,
    /// A message to a stream, done when the server has acknowledged it.
    Store,
    /// Takes up to so many messages from a durable consumer, `STREAM/CONSUMER`, and acknowledges
    /// each; done when the server knows.
    Pull { most: u32 },
}

impl Act {
    /// A method of HTTP, or a word like one.
    #[must_use]
    pub fn word(&self) -> &str {
        match self {
            Act::Http(method) => method,
            Act::Publish => "PUB",
            Act::Ask => "REQ",
            Act::Store => "STORE",
            Act::Pull { .. } => "PULL",
        }
    }

    #[must_use]
    pub fn is_http(&self) -> bool {
        matches!(self, Act::Http(_))
    }
}

#[derive(Clone, Debug, PartialEq)]
pub enum Body {
    Empty,
    Text(Template),
    /// Sent as it is, read once before the load.
    File(PathBuf),
}

/// What an answer must be to count as a success.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Expect {
    pub status: Status,
    /// Text the body must contain.
    pub text: Option<Template>,
    /// Headers with their values.
    pub headers: Vec<(String, Template)>,
    /// Values by JSON pointer.
    pub json: Vec<(String, Expected)>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub enum Status {
    /// Any below 400, as it came: redirects that are not followed included.
    #[default]
    Below400,
    Is(u16),
    /// Known when the request is made, such as `{{feed.status}}`.
    From(Template),
}

#[derive(Clone, Debug, PartialEq)]
pub enum Expected {
    Is(serde_json::Value),
    /// Equal to the text of a string, or to any other value as JSON writes it.
    From(Template),
}

/// A value of an answer that later requests of the same task use as `{{name}}`.
#[derive(Clone, Debug, PartialEq)]
pub struct Capture {
    pub name: String,
    pub from: Origin,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Origin {
    /// A JSON pointer into the body.
    Json(String),
    Header(String),
    Cookie(String),
}

/// Rows of data for tasks.
#[derive(Clone, Debug, PartialEq)]
pub struct Feed {
    pub name: String,
    pub source: Source,
    pub order: Order,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Source {
    /// `.csv` with a header line; `.jsonl`, one value a line; any other, one text a line.
    File(PathBuf),
    /// A program that prints one JSON value a line, for as long as it is read.
    Command { command: Vec<String>, dir: PathBuf, env: Vec<(String, String)> },
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// One after the other, and again from the first.
    #[default]
    Sequential,
    Random,
    /// Every row once; without rows left the load ends.
    Unique,
}

/// When something is sent.
#[derive(Clone, Debug, PartialEq)]
pub enum Schedule {
    /// So many users at the same time, each waiting for its answers (closed loop).
    Users(Vec<Leg>),
    /// So many tasks begun a second, whatever the answers (open loop).
    Rate { legs: Vec<Leg>, arrivals: Arrivals },
}

/// A straight line from the level before, at first from zero, to a level. Over no time it is a
/// jump; to the same level it is a rest.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Leg {
    pub to: f64,
    pub over: Duration,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Arrivals {
    /// Evenly spaced.
    #[default]
    Even,
    /// Independent of each other, as those of many people are.
    Poisson,
}

/// Until when; the schedule's end holds in any case.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stop {
    /// What is sent before this does not count: ramps, caches that fill.
    pub warmup: Duration,
    /// No more than so many requests, the warm-up's included; the ways of redirects do not count.
    pub requests: Option<u64>,
}

/// How requests travel.
#[derive(Clone, Debug, PartialEq)]
pub struct Protocol {
    pub http: Http,
    pub keep_alive: bool,
    /// Asks for compressed answers.
    pub compression: bool,
    pub cookies: bool,
    /// How many redirects in a row are followed, on the same host only.
    pub redirects: u32,
    /// An answer that takes longer is an error, counted at its full length.
    pub timeout: Duration,
    /// A larger answer is an error.
    pub largest_body: u64,
    /// Users at the same time in an open loop; each has a connection. Classes of users share them
    /// by weight, with at least one each on every thread.
    pub connections: u32,
    pub tls: Tls,
}

/// Who receives what is published, what keeps it, and as whom the load comes.
#[derive(Clone, Debug, PartialEq)]
pub struct Bus {
    /// How many subscribers of the load's own receive each message that is published, on a
    /// connection each.
    pub subscribers: u32,
    /// What they subscribe to; when empty, the subjects that are published to.
    pub subscribe: Vec<String>,
    /// Streams that are made before the load unless they are there.
    pub streams: Vec<Stream>,
    pub login: Login,
}

impl Default for Bus {
    fn default() -> Bus {
        Bus { subscribers: 1, subscribe: Vec::new(), streams: Vec::new(), login: Login::Nobody }
    }
}

/// A stream of JetStream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stream {
    pub name: String,
    pub subjects: Vec<String>,
    pub in_memory: bool,
    /// The oldest messages go beyond it.
    pub most_bytes: Option<u64>,
}

/// As whom a load comes to a bus. What is secret may be a slot, `{{env NATS_PASSWORD}}`.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Login {
    #[default]
    Nobody,
    User {
        name: Template,
        password: Template,
    },
    Token(Template),
    /// A file with the seed of a key.
    Nkey(PathBuf),
    /// A file with a token and its key, as `nsc` writes them.
    Credentials(PathBuf),
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Http {
    #[default]
    One,
    Two,
}

/// Whom to believe to be the target.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Tls {
    /// The authorities this machine trusts.
    #[default]
    System,
    /// Those in a file alone.
    Authority(PathBuf),
    /// Anybody. Reports say so.
    Anyone,
}

impl Default for Protocol {
    fn default() -> Protocol {
        Protocol {
            http: Http::One,
            keep_alive: true,
            compression: false,
            cookies: true,
            redirects: 0,
            timeout: Duration::from_secs(30),
            largest_body: 64 << 20,
            connections: 1000,
            tls: Tls::System,
        }
    }
}
