//! Keys of what is sent to a service: loads, users and their requests, feeds, scenarios.

use super::{
    BODY, CAPTURE, EXPECT, FEED, Form, LOAD, LOGIN, MANY, REQUEST, SCENARIO, SEARCH, SET, STAGE,
    STREAM, Section, TASK, USER, table,
};

pub const SECTIONS: &[Section] = &[
    table! { LOAD, "What is sent to a service: by whom, in which shape, and how it travels.",
        "users": Form::TextList, "", "User classes, by name.", "users = [\"reader\", \"writer\"]";
        "scenario": Form::Text, "smoke", "The workload shape, by name: one of the file's own or smoke, steady, normal, spike, peak, stress, capacity or endurance. `--scenario` names another.", "scenario = \"steady\"";
        "set": Form::Section(SET), "", "Values laid over the scenario.", "set = { users = \"${TEST_USERS:-}\" }";
        "until": Form::Choice(&["end", "decided"]), "end", "When to stop: at the end of the scenario, or as soon as every budget of the case is decided.", "until = \"decided\"";
        "http": Form::Choice(&["1.1", "2"]), "1.1", "The version of HTTP.", "http = \"2\"";
        "keep-alive": Form::Boolean, "true", "Whether a user's requests share a connection.", "keep-alive = false";
        "compression": Form::Boolean, "false", "Whether compressed answers are asked for.", "compression = true";
        "cookies": Form::Boolean, "true", "Whether each user keeps the cookies it is given.", "cookies = false";
        "redirects": Form::Integer { min: 0, max: 100 }, "0", "How many redirects in a row are followed, on the same host only.", "redirects = 5";
        "timeout": Form::Duration, "30s", "An answer that takes longer is an error, counted at its full length.", "timeout = \"5s\"";
        "connections": Form::Integer { min: 1, max: MANY }, "1000", "Users at the same time under a rate; each has a connection.", "connections = 200";
        "tls": Form::Choice(&["system", "insecure"]), "system", "Whom to believe to be the service: the authorities this machine trusts, or anybody, which reports say.", "tls = \"insecure\"";
        "authority": Form::Text, "", "A PEM file whose authorities alone are believed, relative to the budget file.", "authority = \"ca.pem\"";
        "out": Form::Text, "", "A folder, relative to the budget file, for the figures as Locust and HdrHistogram write them.", "out = \"results\"";
        "subscribers": Form::Integer { min: 0, max: 64 }, "1", "Of messages: subscribers of the load's own, each of which receives what is published. `publish` is done when all have it; without any, when it is handed to the kernel.", "subscribers = 4";
        "subscribe": Form::TextList, "what is published to", "Of messages: the subjects that the subscribers subscribe to.", "subscribe = [\"shop.>\"]";
        "streams": Form::Sections(STREAM), "", "Of messages: streams of JetStream that are made before the load unless they are there.", "streams = [{ name = \"ORDERS\", subjects = [\"shop.orders.>\"] }]";
        "login": Form::Section(LOGIN), "", "Of messages: as whom the load comes.", "login = { user = \"load\", password = \"{{env NATS_PASSWORD}}\" }";
        "threads": Form::Integer { min: 1, max: 1024 }, "as many as the machine can spare", "Threads that send.", "threads = 2";
    },
    table! { STREAM, "A stream of JetStream.",
        "name": Form::Text, "", "What it is called.", "name = \"ORDERS\"";
        "subjects": Form::TextList, "", "What it keeps.", "subjects = [\"shop.orders.>\"]";
        "storage": Form::Choice(&["file", "memory"]), "file", "Where it keeps it.", "storage = \"memory\"";
        "most": Form::Size, "", "The oldest messages go when it is larger.", "most = \"256MiB\"";
    },
    table! { LOGIN, "As whom a load comes to a bus: `user` and `password`, `token`, `nkey` or `credentials`.",
        "user": Form::Template, "", "A user's name.", "user = \"load\"";
        "password": Form::Template, "", "Its password.", "password = \"{{env NATS_PASSWORD}}\"";
        "token": Form::Template, "", "A token.", "token = \"{{env NATS_TOKEN}}\"";
        "nkey": Form::Text, "", "A file with the seed of an NKey, relative to the budget file.", "nkey = \"load.nk\"";
        "credentials": Form::Text, "", "A file with a token and its key, relative to the budget file.", "credentials = \"load.creds\"";
    },
    table! { SET, "Values laid over the scenario, most often from variables: an empty text leaves the scenario's own.",
        "users": Form::Integer { min: 1, max: MANY }, "", "Users at the same time, in a scenario of users.", "users = \"${TEST_USERS:-}\"";
        "rate": Form::Rate, "", "Tasks begun per unit of time, in a scenario of a rate; a variable's plain number counts per second.", "rate = \"${TEST_RATE:-}\"";
        "spawn-rate": Form::Rate, "", "Users that start per unit of time until all have; a variable's plain number counts per second.", "spawn-rate = \"${SPAWN_RATE:-}\"";
        "for": Form::Duration, "", "How long, after the ramp.", "for = \"${TEST_DURATION:-}\"";
        "warmup": Form::Duration, "", "What does not count at the beginning.", "warmup = \"10s\"";
        "requests": Form::Integer { min: 1, max: 1_000_000_000 }, "", "No more than so many requests.", "requests = 10_000";
    },
    table! { USER, "A class of users: what one of them does, and how long it thinks between.",
        "weight": Form::Integer { min: 1, max: MANY }, "1", "How many of these among all users.", "weight = 3";
        "think": Form::Think, "0s", "Time between two tasks, fixed or drawn evenly from a range.", "think = \"500ms..2500ms\"";
        "like": Form::Text, "", "Another user whose requests and tasks this one does.", "like = \"reader\"";
        "start": Form::Sections(REQUEST), "", "Requests each user makes once before its first task, such as a login; what they capture holds for all its tasks.", "start = [{ post = \"/login\" }]";
        "task": Form::Sections(TASK), "", "What the user does; one is drawn by weight each time.", "task = [{ get = \"/\" }]";
    },
    table! { TASK, "A request, or several in a row as `steps`.", also REQUEST;
        "weight": Form::Integer { min: 1, max: MANY }, "1", "How often, relative to the user's other tasks.", "weight = 50";
        "steps": Form::Sections(REQUEST), "", "Requests in a row, in place of a single one.", "steps = [{ get = \"/\" }, { get = \"/items\" }]";
        "feed": Form::Text, "", "The feed a row is taken from each time the task begins: `{{feed}}`, `{{feed.FIELD}}`.", "feed = \"proofs\"";
    },
    table! { REQUEST, "One request or message. It holds exactly one of `get`, `post`, `put`, `patch`, `delete`, `head`, `publish`, `request`, `store` and `pull`.",
        "name": Form::Text, "method and path, or the subject", "Names the operation.", "name = \"login\"";
        "get": Form::Template, "", "The path of a GET request.", "get = \"/health\"";
        "post": Form::Template, "", "The path of a POST request.", "post = \"/api/login\"";
        "put": Form::Template, "", "The path of a PUT request.", "put = \"/api/items/{{int 1 100}}\"";
        "patch": Form::Template, "", "The path of a PATCH request.", "patch = \"/api/items/1\"";
        "delete": Form::Template, "", "The path of a DELETE request.", "delete = \"/api/items/1\"";
        "head": Form::Template, "", "The path of a HEAD request.", "head = \"/\"";
        "publish": Form::Template, "", "The subject of a message over NATS, done when the load's subscribers have it.", "publish = \"shop.orders.{{int 1 9}}\"";
        "request": Form::Template, "", "The subject of a message over NATS that somebody replies to, done with the reply.", "request = \"shop.stock.get\"";
        "store": Form::Template, "", "The subject of a message over NATS that a stream keeps, done when the server acknowledges it.", "store = \"shop.orders.new\"";
        "pull": Form::Text, "", "A durable consumer of a stream, made if it is not there, from which `batch` messages are taken and acknowledged.", "pull = \"ORDERS/billing\"";
        "batch": Form::Integer { min: 1, max: 10_000 }, "1", "How many messages a `pull` takes.", "batch = 100";
        "headers": Form::TemplateMap, "", "Request headers.", "headers = { Authorization = \"Bearer {{token}}\" }";
        "body": Form::TemplateOr(BODY), "", "What is sent along.", "body = \"{{feed}}\"";
        "expect": Form::Section(EXPECT), "a status below 400", "What the answer must be to count as a success.", "expect = { status = 200 }";
        "capture": Form::Named(CAPTURE), "", "Values of the answer that later requests of the same task use as `{{NAME}}`.", "capture = { token = { json = \"/token\" } }";
    },
    table! { BODY, "A body that is no plain text. It holds exactly one of `file` and `json`.",
        "file": Form::Text, "", "A file that is sent as it is, relative to the budget file.", "file = \"data/photo.jpg\"";
        "json": Form::Object, "", "A table that is written as JSON; its texts may have slots. Sets `Content-Type`, unless `headers` does.", "json = { id = \"{{uuid}}\" }";
    },
    table! { EXPECT, "What an answer must be to count as a success.",
        "status": Form::Status, "below 400", "The status code.", "status = 200";
        "text": Form::Template, "", "Text the body must contain.", "text = \"ok\"";
        "headers": Form::TemplateMap, "", "Headers with their values.", "headers = { Content-Type = \"application/json\" }";
        "json": Form::Json, "", "Values by JSON pointer.", "json = { \"/valid\" = true }";
    },
    table! { CAPTURE, "Where a captured value is found. It holds exactly one of `json`, `header` and `cookie`.",
        "json": Form::Text, "", "A JSON pointer into the body.", "json = \"/token\"";
        "header": Form::Text, "", "A header of the answer.", "header = \"X-Request-Id\"";
        "cookie": Form::Text, "", "A cookie the answer sets.", "cookie = \"sid\"";
    },
    table! { FEED, "Rows of data for tasks. It holds exactly one of `file` and `command`.",
        "file": Form::Text, "", "A file, relative to the budget file: `.csv` with a header line, `.jsonl` with a value a line, any other with a text a line.", "file = \"data/proofs.jsonl\"";
        "command": Form::Command, "", "A program that prints a JSON value a line for as long as it is read.", "command = [\"target/release/proofs\", \"feed\"]";
        "dir": Form::Text, "the budget file's folder", "Working folder of the command, relative to the budget file.", "dir = \"data\"";
        "env": Form::TextMap, "", "Environment variables of the command, beside the inherited ones.", "env = { SEED = \"1\" }";
        "order": Form::Choice(&["sequential", "random", "unique"]), "sequential", "One row after the other and again from the first; any; or each row once, after which the load ends.", "order = \"random\"";
    },
    table! { SCENARIO, "A named workload shape: `users` or `rate` with `for`, `stages`, or `search`. One with the name of a ready-made scenario takes its place.",
        "users": Form::Integer { min: 1, max: MANY }, "", "Users at the same time, each waiting for its answers (closed loop).", "users = 10";
        "rate": Form::Rate, "", "Tasks begun per unit of time, whatever the answers (open loop).", "rate = \"500/s\"";
        "for": Form::Duration, "", "How long, after the ramp.", "for = \"30s\"";
        "ramp": Form::Duration, "0s", "How long the straight line from zero takes.", "ramp = \"10s\"";
        "spawn-rate": Form::Rate, "", "Users that start per unit of time, in place of `ramp`.", "spawn-rate = \"50/s\"";
        "stages": Form::Sections(STAGE), "", "Levels one after the other, all of users or all of rates.", "stages = [{ users = 50, over = \"5s\", for = \"20s\" }]";
        "search": Form::Section(SEARCH), "", "Looks for the highest rate at which the case's budgets hold: the metric `capacity`.", "search = { from = \"50/s\", to = \"10000/s\" }";
        "arrivals": Form::Choice(&["even", "poisson"]), "even", "How the beginnings of tasks are spaced under a rate: evenly, or at random as those of many independent people.", "arrivals = \"poisson\"";
        "warmup": Form::Duration, "the ramp", "What does not count at the beginning.", "warmup = \"10s\"";
        "requests": Form::Integer { min: 1, max: 1_000_000_000 }, "", "No more than so many requests, the warm-up's included.", "requests = 10_000";
        "classes": Form::TextList, "all of the case", "The user classes that take part.", "classes = [\"reader\"]";
    },
    table! { STAGE, "One stage: `users` or `rate`, reached in a straight line from the stage before, at first from zero, and held.",
        "users": Form::Integer { min: 0, max: MANY }, "", "Users at the same time.", "users = 50";
        "rate": Form::Rate, "", "Tasks begun per unit of time.", "rate = \"500/s\"";
        "over": Form::Duration, "0s", "How long the straight line takes.", "over = \"5s\"";
        "for": Form::Duration, "0s", "How long the level is held then.", "for = \"20s\"";
    },
    table! { SEARCH, "A search for the highest rate at which the case's budgets hold.",
        "from": Form::Rate, "", "The first rate tried.", "from = \"50/s\"";
        "to": Form::Rate, "", "The highest rate tried.", "to = \"10000/s\"";
        "step": Form::Duration, "5s", "How long each rate is held.", "step = \"5s\"";
        "precision": Form::Number, "0.05", "How closely the answer is wanted, as a share of itself, from 0.001 to 0.5.", "precision = 0.02";
    },
];
