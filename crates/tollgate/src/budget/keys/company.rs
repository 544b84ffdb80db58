//! Keys of the programs beside a service, and of what is done to them during the load.

use crate::budget::company::ACTIONS;

use super::{BESIDE, DISTURB, Form, Section, table};

pub const SECTIONS: &[Section] = &[
    table! { BESIDE, "A program that runs beside the service: started after it, in the order of the file, and stopped before it. What it needs, such as `server memory`, is measured for the operation of its name.",
        "run": Form::Command, "", "The command, without a shell; in it and in `env`, `{url}` stands for the address of the service and `{port}` for a free port.", "run = [\"target/release/db-service\", \"--bus\", \"{url}\", \"--port\", \"{port}\"]";
        "ready": Form::Text, "it is started", "When it is ready: a path that answers 2xx at its port, or `line:TEXT` for a line of its output that holds the text.", "ready = \"line:listening\"";
        "env": Form::TextMap, "", "Environment variables beside the inherited ones.", "env = { RUST_LOG = \"off\" }";
        "dir": Form::Text, "the budget file's folder", "Its working folder, relative to the budget file.", "dir = \"services\"";
        "timeout": Form::Duration, "30s", "How long it may take to become ready.", "timeout = \"5s\"";
    },
    table! { DISTURB, "Something that is done during the load, to see how the service bears it. What was killed or stopped is brought to a clean end with the trial.",
        "at": Form::Duration, "", "When, from the start of the load, its warm-up included.", "at = \"5s\"";
        "do": Form::Choice(ACTIONS), "", "On a program: `kill` its process group, ask it to `terminate`, `stop` it and let it `continue`, `start` it again. On the network, by way of a relay: `delay` what goes to the service, `cut` all connections and refuse new ones, `reset` those there are, `throttle` both ways, and `heal` all of it.", "do = \"kill\"";
        "who": Form::Text, "`network` for what is done on it", "A program beside the service by its name, `service`, or `network`.", "who = \"db-service\"";
        "by": Form::Duration, "", "How long a `delay` is.", "by = \"50ms\"";
        "to": Form::Text, "", "The bytes a second that a `throttle` lets through, each way.", "to = \"1MB/s\"";
    },
];
