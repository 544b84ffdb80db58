//! The commands as people type them.

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

use crate::process::{Server, serve};
use crate::scene::{Scene, wait};

fn event_bus(url: &str, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_event-bus"));
    command.args(args).env("EVENT_BUS_URL", url);
    command
}

fn run(url: &str, args: &[&str]) -> Output {
    event_bus(url, args).output().unwrap()
}

fn told(output: &Output) -> (Option<i32>, String, String) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

const ANN: &str = r#"{"username":"ann","message":"hello"}"#;

#[test]
fn an_event_is_published_watched_and_asked_for() {
    let scene = Scene::new();
    let url = scene.broker.url();
    let _server = Server::start(&mut serve(&scene, &[]));
    let mut watch = event_bus(&url, &["watch", "--count", "1", "rosey.events.chat.*"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut note = String::new();
    BufReader::new(watch.stderr.take().unwrap()).read_line(&mut note).unwrap();
    assert_eq!(note, format!("watching rosey.events.chat.* on {url}\n"));
    let (code, id, _) = told(&run(&url, &["publish", "--receipt", "chat.message", ANN]));
    assert_eq!(code, Some(0));
    let (_, shown, _) = told(&watch.wait_with_output().unwrap());
    assert!(shown.contains("rosey.events.chat.message") && shown.contains("ann"), "{shown}");
    let (code, table, _) = told(&run(&url, &["query", "recent"]));
    assert!(code == Some(0) && table.contains(id.trim()) && table.contains("hello"), "{table}");
    let (code, json, _) = told(&run(&url, &["query", "user", "ann", "--json"]));
    let user: Value = serde_json::from_str(&json).unwrap();
    assert_eq!((code, &user["chat_lines"]), (Some(0), &Value::from(1)));
}

#[test]
fn watching_ends_well_with_ctrl_c() {
    let scene = Scene::new();
    let mut command = event_bus(&scene.broker.url(), &["watch", ">"]);
    let mut watch = command.stderr(Stdio::piped()).spawn().unwrap();
    let mut note = String::new();
    BufReader::new(watch.stderr.take().unwrap()).read_line(&mut note).unwrap();
    let id = watch.id().to_string();
    assert!(Command::new("kill").args(["-INT", &id]).status().unwrap().success());
    assert_eq!(watch.wait().unwrap().code(), Some(0));
}

#[test]
fn the_log_is_one_json_object_a_line_if_asked_for() {
    let scene = Scene::new();
    let log = scene.folder.path().join("log");
    let mut command = serve(&scene, &["--log-format", "json"]);
    command.env("EVENT_BUS_LOG_LEVEL", "debug").stderr(std::fs::File::create(&log).unwrap());
    let server = Server::start(&mut command);
    let (code, ..) = told(&run(&scene.broker.url(), &["query", "health"]));
    assert_eq!(code, Some(0));
    server.terminate();
    assert!(server.wait().success());
    let text = std::fs::read_to_string(&log).unwrap();
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let told = |message: &str| lines.iter().find(|line| line["message"] == message);
    assert_eq!(told("ready").unwrap()["prefix"], "rosey");
    assert_eq!(told("answered").unwrap()["operation"], "health");
}

#[test]
fn a_file_of_events_is_published_and_a_bad_line_named() {
    let scene = Scene::new();
    let url = scene.broker.url();
    let _server = Server::start(&mut serve(&scene, &["--jetstream"]));
    let publish = |lines: &str| {
        let mut child = event_bus(&url, &["publish", "--jetstream", "--file", "-"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(lines.as_bytes()).unwrap();
        told(&child.wait_with_output().unwrap())
    };
    let id = "01890a5d-ac96-774b-bcce-b302099a8057";
    let line = format!("{{\"id\":\"{id}\",\"kind\":\"chat.message\",\"data\":{ANN}}}\n");
    let (code, out, _) = publish(&format!("{line}\n{line}"));
    assert_eq!((code, out), (Some(0), format!("{id}\n{id}\tduplicate\n")));
    let (code, _, error) = publish(&format!("{line}{{\"kind\":\"chat.message\"}}\n"));
    assert_eq!(code, Some(2));
    assert_eq!(error, "error: standard input:2: data is missing\n");
    let (code, _, error) = publish("not json\n");
    assert!(code == Some(2) && error.starts_with("error: standard input:1: no JSON"), "{error}");
}

#[test]
fn what_goes_wrong_is_told_with_where_and_why() {
    let mut scene = Scene::new();
    let url = scene.broker.url();
    let (code, _, error) = told(&run(&url, &["query", "stats"]));
    assert!(code == Some(1) && error.contains("rosey.db.stats") && error.contains(&url), "{error}");
    let (code, _, error) = told(&run(&url, &["publish", "chat.message", "{"]));
    assert!(code == Some(2) && error.contains("the data is not JSON"), "{error}");
    let (code, _, error) = told(&run(&url, &["publish", "chat.message", "{}"]));
    assert!(code == Some(2) && error.contains("data.username is missing"), "{error}");
    let (code, _, error) = told(&run(&url, &["publish", "--file", "/nowhere/at/all"]));
    assert!(code == Some(2) && error.contains("/nowhere/at/all: "), "{error}");
    let (code, _, error) = told(&run("http://x", &["query", "stats"]));
    assert!(code == Some(2) && error.contains("http"), "{error}");
    let (code, _, error) = told(&run("embedded", &["query", "stats"]));
    assert!(code == Some(2) && error.contains("--listen"), "{error}");
    let server = Server::start(&mut serve(&scene, &[]));
    let (code, _, error) = told(&run(&url, &["query", "user", "nobody"]));
    assert!(code == Some(3) && error.contains("NOT_FOUND"), "{error}");
    let store = scene.folder.path().join("no/such/folder/events.db");
    let store = store.to_str().unwrap();
    let (code, _, error) = told(&run(&url, &["serve", "--store", store]));
    assert!(code == Some(1) && error.contains(store), "{error}");
    drop(server);
    scene.broker.kill();
    let (code, _, error) = told(&run(&url, &["query", "stats", "--connect-seconds", "1"]));
    let start = format!("error: failed to connect to {url}: ");
    assert!(code == Some(1) && error.starts_with(&start), "{error}");
}

#[test]
fn an_embedded_bus_is_reached_by_its_door() {
    let scene = Scene::new();
    let mut command = serve(&scene, &["--listen", "127.0.0.1:0", "--http", "127.0.0.1:0"]);
    let server = Server::start(command.env_remove("EVENT_BUS_URL").args(["--bus", "embedded"]));
    let url = server.address("nats");
    assert!(server.address("http").starts_with("http://127.0.0.1:"));
    let (code, _, error) = told(&run(&url, &["publish", "--receipt", "chat.message", ANN]));
    assert_eq!(code, Some(0), "{error}");
    let (code, json, _) = told(&run(&url, &["query", "stats", "--json"]));
    assert!(code == Some(0) && json.contains("\"total_users_seen\":1"), "{json}");
    server.terminate();
    assert!(server.wait().success());
}

#[test]
fn two_instances_share_a_database_of_postgresql() {
    let scene = Scene::new();
    let url = scene.broker.url();
    let store = crate::cluster::database();
    let start = || {
        let mut command = serve(&scene, &["--jetstream"]);
        Server::start(command.args(["--http", "127.0.0.1:0"]).env("EVENT_BUS_STORE", &store))
    };
    let servers = [start(), start()];
    let args = ["publish", "--jetstream", "--quiet", "--count", "500", "chat.message", ANN];
    let (code, _, error) = told(&run(&url, &args));
    assert_eq!(code, Some(0), "{error}");
    let lines = || {
        let (_, json, _) = told(&run(&url, &["query", "user", "ann", "--json"]));
        serde_json::from_str::<Value>(&json).map_or(0, |user| user["chat_lines"].as_u64().unwrap())
    };
    wait("all are stored", || lines() == 500);
    let (_, json, _) = told(&run(&url, &["query", "health", "--json"]));
    assert!(json.contains("\"backend\":\"postgres\""), "{json}");
    for server in servers {
        server.terminate();
        assert!(server.wait().success());
    }
}

#[test]
fn tables_are_brought_up_to_date_without_a_service() {
    let scene = Scene::new();
    let store = scene.store();
    let migrate = |what: &str| {
        let output = run("", &["migrate", what, "--store", &store, "--json"]);
        let (code, json, error) = told(&output);
        assert_eq!(code, Some(0), "{error}");
        serde_json::from_str::<Value>(&json).unwrap()
    };
    let before = migrate("status");
    assert_eq!(
        (&before["current_version"], &before["applied"]),
        (&Value::from(0), &Value::Array(vec![]))
    );
    let after = migrate("apply");
    assert_eq!(after["pending"], Value::Array(vec![]));
    assert_eq!(migrate("status"), after);
    let (code, table, _) = told(&run("", &["migrate", "status", "--store", &store]));
    assert!(code == Some(0) && table.contains("is at version"), "{table}");
}
