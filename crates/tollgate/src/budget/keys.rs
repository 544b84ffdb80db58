//! Every key of the budget file, once: the parser, `tollgate explain`, the JSON Schema and the
//! reference page all read this table.

/// A table of the file, and the keys it may hold.
#[derive(Debug)]
pub struct Section {
    /// As a person writes it: `[case.NAME]`.
    pub header: &'static str,
    pub about: &'static str,
    pub keys: &'static [Key],
}

#[derive(Debug)]
pub struct Key {
    pub name: &'static str,
    pub form: Form,
    /// What holds when the key is absent; empty when nothing does.
    pub default: &'static str,
    pub about: &'static str,
    pub example: &'static str,
}

/// What a key's value looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Text,
    Integer {
        min: i64,
        max: i64,
    },
    Number,
    Boolean,
    /// `"30s"`.
    Duration,
    /// `"500/s"`.
    Rate,
    /// `["program", "argument"]`.
    Command,
    /// One command or a list of them.
    Commands,
    TextList,
    /// Names with text values.
    TextMap,
    /// Names with lists of values.
    Parameters,
    Choice(&'static [&'static str]),
    /// A limit, a list of limits, or a table of the section named.
    Limits,
    /// A single limit.
    Limit,
    /// `"1s"` or `"500ms..2500ms"`.
    Think,
    /// JSON pointers with expected values.
    Json,
    /// A table of the section with this header.
    Section(&'static str),
    /// A list of tables of that section.
    Sections(&'static str),
    /// Names, each a table of that section.
    Named(&'static str),
    /// Metrics with limits.
    Budget,
    /// The same keys as the file itself.
    Overlay,
}

/// Formats of other tools' results. The readers live beside what measures, which budgets know
/// nothing of; a test there holds both lists against each other.
pub const IMPORT_FORMATS: &[&str] = &[
    "criterion",
    "cargo-criterion",
    "hyperfine",
    "pytest-benchmark",
    "locust-stats",
    "locust-history",
    "locust-json",
    "k6",
    "go-bench",
    "google-benchmark",
    "jmh",
    "oha",
    "vegeta",
    "wrk",
    "hey",
    "ab",
    "autocannon",
    "divan",
    "nats-bench",
    "bencher",
    "github-action-benchmark",
];

const MANY: i64 = 1_000_000;

macro_rules! section {
    (
        $header:literal, $about:literal,
        $($name:literal: $form:expr, $default:literal, $what:literal, $example:literal;)*
    ) => {
        Section {
            header: $header,
            about: $about,
            keys: &[$(Key {
                name: $name,
                form: $form,
                default: $default,
                about: $what,
                example: $example,
            }),*],
        }
    };
}

pub const FILE: &str = "the file";
pub const PROJECT: &str = "[project]";
pub const CASE: &str = "[case.NAME]";
pub const LOAD: &str = "[case.NAME.load]";
pub const OPERATION: &str = "[case.NAME.operation.\"OPERATION\"]";
pub const LIMIT: &str = "[case.NAME.budget.\"METRIC\"]";
pub const ACCEPT: &str = "[case.NAME.budget.\"METRIC\".accept]";
pub const USER: &str = "[user.NAME]";
pub const TASK: &str = "[[user.NAME.task]]";
pub const EXPECT: &str = "[user.NAME.task.expect]";
pub const SCENARIO: &str = "[scenario.NAME]";
pub const STAGE: &str = "[[scenario.NAME.stages]]";

/// Scenarios that need no definition.
pub const SCENARIOS: &[&str] =
    &["smoke", "steady", "normal", "spike", "peak", "stress", "capacity", "endurance"];

pub const SECTIONS: &[Section] = &[
    section! { "the file", "The tables a budget file may hold.",
        "project": Form::Section(PROJECT), "", "What holds for every case.", "[project]";
        "case": Form::Named(CASE), "", "One program or service, measured one way.", "[case.parse]";
        "user": Form::Named(USER), "", "A class of users of a service.", "[user.reader]";
        "scenario": Form::Named(SCENARIO), "", "A named workload shape.", "[scenario.smoke]";
        "environment": Form::Overlay, "", "Values laid over the file when the environment is chosen by `--env` or `TOLLGATE_ENV`.", "[environment.staging]";
    },
    section! { "[project]", "What holds for every case.",
        "name": Form::Text, "the folder's name", "Names the project in reports and in the history.", "name = \"proofs\"";
        "build": Form::Commands, "", "Run once, before anything is measured.", "build = [\"cargo\", \"build\", \"--release\"]";
        "confidence": Form::Number, "0.95", "Two-sided confidence of every interval, between 0.5 and 0.9999.", "confidence = 0.99";
        "baseline": Form::Text, "the last 10 runs of the default branch", "The named baseline that relative limits refer to.", "baseline = \"v1.0\"";
        "default-branch": Form::Text, "main", "The branch whose runs are the baseline when none is named.", "default-branch = \"trunk\"";
    },
    section! { "[case.NAME]", "One program or service, measured one way. It holds exactly one of `run`, `serve`, `url` and `import`; only `import` may stand beside `run`.",
        "about": Form::Text, "", "What the case is for, shown by `tollgate plan`.", "about = \"parse the largest log we have\"";
        "run": Form::Command, "", "The command, started afresh for every trial, without a shell. It may print records about itself.", "run = [\"target/release/parse\", \"big.log\"]";
        "serve": Form::Command, "", "A service to start; `{port}` stands for a free port.", "serve = [\"target/release/api\", \"--port\", \"{port}\"]";
        "url": Form::Text, "", "A service that already runs.", "url = \"http://127.0.0.1:8080\"";
        "import": Form::Text, "", "A result file of another tool, a glob, or criterion's folder; with `run`, what that command writes.", "import = \"target/criterion\"";
        "format": Form::Choice(IMPORT_FORMATS), "detected", "The format of the imported files.", "format = \"k6\"";
        "trials": Form::Integer { min: 1, max: MANY }, "10; 1 for `import` without `run`", "Repetitions that count.", "trials = 30";
        "warmups": Form::Integer { min: 0, max: MANY }, "1 for `run`, else 0", "Repetitions before them that do not.", "warmups = 3";
        "dir": Form::Text, "the budget file's folder", "Working folder of the commands, relative to the budget file.", "dir = \"bench\"";
        "env": Form::TextMap, "", "Environment variables of the commands, beside the inherited ones.", "env = { RUST_LOG = \"off\" }";
        "stdin": Form::Text, "empty", "A file given as standard input.", "stdin = \"data/input.json\"";
        "timeout": Form::Duration, "10m", "A trial that takes longer is stopped and has failed.", "timeout = \"30s\"";
        "exit-code": Form::Integer { min: 0, max: 255 }, "0", "The exit code of a good trial.", "exit-code = 1";
        "prepare": Form::Command, "", "Run before every trial, not timed.", "prepare = [\"rm\", \"-rf\", \"cache\"]";
        "cleanup": Form::Command, "", "Run after every trial, not timed.", "cleanup = [\"rm\", \"-rf\", \"out\"]";
        "params": Form::Parameters, "", "Values put in place of `{name}` in commands, variables and file names; every combination is an operation such as `size=10`.", "params = { size = [1, 10, 100] }";
        "instructions": Form::Boolean, "false", "Also count instructions with valgrind, in one extra trial.", "instructions = true";
        "ready": Form::Text, "", "A path that answers 2xx when the service is ready.", "ready = \"/health\"";
        "load": Form::Section(LOAD), "", "What is sent to the service.", "load = { users = [\"reader\"], scenario = \"smoke\" }";
        "allow-hosts": Form::TextList, "loopback only", "Hosts other than this machine that may be loaded.", "allow-hosts = [\"staging.example.org\"]";
        "sets": Form::TextList, "[\"quick\"]", "The sets the case belongs to; `tollgate check` runs `quick`.", "sets = [\"nightly\"]";
        "needs": Form::TextList, "", "Programs that must be installed.", "needs = [\"hyperfine\"]";
        "budget": Form::Budget, "", "Metrics and their limits, for the case as a whole.", "budget.\"wall median\" = \"<= 200ms\"";
        "operation": Form::Named(OPERATION), "", "Budgets of one operation: an endpoint, a benchmark function, a parameter's value.", "operation.\"size=10\".budget.wall = \"<= 1s\"";
    },
    section! { "[case.NAME.load]", "What is sent to a service.",
        "users": Form::TextList, "", "User classes, by name.", "users = [\"reader\", \"writer\"]";
        "scenario": Form::Text, "smoke", "The workload shape, by name.", "scenario = \"steady\"";
    },
    section! { "[case.NAME.operation.\"OPERATION\"]", "Budgets of one operation.",
        "budget": Form::Budget, "", "Metrics and their limits, for this operation.", "budget.\"latency p99\" = \"<= 100us\"";
    },
    section! { "[case.NAME.budget.\"METRIC\"]", "A limit with more to say about it.",
        "hard": Form::Limit, "", "Broken, it fails the build.", "hard = \"<= 100MiB\"";
        "soft": Form::Limit, "", "Broken, it warns.", "soft = \"<= 60MiB\"";
        "on-cannot-tell": Form::Choice(&["fail", "warn", "pass"]), "fail if the estimate breaks the limit, else warn", "What an undecided verdict does to the exit code.", "on-cannot-tell = \"fail\"";
        "baseline": Form::Text, "the project's", "The named baseline of a relative limit.", "baseline = \"v1.0\"";
        "any-machine": Form::Boolean, "false", "Hold the run against a baseline from another machine as well.", "any-machine = true";
        "confidence": Form::Number, "the project's", "Two-sided confidence of this budget's interval.", "confidence = 0.99";
        "accept": Form::Section(ACCEPT), "", "Bear a known breach until a date.", "accept = { limit = \"<= 120MiB\", until = \"2027-01-31\", reason = \"new cache\" }";
    },
    section! { "[case.NAME.budget.\"METRIC\".accept]", "A known breach, borne until a date.",
        "limit": Form::Limit, "", "The limit that holds meanwhile.", "limit = \"<= 120MiB\"";
        "until": Form::Text, "", "The last day, as YYYY-MM-DD.", "until = \"2027-01-31\"";
        "reason": Form::Text, "", "Why; shown in every report.", "reason = \"new cache\"";
    },
    section! { "[user.NAME]", "A class of users: what one of them does, and how long it thinks between.",
        "weight": Form::Integer { min: 1, max: MANY }, "1", "How many of these among all users.", "weight = 3";
        "think": Form::Think, "0s", "Time between two tasks, fixed or drawn evenly from a range.", "think = \"500ms..2500ms\"";
        "task": Form::Sections(TASK), "", "What the user does; one is drawn by weight each time.", "task = [{ get = \"/\" }]";
    },
    section! { "[[user.NAME.task]]", "One request. It holds exactly one of `get`, `post`, `put`, `patch`, `delete` and `head`.",
        "name": Form::Text, "method and path", "Names the operation.", "name = \"login\"";
        "weight": Form::Integer { min: 1, max: MANY }, "1", "How often, relative to the user's other tasks.", "weight = 50";
        "get": Form::Text, "", "The path of a GET request.", "get = \"/health\"";
        "post": Form::Text, "", "The path of a POST request.", "post = \"/api/login\"";
        "put": Form::Text, "", "The path of a PUT request.", "put = \"/api/item/1\"";
        "patch": Form::Text, "", "The path of a PATCH request.", "patch = \"/api/item/1\"";
        "delete": Form::Text, "", "The path of a DELETE request.", "delete = \"/api/item/1\"";
        "head": Form::Text, "", "The path of a HEAD request.", "head = \"/\"";
        "headers": Form::TextMap, "", "Request headers.", "headers = { Accept = \"application/json\" }";
        "body": Form::Text, "", "The body, or a feed file of bodies.", "body = \"data/login.jsonl\"";
        "expect": Form::Section(EXPECT), "a status below 400", "What the answer must be to count as a success.", "expect = { status = 200 }";
    },
    section! { "[user.NAME.task.expect]", "What an answer must be to count as a success.",
        "status": Form::Integer { min: 100, max: 599 }, "", "The status code.", "status = 200";
        "text": Form::Text, "", "Text the body must contain.", "text = \"ok\"";
        "headers": Form::TextMap, "", "Headers with their values.", "headers = { Content-Type = \"application/json\" }";
        "json": Form::Json, "", "Values by JSON pointer.", "json = { \"/valid\" = true }";
    },
    section! { "[scenario.NAME]", "A named workload shape: `users` or `rate` with `for`, or `stages`.",
        "users": Form::Integer { min: 1, max: MANY }, "", "Users at the same time (closed loop).", "users = 10";
        "rate": Form::Rate, "", "Requests started per unit of time, whatever the answers (open loop).", "rate = \"500/s\"";
        "for": Form::Duration, "", "How long.", "for = \"30s\"";
        "stages": Form::Sections(STAGE), "", "Shapes one after the other, each reached in a straight line.", "stages = [{ users = 50, over = \"5s\" }]";
    },
    section! { "[[scenario.NAME.stages]]", "One stage.",
        "users": Form::Integer { min: 0, max: MANY }, "", "Users at its end.", "users = 50";
        "rate": Form::Rate, "", "Rate at its end.", "rate = \"500/s\"";
        "over": Form::Duration, "", "How long it takes.", "over = \"5s\"";
    },
];

/// The section with that header.
///
/// # Panics
/// When the header is not in the table; headers are constants of this module.
#[must_use]
pub fn section(header: &str) -> &'static Section {
    SECTIONS.iter().find(|section| section.header == header).expect("headers are constants")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_section_a_key_refers_to_exists() {
        for key in SECTIONS.iter().flat_map(|section| section.keys) {
            if let Form::Section(header) | Form::Sections(header) | Form::Named(header) = key.form {
                assert!(!section(header).keys.is_empty(), "{header}");
            }
        }
    }

    #[test]
    fn no_key_stands_twice_in_a_section() {
        for section in SECTIONS {
            let mut names: Vec<_> = section.keys.iter().map(|key| key.name).collect();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), section.keys.len(), "{}", section.header);
        }
    }
}
