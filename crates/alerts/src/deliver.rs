//! Tells people: a thread that does one errand at a time, so that nothing waits for them. The one
//! part of the package that reads clocks and opens connections.

mod command;
mod message;
pub mod nats;
pub mod post;
mod tls;

use std::io;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;
use std::time::Duration;

use tokio::runtime::Handle;

use crate::file::{Action, Deed};
use crate::outbox::{Errand, Outbox, Patience};

pub use message::Message;
use nats::Line;

/// How people are told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Means {
    pub actions: Vec<Action>,
    /// The server of those that publish.
    pub nats: Option<String>,
}

/// What is to be told, and the means that hold when it is.
#[derive(Debug)]
pub struct Task {
    pub errand: Errand<Message>,
    pub means: Arc<Means>,
}

/// How one trial ended.
#[derive(Debug)]
pub struct Trial {
    pub errand: Errand<Message>,
    pub outcome: Result<(), String>,
}

/// A program has a minute: whoever waits for it keeps others from being told.
const FOR_A_PROGRAM: Duration = Duration::from_secs(60);

/// An outbox with what an earlier process did not get to tell.
#[must_use]
pub fn outbox(room: usize, waiting: Vec<(Message, u32)>) -> Outbox<Message> {
    // What was promised before is done, though there may be less room now.
    let mut outbox = Outbox::new(room.max(waiting.len()), Patience::default());
    for (message, failures) in waiting {
        outbox.resume(message.key.clone(), message, failures, 0);
    }
    outbox
}

/// Starts the thread. It takes one errand at a time and tells `ended` how that went. A connection
/// to a message bus lives in the runtime, and has the name there.
pub fn start(
    name: &'static str,
    runtime: Handle,
    ended: impl Fn(Trial) + Send + 'static,
) -> io::Result<SyncSender<Task>> {
    let (give, take) = sync_channel(1);
    let line = Line::new(name, runtime);
    thread::Builder::new().name("deliver".to_owned()).spawn(move || run(line, &take, ended))?;
    Ok(give)
}

fn run(mut line: Line, take: &Receiver<Task>, ended: impl Fn(Trial)) {
    while let Ok(Task { errand, means }) = take.recv() {
        let outcome = tell(&means, &mut line, &errand.what);
        ended(Trial { errand, outcome });
    }
}

/// An action that nobody described goes to the log, as the action `log` does.
fn tell(means: &Means, line: &mut Line, message: &Message) -> Result<(), String> {
    let described = means.actions.iter().find(|action| action.name == message.action);
    match described.map(|action| &action.deed) {
        None | Some(Deed::Log) => {
            tracing::warn!(action = message.action, "{}", message.body);
            Ok(())
        }
        Some(Deed::Post { url }) => match post::post(url, &message.body) {
            Ok(answer) if (200..300).contains(&answer.status) => Ok(()),
            Ok(answer) => Err(format!("{} answered {}", post::server(url), answer.status)),
            Err(error) => Err(error.to_string()),
        },
        Some(Deed::Run { command }) => command::run(command, &message.body, FOR_A_PROGRAM),
        Some(Deed::Publish { subject }) => match &means.nats {
            Some(server) => line.publish(server, subject, &message.body),
            None => Err("no server is named to publish on".to_owned()),
        },
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpListener;

    use super::*;

    fn message(action: &str) -> Message {
        Message { key: action.to_owned(), action: action.to_owned(), body: "{\"a\":1}".to_owned() }
    }

    fn action(name: &str, deed: Deed) -> Action {
        Action { name: name.to_owned(), deed }
    }

    /// How telling by each action ended, one after the other.
    fn told(actions: Vec<Action>, names: &[&str]) -> Vec<Result<(), String>> {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let (give, ended) = sync_channel(1);
        let send = move |trial: Trial| drop(give.send(trial));
        let tasks = start("test", runtime.handle().clone(), send).unwrap();
        let means = Arc::new(Means { actions, nats: None });
        let mut outbox = outbox(9, names.iter().map(|name| (message(name), 0)).collect());
        let mut outcomes = Vec::new();
        while let Some(errand) = outbox.take(0) {
            tasks.send(Task { errand, means: Arc::clone(&means) }).unwrap();
            outcomes.push(ended.recv().unwrap().outcome);
        }
        outcomes
    }

    #[test]
    fn each_action_is_done_and_what_came_of_it_is_told() {
        let shell =
            |script: &str| Deed::Run { command: ["sh", "-c", script].map(str::to_owned).into() };
        let actions = vec![
            action("good", shell("grep -q '{\"a\":1}'")),
            action("bad", shell("exit 3")),
            action("nowhere", Deed::Publish { subject: "a.b".to_owned() }),
            action("log", Deed::Log),
        ];
        let ended = told(actions, &["good", "bad", "nowhere", "log", "unknown"]);
        assert_eq!(ended[1], Err("sh ended with exit status: 3".to_owned()));
        assert_eq!(ended[2], Err("no server is named to publish on".to_owned()));
        for good in [0, 3, 4] {
            assert_eq!(ended[good], Ok(()));
        }
    }

    #[test]
    fn only_an_answer_of_success_is_one_and_no_error_tells_the_path_of_an_address() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let server = thread::spawn(move || {
            for status in ["204 No Content", "404 Not Found"] {
                let (mut stream, _) = listener.accept().unwrap();
                let mut heard = Vec::new();
                while !heard.ends_with(b"{\"a\":1}") {
                    let mut more = [0; 1024];
                    let length = stream.read(&mut more).unwrap();
                    heard.extend(&more[..length]);
                }
                stream.write_all(format!("HTTP/1.1 {status}\r\n\r\n").as_bytes()).unwrap();
            }
        });
        let deed = Deed::Post { url: format!("http://{address}/services/secret") };
        let ended = told(vec![action("a", deed.clone()), action("b", deed)], &["a", "b"]);
        server.join().unwrap();
        assert_eq!(ended, [Ok(()), Err(format!("http://{address} answered 404"))]);
    }
}
