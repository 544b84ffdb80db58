//! How a service starts, and when it does not.

use std::process::{Command, Stdio};

use serde_json::Value;

use crate::server::{self, Server};

fn refused(command: &mut Command) -> (Option<i32>, String) {
    let output = command.output().unwrap();
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

#[test]
fn where_keys_are_needed_and_none_is_given_nothing_starts() {
    for environment in ["staging", "prod"] {
        let (code, said) = refused(server::command().env("MFN_ENV", environment));
        assert_eq!(code, Some(2), "{said}");
        assert!(said.contains("key"), "{said}");
    }
}

#[test]
fn keys_come_from_variables_and_files() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("keys");
    std::fs::write(&file, "third\n").unwrap();
    let server = Server::of(
        server::command()
            .env("MFN_ENV", "prod")
            .env("MFN_API_KEY", "first")
            .env("MFN_API_KEYS", "second, other")
            .env("MFN_API_KEYS_FILE", &file),
    );
    let mut client = server.connect();
    for (key, status) in
        [("first", 404), ("second", 404), ("other", 404), ("third", 404), ("fourth", 401)]
    {
        let answer = client.get("/nowhere", &format!("x-api-key: {key}\r\n")).unwrap();
        assert_eq!(answer.status, status, "{key}");
    }
    assert_eq!(client.get("/health", "").unwrap().status, 200);
}

#[test]
fn refusals_stand_in_the_log_as_json_in_prod() {
    let mut command = server::command();
    command.env("MFN_ENV", "prod").env("MFN_API_KEY", "key").env("MFN_LOG_LEVEL", "INFO");
    let server = Server::of(command.stderr(Stdio::piped()));
    let header = "x-request-id: mine\r\n";
    assert_eq!(server.connect().get("/nowhere", header).unwrap().status, 401);
    server.terminate();
    let log = server.log();
    let read = |line| serde_json::from_str(line).unwrap_or_else(|_| panic!("{log}"));
    let lines: Vec<Value> = log.lines().map(read).collect();
    let line = lines.iter().find(|line| line["request_id"] == "mine").expect("it was logged");
    assert_eq!(line["status"], 401);
    assert_eq!(line["endpoint"], "/other");
    assert_eq!(line["method"], "GET");
    assert_eq!(line["client_ip"], "127.0.0.1");
    assert_eq!(line["env"], "prod");
    assert!(line["duration_ms"].is_number() && line["timestamp"].is_string());
}
