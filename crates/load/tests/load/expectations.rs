//! What answers must be, and what failures say about those that are not.

use serde_json::json;
use tollgate_load::workload::{Capture, Expect, Expected, Origin, Status};

use crate::loads::{counted, failures, get, run, template};
use crate::server::{Reply, Server};

fn answering() -> Server {
    Server::start(|_| {
        Reply::new(200, r#"{"state":"done","n":1}"#).with("content-type", "application/json")
    })
}

#[track_caller]
fn reason(expect: Expect) -> String {
    let server = answering();
    let mut request = get("/");
    request.expect = expect;
    let report = run(&counted(3, vec![request]), &server.target());
    assert_eq!(report.generator.connects, 1, "the connection is as good as before");
    match failures(&report)[..] {
        [] => {
            assert_eq!(report.total().succeeded, 3);
            String::new()
        }
        [(reason, 3)] => {
            assert!(report.total().latency.is_empty());
            reason.to_owned()
        }
        _ => panic!("{:?}", report.failures),
    }
}

#[test]
fn an_answer_fails_by_what_is_not_as_expected() {
    let none = Expect::default;
    let header = |value: &str| vec![("Content-Type".to_owned(), template(value))];
    let json = |pointer: &str, value| vec![(pointer.to_owned(), Expected::Is(value))];
    let cases = [
        (none(), ""),
        (Expect { status: Status::Is(201), ..none() }, "status 200, expected 201"),
        (Expect { text: Some(template("done")), ..none() }, ""),
        (Expect { text: Some(template("{{user}}0")), ..none() }, "body without the expected text"),
        (Expect { headers: header("application/json"), ..none() }, ""),
        (
            Expect { headers: header("text/plain"), ..none() },
            "header `Content-Type` not as expected",
        ),
        (Expect { json: json("/n", json!(1.0)), ..none() }, ""),
        (Expect { json: json("/n", json!(2)), ..none() }, "`/n` is 1, expected 2"),
        (Expect { json: json("/m", json!(2)), ..none() }, "`/m` is nothing, expected 2"),
    ];
    for (expect, expected) in cases {
        assert_eq!(reason(expect), expected);
    }
}

#[test]
fn a_value_that_cannot_be_captured_fails_its_request_and_ends_the_task() {
    let server = answering();
    let mut first = get("/first");
    let from = Origin::Json("/missing".to_owned());
    first.captures = vec![Capture { name: "id".to_owned(), from }];
    let report = run(&counted(3, vec![first, get("/{{id}}")]), &server.target());
    assert_eq!(failures(&report), [("no `id` to capture", 3)]);
    assert_eq!(server.paths(), ["/first", "/first", "/first"]);
}

#[test]
fn no_reason_of_a_failure_tells_a_secret() {
    // Longer than what a reason shows of a value, and known to the load by its name alone.
    let path = std::env::var("PATH").unwrap();
    let given = "captured-".repeat(30);
    let server = Server::start(move |asked| {
        let echo = asked.header("x-secret").unwrap_or_default().to_owned();
        Reply::new(200, json!({ "given": given, "echo": echo }).to_string())
    });
    let mut first = get("/");
    let from = Origin::Json("/given".to_owned());
    first.captures = vec![Capture { name: "given".to_owned(), from }];
    let mut second = get("/");
    second.headers.push(("X-Secret".to_owned(), template("{{env PATH}}")));
    second.expect.json = vec![("/echo".to_owned(), Expected::Is(json!("else")))];
    let mut third = get("/");
    third.expect.json = vec![("/echo".to_owned(), Expected::From(template("{{given}}")))];
    for step in [second, third] {
        let report = run(&counted(2, vec![first.clone(), step]), &server.target());
        let [(reason, 1)] = failures(&report)[..] else { panic!("{:?}", report.failures) };
        assert!(reason.contains("***"), "{reason}");
        assert!(!reason.contains("captured-") && !reason.contains(&path[..8]), "{reason}");
    }
}

#[test]
fn a_variable_that_is_not_set_is_told_before_the_load() {
    let server = Server::ok();
    let request = get("/{{env TOLLGATE_LOAD_NO_SUCH_VARIABLE}}");
    let error = crate::loads::try_run(&counted(1, vec![request]), &server.target()).unwrap_err();
    assert!(error.to_string().contains("TOLLGATE_LOAD_NO_SUCH_VARIABLE"), "{error}");
    assert_eq!(server.count(), 0);
}

#[test]
fn headers_that_would_contradict_the_body_are_refused_before_the_load() {
    let server = Server::ok();
    for name in ["Content-Length", "transfer-encoding", "a b", ""] {
        let mut request = get("/");
        request.headers.push((name.to_owned(), template("1")));
        let error = crate::loads::try_run(&counted(1, vec![request]), &server.target());
        assert!(error.unwrap_err().to_string().contains(name), "{name}");
    }
}
