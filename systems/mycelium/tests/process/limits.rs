//! Limits as clients meet them.

use crate::client::Answer;
use crate::server::{self, Server};

fn limited() -> std::process::Command {
    let mut command = server::command();
    command.env("MFN_RATE_LIMIT_ENABLED", "true").env("MFN_RATE_LIMIT_REQUESTS", "3");
    command
}

#[test]
fn a_client_that_names_other_addresses_does_not_get_more() {
    let server = Server::of(&mut limited());
    let mut client = server.connect();
    let mut ask = |number: usize| {
        client.get("/docs", &format!("x-forwarded-for: 10.0.0.{number}\r\n")).unwrap()
    };
    let statuses: Vec<u16> = (0..5).map(|number| ask(number).status).collect();
    assert_eq!(statuses, [200, 200, 200, 429, 429]);
    let refused = ask(9);
    assert_eq!(refused.json()["error_code"], "rate_limit_exceeded");
    assert!(refused.header("retry-after").is_some());
    assert!(refused.header("x-request-id").is_some());
}

#[test]
fn a_trusted_proxy_names_the_client() {
    let server = Server::of(limited().env("MFN_TRUSTED_PROXIES", "127.0.0.1"));
    let mut client = server.connect();
    let mut ask =
        |noted: &str| client.get("/docs", &format!("x-forwarded-for: {noted}\r\n")).unwrap().status;
    for _ in 0..3 {
        assert_eq!(ask("192.0.2.1"), 200);
    }
    assert_eq!(ask("192.0.2.1"), 429);
    assert_eq!(ask("198.51.100.7, 192.0.2.1"), 429);
    assert_eq!(ask("192.0.2.2"), 200);
}

#[test]
fn each_address_has_its_limit() {
    let server = Server::of(&mut limited());
    let mut client = server.connect();
    let limit = |answer: Answer| answer.header("x-ratelimit-limit").unwrap().to_owned();
    assert_eq!(limit(client.get("/health", "").unwrap()), "1000");
    assert_eq!(limit(client.post("/nernst", "{}").unwrap()), "200");
    assert_eq!(limit(client.post("/simulate", "{").unwrap()), "50");
    assert_eq!(limit(client.get("/openapi.json", "").unwrap()), "3");
}

#[test]
fn a_body_that_is_too_long_is_refused() {
    let server = Server::start();
    let answer = server.connect().post("/nernst", &" ".repeat((1 << 20) + 1)).unwrap();
    assert_eq!(answer.status, 413);
    assert_eq!(answer.json()["error_code"], "body_too_large");
}
