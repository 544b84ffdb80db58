//! Mistakes in services, loads, users, feeds and scenarios: each is told at its place, alone.

use super::mistakes::told;
use super::read;

const HEAD: &str = "[case.a]\nrun = [\"true\"]\n";

/// That the text has this one mistake at this line.
fn one(text: &str, expected: &str) {
    let told = told(text);
    assert!(told[0].contains(expected), "{text}\n{told:#?}");
    assert_eq!(told.len(), 1, "{text}\n{told:#?}");
}

/// A user's task, at line 4.
fn task(task: &str, expected: &str) {
    one(&format!("{HEAD}[user.u]\ntask = [{{ {task} }}]\n"), expected);
}

/// A service with these lines from line 2.
fn service(lines: &str, expected: &str) {
    one(&format!("[case.a]\n{lines}\n[user.u]\ntask = [{{ get = \"/\" }}]\n"), expected);
}

const SERVE: &str = "serve = [\"x\", \"{port}\"]";

/// A load's further keys, at line 3.
fn load(keys: &str, expected: &str) {
    service(&format!("{SERVE}\nload = {{ users = [\"u\"], {keys} }}"), expected);
}

fn scenario(keys: &str, expected: &str) {
    one(&format!("{HEAD}[scenario.s]\n{keys}\n"), expected);
}

#[test]
fn a_service_is_found_by_its_port_or_its_address() {
    let load = "load = { users = [\"u\"] }";
    for (line, expected) in [
        ("serve = [\"x\"]", "2: the service is not told its port"),
        ("url = \"\"", "2: case `a` measures nothing | `url` is empty"),
        ("url = \"localhost:80\"", "2: `localhost:80` is no address of a service | expected"),
        ("url = \"ftp://x\"", "2: `ftp://x` is no address"),
        ("url = \"http://\"", "2: `http://` is no address"),
        ("url = \"http://a b\"", "2: `http://a b` is no address"),
        ("url = \"http://a/?x=1\"", "2: `http://a/?x=1` is no address"),
        ("url = \"http://me:secret@a\"", "2: `http://me:secret@a` is no address"),
        ("url = 5", "2: `url` is an integer"),
        ("serve = [\"{port}\"]\nready = \"health\"", "3: the path `health` does not start"),
        ("serve = [\"{port}\"]\nready = \"/a b\"", "3: `/a b` is no path"),
        ("serve = [\"{port}\"]\ntimeout = \"30\"", "3: `30` is not a duration"),
        ("serve = [\"{port}\"]\nprepare = [\"x\"]", "3: `prepare` has no meaning in this case"),
        ("serve = [\"{port}\"]\nimport = \"x\"", "3: case `a` has both `serve` and `import`"),
    ] {
        service(&format!("{line}\n{load}"), expected);
    }
    one(&format!("[case.a]\n{SERVE}\n"), "1: nothing is sent to the service of case `a`");
}

#[test]
fn a_load_names_what_exists_and_says_nothing_twice() {
    for (keys, expected) in [
        ("scenario = \"smok\"", "3: there is no scenario `smok` | named here | there is a sc"),
        ("http = \"3\"", "3: `http` cannot be `3` | expected 1.1 or 2"),
        ("http = 2", "3: `http` cannot be `2` | expected 1.1 or 2 | there is `2`"),
        (
            "until = \"decide\"",
            "3: `until` cannot be `decide` | expected end or decided | there is",
        ),
        ("tls = \"none\"", "3: `tls` cannot be `none`"),
        ("tls = \"insecure\", authority = \"ca.pem\"", "3: `authority` has no meaning beside"),
        ("keep-alive = 1", "3: `keep-alive` is an integer"),
        ("connections = 0", "3: `connections = 0` is out of range"),
        ("redirects = 101", "3: `redirects = 101` is out of range"),
        ("threads = 0", "3: `threads = 0` is out of range"),
        ("timeout = \"0s\"", "3: no answer takes no time"),
        ("timeout = \"5000d\"", "3: `timeout = \"5000d\"` is out of range"),
        ("set = { user = 5 }", "3: unknown key `user` in [case.NAME.load.set]"),
        ("set = { users = 0 }", "3: `users = 0` is out of range"),
        ("set = { users = \"5\" }", "3: `users` is a string"),
        ("set = { rate = \"50\" }", "3: `50` is not a rate"),
        ("set = { rate = \"50/s\" }", "3: a rate does not fit the scenario `smoke`, which is in"),
        ("set = { for = \"0s\" }", "3: a duration of 0s measures nothing"),
        ("set = { warmup = \"1h\" }", "3: a warm-up of 1h leaves nothing of the 32s"),
        ("scenario = \"steady\", set = { users = 5 }", "3: a number of users does not fit"),
        ("rate = \"5/s\"", "3: unknown key `rate` in [case.NAME.load]"),
    ] {
        load(keys, expected);
    }
    service(&format!("{SERVE}\nload = {{ users = [] }}"), "3: the load on case `a` has no users");
    service(
        &format!("{SERVE}\nload = {{ users = [\"u\", \"v\"] }}"),
        "3: there is no user `v` | named here | known: u",
    );
    one(
        &format!(
            "[case.a]\n{SERVE}\nload = {{ users = [\"u\"], scenario = \"s\" }}\n\
             [user.u]\ntask = [{{ get = \"/\" }}]\n[user.v]\ntask = [{{ get = \"/\" }}]\n\
             [scenario.s]\nusers = 1\nfor = \"1s\"\nclasses = [\"v\"]\n"
        ),
        "3: no user of the case takes part in the scenario `s` (its classes: v)",
    );
}

#[test]
fn an_operation_that_no_user_makes_is_a_mistake() {
    service(
        &format!(
            "{SERVE}\nload = {{ users = [\"u\"] }}\noperation.\"GET\".budget.errors = \"<= 1%\""
        ),
        "4: case `a` has no operation `GET` | no user makes such a request | there is an op",
    );
}

#[test]
fn a_request_has_one_method_and_a_path_that_can_be_sent() {
    for (keys, expected) in [
        ("name = \"x\"", "4: a task sends no request"),
        ("get = \"/\", put = \"/\"", "4: a request has both `get` and `put`"),
        ("get = \"\"", "4: `get` is empty"),
        ("get = \"/a b\"", "4: a path holds a space"),
        ("get = \"/a\\r\\nX: 1\"", "4: a path holds the character '\\r'"),
        ("get = \"/é\"", "4: a path holds the character 'é'"),
        ("get = \"/#top\"", "4: a path holds the character '#'"),
        ("get = \"/{{uuid\"", "4: could not read the slots of `/{{uuid`"),
        ("get = \"/{{int 5 1}}\"", "4: could not read the slots of `/{{int 5 1}}`"),
        ("get = \"/\", steps = []", "4: `get` has no meaning beside `steps`"),
    ] {
        let told = told(&format!("{HEAD}[user.u]\ntask = [{{ {keys} }}]\n"));
        assert!(told[0].contains(expected), "{keys}\n{told:#?}");
    }
    task("steps = []", "4: a task has no steps");
    task("steps = [{ get = \"/\", weight = 2 }]", "4: unknown key `weight` in [[user.NAME.start");
    task("get = \"/\", feeds = \"x\"", "4: unknown key `feeds` in [[user.NAME.task]]");
}

#[test]
fn headers_cannot_begin_other_headers() {
    for (headers, expected) in [
        ("\"X Y\" = \"1\"", "4: `X Y` is no name of a header"),
        ("\"X:\" = \"1\"", "4: `X:` is no name of a header"),
        ("\"X\\r\\nY\" = \"1\"", "4: `X\\r\\nY` is no name of a header"),
        ("\"\" = \"1\"", "4: `` is no name of a header"),
        ("X = \"1\\r\\nY: 2\"", "4: the header `X` holds the character '\\r'"),
        ("X = \"1\\u0000\"", "4: the header `X` holds the character '\\0'"),
        ("X = \"1\", x = \"2\"", "4: the header `x` stands twice"),
        ("Content-Length = 5", "4: the header `Content-Length` is written by the load generator"),
        ("X = [1]", "4: `X` is an array"),
    ] {
        task(&format!("get = \"/\", headers = {{ {headers} }}"), expected);
    }
    task("get = \"/\", expect = { headers = { \"X Y\" = \"1\" } }", "4: `X Y` is no name");
}

#[test]
fn a_slot_that_nothing_fills_is_a_mistake() {
    for (keys, expected) in [
        ("get = \"/{{feed}}\"", "4: a slot takes a row and there is no feed"),
        ("get = \"/{{feed.id}}\"", "4: a slot takes a row and there is no feed"),
        ("get = \"/{{id}}\"", "4: nothing has captured `id` when it is used"),
        ("get = \"/{{uid}}\"", "| uses `{{uid}}` | there is `{{uuid}}`"),
        ("get = \"/\", headers = { X = \"{{t}}\" }", "4: nothing has captured `t`"),
        ("get = \"/\", body = \"{{t}}\"", "4: nothing has captured `t`"),
        (
            "get = \"/\", body = { json = { a = [{ b = \"{{t}}\" }] } }",
            "4: nothing has captured `t`",
        ),
        ("get = \"/\", expect = { status = \"{{t}}\" }", "4: nothing has captured `t`"),
        ("get = \"/\", expect = { text = \"{{t}}\" }", "4: nothing has captured `t`"),
        ("get = \"/\", expect = { json = { \"/a\" = \"{{t}}\" } }", "4: nothing has captured `t`"),
        // An answer's own value is not there when its request is made, nor that of a later one.
        (
            "get = \"/\", body = \"{{t}}\", capture = { t = { json = \"/t\" } }",
            "4: nothing has captured `t`",
        ),
        (
            "steps = [{ get = \"/{{t}}\" }, { get = \"/\", capture = { t = { header = \"X\" } } }]",
            "4: nothing has captured `t`",
        ),
        (
            "steps = [{ get = \"/\", capture = { token = { header = \"X\" } } }, { get = \"/{{tokn}}\" }]",
            "| uses `{{tokn}}` | there is `{{token}}`",
        ),
    ] {
        task(keys, expected);
    }
    // What another task captures is not there.
    one(
        &format!(
            "{HEAD}[user.u]\ntask = [\n{{ get = \"/\", capture = {{ t = {{ cookie = \"c\" }} }} }},\n\
             {{ get = \"/{{{{t}}}}\" }},\n]\n"
        ),
        "6: nothing has captured `t`",
    );
    one(
        &format!(
            "{HEAD}[user.u]\nstart = [{{ get = \"/{{{{feed}}}}\" }}]\ntask = [{{ get = \"/\" }}]\n"
        ),
        "4: a slot takes a row and there is no feed",
    );
}

#[test]
fn bodies_expectations_and_captures_are_of_one_kind() {
    for (keys, expected) in [
        ("post = \"/\", body = {}", "4: a body has exactly one of `file` and `json`"),
        ("post = \"/\", body = { file = \"a\", json = {} }", "4: a body has exactly one of"),
        ("post = \"/\", body = { text = \"a\" }", "4: unknown key `text` in [user.NAME.task.body]"),
        ("post = \"/\", body = [1]", "4: `body` is an array"),
        ("get = \"/\", expect = { status = \"200\" }", "4: `status` is a string"),
        ("get = \"/\", expect = { status = 600 }", "4: `status = 600` is out of range"),
        ("get = \"/\", expect = { text = \"\" }", "4: `text` is empty"),
        ("get = \"/\", capture = { t = {} }", "4: `t` is captured from nowhere"),
        ("get = \"/\", capture = { t = { json = \"t\" } }", "4: `t` is not a JSON pointer"),
        ("get = \"/\", capture = { t = { header = \"a b\" } }", "4: `a b` is no name of a header"),
        ("get = \"/\", capture = { uuid = { json = \"/t\" } }", "4: `uuid` is no name for a capt"),
        (
            "get = \"/\", capture = { \"a b\" = { json = \"/t\" } }",
            "4: `a b` is no name for a capt",
        ),
        (
            "get = \"/\", capture = { t = { json = \"/t\", cookie = \"c\" } }",
            "4: `t` is captured from nowhere, or from two places",
        ),
    ] {
        task(keys, expected);
    }
}

#[test]
fn feeds_have_one_source() {
    for (keys, expected) in [
        ("", "3: feed `f` has no rows"),
        ("file = \"a\"\ncommand = [\"b\"]", "3: feed `f` has both `file` and `command`"),
        ("file = \"a\"\ndir = \"b\"", "5: `dir` has no meaning in this feed"),
        ("file = \"a\"\norder = \"shuffled\"", "5: `order` cannot be `shuffled`"),
        ("command = [\"a\"]\norder = \"random\"", "5: the rows of a command have no random order"),
        ("command = \"a b\"", "4: `command` is one string"),
        ("file = \"\"", "4: `file` is empty"),
    ] {
        one(&format!("{HEAD}[feed.f]\n{keys}\n"), expected);
    }
    one(
        &format!(
            "{HEAD}[feed.rows]\nfile = \"a\"\n[user.u]\ntask = [{{ get = \"/\", feed = \"row\" }}]\n"
        ),
        "6: there is no feed `row` | named here | there is a feed `rows`",
    );
}

#[test]
fn scenarios_have_one_shape_that_sends_something() {
    for (keys, expected) in [
        ("for = \"1s\"", "3: scenario `s` has no clear shape"),
        ("users = 1", "3: scenario `s` does not say how long"),
        ("users = 1\nfor = \"0s\"", "5: scenario `s` lasts no time"),
        ("users = 1\nfor = \"1s\"\narrivals = \"even\"", "6: `arrivals` has no meaning beside"),
        ("users = 1\nfor = \"1s\"\nramp = \"1s\"\nspawn-rate = \"1/s\"", "7: `ramp` and `spawn-r"),
        ("users = 1\nfor = \"1s\"\nwarmup = \"1s\"", "6: a warm-up of 1s leaves nothing"),
        ("users = 1\nfor = \"1s\"\nclasses = [\"u\"]", "6: there is no user `u`"),
        ("users = 1\nfor = \"1s\"\nrequests = 0", "6: `requests = 0` is out of range"),
        ("rate = \"1/s\"\nfor = \"1s\"\nspawn-rate = \"1/s\"", "6: `spawn-rate` has no meaning"),
        ("rate = \"1/s\"\nfor = \"1s\"\narrivals = \"odd\"", "6: `arrivals` cannot be `odd`"),
        ("stages = [{ users = 1, over = \"1s\" }]\nfor = \"1s\"", "5: `for` has no meaning beside"),
        ("stages = [{ users = 1 }]", "4: a stage does not say how long it takes"),
        ("stages = [{ users = 0, for = \"1s\" }]", "4: no stage has any users"),
        (
            "stages = [{ users = 1, for = \"1s\" }, { rate = \"1/s\", for = \"1s\" }]",
            "4: some stages are of users and some of rates",
        ),
        ("search = { from = \"1/s\" }", "4: a search has no `to`"),
        ("search = { from = \"9/s\", to = \"1/s\" }", "4: a search ends where it begins"),
        ("search = { from = \"1/s\", to = \"9/s\", step = \"0s\" }", "4: each rate is held for no"),
        ("search = { from = \"1/s\", to = \"9/s\", precision = 5 }", "4: `precision = 5` is out"),
        ("search = { from = \"1/s\", to = \"9/s\" }\nrequests = 5", "5: `requests` has no meaning"),
    ] {
        scenario(keys, expected);
    }
}

#[test]
fn what_cannot_be_read_is_not_missed_as_well() {
    // The scenario and the feed are wrong, but they are there.
    let text = format!(
        "[case.a]\n{SERVE}\nload = {{ users = [\"u\"], scenario = \"s\" }}\n\
         [user.u]\ntask = [{{ get = \"/{{{{feed}}}}\", feed = \"f\" }}]\n\
         [feed.f]\n[scenario.s]\nusers = 5\n"
    );
    let told = told(&text);
    assert_eq!(told.len(), 2, "{told:#?}");
    assert!(read(&text).is_err());
}
