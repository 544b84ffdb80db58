//! Loads of messages over a bus.

use std::path::PathBuf;

use tollgate::budget::Source;
use tollgate::budget::load::Load;
use tollgate_load::template::Template;
use tollgate_load::workload::{Act, Login, Stream};

use super::mistakes::told;
use super::read;

const TASKS: &str = r#"task = [
  { publish = "shop.orders.{{int 1 9}}", body = { json = { id = "{{uuid}}" } } },
  { request = "shop.stock.get", expect = { json = { "/ok" = true } } },
  { store = "shop.orders.new", name = "order", body = "{{letters 128}}" },
  { pull = "ORDERS/billing", batch = 100 },
]"#;

/// A file with these tasks and these keys of the load.
fn file(tasks: &str, keys: &str) -> String {
    format!(
        "[case.a]\nurl = \"nats://127.0.0.1\"\n\n[case.a.load]\nusers = [\"u\"]\n{keys}\n\n\
         [user.u]\n{tasks}\n"
    )
}

fn load(tasks: &str, keys: &str) -> Load {
    let file = read(&file(tasks, keys)).unwrap_or_else(|mistakes| panic!("{mistakes}"));
    match file.cases.into_iter().next().map(|case| case.source) {
        Some(Source::Serve(source)) => source.load,
        other => panic!("{other:?}"),
    }
}

/// The titles of the mistakes.
fn wrong(tasks: &str, keys: &str) -> Vec<String> {
    told(&file(tasks, keys))
}

fn text(text: &str) -> Template {
    Template::parse(text).unwrap()
}

#[test]
fn messages_are_operations_named_by_their_subjects() {
    let load = load(TASKS, "");
    let acts: Vec<&Act> = load.requests().map(|request| &request.act).collect();
    assert_eq!(acts, [&Act::Publish, &Act::Ask, &Act::Store, &Act::Pull { most: 100 }]);
    let names: Vec<&str> = load.operations().collect();
    let expected = ["shop.orders.{{int 1 9}}", "shop.stock.get", "order", "ORDERS/billing"];
    assert_eq!(names, expected);
    assert!(load.requests().all(|request| request.headers.is_empty()), "JSON needs no header");
    assert_eq!(load.bus.subscribers, 1);
}

#[test]
fn a_load_names_its_subscribers_streams_and_login() {
    let keys = r#"subscribers = 4
subscribe = ["shop.>"]
streams = [{ name = "ORDERS", subjects = ["shop.orders.>"], storage = "memory", most = "1MiB" }]
login = { user = "load", password = "{{env NATS_PASSWORD}}" }"#;
    let bus = load(TASKS, keys).bus;
    assert_eq!((bus.subscribers, bus.subscribe), (4, vec!["shop.>".to_owned()]));
    let stream = Stream {
        name: "ORDERS".to_owned(),
        subjects: vec!["shop.orders.>".to_owned()],
        in_memory: true,
        most_bytes: Some(1 << 20),
    };
    assert_eq!(bus.streams, [stream]);
    let password = text("{{env NATS_PASSWORD}}");
    assert_eq!(bus.login, Login::User { name: text("load"), password });
    for (login, expected) in [
        ("{ token = \"t\" }", Login::Token(text("t"))),
        ("{ nkey = \"a.nk\" }", Login::Nkey(PathBuf::from("a.nk"))),
        ("{ credentials = \"a.creds\" }", Login::Credentials(PathBuf::from("a.creds"))),
    ] {
        assert_eq!(load(TASKS, &format!("login = {login}")).bus.login, expected);
    }
}

#[test]
fn a_message_that_cannot_be_sent_is_a_mistake_at_its_place() {
    for (task, title) in [
        ("{ publish = \"a..b\" }", "`a..b` is no subject to send to"),
        ("{ publish = \"a b\" }", "`a b` is no subject to send to"),
        ("{ request = \"a.*\" }", "`a.*` is no subject to send to"),
        ("{ store = \"\" }", "`` is no subject to send to"),
        ("{ pull = \"ORDERS\" }", "`ORDERS` names no consumer"),
        ("{ pull = \"A.B/c\" }", "`A.B/c` names no consumer"),
        ("{ publish = \"a\", expect = { text = \"x\" } }", "`expect` has no meaning"),
        ("{ publish = \"a\", batch = 2 }", "`batch` has no meaning"),
        ("{ pull = \"A/b\", body = \"x\" }", "`body` has no meaning"),
        ("{ publish = \"a\", request = \"b\" }", "has both `publish` and `request`"),
        ("{ publish = \"a\", body = \"{{letters 0}}\" }", "could not read the slots"),
    ] {
        let told = wrong(&format!("task = [{task}]"), "");
        assert!(told.iter().any(|mistake| mistake.contains(title)), "{task}: {told:?}");
        assert!(told[0].starts_with("9: "), "{told:?}");
    }
}

#[test]
fn what_a_bus_cannot_have_is_a_mistake_at_its_place() {
    for (key, title) in [
        ("subscribe = [\"a..b\"]", "nothing can subscribe to `a..b`"),
        ("subscribers = 65", "`subscribers = 65` is out of range"),
        ("streams = [{ name = \"A.B\", subjects = [\"a\"] }]", "cannot be called `A.B`"),
        ("streams = [{ name = \"A\" }]", "a stream has no `subjects`"),
        ("streams = [{ subjects = [\"a\"] }]", "a stream has no `name`"),
        ("streams = [{ name = \"A\", subjects = [\"a\"], most = \"5s\" }]", "is not a size"),
        ("login = { user = \"a\" }", "a login is one of four kinds"),
        ("login = { token = \"a\", nkey = \"b\" }", "a login is one of four kinds"),
    ] {
        let told = wrong(TASKS, key);
        assert!(told.iter().any(|mistake| mistake.contains(title)), "{key}: {told:?}");
        assert!(told[0].starts_with("6: "), "{told:?}");
    }
}

#[test]
fn a_load_either_sends_messages_or_asks_over_http() {
    let mixed = "task = [{ publish = \"a\" }, { get = \"/\" }]";
    assert!(wrong(mixed, "")[0].contains("messages and requests of HTTP"));
    let http = wrong("task = [{ get = \"/\" }]", "subscribers = 2");
    assert!(http[0].contains("`subscribers` has no meaning without messages"), "{http:?}");
}
