//! A workload made ready to be sent: names resolved to numbers, files read, and requests without a
//! slot written down once as the bytes that travel.

mod step;

use std::collections::HashMap;
use std::path::PathBuf;

use crate::feed::Feeds;
use crate::schedule::Choice;
use crate::secrets::Secrets;
use crate::target::Target;
use crate::template::Template;
use crate::workload::{Login, Request, Think, User, Workload};

pub(crate) use step::{Fill, Sender, Step};

#[derive(Debug, thiserror::Error)]
pub enum ScriptError {
    #[error("read the body of `{request}` from `{}`: {source}", path.display())]
    Body { request: String, path: PathBuf, source: std::io::Error },
    #[error("the request `{request}` needs the environment variable `{name}`, which is not set")]
    Variable { request: String, name: String },
    #[error("no feed has the name `{0}`")]
    Feed(String),
    #[error("there are no users who do anything")]
    Idle,
    #[error("the request `{request}` cannot be sent: {problem}")]
    Unsendable { request: String, problem: String },
}

#[derive(Debug)]
pub(crate) struct Script {
    pub classes: Vec<Class>,
    pub operations: Vec<Operation>,
    /// The names of the feeds, in their order.
    pub feeds: Vec<String>,
    /// What was taken from the environment, and must not be shown.
    pub secrets: Secrets,
    /// With its slots filled.
    pub login: Login,
}

/// A kind of request that is counted apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Operation {
    pub name: String,
    /// Empty when requests of several methods bear the name.
    pub method: String,
}

#[derive(Debug)]
pub(crate) struct Class {
    pub weight: u32,
    pub think: Think,
    pub start: Vec<Step>,
    pub tasks: Vec<Task>,
    pub choice: Choice,
}

#[derive(Debug)]
pub(crate) struct Task {
    pub feed: Option<usize>,
    pub steps: Vec<Step>,
}

impl Script {
    pub fn new(
        workload: &Workload,
        target: &Target,
        feeds: &Feeds,
        variables: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Script, ScriptError> {
        let mut writing = Writing {
            workload,
            target,
            feeds,
            variables,
            operations: Vec::new(),
            numbers: HashMap::new(),
            secrets: Vec::new(),
        };
        let classes: Vec<Class> =
            workload.users.iter().map(|user| writing.class(user)).collect::<Result<_, _>>()?;
        if classes.is_empty() {
            return Err(ScriptError::Idle);
        }
        let login = writing.login()?;
        let secrets = Secrets::new(writing.secrets);
        let feeds = workload.feeds.iter().map(|feed| feed.name.clone()).collect();
        Ok(Script { classes, operations: writing.operations, feeds, secrets, login })
    }

    /// The subjects that are published to.
    pub fn published(&self) -> Vec<Template> {
        let steps = self.classes.iter().flat_map(|class| {
            class.start.iter().chain(class.tasks.iter().flat_map(|task| &task.steps))
        });
        steps.filter_map(Step::published).cloned().collect()
    }
}

/// What is known while a script is written.
struct Writing<'a> {
    workload: &'a Workload,
    target: &'a Target,
    feeds: &'a Feeds,
    variables: &'a dyn Fn(&str) -> Option<String>,
    operations: Vec<Operation>,
    numbers: HashMap<String, usize>,
    secrets: Vec<String>,
}

impl Writing<'_> {
    fn login(&mut self) -> Result<Login, ScriptError> {
        let mut filled = |template: &Template| {
            let filled = template
                .resolved(self.variables)
                .map_err(|name| ScriptError::Variable { request: "login".to_owned(), name })?;
            self.secrets.extend(filled.fixed().map(str::to_owned));
            Ok::<_, ScriptError>(filled)
        };
        Ok(match &self.workload.bus.login {
            Login::User { name, password } => {
                Login::User { name: filled(name)?, password: filled(password)? }
            }
            Login::Token(token) => Login::Token(filled(token)?),
            other => other.clone(),
        })
    }

    fn class(&mut self, user: &User) -> Result<Class, ScriptError> {
        let weights: Vec<u32> = user.tasks.iter().map(|task| task.weight).collect();
        let choice = Choice::new(&weights).ok_or(ScriptError::Idle)?;
        let tasks = user.tasks.iter().map(|task| {
            let feed = task
                .feed
                .as_ref()
                .map(|name| self.feeds.index(name).ok_or_else(|| ScriptError::Feed(name.clone())));
            Ok(Task { feed: feed.transpose()?, steps: self.steps(&task.steps)? })
        });
        let tasks: Vec<Task> = tasks.collect::<Result<_, ScriptError>>()?;
        if tasks.iter().any(|task| task.steps.is_empty()) {
            return Err(ScriptError::Idle);
        }
        let start = self.steps(&user.start)?;
        Ok(Class { weight: user.weight, think: user.think, start, tasks, choice })
    }

    fn steps(&mut self, requests: &[Request]) -> Result<Vec<Step>, ScriptError> {
        requests
            .iter()
            .map(|request| {
                let operation = self.operation(request);
                let sender = Sender { target: self.target, protocol: &self.workload.protocol };
                let (secrets, variables) = (&mut self.secrets, self.variables);
                let mut secret = |name: &str| {
                    let value = variables(name)?;
                    secrets.push(value.clone());
                    Some(value)
                };
                Step::new(request, operation, &sender, &mut secret)
            })
            .collect()
    }

    fn operation(&mut self, request: &Request) -> usize {
        let operations = &mut self.operations;
        let number = *self.numbers.entry(request.name.clone()).or_insert_with(|| {
            operations.push(Operation {
                name: request.name.clone(),
                method: request.act.word().to_owned(),
            });
            operations.len() - 1
        });
        if operations[number].method != request.act.word() {
            operations[number].method.clear();
        }
        number
    }
}
