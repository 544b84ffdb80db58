//! Mistakes in the requests of users: each is told at its place, alone.

use super::mistakes::told;
use super::read;
use super::service_mistakes::{HEAD, one};

/// A user's task, at line 4.
fn task(task: &str, expected: &str) {
    one(&format!("{HEAD}[user.u]\ntask = [{{ {task} }}]\n"), expected);
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

proptest::proptest! {
    /// Whatever a path and a header hold, what is read of them stays on one line.
    #[test]
    fn what_is_read_cannot_split_a_request(
        path in "[a-z?= \\r\\n\\té]{0,4}",
        name in "[A-Za-z: \\r\\n-]{0,4}",
        value in "[a-z \\r\\n\\x00]{0,4}",
    ) {
        let text = |text: &str| toml::Value::from(text).to_string();
        let file = read(&format!(
            "{HEAD}[user.u]\ntask = [{{ get = {}, headers = {{ {} = {} }} }}]\n",
            text(&format!("/{path}")),
            text(&name),
            text(&value)
        ));
        let spoilt = |text: &str, more: &[char]| {
            text.contains(char::is_control) || text.contains(more) || !text.is_ascii()
        };
        let bad = spoilt(&path, &[' ']) || spoilt(&value, &[])
            || name.is_empty() || spoilt(&name, &[' ', ':']);
        proptest::prop_assert_eq!(file.is_err(), bad);
    }
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
