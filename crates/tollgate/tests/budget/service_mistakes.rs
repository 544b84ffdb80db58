//! Mistakes in services, loads, feeds and scenarios: each is told at its place, alone.

use super::mistakes::told;
use super::read;

pub const HEAD: &str = "[case.a]\nrun = [\"true\"]\n";

/// That the text has this one mistake at this line.
pub fn one(text: &str, expected: &str) {
    let told = told(text);
    assert!(told[0].contains(expected), "{text}\n{told:#?}");
    assert_eq!(told.len(), 1, "{text}\n{told:#?}");
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
        ("url = \"http://me:secret@a\"", "2: the address of a service holds a name or a password"),
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
fn a_service_that_is_not_started_has_no_process_to_measure() {
    let budget = "load = { users = [\"u\"] }\nbudget.\"server memory\" = \"<= 1MB\"";
    service(&format!("url = \"http://a\"\n{budget}"), "4: `server memory` is not measured in case");
    let text = format!("[case.a]\n{SERVE}\nurl = \"http://a\"\n{budget}\n");
    assert!(read(&format!("{text}[user.u]\ntask = [{{ get = \"/\" }}]\n")).is_ok());
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

#[test]
fn a_user_is_like_one_who_has_tasks() {
    let user = "[user.u]\ntask = [{ get = \"/\" }]\n";
    for (lines, expected) in [
        ("[user.v]\nlike = \"w\"", "there is no user `w`"),
        ("[user.v]\nlike = \"u\"\ntask = [{ get = \"/\" }]", "`task` has no meaning beside `like`"),
        ("[user.v]\nlike = \"v\"", "user `v` has no tasks of its own"),
    ] {
        one(&format!("{HEAD}{user}{lines}\n"), expected);
    }
}
