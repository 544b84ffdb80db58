//! Keys of what is measured and promised: the file, the project, cases and their budgets.

use super::{
    ACCEPT, BESIDE, CASE, DISTURB, FEED, FILE, Form, IMPORT_FORMATS, LIMIT, LOAD, MANY, OPERATION,
    PROJECT, SCENARIO, Section, USER, table,
};

pub const SECTIONS: &[Section] = &[
    table! { FILE, "The tables a budget file may hold.",
        "project": Form::Section(PROJECT), "", "What holds for every case.", "[project]";
        "case": Form::Named(CASE), "", "One program or service, measured one way.", "[case.parse]";
        "user": Form::Named(USER), "", "A class of users of a service.", "[user.reader]";
        "feed": Form::Named(FEED), "", "Rows of data for the tasks of users.", "[feed.proofs]";
        "scenario": Form::Named(SCENARIO), "", "A named workload shape.", "[scenario.smoke]";
        "environment": Form::Overlay, "", "Values laid over the file when the environment is chosen by `--env` or `TOLLGATE_ENV`.", "[environment.staging]";
    },
    table! { PROJECT, "What holds for every case.",
        "name": Form::Text, "the folder's name", "Names the project in reports and in the history.", "name = \"proofs\"";
        "build": Form::Commands, "", "Run once, before anything is measured.", "build = [\"cargo\", \"build\", \"--release\"]";
        "confidence": Form::Number, "0.95", "Two-sided confidence of every interval, between 0.5 and 0.9999.", "confidence = 0.99";
        "baseline": Form::Text, "the last 10 runs of the default branch", "The named baseline that relative limits refer to.", "baseline = \"v1.0\"";
        "default-branch": Form::Text, "main, or master where main has no runs", "The branch whose runs are the baseline when none is named.", "default-branch = \"trunk\"";
    },
    table! { CASE, "One program or service, measured one way. It holds exactly one of `run`, `serve`, `url` and `import`; but `import` may stand beside `run`, and `url` beside `serve`.",
        "about": Form::Text, "", "What the case is for, shown by `tollgate plan`.", "about = \"parse the largest log we have\"";
        "run": Form::Command, "", "The command, started afresh for every trial, without a shell. It may print records about itself.", "run = [\"target/release/parse\", \"big.log\"]";
        "serve": Form::CommandOr(&["nats", "bus"]), "", "A service to start afresh for every trial; `{port}` here or in `env` stands for a free port. `nats` starts a `nats-server` with an empty JetStream store, `bus` the bus inside Tollgate's own process, which is also what a load of messages has without `serve` and `url`.", "serve = [\"target/release/api\", \"--port\", \"{port}\"]";
        "server-config": Form::Text, "", "A configuration file for the `nats-server` of `serve = \"nats\"`, relative to the budget file: users, permissions, TLS. It is spoken to over TLS when the load says whom to believe, by `authority` or `tls`.", "server-config = \"nats.conf\"";
        "url": Form::Text, "", "A service that already runs; it is used in place of what `serve` would start. Empty, such as by an unset variable, it counts as absent.", "url = \"http://127.0.0.1:8080\"";
        "import": Form::Text, "", "A result file of another tool, a glob, or criterion's folder; with `run`, what that command writes.", "import = \"target/criterion\"";
        "format": Form::Choice(IMPORT_FORMATS), "detected", "The format of the imported files.", "format = \"k6\"";
        "trials": Form::Integer { min: 1, max: MANY }, "10; 1 for `serve`, `url`, and `import` without `run`", "Repetitions that count.", "trials = 30";
        "warmups": Form::Integer { min: 0, max: MANY }, "1 for `run`, else 0", "Repetitions before them that do not.", "warmups = 3";
        "dir": Form::Text, "the budget file's folder", "Working folder of the commands, relative to the budget file.", "dir = \"bench\"";
        "env": Form::TextMap, "", "Environment variables of the commands, beside the inherited ones.", "env = { RUST_LOG = \"off\" }";
        "stdin": Form::Text, "empty", "A file given as standard input.", "stdin = \"data/input.json\"";
        "timeout": Form::Duration, "10m; 30s for `serve` and `url`", "A trial that takes longer is stopped and has failed; for a service, how long it may take to become ready.", "timeout = \"30s\"";
        "exit-code": Form::Integer { min: 0, max: 255 }, "0", "The exit code of a good trial.", "exit-code = 1";
        "prepare": Form::Command, "", "Run before every trial, not timed.", "prepare = [\"rm\", \"-rf\", \"cache\"]";
        "cleanup": Form::Command, "", "Run after every trial, not timed.", "cleanup = [\"rm\", \"-rf\", \"out\"]";
        "params": Form::Parameters, "", "Values put in place of `{name}` in commands, variables and file names; every combination is an operation such as `size=10`.", "params = { size = [1, 10, 100] }";
        "instructions": Form::Boolean, "false", "Also count instructions with valgrind, in one extra trial.", "instructions = true";
        "ready": Form::Text, "", "A path that answers 2xx when the service is ready; without one it is ready when it accepts a connection.", "ready = \"/health\"";
        "beside": Form::Named(BESIDE), "", "Programs that run beside the service, by name.", "beside.db-service = { run = [\"db-service\", \"{url}\"] }";
        "disturb": Form::Sections(DISTURB), "", "What is done to the service, to the programs beside it or to the network during the load.", "disturb = [{ at = \"5s\", do = \"kill\", who = \"service\" }, { at = \"8s\", do = \"start\", who = \"service\" }]";
        "load": Form::Section(LOAD), "", "What is sent to the service.", "load = { users = [\"reader\"], scenario = \"smoke\" }";
        "allow-hosts": Form::TextList, "loopback only", "Hosts other than this machine that may be loaded.", "allow-hosts = [\"staging.example.org\"]";
        "sets": Form::TextList, "[\"quick\"]", "The sets the case belongs to; `tollgate check` runs `quick`.", "sets = [\"nightly\"]";
        "needs": Form::TextList, "", "Programs that must be installed.", "needs = [\"hyperfine\"]";
        "budget": Form::Budget, "", "Metrics and their limits, for the case as a whole.", "budget.\"wall median\" = \"<= 200ms\"";
        "operation": Form::Named(OPERATION), "", "Budgets of one operation: an endpoint, a benchmark function, a parameter's value.", "operation.\"size=10\".budget.wall = \"<= 1s\"";
    },
    table! { OPERATION, "Budgets of one operation.",
        "budget": Form::Budget, "", "Metrics and their limits, for this operation.", "budget.\"latency p99\" = \"<= 100us\"";
    },
    table! { LIMIT, "A limit with more to say about it.",
        "hard": Form::Limit, "", "Broken, it fails the build.", "hard = \"<= 100MiB\"";
        "soft": Form::Limit, "", "Broken, it warns.", "soft = \"<= 60MiB\"";
        "on-cannot-tell": Form::Choice(&["fail", "warn", "pass"]), "fail if the estimate breaks the limit, else warn", "What an undecided verdict does to the exit code.", "on-cannot-tell = \"fail\"";
        "baseline": Form::Text, "the project's", "The named baseline of a relative limit.", "baseline = \"v1.0\"";
        "any-machine": Form::Boolean, "false", "Hold the run against a baseline from another machine as well.", "any-machine = true";
        "confidence": Form::Number, "the project's", "Two-sided confidence of this budget's interval.", "confidence = 0.99";
        "accept": Form::Section(ACCEPT), "", "Bear a known breach until a date.", "accept = { limit = \"<= 120MiB\", until = \"2027-01-31\", reason = \"new cache\" }";
    },
    table! { ACCEPT, "A known breach, borne until a date.",
        "limit": Form::Limit, "", "The limit that holds meanwhile.", "limit = \"<= 120MiB\"";
        "until": Form::Text, "", "The last day, as YYYY-MM-DD.", "until = \"2027-01-31\"";
        "reason": Form::Text, "", "Why; shown in every report.", "reason = \"new cache\"";
    },
];
